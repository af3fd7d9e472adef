"""Fields of a JSON answer that nobody vouches for: each as the type it should have, None when it is something else."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from monitor.tables.text import without_surrogates

_MOST = 2**31 - 1
_FIRST_YEAR, _LAST_YEAR = 1970, 9000


def fields(value: Any) -> Mapping[str, Any]:
    """An object; an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def text(value: Any) -> str | None:
    """A text without lone surrogates, which no database takes."""
    return without_surrogates(value) if isinstance(value, str) else None


def name(value: Any) -> str | None:
    """A text that is not empty, stripped: an id, a handle."""
    return (text(value) or "").strip() or None


def link(value: Any) -> str | None:
    """An address of the web; what may run something is none."""
    address = name(value)
    return address if address and address.startswith(("https://", "http://")) else None


def count(value: Any) -> int | None:
    """A whole number from 0 to 2,147,483,647; digits in a text are one."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST else None


def moment(value: Any) -> datetime | None:
    """A time in ISO 8601, in UTC; one that names no zone is UTC. None for one at which nobody posts.

    Programs write the year 1 for no time, and what is at the ends of the calendar cannot be reckoned with.
    """
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value)
        time = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return time if _FIRST_YEAR <= time.year < _LAST_YEAR else None
