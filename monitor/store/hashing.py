"""The hash chains of the cases' events and of the audit log.

Each line holds the SHA-256 of the hash before it and of itself, in hexadecimal. Every field is written with its length
in bytes before it (`4:post`), an unknown one as `-`: no two lines read alike. The words of an event enter as the hash
of themselves and a salt, so that they can be erased and the chain stands; those of events without a salt, of earlier
versions, enter as they are.
"""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

from monitor.models.audit import ENTRY_COLUMNS, AuditEntry
from monitor.models.cases import EVENT_COLUMNS, Event

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIMES = ("happened_at", "took_place_at", "until")
_FIELDS = tuple(name for name in EVENT_COLUMNS if name != "hash")
_ENTRY_FIELDS = tuple(name for name in ENTRY_COLUMNS if name != "hash")
WORDS = ("note", "was", "became")
"""The fields that may hold what concerns a person."""
_FACTS = tuple(name for name in _FIELDS if name not in WORDS)
_SALT = 16  # random bytes


def new_salt() -> str:
    """The salt of a new event."""
    return secrets.token_hex(_SALT)


def digest(previous: str, event: Event, salt: str | None = None) -> str:
    """The hash of an event that comes after the one with hash `previous`."""
    if salt is None:
        return _sha256(previous + _encoded(event, _FIELDS))
    return _sha256(previous + _encoded(event, _FACTS) + seal(event, salt))


def sealed_digest(previous: str, event: Event, sealed: str) -> str:
    """The same of an event whose words are known by their seal alone."""
    return _sha256(previous + _encoded(event, _FACTS) + sealed)


def entry_digest(previous: str, entry: AuditEntry) -> str:
    """The hash of an entry of the audit log that comes after the one with hash `previous`."""
    return _sha256(previous + _encoded(entry, _ENTRY_FIELDS))


def seal(event: Event, salt: str) -> str:
    """The hash of the event's words and its salt: what is kept of them once they are erased."""
    return _sha256(salt + _encoded(event, WORDS))


def form(event: Event) -> str:
    """The hash of all that is kept of an event, its own hash too."""
    return _sha256(event.hash + _encoded(event, _FIELDS))


def _encoded(line: Event | AuditEntry, names: Iterable[str]) -> str:
    return "".join(_encode(getattr(line, name)) for name in names)


def _sha256(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _encode(value: str | int | datetime | None) -> str:
    if value is None:
        return "-"
    text = str(_micros(value) if isinstance(value, datetime) else value)
    return f"{len(text.encode())}:{text}"


def _micros(at: datetime) -> int:
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _sql(*names: str) -> str:
    texts = (f"epoch_us({name})::VARCHAR" if name in _TIMES else f"{name}::VARCHAR" for name in names)
    return " || ".join(f"coalesce(strlen({text})::VARCHAR || ':' || {text}, '-')" for text in texts)


SQL_SEALED = f"sha256(previous || {_sql(*_FACTS)} || seal)"
"""The hash of an event whose words are known by their `seal` alone, from its columns and `previous`."""
SQL = f"""
    CASE WHEN salt IS NULL THEN sha256(previous || {_sql(*_FIELDS)})
    ELSE sha256(previous || {_sql(*_FACTS)} || sha256(salt || {_sql(*WORDS)})) END
"""
"""The same as `digest` worked out by the database, from the columns of an event and `previous`."""
SQL_FORM = f"sha256(hash || {_sql(*_FIELDS)})"
"""The same as `form`."""
ENTRY_SQL = f"sha256(previous || {_sql(*_ENTRY_FIELDS)})"
"""The same of an entry of the audit log."""
