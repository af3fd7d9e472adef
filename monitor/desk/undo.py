"""Taking back the last thing a person did. The history keeps both."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from monitor import store
from monitor.casework import apply
from monitor.casework import customers as casework_customers
from monitor.casework.apply import Change, Done
from monitor.desk import case_posts, undo_rows
from monitor.desk import changes as desk_changes
from monitor.desk import customers as linked
from monitor.desk.case_posts import Held
from monitor.errors import Refusal, StoreConflict
from monitor.models.cases import Case, Event, NewEvent, in_force
from monitor.models.posts import Correction
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import cases, events, incidents
from monitor.store.customers import customers
from monitor.store.customers.handles import Decided
from monitor.store.posts import classifications, mentions

# What can be taken back by itself; merging and parting only with the other case.
UNDOABLE = (
    "stage", "field", "note", "sent", "reply", "waiting", "resumed", "contact", "post", "parted", "absorbed",
    "incident", "customer", "follow_up", "survey",
)  # fmt: skip


def undo(
    settings: Settings,
    done: Mapping[int, Sequence[int]],
    *,
    actor: str,
    now: datetime,
    corrections: Sequence[Correction] = (),
    decided: Sequence[Decided] = (),
) -> list[Done]:
    """Takes back one action: its events by case, the labels it gave, whose handles it said are. All of it, or nothing.

    A case that the action opened goes away, and its posts are free again, or in the case they came from. Raises
    StoreConflict when something happened to a case, label or handle since, EscuchaError for what cannot be taken back.
    """
    with store.connect(settings.store) as connection:
        _unlabel(connection, corrections)
        linked.take_back(connection, decided)
        known = {case.case_id: case for case in cases.many(connection, done)}
        history = events.of_cases(connection, done)
        told = {case_id: _last(known.get(case_id), history[case_id], ids) for case_id, ids in done.items()}
        opened = [case_id for case_id, all_ in told.items() if all_[0] == history[case_id][0]]
        changes = {
            case_id: _taking_back(connection, known[case_id], all_, opened, told) for case_id, all_ in told.items()
        }
        taken_back = apply.apply(connection, settings, changes, actor=actor, now=now, merged=True)
        undo_rows.rows(connection, [event for all_ in told.values() for event in all_])
        mentions.forget_entered(connection, opened)
        cases.remove(connection, opened)
        for whose in dict.fromkeys((one.network, one.handle) for one in decided):
            taken_back += casework_customers.bring_into_step(connection, settings, actor=actor, now=now, handle=whose)
        return taken_back


def _unlabel(connection: Connection, corrections: Sequence[Correction]) -> None:
    for correction in corrections:
        if not classifications.take_back(connection, correction):
            raise StoreConflict(f"mention {correction.mention_id} was corrected again meanwhile; look at it again")


def _last(case: Case | None, history: tuple[Event, ...], event_ids: Sequence[int]) -> tuple[Event, ...]:
    """The events of the action, which nothing may have followed but what was undone itself.

    A hand-over in between changes nothing, but a case that was handed over exists outside too, and does not go away.
    """
    if case is None:
        raise Refusal("undone_already", "the case is not there any more; it was taken back already")
    told = tuple(event for event in history if event.event_id in event_ids and event.kind != "undone")
    held = tuple(event for event in in_force(history) if event.kind != "exported" or history[0].event_id in event_ids)
    if not told or held[-len(told) :] != told:
        raise apply.conflict(case, history)
    return told


def _taking_back(
    connection: Connection, case: Case, told: tuple[Event, ...], opened: Sequence[int], all_told: Mapping[int, object]
) -> Change:
    if case.case_id in opened:
        return _unopened
    apart = undo_rows.taken_apart(connection, case, told, all_told)
    if apart:
        return apart
    held = undo_rows.posts(connection, case, told, opened)
    whose = {event.was for event in told if event.kind == "customer" and event.was}
    values = {one: customers.value_of(connection, one) or "" for one in whose}
    return partial(_undone, told=told, held=held, values=values)


def _unopened(case: Case, history: tuple[Event, ...]) -> desk_changes.Changed:
    del history
    return case, [NewEvent(case.case_id, "removed")]


def _undone(
    case: Case, history: tuple[Event, ...], *, told: tuple[Event, ...], held: Held | None, values: Mapping[str, str]
) -> desk_changes.Changed:
    for event in reversed(told):
        if event.kind not in UNDOABLE:
            raise Refusal("no_undo", "{kind!r} of {code} cannot be taken back", kind=event.kind, code=case.code)
        case = _before(case, event, history, values)
    undone = [NewEvent(case.case_id, "undone", undoes=event.event_id) for event in reversed(told)]
    if held is None:
        return case, undone
    stays = in_force(tuple(one for one in history if one not in told))
    fitted, more = case_posts.fitted(case, history, stays, held, fewer=False)
    return fitted, [*undone, *more]


def _before(case: Case, event: Event, history: tuple[Event, ...], values: Mapping[str, str]) -> Case:
    if event.kind == "field":
        return replace(case, **{str(event.field): _value(str(event.field), event.was)})  # type: ignore[arg-type]
    if event.kind == "stage" and event.field == "agreement":
        earlier = [e.became for e in in_force(history) if e.field == "agreement" and e.event_id < event.event_id]
        return replace(case, agreement=earlier[-1] if earlier else None)  # type: ignore[arg-type]
    if event.kind == "incident":
        return replace(case, incident_id=incidents.id_of(event.was) if event.was else None)
    if event.kind == "customer":
        return replace(case, customer_id=event.was, value=values.get(event.was or "", ""))
    return replace(case, merged_into=None) if event.kind == "absorbed" else case


def _value(field: str, text: str | None) -> object:
    if field == "internal":
        return text == "true"
    if field == "contacts":
        return int(text or 1)
    return float(text) if field == "cost" and text is not None else text
