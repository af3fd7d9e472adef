"""Taking back the last thing a person did. The history keeps both."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from monitor import store
from monitor.access.permitted import permitted, require_now
from monitor.access.roles import Permission
from monitor.casework import apply
from monitor.casework import customers as casework_customers
from monitor.casework.apply import AppliedChange, CaseChange
from monitor.desk import campaigns as desk_campaigns
from monitor.desk import case_posts, undo_rows
from monitor.desk import changes as desk_changes
from monitor.desk import customers as desk_customers
from monitor.desk.case_posts import HeldPosts
from monitor.errors import Refusal, StoreConflict
from monitor.models.campaigns import CampaignDecision
from monitor.models.cases import Case, Event, NewEvent, effective
from monitor.models.posts import Correction
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import cases, events, incidents
from monitor.store.customers import customers
from monitor.store.customers.handles import HandleDecision
from monitor.store.posts import classifications, mentions, unmatched
from monitor.store.restores import numbers

logger = logging.getLogger(__name__)

# What can be taken back by itself; merging and parting only with the other case.
UNDOABLE = (
    "stage", "field", "taken", "note", "sent", "reply", "waiting", "resumed", "contact", "post", "parted", "absorbed",
    "incident", "customer", "follow_up", "survey", "record", "reread",
)  # fmt: skip


@permitted(Permission.HANDLE_CASES, cases="done", posts="corrections.mention_id")
def undo(
    settings: Settings,
    done: Mapping[int, Sequence[int]],
    *,
    actor: str,
    now: datetime,
    corrections: Sequence[Correction] = (),
    decided: Sequence[HandleDecision] = (),
    ruled: Sequence[CampaignDecision] = (),
) -> list[AppliedChange]:
    """Takes back one action: its events by case, its labels, whose handles it said are, what it said of campaigns.

    All of it, or nothing.

    A case that the action opened goes away, and its posts are free again, or in the case they came from. Raises
    StoreConflict when something happened to a case, label or handle since, EscuchaError for what cannot be taken back.
    """
    if ruled:
        require_now(settings, actor, Permission.CAMPAIGNS)
    with store.connect(settings.store) as connection:
        _take_back_labels(connection, corrections)
        desk_customers.undo_decisions(connection, decided)
        by_id = {case.case_id: case for case in cases.get_many(connection, done)}
        history = events.of_cases(connection, done)
        _refuse_lost(connection, by_id, history, done)
        undone_events = {
            case_id: _last_events(by_id.get(case_id), history[case_id], ids) for case_id, ids in done.items()
        }
        opened_ids = [
            case_id for case_id, case_events in undone_events.items() if case_events[0] == history[case_id][0]
        ]
        changes = {
            case_id: _undo_change(connection, by_id[case_id], case_events, opened_ids, undone_events)
            for case_id, case_events in undone_events.items()
        }
        taken_back = apply.apply(connection, settings, changes, actor=actor, now=now, merged=True)
        undo_rows.restore_rows(connection, [event for case_events in undone_events.values() for event in case_events])
        mentions.delete_manual_posts(connection, opened_ids)
        cases.remove(connection, opened_ids)
        unmatched.take_back(connection, [correction.mention_id for correction in corrections])
        desk_campaigns.take_back(connection, ruled, actor, now)
        for profile in dict.fromkeys((decision.network, decision.handle) for decision in decided):
            taken_back += casework_customers.sync_links(connection, settings, actor=actor, now=now, handle=profile)
    logger.info("action undone", extra={"count": len(taken_back)})
    return taken_back


def _refuse_lost(
    connection: Connection,
    by_id: Mapping[int, Case],
    history: Mapping[int, Sequence[Event]],
    done: Mapping[int, Sequence[int]],
) -> None:
    """Raises EscuchaError where a restore took the action away: nothing that came since is taken for it."""
    for case_id, event_ids in done.items():
        held_ids = {event.event_id for event in history[case_id]}
        if case_id not in by_id and not held_ids:
            numbers.refuse_lost(connection, case_id=case_id)
        for event_id in set(event_ids) - held_ids:
            numbers.refuse_lost(connection, event_id=event_id)


def _take_back_labels(connection: Connection, corrections: Sequence[Correction]) -> None:
    for correction in corrections:
        if not classifications.undo_correction(connection, correction):
            raise StoreConflict(f"mention {correction.mention_id} was corrected again meanwhile; look at it again")


def _last_events(case: Case | None, history: tuple[Event, ...], event_ids: Sequence[int]) -> tuple[Event, ...]:
    """The events of the action, which nothing may have followed but what was undone itself.

    A hand-over in between changes nothing, but a case that was handed over exists outside too, and does not go away.
    """
    if case is None:
        raise Refusal("undone_already", "the case is not there any more; it was taken back already")
    action_events = tuple(event for event in history if event.event_id in event_ids and event.kind != "undone")
    held = tuple(event for event in effective(history) if event.kind != "exported" or history[0].event_id in event_ids)
    if not action_events or held[-len(action_events) :] != action_events:
        raise apply.conflict(case, [event for event in held if event.event_id > max(event_ids)])
    return action_events


def _undo_change(
    connection: Connection,
    case: Case,
    action_events: tuple[Event, ...],
    opened_ids: Sequence[int],
    all_events: Mapping[int, object],
) -> CaseChange:
    if case.case_id in opened_ids:
        return _remove_opened
    merge_undo = undo_rows.undo_merges(connection, case, action_events, all_events)
    if merge_undo:
        return merge_undo
    held = undo_rows.restore_posts(connection, case, action_events, opened_ids)
    customer_ids = {event.was for event in action_events if event.kind == "customer" and event.was}
    values = {customer_id: customers.value_of(connection, customer_id) or "" for customer_id in customer_ids}
    return partial(_undo_events, action_events=action_events, held=held, values=values)


def _remove_opened(case: Case, history: tuple[Event, ...]) -> desk_changes.ChangedCase:
    del history
    return case, [NewEvent(case.case_id, "removed")]


def _undo_events(
    case: Case,
    history: tuple[Event, ...],
    *,
    action_events: tuple[Event, ...],
    held: HeldPosts | None,
    values: Mapping[str, str],
) -> desk_changes.ChangedCase:
    for event in reversed(action_events):
        if event.kind not in UNDOABLE:
            raise Refusal("no_undo", "{kind!r} of {code} cannot be taken back", kind=event.kind, code=case.code)
        case = _case_before(case, event, history, values)
    undone = [NewEvent(case.case_id, "undone", undoes=event.event_id) for event in reversed(action_events)]
    if held is None:
        return case, undone
    remaining_events = effective(tuple(event for event in history if event not in action_events))
    fitted_case, severity_events = case_posts.refit(case, history, remaining_events, held, fewer=False)
    return fitted_case, [*undone, *severity_events]


def _case_before(case: Case, event: Event, history: tuple[Event, ...], values: Mapping[str, str]) -> Case:
    if event.kind == "field" and event.field == "author":
        return case  # the network's word, not the person's
    if event.kind == "field":
        return replace(case, **{str(event.field): _value(str(event.field), event.was)})  # type: ignore[arg-type]
    if event.kind == "stage" and event.field == "agreement":
        agreements = [
            past.became for past in effective(history) if past.field == "agreement" and past.event_id < event.event_id
        ]
        return replace(case, agreement=agreements[-1] if agreements else None)  # type: ignore[arg-type]
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
