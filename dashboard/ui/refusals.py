"""Why something cannot be done, in the language of the session: the words of the library's refusals."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from dashboard import session
from dashboard.i18n import t
from dashboard.ui import cards, escaping
from monitor.cases import codes
from monitor.customers.rows import Fault
from monitor.errors import EscuchaError, Refusal


def words(error: EscuchaError) -> str:
    """The refusal in plain words, not yet escaped; of any other error its own, which are English."""
    if not isinstance(error, Refusal):
        return str(error)
    return t(f"refused.{error.key}", **{name: _shown(name, value) for name, value in error.values.items()})


def fault(one: Fault) -> str:
    """What is wrong with a row of an imported file, not yet escaped."""
    what = t(f"rowfault.{one.problem}", column=escaping.clean(one.column), value=escaping.clean(one.value))
    return t("customers.fault", row=one.row, what=what)


def _shown(name: str, value: Any) -> object:
    shown = _SHOWN.get(name)
    if shown is not None:
        return shown(value)
    return value if isinstance(value, int) else escaping.clean(str(value))


def _stage(stage: str) -> str:
    return t(f"stage.{stage}")


def _day(day: date) -> str:
    return cards.day(datetime.combine(day, time(12), session.load_settings().zone))


# By the name of a value: what it is called on the pages.
_SHOWN: Mapping[str, Callable[[Any], str]] = {
    "case": codes.code,
    "stage": _stage,
    "to": _stage,
    "brand": cards.brand_name,
    "other_brand": cards.brand_name,
    "day": _day,
    "fault": fault,
}
