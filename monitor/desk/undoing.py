"""Taking back the last thing a person did to a case. The history keeps both."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from monitor import changing, store
from monitor.casework import Case, Event, NewEvent
from monitor.changing import Done
from monitor.desk import moves
from monitor.errors import EscuchaError
from monitor.settings import Settings

# What can be taken back by itself; merging and parting have an undo of their own.
UNDOABLE = ("stage", "field", "note", "sent", "waiting", "resumed", "contact")


def undo(settings: Settings, done: Mapping[int, Sequence[int]], *, actor: str, now: datetime) -> list[Done]:
    """Takes back the events of one action, by case: all of them, or none.

    Raises StoreConflict when something happened to a case since, EscuchaError for what cannot be taken back.
    """
    changes = {case_id: partial(_undone, event_ids=tuple(ids)) for case_id, ids in done.items()}
    with store.connect(settings.store) as connection:
        return changing.apply(connection, settings, changes, actor=actor, now=now)


def _undone(case: Case, history: tuple[Event, ...], *, event_ids: tuple[int, ...]) -> moves.Changed:
    last = history[-len(event_ids) :]
    if tuple(event.event_id for event in last) != event_ids:
        raise changing.conflict(case, history)
    told = []
    for event in reversed(last):
        if event.kind not in UNDOABLE:
            raise EscuchaError(f"{event.kind!r} cannot be taken back")
        case = _before(case, event)
        told.append(NewEvent(case.case_id, "undone", undoes=event.event_id))
    return case, told


def _before(case: Case, event: Event) -> Case:
    if event.kind == "field":
        return replace(case, **{str(event.field): _value(str(event.field), event.was)})  # type: ignore[arg-type]
    if event.kind == "stage" and event.field == "agreement":
        return replace(case, agreement=None)
    return case


def _value(field: str, text: str | None) -> object:
    if field == "internal":
        return text == "true"
    return float(text) if field == "cost" and text is not None else text
