"""One-time links, with which somebody sets a password that nobody else has seen; and the first administrator's."""

from datetime import datetime, timedelta

from monitor import access, store
from monitor.cases.team.people import fold_name
from monitor.errors import Refusal
from monitor.login import attempts, devices, passwords
from monitor.login.tokens import digest, new_token
from monitor.models.accounts import Account, Role
from monitor.models.audit import NewEntry
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.audit import entries
from monitor.store.logins import links, sessions
from monitor.store.logins import passwords as stored_passwords

LIFETIME = timedelta(hours=24)
_FIRST = ""  # whose the link is that makes the first administrator


def make_link(settings: Settings, name: str, now: datetime, *, actor: str) -> str:
    """A link for the account of that name; its earlier ones open nothing any more. Raises Refusal for no account."""
    with store.connect(settings.store) as connection:
        account = _account(connection, name)
        _tell(connection, actor, account.name, "link", "made", now)
        return _link(connection, settings, fold_name(account.name), now)


def reset(settings: Settings, name: str, now: datetime, *, actor: str) -> str:
    """Takes password, second step and sessions of the account away, and gives a link for a new one. Raises Refusal."""
    with store.connect(settings.store) as connection:
        account = _account(connection, name)
        folded = fold_name(account.name)
        stored_passwords.delete(connection, folded)
        sessions.end_all(connection, folded)
        attempts.forget_failures(connection, folded)
        _tell(connection, actor, account.name, "password", "reset", now)
        return _link(connection, settings, folded, now)


def first_link(settings: Settings, now: datetime, *, at: str = "") -> str | None:
    """A link that makes the first administrator, at the dashboard's address; None where there is one."""
    with store.connect(settings.store) as connection:
        return None if access.admins(connection) else _link(connection, settings, _FIRST, now, at)


def owner(settings: Settings, token: str, now: datetime) -> str | None:
    """Whose link it is; '' for the first administrator's, None for one that opens nothing."""
    if not store.exists(settings.store):
        return None
    with store.connect(settings.store, read_only=True) as connection:
        folded = links.find(connection, digest(token), now)
        if not folded:
            return _FIRST if folded is not None and not access.admins(connection) else None
        account = access.find(connection, folded)
        return account.name if account and account.active else None


def set_password(settings: Settings, token: str, name: str, password: str, now: datetime) -> tuple[str, str] | None:
    """Uses the link up: its account, or the first administrator of that name, has this password now.

    Returns the account's name, and a mark for the browser; None for a link that opens nothing. Its sessions end. Raises
    Refusal, and the link goes on, where the name or the password will not do.
    """
    found = owner(settings, token, now)
    if found is None:
        return None
    passwords.check(password, found or name)
    password_hash = passwords.hashed(password)
    with store.connect(settings.store) as connection:
        folded = links.use_up(connection, digest(token), now)
        if folded is None:
            return None
        account = _first_admin(connection, name, now) if folded == _FIRST else access.find(connection, folded)
        if account is None or not account.active:
            return None
        _tell(connection, account.name, account.name, "password", "set", now)
        return account.name, _keep(connection, settings, fold_name(account.name), password_hash, now)


def _tell(connection: Connection, actor: str, name: str, what: str, became: str, now: datetime) -> None:
    entry = NewEntry("credential", actor, about="account", about_id=name, field=what, became=became)
    entries.record(connection, entry, now=now)


def _keep(connection: Connection, settings: Settings, folded: str, password_hash: str, now: datetime) -> str:
    stored_passwords.save(connection, folded, password_hash, now)
    sessions.end_all(connection, folded)
    attempts.forget_failures(connection, folded)
    return devices.mark(settings, folded, now)


def _first_admin(connection: Connection, name: str, now: datetime) -> Account:
    """Raises Refusal for a name that will not do, and where there is an administrator by now."""
    if access.admins(connection):
        raise Refusal("no_longer_first", "there is an administrator already: ask them for a link")
    return access.add(connection, name, Role.ADMIN, now=now)


def _account(connection: Connection, name: str) -> Account:
    account = access.find(connection, name)
    if account is None:
        raise Refusal("account_missing", "there is no account {name!r}; escucha users list names them", name=name)
    return account


def _link(connection: Connection, settings: Settings, folded: str, now: datetime, at: str = "") -> str:
    token = new_token()
    links.add(connection, digest(token), folded, now + LIFETIME)
    return f"{settings.access.url or at or 'http://localhost:8501'}/setup/{token}"
