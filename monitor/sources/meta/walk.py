"""Reading Meta's edges page by page: what stands on an account's own pages, with the comments below it.

Comments are listed with what they stand below, so a read goes through all that was published within the edge's `reach`
again: a request for every 25, with the newest 25 comments of each. More comments are further pages of the read, down to
those that were read before.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.errors import CursorExpired, UnexpectedAnswer
from monitor.models.listings import PageRequest, ReceivedPage
from monitor.models.posts import Post
from monitor.sources.fields import count, fields, moment, name
from monitor.sources.meta.announced import CommentTally, EdgeNote, read_note
from monitor.sources.meta.cursor import GraphCursor, PendingComments, read_cursor
from monitor.sources.meta.errors import NodeNotFound
from monitor.sources.meta.graph import GraphClient, next_cursor

logger = logging.getLogger(__name__)

BELOW = "escucha_below"
"""Key, in a raw answer, for what it stands below: `post` and its `link`, `kept` (it is a mention too), `comment`."""
_DEEP_EVERY = timedelta(hours=3)
_NESTED = ("comments", "replies")


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge of an account: its name, the fields asked for, how many at once, and the field that says when.

    `keeps`: whether something listed is a mention itself. `comments` are the fields of what stands below, by the name
    of its edge, and `order` the parameters that have it newest first. On what is older than `reach` no new comments are
    looked for. Where replies are not listed by themselves, comments of the last `late` are read again every three hours
    for new ones. `announced` is the field that says how many comments stand below, replies included ("": none does).
    """

    network: str
    name: str
    fields: str
    time: str
    size: int
    keeps: Callable[[Mapping[str, Any]], bool]
    comments: Mapping[str, str] = field(default_factory=dict)
    order: Mapping[str, str] = field(default_factory=dict)
    reach: timedelta = timedelta()
    late: timedelta = timedelta()
    announced: str = ""


def keep_all(_: Mapping[str, Any]) -> bool:
    """An edge whose posts all are mentions."""
    return True


def keep_none(_: Mapping[str, Any]) -> bool:
    """An edge of the brand's own posts, of which only what stands below them is a mention."""
    return False


def fetch(graph: GraphClient, edge: Edge, account: str, request: PageRequest) -> ReceivedPage:
    """A page of the edge, or further comments of something on an earlier one; one request."""
    cursor, note = (
        (read_cursor(request.cursor), read_note(request.note))
        if request.cursor is not None
        else _start_cursor(edge, request)
    )
    tallies = {tally.post: tally for tally in cursor.tallies}
    page = _EdgePage(edge, cursor.known, note.posts_to_recount, tallies=tallies)
    following = _comments(graph, page, cursor) if cursor.rests else _posts(graph, page, account, cursor, request)
    unread = {name(pending.below.get("post")) for pending in following.rests}
    following = replace(following, tallies=tuple(tally for post, tally in page.tallies.items() if post in unread))
    note, gaps = note.settle([tally for post, tally in page.tallies.items() if post not in unread], datetime.now(UTC))
    if gaps:
        context = {"network": edge.network, "listing_kind": edge.name, "count": len(gaps)}
        logger.warning("comments announced that did not come", extra=context)
    times = [time for post in page.posts if (time := moment(post.raw.get(edge.time)))]
    down_to = following.oldest + edge.reach if following.oldest and not following.rests else None
    return ReceivedPage(tuple(page.posts), following.text, max(times, default=None), down_to, note=note.text, gaps=gaps)


def _start_cursor(edge: Edge, request: PageRequest) -> tuple[GraphCursor, EdgeNote]:
    """A read from the beginning, and the note of when one last read comments again for their replies."""
    now, note = datetime.now(UTC), read_note(request.note)
    if note.deep_at is None or request.since is None:  # nothing was ever read
        return GraphCursor(), replace(note, deep_at=now)
    if abs(now - note.deep_at) > _DEEP_EVERY:  # also one of a clock that was ahead
        return GraphCursor(known=request.since - edge.late), replace(note, deep_at=now)
    return GraphCursor(known=request.since), note


def _posts(
    graph: GraphClient, page: "_EdgePage", account: str, cursor: GraphCursor, request: PageRequest
) -> GraphCursor:
    edge = page.edge
    until = int(request.until.timestamp()) if request.until and edge.comments else None
    path = f"{account}/{edge.name}"
    answer = graph.get(path, fields=edge.fields, limit=graph.page_size(edge.size), after=cursor.after, until=until)
    entries = _entries(answer, path)
    for number, entry in enumerate(entries):
        post_id, link = (
            name(fields(entry).get("id")),
            fields(entry).get("permalink_url", fields(entry).get("permalink")),
        )
        is_mention = edge.keeps(fields(entry))
        if is_mention or post_id is None:
            page.add(entry, {}, f"{edge.name} of {account}, {post_id or number}")
        page.open_tally(fields(entry))
        page.add_nested(entry, {"post": post_id, "link": name(link), "kept": is_mention})
    times = [time for entry in entries if (time := moment(fields(entry).get(edge.time)))]
    return GraphCursor(
        next_cursor(answer.get("paging")), tuple(page.pending), times[-1] if times else None, cursor.known
    )


def _comments(graph: GraphClient, page: "_EdgePage", cursor: GraphCursor) -> GraphCursor:
    pending, edge = cursor.rests[0], page.edge
    path = f"{pending.node}/{pending.edge}"
    try:
        answer = graph.get(
            path, fields=edge.comments[pending.edge], limit=100, after=pending.after or None, **edge.order
        )
    except NodeNotFound as error:  # if it was deleted in the meantime, a new read no longer comes upon it
        raise CursorExpired(str(error)) from error
    page.add_comments(pending.node, pending.edge, answer, pending.below)
    return replace(cursor, rests=(*page.pending, *cursor.rests[1:]))


@dataclass(slots=True)
class _EdgePage:
    """What an answer holds: posts, and comments still to be read.

    Older ones than `unread_since` were read, and are only read again below the posts of `recounted`.
    """

    edge: Edge
    unread_since: datetime | None
    recounted: frozenset[str] = frozenset()
    posts: list[Post] = field(default_factory=list)
    pending: list[PendingComments] = field(default_factory=list)
    tallies: dict[str, CommentTally] = field(default_factory=dict)

    def open_tally(self, entry: Mapping[str, Any]) -> None:
        """Begins to count the comments of a post that says how many there are."""
        post_id, published = name(entry.get("id")), name(entry.get(self.edge.time))
        announced = count(entry.get(self.edge.announced)) if self.edge.announced else None
        if post_id and published and announced:
            self.tallies[post_id] = CommentTally(post_id, announced, published)

    def add_nested(self, node: Any, below: Mapping[str, Any]) -> None:
        """Comments that came inside a post, replies that came inside a comment."""
        node_id = name(fields(node).get("id"))
        for nested in _NESTED:
            if not node_id or nested not in node or nested not in self.edge.comments:
                continue
            listing = node[nested]
            if isinstance(listing, list):
                listing = {"data": listing}
            if isinstance(fields(listing).get("data"), list):
                self.add_comments(node_id, nested, listing, below)
            elif count(fields(listing).get("count")) != 0:  # old forms name how many there are, or nothing at all
                self.pending.append(PendingComments(node_id, nested, "", below))

    def add_comments(self, node: str, nested: str, listing: Any, below: Mapping[str, Any]) -> None:
        """A page of what stands below a node, with what stands below that; what is left of it to read."""
        entries = _entries(listing, f"{node}/{nested}")
        for number, entry in enumerate(entries):
            entry_id = name(fields(entry).get("id"))
            self.add(entry, below, f"below {node}, {entry_id or number}")
            self.add_nested(entry, {**below, "comment": entry_id})
        cursor = next_cursor(fields(listing).get("paging"))
        oldest = moment(fields(entries[-1]).get(self.edge.time)) if entries else None
        if not cursor:
            return
        post = name(below.get("post")) or ""
        is_known = bool(self.unread_since and oldest and oldest < self.unread_since)
        if nested == "comments" and is_known and post not in self.recounted:
            self.tallies.pop(post, None)  # the rest was read before, and is not counted again
        else:
            self.pending.append(PendingComments(node, nested, cursor, below))

    def add(self, entry: Any, below: Mapping[str, Any], place: str) -> None:
        """One post, without what came inside it: that is posts of its own, and its paging holds the token."""
        raw = (
            {key: value for key, value in entry.items() if key not in _NESTED}
            if isinstance(entry, dict)
            else {"": entry}
        )
        if below:
            raw[BELOW] = dict(below)
            if tally := self.tallies.get(name(below.get("post")) or ""):
                self.tallies[tally.post] = replace(tally, given=tally.given + 1)
        self.posts.append(Post(self.edge.network, raw, datetime.now(UTC), f"{self.edge.network} {place}"))


def _entries(answer: Any, path: str) -> Sequence[Any]:
    entries = fields(answer).get("data")
    if not isinstance(entries, list):
        raise UnexpectedAnswer(f"the Graph API answered no list to {path}")
    return entries
