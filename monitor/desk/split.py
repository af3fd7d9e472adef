"""One case that is two: splitting, and its undo."""

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from monitor import store
from monitor.access.permitted import permitted
from monitor.access.roles import Permission
from monitor.casework import apply
from monitor.casework.apply import AppliedChange, CaseChange
from monitor.casework.grouping import open_many
from monitor.desk import case_posts
from monitor.desk import changes as desk_changes
from monitor.desk.merge import merge
from monitor.errors import Refusal
from monitor.models.cases import Case, Event, NewEvent, effective
from monitor.models.grouping import NewCase
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import candidates, case_mentions, cases, events

logger = logging.getLogger(__name__)


@permitted(Permission.MERGE_SPLIT, cases="case_id")
def split(
    settings: Settings, case_id: int, mention_ids: Sequence[int], *, version: int, actor: str, now: datetime
) -> list[AppliedChange]:
    """Moves posts of a case into a new one of their own, with the same owner and team.

    Returns the case they left, in which they do not count any more, and the new one, which its owner has taken by
    splitting it off. The post that opened the case stays. Raises as `merge` does.
    """
    with store.connect(settings.store) as connection:
        case = cases.get(connection, case_id)
        _check_split(connection, case, mention_ids)
        case_mentions.unlink(connection, case_id, mention_ids)
        free = candidates.candidate_posts(connection, mention_ids)
        movable = {post.mention_id: post for post in free if post.conversation.brand == case.brand}
        if len(movable) < len(set(mention_ids)):
            raise Refusal(
                "split_unfit",
                "some of these posts cannot have a case: reposts, or not classified yet; leave them out",
            )
        moving = sorted(movable.values(), key=lambda post: (post.posted_at, post.mention_id))
        opened_at = events.of_cases(connection, [case_id])[case_id][0].at
        new_case = NewCase(moving[0].conversation, tuple(moving), since=opened_at)
        opened = cases.get(connection, open_many(connection, [new_case], settings, actor, now, share=False)[0])
        held = case_posts.held_posts(connection, case_id, -len(moving))
        owner_and_team = {"owner": case.owner, "team": case.team}
        changes: dict[int, CaseChange] = {
            case_id: partial(_part_from, became=opened, moving=tuple(movable), held=held),
            opened.case_id: partial(desk_changes.assign, fields=owner_and_team, actor=actor),
        }
        source_change, new_change = apply.apply(
            connection, settings, changes, actor=actor, now=now, versions={case_id: version}
        )
        history = events.of_cases(connection, [opened.case_id])[opened.case_id]
    logger.info("case split", extra={"case": case.code, "count": len(moving)})
    return [source_change, AppliedChange(new_change.case, history)]


def _check_split(connection: Connection, case: Case, mention_ids: Sequence[int]) -> None:
    held = effective(events.of_cases(connection, [case.case_id])[case.case_id])
    opening = next((event.mention_id for event in held if event.kind == "opened"), None)
    if not mention_ids or not set(case_mentions.of_case(connection, case.case_id)).issuperset(mention_ids):
        raise Refusal("split_none", "choose posts of {code} to move", code=case.code)
    if opening in mention_ids:
        raise Refusal("split_first", "the post that opened {code} stays in it; move the others instead", code=case.code)


def _part_from(
    case: Case, history: tuple[Event, ...], *, became: Case, moving: Sequence[int], held: case_posts.HeldPosts
) -> desk_changes.ChangedCase:
    """The case without the posts; what they alone made severe is so no more, what others say of it counts."""
    remaining_events = tuple(event for event in effective(history) if event.mention_id not in moving)
    reduced_case, severity_events = case_posts.refit(case, history, remaining_events, held, fewer=True)
    return reduced_case, [
        *(NewEvent(case.case_id, "parted", mention_id=mention_id, became=became.code) for mention_id in moving),
        *severity_events,
    ]


@permitted(Permission.MERGE_SPLIT, cases="case_id")
def undo_split(settings: Settings, case_id: int, *, actor: str, now: datetime) -> list[AppliedChange]:
    """Takes the posts of a case that was split off back where they came from; the new case is merged into the old."""
    with store.connect(settings.store) as connection:
        case = cases.get(connection, case_id)
        origin = events.split_source(connection, case.code)
    if origin is None:
        raise Refusal("not_split", "{code} was not split off another case", code=case.code)
    return merge(settings, origin, [case_id], versions={}, actor=actor, now=now)
