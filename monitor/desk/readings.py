"""How a post is to be read, by a person's word: thanks that need an answer, automatic replies that are answers."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from monitor import store
from monitor.access.permitted import permitted
from monitor.access.roles import Permission
from monitor.casework import apply, automatic_replies
from monitor.casework.apply import AppliedChange
from monitor.desk import changes as desk_changes
from monitor.models.cases import Case, Event, NewEvent
from monitor.settings.loading import Settings
from monitor.store.cases import reply_series


@permitted(Permission.HANDLE_CASES, cases="case_id")
def needs_answer(
    settings: Settings, case_id: int, mention_id: int, *, version: int, actor: str, now: datetime
) -> list[AppliedChange]:
    """Says that a post of the customer that was taken for thanks waits for an answer; a closed case is reopened.

    Raises StoreConflict when the case is not at `version` any more, EscuchaError when it has no such post.
    """
    change = partial(desk_changes.reread, mention_id=mention_id, reading="question")
    with store.connect(settings.store) as connection:
        return apply.apply(connection, settings, {case_id: change}, actor=actor, now=now, versions={case_id: version})


@permitted(Permission.HANDLE_CASES, cases="case_id")
def is_answer(
    settings: Settings, case_id: int, mention_id: int, *, version: int, actor: str, now: datetime
) -> list[AppliedChange]:
    """Says that a reply of ours that was taken for an automatic one is an answer, and so all of its series.

    Raises as `needs_answer` does. Returns the case first.
    """
    with store.connect(settings.store) as connection:
        series = reply_series.of_reply(connection, mention_id)
        told = automatic_replies.told_replies(connection, [series], now)
        replies: dict[int, list[int]] = {case_id: [mention_id]}
        for reply in told:
            if reply.reading == "automatic" and reply.mention_id != mention_id:
                replies.setdefault(reply.case_id, []).append(reply.mention_id)
        changes = {key: partial(_as_answers, mention_ids=mention_ids) for key, mention_ids in replies.items()}
        return apply.apply(connection, settings, changes, actor=actor, now=now, versions={case_id: version})


def _as_answers(case: Case, history: tuple[Event, ...], *, mention_ids: Sequence[int]) -> desk_changes.ChangedCase:
    new_events: list[NewEvent] = []
    for mention_id in mention_ids:
        new_events += desk_changes.reread(case, history, mention_id=mention_id, reading="answer")[1]
    return case, new_events
