"""Which cases somebody looks at: the choices of the list, as they are kept under a name or written into an address."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, TypeAlias, get_args

from monitor.models.cases import (
    CHANNELS,
    CUSTOMER_VALUES,
    LEVELS,
    SEVERITIES,
    Channel,
    CustomerValue,
    Level,
    ServiceMode,
    Severity,
)
from monitor.models.posts import Stage

View: TypeAlias = Literal[
    "open", "mine", "turn", "unassigned", "absent", "warning", "breaching", "waiting", "closed", "every"
]
VIEWS: tuple[View, ...] = get_args(View)
"""mine: open and owned by the person who looks; turn: the customer wrote again after our answer and waits; absent: open
and owned by somebody who is not there; warning, breaching: by the clock that ends first; waiting: for the
customer; closed: closed or dismissed."""
CaseOrder: TypeAlias = Literal["priority", "due", "newest", "oldest"]
ORDERS: tuple[CaseOrder, ...] = get_args(CaseOrder)
"""due: what is due first; newest: by its last change; oldest: by its opening."""

_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "view": VIEWS,
    "order": ORDERS,
    "channel": CHANNELS,
    "level": LEVELS,
    "severity": SEVERITIES,
    "service": get_args(ServiceMode),
    "value": CUSTOMER_VALUES,
}
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class CaseFilters:
    """The cases of a view, narrowed down: None, '' and an empty tuple narrow nothing.

    `stages`: any of these. `cause`: the root cause. `words`: a tracking code however it is spelled, or words of the
    author or of the posts.
    """

    view: View = "every"
    order: CaseOrder = "priority"
    stages: tuple[Stage, ...] = ()
    brand: str | None = None
    network: str | None = None
    channel: Channel | None = None
    category: str | None = None
    level: Level | None = None
    severity: Severity | None = None
    team: str | None = None
    owner: str | None = None
    tag: str | None = None
    language: str | None = None
    value: CustomerValue | None = None
    service: ServiceMode | None = None
    internal: bool | None = None
    cause: str | None = None
    words: str = ""


_FIELDS = {filter_field.name: filter_field.default for filter_field in fields(CaseFilters)}


def as_texts(filters: CaseFilters) -> dict[str, str]:
    """What narrows, as texts by field: `from_texts` takes them back."""
    return {
        name: _as_text(getattr(filters, name)) for name, usual in _FIELDS.items() if getattr(filters, name) != usual
    }


def _as_text(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_json(filters: CaseFilters) -> str:
    """The filters as they are kept."""
    return json.dumps(as_texts(filters), ensure_ascii=False)


def from_json(text: str) -> tuple[CaseFilters, tuple[str, ...]]:
    """What `as_json` wrote, and the names of what is no filter any more, which is left out."""
    try:
        values = json.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, dict):
        return CaseFilters(), ("json",)
    filters, dropped = from_texts({name: value for name, value in values.items() if isinstance(value, str)})
    return filters, (*dropped, *(name for name, value in values.items() if not isinstance(value, str)))


def from_texts(texts: Mapping[str, str]) -> tuple[CaseFilters, tuple[str, ...]]:
    """Filters of texts by field, and the names of those that are unknown or have a value that is none of theirs."""
    values: dict[str, object] = {}
    dropped = []
    for name, text in texts.items():
        value = _value(name, text) if name in _FIELDS else None
        if value is None:
            dropped.append(name)
        else:
            values[name] = value
    return CaseFilters(**values), tuple(dropped)  # type: ignore[arg-type]


def _value(name: str, text: str) -> object:
    if len(text) > _LONGEST or (name in _OPTIONS and text not in _OPTIONS[name]):
        return None
    if name == "stages":
        stages = text.split()
        return tuple(stages) if stages and set(stages) <= set(get_args(Stage)) else None
    if name == "internal":
        return {"true": True, "false": False}.get(text)
    return text
