"""What a case is by the posts it holds: its contacts, times, reach and severity after some left or came back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from monitor.cases import severity
from monitor.desk import changes
from monitor.models.cases import Case, Event
from monitor.store import Connection
from monitor.store.cases import answers, case_mentions
from monitor.store.cases.case_mentions import PostTotals


@dataclass(frozen=True, slots=True)
class HeldPosts:
    """The posts of a case: `delta` more than before (fewer: below 0), what they add up to, and their texts.

    `extent` is None for a case without posts, whose times stay as they were. `texts` may hold those of posts that left.
    """

    delta: int
    extent: PostTotals | None
    texts: Mapping[int, str]
    mention_ids: tuple[int, ...]


def held_posts(connection: Connection, case_id: int, delta: int, texts_of: Iterable[int] = ()) -> HeldPosts:
    """What the case holds now, `delta` posts more than before; with the texts of these and of `texts_of`."""
    mention_ids = case_mentions.of_case(connection, case_id)
    posts = answers.posts_by_id(connection, [*mention_ids, *texts_of])
    return HeldPosts(
        delta,
        case_mentions.totals(connection, mention_ids),
        {mention_id: text for mention_id, (_, text) in posts.items()},
        tuple(mention_ids),
    )


def refit(
    case: Case, history: tuple[Event, ...], effective_events: tuple[Event, ...], held: HeldPosts, *, fewer: bool
) -> changes.ChangedCase:
    """The case as the posts it holds make it, and what tells its severity where that is another.

    `effective_events` hold of its history with them; `fewer`: posts left, so that what others say as well counts.
    """
    case = replace(case, contacts=max(case.contacts + held.delta, 1))
    if held.extent:
        first_post_at, last_post_at, reach = held.extent.first, held.extent.last, held.extent.reach
        case = replace(case, first_post_at=first_post_at, last_post_at=last_post_at, reach=reach)
    joined_ids = [
        event.mention_id
        for event in effective_events
        if event.kind == "post" and event.happened_at > history[0].happened_at
    ]
    later_posts = [mention_id for mention_id in joined_ids if mention_id is not None] if fewer else []
    if fewer:
        texts = {mention_id: held.texts[mention_id] for mention_id in held.mention_ids if mention_id in held.texts}
        later_posts += severity.brought_ids(case, history, texts)
    return severity.recompute_severity(case, history, effective_events, held.texts, later_posts)
