"""Why something cannot be done, in the language of the session: the words of the library's refusals."""

from collections.abc import Callable, Mapping
from typing import Any

from dashboard.i18n import language, t
from dashboard.ui import cards, escaping, formatting
from monitor.cases import codes
from monitor.customers.rows import Fault
from monitor.errors import (
    EscuchaError,
    Refusal,
    StoreBusy,
    StoreCorrupt,
    StoreForeign,
    StoreFull,
    StoreInterrupted,
    StoreOutOfMemory,
    StoreUnwritable,
)
from monitor.i18n import tell

_TROUBLES: tuple[tuple[type[EscuchaError], str], ...] = (
    (StoreBusy, "busy"),
    (StoreInterrupted, "interrupted"),
    (StoreFull, "full"),
    (StoreOutOfMemory, "memory"),
    (StoreUnwritable, "barred"),
    (StoreForeign, "foreign"),
    (StoreCorrupt, "damaged"),
)


def describe(error: EscuchaError) -> str:
    """The refusal, or the database's trouble, in plain words, not yet escaped; of any other error its own."""
    if trouble := store_trouble(error):
        return t(f"trouble.{trouble}_reason")
    if not isinstance(error, Refusal):
        return tell(language(), str(error))
    return t(f"refused.{error.key}", **{name: _format_value(name, value) for name, value in error.values.items()})


def store_trouble(error: EscuchaError) -> str | None:
    """What is wrong with the database, as the messages under `trouble` call it; None for anything else."""
    return next((name for kind, name in _TROUBLES if isinstance(error, kind)), None)


def describe_fault(row_fault: Fault) -> str:
    """What is wrong with a row of an imported file, not yet escaped."""
    column, value = escaping.clean(row_fault.column), escaping.clean(row_fault.value)
    problem = t(f"rowfault.{row_fault.problem}", column=column, value=value)
    return t("customers.fault", row=row_fault.row, what=problem)


def _format_value(name: str, value: Any) -> object:
    write = _WRITERS.get(name)
    if write is not None:
        return write(value)
    return value if isinstance(value, int) else escaping.clean(str(value))


def _stage(stage: str) -> str:
    return t(f"stage.{stage}")


def _limit(limit: str) -> str:
    return escaping.clean(tell(language(), limit))


# By the name of a value: what it is called on the pages.
_WRITERS: Mapping[str, Callable[[Any], str]] = {
    "case": codes.format_code,
    "stage": _stage,
    "to": _stage,
    "brand": cards.brand_name,
    "other_brand": cards.brand_name,
    "day": formatting.calendar_day,
    "restored": formatting.date_time,
    "fault": describe_fault,
    "limit": _limit,
    "place": _limit,
}
