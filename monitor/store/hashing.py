"""The hash chain of the events: each holds the SHA-256 of the hash before it and of itself, in hexadecimal.

Every field is written with its length in bytes before it (`4:post`), an unknown one as `-`: no two events read alike.
"""

from datetime import UTC, datetime
from hashlib import sha256

from monitor.models.cases import EVENT_COLUMNS, Event

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIMES = ("happened_at", "took_place_at")
_FIELDS = tuple(name for name in EVENT_COLUMNS if name != "hash")


def digest(previous: str, event: Event) -> str:
    """The hash of an event that comes after the one with hash `previous`."""
    return sha256((previous + "".join(_encode(getattr(event, name)) for name in _FIELDS)).encode()).hexdigest()


def _encode(value: str | int | datetime | None) -> str:
    if value is None:
        return "-"
    text = str(_micros(value) if isinstance(value, datetime) else value)
    return f"{len(text.encode())}:{text}"


def _micros(at: datetime) -> int:
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _sql(name: str) -> str:
    text = f"epoch_us({name})::VARCHAR" if name in _TIMES else f"{name}::VARCHAR"
    return f"coalesce(strlen({text})::VARCHAR || ':' || {text}, '-')"


SQL = f"sha256(previous || {' || '.join(map(_sql, _FIELDS))})"
"""The same worked out by the database, from the columns of an event and `previous`."""
