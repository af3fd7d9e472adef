"""Taking back the last thing a person did. The history keeps both."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from monitor import changing, store
from monitor.casework import Case, Event, NewEvent, in_force
from monitor.changing import Done
from monitor.desk import moves
from monitor.errors import EscuchaError, StoreConflict
from monitor.models import Correction
from monitor.settings import Settings
from monitor.store import Connection, answers, cases, classifications, events, incidents

# What can be taken back by itself; merging and parting have an undo of their own.
UNDOABLE = ("stage", "field", "note", "sent", "waiting", "resumed", "contact", "follow_up", "incident")
# What comes and goes with a closing (monitor.planning).
FOLLOWING = ("planned", "cancelled")


def undo(
    settings: Settings,
    done: Mapping[int, Sequence[int]],
    *,
    actor: str,
    now: datetime,
    corrections: Sequence[Correction] = (),
) -> list[Done]:
    """Takes back one action: its events by case, oldest first, and the labels it gave. All of it, or nothing.

    A case that the action opened goes away, and its posts are free again. Raises StoreConflict when something happened
    to a case or a label since, EscuchaError for what cannot be taken back.
    """
    with store.connect(settings.store) as connection:
        _unlabel(connection, corrections)
        history = events.of_cases(connection, done)
        opened = [case_id for case_id, ids in done.items() if history[case_id] and history[case_id][0].event_id in ids]
        changes = {
            case_id: partial(_unopened if case_id in opened else _undone, event_ids=tuple(ids))
            for case_id, ids in done.items()
        }
        taken_back = changing.apply(connection, settings, changes, actor=actor, now=now)
        answers.take_back(connection, [event_id for ids in done.values() for event_id in ids])
        cases.remove(connection, opened)
        return taken_back


def _unlabel(connection: Connection, corrections: Sequence[Correction]) -> None:
    for correction in corrections:
        if not classifications.take_back(connection, correction):
            raise StoreConflict(f"mention {correction.mention_id} was corrected again meanwhile; look at it again")


def _undone(case: Case, history: tuple[Event, ...], *, event_ids: tuple[int, ...]) -> moves.Changed:
    told = []
    for event in reversed(_last(case, history, event_ids)):
        if event.kind not in UNDOABLE and event.field not in FOLLOWING:
            raise EscuchaError(f"{event.kind!r} of {case.code} cannot be taken back")
        case = _before(case, event, history)
        told.append(NewEvent(case.case_id, "undone", undoes=event.event_id))
    return case, told


def _unopened(case: Case, history: tuple[Event, ...], *, event_ids: tuple[int, ...]) -> moves.Changed:
    _last(case, history, event_ids)
    return case, [NewEvent(case.case_id, "removed")]


def _last(case: Case, history: tuple[Event, ...], event_ids: tuple[int, ...]) -> tuple[Event, ...]:
    """The events of the action, which nothing may have followed but what was undone itself.

    A hand-over in between changes nothing, but a case that was handed over exists outside too, and does not go away.
    """
    held = tuple(event for event in in_force(history) if event.kind != "exported" or history[0].event_id in event_ids)
    last = held[-len(event_ids) :]
    if not event_ids or tuple(event.event_id for event in last) != event_ids:
        raise changing.conflict(case, history)
    return last


def _before(case: Case, event: Event, history: tuple[Event, ...]) -> Case:
    if event.kind == "field":
        return replace(case, **{str(event.field): _value(str(event.field), event.was)})  # type: ignore[arg-type]
    if event.kind == "stage" and event.field == "agreement":
        earlier = [e.became for e in in_force(history) if e.field == "agreement" and e.event_id < event.event_id]
        return replace(case, agreement=earlier[-1] if earlier else None)  # type: ignore[arg-type]
    if event.kind == "incident":
        return replace(case, incident_id=incidents.id_of(event.was) if event.was else None)
    return case


def _value(field: str, text: str | None) -> object:
    if field == "internal":
        return text == "true"
    return float(text) if field == "cost" and text is not None else text
