"""One case that is two: splitting, and its undo."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from monitor import store
from monitor.casework import apply
from monitor.casework.apply import Change, Done
from monitor.casework.grouping import open_many
from monitor.desk import case_posts
from monitor.desk import changes as desk_changes
from monitor.desk.merge import merge
from monitor.errors import Refusal
from monitor.models.cases import Case, Event, NewEvent, in_force
from monitor.models.posts import NewCase
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import candidates, case_mentions, cases, events


def split(
    settings: Settings, case_id: int, mention_ids: Sequence[int], *, version: int, actor: str, now: datetime
) -> list[Done]:
    """Moves posts of a case into a new one of their own, with the same owner and team.

    Returns the case they left, in which they do not count any more, and the new one. The post that opened the case
    stays. Raises as `merge` does.
    """
    with store.connect(settings.store) as connection:
        before = cases.get(connection, case_id)
        _check_split(connection, before, mention_ids)
        case_mentions.unlink(connection, case_id, mention_ids)
        free = candidates.placeable(connection, mention_ids)
        found = {one.mention_id: one for one in free if one.conversation.brand == before.brand}
        if len(found) < len(set(mention_ids)):
            raise Refusal(
                "split_unfit",
                "some of these posts cannot have a case: reposts, or not classified yet; leave them out",
            )
        leaving = sorted(found.values(), key=lambda post: (post.posted_at, post.mention_id))
        opened_at = events.of_cases(connection, [case_id])[case_id][0].at
        new = NewCase(leaving[0].conversation, tuple(leaving), since=opened_at)
        made = cases.get(connection, open_many(connection, [new], settings, actor, now, share=False)[0])
        held = case_posts.look(connection, case_id, -len(leaving))
        whose = {"owner": before.owner, "team": before.team}
        changes: dict[int, Change] = {
            case_id: partial(_parted, became=made, leaving=tuple(found), held=held),
            made.case_id: partial(desk_changes.with_fields, fields=whose),
        }
        left, given = apply.apply(connection, settings, changes, actor=actor, now=now, versions={case_id: version})
        return [left, Done(given.case, events.of_cases(connection, [made.case_id])[made.case_id])]


def _check_split(connection: Connection, case: Case, mention_ids: Sequence[int]) -> None:
    held = in_force(events.of_cases(connection, [case.case_id])[case.case_id])
    opening = next((event.mention_id for event in held if event.kind == "opened"), None)
    if not mention_ids or not set(case_mentions.of_case(connection, case.case_id)).issuperset(mention_ids):
        raise Refusal("split_none", "choose posts of {code} to move", code=case.code)
    if opening in mention_ids:
        raise Refusal("split_first", "the post that opened {code} stays in it; move the others instead", code=case.code)


def _parted(
    case: Case, history: tuple[Event, ...], *, became: Case, leaving: Sequence[int], held: case_posts.Held
) -> desk_changes.Changed:
    """The case without the posts; what they alone made severe is so no more, what others say of it counts."""
    stays = tuple(event for event in in_force(history) if event.mention_id not in leaving)
    less, more = case_posts.fitted(case, history, stays, held, fewer=True)
    return less, [*(NewEvent(case.case_id, "parted", mention_id=one, became=became.code) for one in leaving), *more]


def undo_split(settings: Settings, new: int, *, actor: str, now: datetime) -> list[Done]:
    """Takes the posts of a case that was split off back where they came from; the new case is merged into the old."""
    with store.connect(settings.store) as connection:
        made = cases.get(connection, new)
        origin = events.parted_from(connection, made.code)
    if origin is None:
        raise Refusal("not_split", "{code} was not split off another case", code=made.code)
    return merge(settings, origin, [new], versions={}, actor=actor, now=now)
