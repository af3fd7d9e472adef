"""What somebody who is logged in does with their own login: another password, a second step, an end to it."""

from datetime import datetime

from monitor import store
from monitor.errors import Refusal
from monitor.login import attempts, codes, passwords
from monitor.login.tokens import digest
from monitor.models.audit import NewEntry
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.audit import entries
from monitor.store.logins import passwords as stored_passwords
from monitor.store.logins import sessions
from monitor.store.logins.sessions import LiveSession

MOST_WRONG = 10


def has_second_step(settings: Settings, session: LiveSession) -> bool:
    """Whether the account logs in with a code too."""
    with store.connect(settings.store, read_only=True) as connection:
        stored = stored_passwords.get(connection, session.folded)
    return stored is not None and stored.code_key is not None


def change_password(settings: Settings, session: LiveSession, old: str, new: str, now: datetime) -> None:
    """Changes the password; other browsers are logged out. Raises Refusal."""
    _require_password(settings, session, old, now)
    passwords.check(new, session.name)
    password_hash = passwords.hashed(new)
    with store.connect(settings.store) as connection:
        _tell(connection, session, "password", "set", now)
        stored_passwords.save(connection, session.folded, password_hash, now)
        sessions.end_all(connection, session.folded, but=session.token_hash)


def set_second_step(
    settings: Settings, session: LiveSession, password: str, code_key: str, code: str, now: datetime
) -> None:
    """Sets the second step up, once a code shows that the app has its seed. Raises Refusal."""
    _require_password(settings, session, password, now)
    step = codes.step_of(settings, code_key, code, now)
    if step is None:
        raise Refusal("code_wrong", "that is not the code that the app shows now")
    _save(settings, session, code_key, step, now)


def drop_second_step(settings: Settings, session: LiveSession, password: str, now: datetime) -> None:
    """From now on the password is enough. Raises Refusal."""
    _require_password(settings, session, password, now)
    _save(settings, session, None, None, now)


def _save(settings: Settings, session: LiveSession, code_key: str | None, step: int | None, now: datetime) -> None:
    with store.connect(settings.store) as connection:
        _tell(connection, session, "second_factor", "set" if code_key else "removed", now)
        stored_passwords.save_code_key(connection, session.folded, code_key, step)
        sessions.end_all(connection, session.folded, but=session.token_hash)


def _tell(connection: Connection, session: LiveSession, what: str, became: str, now: datetime) -> None:
    """Raises Refusal where the session was ended while the password was checked, as by a reset."""
    if not sessions.has(connection, session.token_hash):
        raise Refusal("password_wrong", "that is not your password")
    entry = NewEntry("credential", session.name, about="account", about_id=session.name, field=what, became=became)
    entries.record(connection, entry, now=now)


def _require_password(settings: Settings, session: LiveSession, password: str, now: datetime) -> None:
    """Whoever sits at somebody's unlocked computer does not know it. Raises Refusal where it is wrong."""
    limits = {digest(f"own {session.folded}"[:100]): MOST_WRONG}
    with store.connect(settings.store, read_only=True) as connection:
        attempts.require_none_paused(connection, limits, now)
        stored = stored_passwords.get(connection, session.folded)
    if stored is None or not passwords.is_right(stored.password_hash, password):
        with store.connect(settings.store) as connection:
            attempts.count(connection, limits, now)
        raise Refusal("password_wrong", "that is not your password")
    with store.connect(settings.store) as connection:
        attempts.forget(connection, limits)
