"""What stands beside the histories of cases, put back as it was: posts, answers, follow-ups, surveys."""

from collections.abc import Collection, Sequence
from datetime import datetime

from monitor.cases import codes
from monitor.casework.apply import Change
from monitor.desk import case_posts, merge
from monitor.desk.case_posts import Held
from monitor.errors import Refusal
from monitor.models.cases import Case, Event
from monitor.store import Connection
from monitor.store.cases import answers, case_mentions, cases, follow_ups, surveys


def taken_apart(connection: Connection, case: Case, told: Sequence[Event], with_it: Collection[int]) -> Change | None:
    """How the case that the events took others into gives them back; None where they took none in.

    Raises EscuchaError for a case that is not among those that are taken back with it.
    """
    codes_ = _others(case, told, "merged", with_it)
    return merge.give_back(connection, case, cases.many(connection, map(codes.case_id, codes_))) if codes_ else None


def posts(connection: Connection, case: Case, told: Sequence[Event], with_it: Collection[int]) -> Held | None:
    """Takes out the posts that joined the case, and brings back those that left it. Returns what it holds, if any did.

    Raises as `taken_apart` does.
    """
    joined = _mentions(told, "post")
    if joined:
        case_mentions.unlink(connection, case.case_id, joined)
    for code in _others(case, told, "parted", with_it):
        back = [event for event in told if event.became == code]
        case_mentions.move(connection, _mentions(back, "parted"), case.case_id, of=codes.case_id(code))
    more = len(_mentions(told, "parted")) - len(joined)
    return case_posts.look(connection, case.case_id, more, joined) if more else None


def rows(connection: Connection, told: Sequence[Event]) -> None:
    """Puts back answers, follow-ups and surveys; to be called once the cases are as they were."""
    answers.take_back(connection, [event.event_id for event in told])
    for event in reversed(told):
        if event.kind == "follow_up":
            _follow_up(connection, event)
        elif event.kind == "survey" and event.field == "asked":
            surveys.take_back(connection, event.case_id, event.happened_at)
        elif event.kind == "survey":
            surveys.take_back_answer(connection, event.case_id, event.took_place_at or event.happened_at)


def _follow_up(connection: Connection, event: Event) -> None:
    """One that came or went with a closing does so with its taking back (monitor.casework.follow_up_plans)."""
    was = datetime.fromisoformat(event.was) if event.was and event.field != "cancelled" else None
    if event.field in ("done", "dropped"):
        follow_ups.take_back(connection, event.case_id, event.happened_at, was)
    elif event.field == "postponed" and was and event.became:
        follow_ups.bring_forward(connection, event.case_id, datetime.fromisoformat(event.became), was)


def _mentions(told: Sequence[Event], kind: str) -> list[int]:
    return [event.mention_id for event in told if event.kind == kind and event.mention_id is not None]


def _others(case: Case, told: Sequence[Event], kind: str, with_it: Collection[int]) -> list[str]:
    """The codes of the cases that events of that kind name."""
    found = list(dict.fromkeys(event.became for event in told if event.kind == kind and event.became))
    if alone := [code for code in found if codes.case_id(code) not in with_it]:
        raise Refusal(
            "undo_alone",
            "{kind!r} of {code} cannot be taken back without {other}",
            kind=kind,
            code=case.code,
            other=alone[0],
        )
    return found
