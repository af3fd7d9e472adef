"""What stands beside the histories of cases, put back as it was: posts, answers, follow-ups, surveys."""

from collections.abc import Collection, Sequence
from datetime import datetime

from monitor.cases import codes
from monitor.casework.apply import CaseChange
from monitor.desk import case_posts
from monitor.desk.case_posts import HeldPosts
from monitor.desk.merge import give_back
from monitor.errors import Refusal
from monitor.models.cases import Case, Event
from monitor.store import Connection
from monitor.store.cases import answers, case_mentions, cases, follow_ups, surveys


def undo_merges(
    connection: Connection, case: Case, action_events: Sequence[Event], undone_ids: Collection[int]
) -> CaseChange | None:
    """How the case that the events took others into gives them back; None where they took none in.

    Raises EscuchaError for a case that is not among those that are taken back with it.
    """
    absorbed_codes = _other_cases(case, action_events, "merged", undone_ids)
    return (
        give_back(connection, case, cases.get_many(connection, map(codes.parse_code, absorbed_codes)))
        if absorbed_codes
        else None
    )


def restore_posts(
    connection: Connection, case: Case, action_events: Sequence[Event], undone_ids: Collection[int]
) -> HeldPosts | None:
    """Takes out the posts that joined the case, and brings back those that left it. Returns what it holds, if any did.

    Raises as `undo_merges` does.
    """
    joined_ids = _mentions(action_events, "post")
    if joined_ids:
        case_mentions.unlink(connection, case.case_id, joined_ids)
    for code in _other_cases(case, action_events, "parted", undone_ids):
        part_events = [event for event in action_events if event.became == code]
        case_mentions.move(connection, _mentions(part_events, "parted"), case.case_id, of=codes.parse_code(code))
    delta = len(_mentions(action_events, "parted")) - len(joined_ids)
    return case_posts.held_posts(connection, case.case_id, delta, joined_ids) if delta else None


def restore_rows(connection: Connection, action_events: Sequence[Event]) -> None:
    """Puts back answers, follow-ups and surveys; to be called once the cases are as they were."""
    answers.undo_sent(connection, [event.event_id for event in action_events])
    for event in reversed(action_events):
        if event.kind == "follow_up":
            _follow_up(connection, event)
        elif event.kind == "survey" and event.field == "asked":
            surveys.undo_ask(connection, event.case_id, event.happened_at)
        elif event.kind == "survey":
            surveys.undo_answer(connection, event.case_id, event.took_place_at or event.happened_at)


def _follow_up(connection: Connection, event: Event) -> None:
    """One that came or went with a closing does so with its taking back (monitor.casework.follow_up_plans)."""
    due_before = datetime.fromisoformat(event.was) if event.was and event.field != "cancelled" else None
    if event.field in ("done", "dropped"):
        follow_ups.undo_outcome(connection, event.case_id, event.happened_at, due_before)
    elif event.field == "postponed" and due_before and event.became:
        follow_ups.undo_postpone(connection, event.case_id, datetime.fromisoformat(event.became), due_before)


def _mentions(action_events: Sequence[Event], kind: str) -> list[int]:
    return [event.mention_id for event in action_events if event.kind == kind and event.mention_id is not None]


def _other_cases(case: Case, action_events: Sequence[Event], kind: str, undone_ids: Collection[int]) -> list[str]:
    """The codes of the cases that events of that kind name; not of those that came within one of them."""
    named = (event for event in action_events if event.kind == kind and not (kind == "merged" and event.field))
    case_codes = list(dict.fromkeys(event.became for event in named if event.became))
    if missing_codes := [code for code in case_codes if codes.parse_code(code) not in undone_ids]:
        raise Refusal(
            "undo_alone",
            "{kind!r} of {code} cannot be taken back without {other}",
            kind=kind,
            code=case.code,
            other=missing_codes[0],
        )
    return case_codes
