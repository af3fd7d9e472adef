"""A login: the right password, and code where there is a second step, begin a session; guessing is stopped.

Failures are counted for the address and for the account; whoever fails too often waits. A browser in which the account
logged in before is counted by itself, so that nobody is kept out by strangers who guess, wherever they do it from.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor import access, audit, store
from monitor.cases.team.people import fold_name
from monitor.errors import Refusal
from monitor.login import codes, devices, passwords, sessions
from monitor.login.sessions import NewSession
from monitor.login.tokens import digest
from monitor.models.accounts import Account
from monitor.models.audit import NewEntry
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.audit import entries
from monitor.store.logins import failures
from monitor.store.logins import passwords as stored_passwords
from monitor.store.logins.passwords import StoredPassword

WINDOW = timedelta(minutes=15)
MOST_OF_ACCOUNT, MOST_OF_ADDRESS = 10, 20
"""Failures within WINDOW, from browsers nobody knows; then there is a pause of WINDOW."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was typed, from which address, by a browser with which mark ('' for none)."""

    name: str
    password: str
    code: str
    address: str
    device: str


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A login that succeeded: its session, and the mark that this browser is to keep."""

    session: NewSession
    device: str


class LoginRefused(Refusal):
    """The login is refused, in the same words whatever is wrong; `until` (UTC): it is a pause, and when it ends."""

    def __init__(self, key: str, sentence: str, until: datetime | None = None) -> None:
        super().__init__(key, sentence)
        self.until = until


def paused(until: datetime) -> LoginRefused:
    """Too many failures."""
    return LoginRefused("paused", "too many failed logins; wait a quarter of an hour", until)


def log_in(settings: Settings, attempt: Attempt, now: datetime) -> LoggedIn:
    """Begins a session. Raises LoginRefused; takes as long for a name that nobody has as for a wrong password."""
    folded = fold_name(attempt.name[:200])
    with store.connect(settings.store, read_only=True) as connection:
        stored = stored_passwords.get(connection, folded)
        limits = _limits(settings, attempt, folded, stored)
        require_none_paused(connection, limits, now)
    is_right = passwords.is_right(stored.password_hash if stored else None, attempt.password)
    renewed = passwords.renewed(stored.password_hash, attempt.password) if stored and is_right else ""
    with store.connect(settings.store) as connection:
        account = access.find(connection, folded)
        # Meanwhile it may have been reset.
        is_right = is_right and stored is not None and _is_same(stored, stored_passwords.get(connection, folded))
        reason = _fault(account, is_right=is_right)
        if account and stored and not reason and _has_code(connection, settings, folded, stored, attempt.code, now):
            stored_passwords.save_hash(connection, folded, stored.password_hash, renewed)
            forget_failures(connection, folded)
            entries.record(connection, NewEntry("login", account.name, attempt.address), now=now)
            session = sessions.begin(connection, settings, folded, account.name, now)
            return LoggedIn(session, devices.mark(settings, folded, stored.changed_at))
        count(connection, limits, now)
    tell_failure(settings, attempt, account.name if account else "", reason or "code", now)
    raise LoginRefused("wrong", "name, password or code are wrong")


def _is_same(stored: StoredPassword, now_stored: StoredPassword | None) -> bool:
    return now_stored is not None and now_stored.password_hash == stored.password_hash


def _fault(account: Account | None, *, is_right: bool) -> str:
    """Why the account is not let in before a code is looked at; '' where it is."""
    if account is None:
        return "unknown"
    return "" if account.active and is_right else "password" if account.active else "inactive"


def tell_failure(settings: Settings, attempt: Attempt, actor: str, reason: str, now: datetime) -> None:
    """Notes for the audit log that a login failed; a name that no account has, which may be a password, is not kept."""
    entry = NewEntry("login_failed", actor, attempt.address, became=reason, outcome="refused")
    audit.note(settings, entry, now)


def require_none_paused(connection: Connection, limits: dict[str, int], now: datetime) -> None:
    """Raises LoginRefused where one of these subjects has reached its limit."""
    failed = failures.counts(connection, limits, now)
    over = [until for subject, (number, until) in failed.items() if number >= limits[subject]]
    if over:
        raise paused(max(over))


def count(connection: Connection, limits: dict[str, int], now: datetime) -> None:
    """Counts a failure for these subjects."""
    for subject in limits:
        failures.add(connection, subject, now, now + WINDOW)


def forget(connection: Connection, limits: Iterable[str]) -> None:
    """Nothing counts against these subjects any more."""
    for subject in limits:
        failures.delete(connection, subject)


def known_device(settings: Settings, attempt: Attempt) -> str:
    """The number of the mark that the browser has of the account named, asked without the store; '' for none."""
    device = devices.read(settings, attempt.device, fold_name(attempt.name[:200]))
    return device[1] if device else ""


def forget_failures(connection: Connection, folded: str) -> None:
    """Nothing counts against the account any more."""
    forget(connection, [_subject("account", folded)])


def _limits(settings: Settings, attempt: Attempt, folded: str, stored: StoredPassword | None) -> dict[str, int]:
    """For whom a failure counts, and how many each may have."""
    device = devices.read(settings, attempt.device, folded)
    if device and stored and devices.is_of(device[0], stored.changed_at):
        return {_subject("device", device[1]): MOST_OF_ACCOUNT}
    return {_subject("account", folded): MOST_OF_ACCOUNT, _subject("address", attempt.address): MOST_OF_ADDRESS}


def _subject(kind: str, text: str) -> str:
    """Who tried is nobody's business later: a digest is enough to count."""
    return digest(f"{kind} {text}"[:100])


def _has_code(
    connection: Connection, settings: Settings, folded: str, stored: StoredPassword, code: str, now: datetime
) -> bool:
    """Whether there is no second step, or its code was typed for the first time."""
    if stored.code_key is None:
        return True
    step = codes.step_of(settings, stored.code_key, code, now)
    return step is not None and stored_passwords.take_code(connection, folded, step)
