"""Notices that follow from what happens to a case: whoever has it hears what others, and its customer, did."""

from collections.abc import Iterable

from monitor.cases.team.people import fold_name
from monitor.models.cases import Case, Event
from monitor.store import Connection
from monitor.store.cases import notices


def tell_owners(connection: Connection, changes: Iterable[tuple[Case, tuple[Event, ...]]]) -> None:
    """Leaves notices of what was just added to these cases, in the transaction that added it.

    To whoever has the case: that the customer wrote or changed a post, or that it was reopened, once a change. To
    whoever got the case or lost it: that it was given. Nobody hears of what they did themselves, or again that they
    have a case on which they act.
    """
    changes = [(case, events) for case, events in changes if events]
    if changes and (actor := changes[0][1][0].actor) != notices.RULE:
        acted_on = [case.case_id for case, _ in changes]
        notices.mark_given_seen(connection, actor, acted_on, changes[0][1][0].happened_at)
    notices.add_many(
        connection,
        [
            (person, case.case_id, event.event_id)
            for case, events in changes
            for person, event in _recipients(case, events).items()
        ],
    )


def _recipients(case: Case, events: tuple[Event, ...]) -> dict[str, Event]:
    """The event that each person hears of; none of a change that takes something back."""
    if any(event.kind in ("undone", "removed") for event in events):
        return {}
    told: dict[str, Event] = {}
    spoken = max((event for event in reversed(events) if _rank(event)), key=_rank, default=None)
    if spoken is not None:
        told[case.owner] = spoken
    for event in events:
        if event.field == "owner":
            told |= {event.was or "": event, event.became or "": event}
    return {person: event for person, event in told.items() if person and fold_name(person) != fold_name(event.actor)}


def _rank(event: Event) -> int:
    """How much the owner has to hear of it: a case reopened, words, changed words; 0 for what others need not hear."""
    if event.stage == "reopened":
        return 4
    if event.kind == "post":
        return 2 if event.became else 3
    if event.kind == "contact" and event.became == "in":
        return 3
    if event.kind == "edited" and event.field is None:
        return 3 if event.became == "asks" else 1
    return 0
