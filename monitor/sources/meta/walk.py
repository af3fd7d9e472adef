"""Reading Meta's edges page by page: what stands on an account's own pages, with the comments below it.

Comments are listed with what they stand below, so a read goes through all that was published within the edge's `reach`
again: a request for every 25, with the newest 25 comments of each. More comments are further pages of the read, down to
those that were read before.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.errors import CursorExpired, UnexpectedAnswer
from monitor.models.listings import ReceivedPage, PageRequest
from monitor.models.posts import Post
from monitor.sources.fields import fields, moment, name
from monitor.sources.meta.errors import Missing
from monitor.sources.meta.graph import Graph, after_of

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
    for new ones.
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


@dataclass(frozen=True, slots=True)
class Rest:
    """Comments of a node that did not come with it: the node, the edge, the cursor, and what they stand below."""

    node: str
    edge: str
    after: str
    below: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cursor:
    """The next page of the edge, and before it: comments still to be read, those older than `known` excepted.

    `oldest` is the time of the last post that was listed.
    """

    after: str | None = None
    rests: tuple[Rest, ...] = ()
    oldest: datetime | None = None
    known: datetime | None = None

    @property
    def text(self) -> str | None:
        """As it is stored; None: nothing is left to read."""
        return json.dumps(asdict(self), default=datetime.isoformat) if self.after or self.rests else None


def _read_cursor(text: str) -> Cursor:
    try:
        told = json.loads(text)
        rests = tuple(Rest(**one) for one in told["rests"])
        return Cursor(told["after"], rests, moment(told["oldest"]), moment(told["known"]))
    except (ValueError, TypeError, KeyError):
        raise CursorExpired("the cursor is none of this version's") from None


def everything(_: Mapping[str, Any]) -> bool:
    """An edge whose posts all are mentions."""
    return True


def nothing(_: Mapping[str, Any]) -> bool:
    """An edge of the brand's own posts, of which only what stands below them is a mention."""
    return False


def fetch(graph: Graph, edge: Edge, account: str, want: PageRequest) -> ReceivedPage:
    """A page of the edge, or further comments of something on an earlier one; one request."""
    cursor, note = (_read_cursor(want.cursor), want.note) if want.cursor is not None else _begun(edge, want)
    page = _Page(edge, cursor.known)
    further = _comments(graph, page, cursor) if cursor.rests else _top(graph, page, account, cursor, want)
    times = [one for one in (moment(post.raw.get(edge.time)) for post in page.posts) if one]
    down_to = further.oldest + edge.reach if further.oldest and not further.rests else None
    return ReceivedPage(tuple(page.posts), further.text, max(times, default=None), down_to, note=note)


def _begun(edge: Edge, want: PageRequest) -> tuple[Cursor, str]:
    """A read from the beginning, and the note of when one last read comments again for their replies."""
    now, last = datetime.now(UTC), moment(want.note)
    if last is None or want.since is None:  # nothing was ever read
        return Cursor(), now.isoformat()
    if now - last > _DEEP_EVERY:
        return Cursor(known=want.since - edge.late), now.isoformat()
    return Cursor(known=want.since), want.note


def _top(graph: Graph, page: "_Page", account: str, cursor: Cursor, want: PageRequest) -> Cursor:
    edge = page.edge
    until = int(want.until.timestamp()) if want.until and edge.comments else None
    path = f"{account}/{edge.name}"
    answer = graph.get(path, fields=edge.fields, limit=graph.at_once(edge.size), after=cursor.after, until=until)
    entries = _listed(answer, path)
    for number, entry in enumerate(entries):
        post_id, link = (
            name(fields(entry).get("id")),
            fields(entry).get("permalink_url", fields(entry).get("permalink")),
        )
        kept = edge.keeps(fields(entry))
        if kept or post_id is None:
            page.add(entry, {}, f"{edge.name} of {account}, {post_id or number}")
        page.go_below(entry, {"post": post_id, "link": name(link), "kept": kept})
    times = [one for one in (moment(fields(entry).get(edge.time)) for entry in entries) if one]
    return Cursor(after_of(answer.get("paging")), tuple(page.rests), times[-1] if times else None, cursor.known)


def _comments(graph: Graph, page: "_Page", cursor: Cursor) -> Cursor:
    rest, edge = cursor.rests[0], page.edge
    path = f"{rest.node}/{rest.edge}"
    try:
        answer = graph.get(path, fields=edge.comments[rest.edge], limit=100, after=rest.after, **edge.order)
    except Missing as error:  # if it was deleted in the meantime, a new read no longer comes upon it
        raise CursorExpired(str(error)) from error
    page.take(rest.node, rest.edge, answer, rest.below)
    return replace(cursor, rests=(*page.rests, *cursor.rests[1:]))


@dataclass(slots=True)
class _Page:
    """What an answer holds: posts, and where the rest of their comments is. Older comments than `known` were read."""

    edge: Edge
    known: datetime | None
    posts: list[Post] = field(default_factory=list)
    rests: list[Rest] = field(default_factory=list)

    def go_below(self, node: Any, below: Mapping[str, Any]) -> None:
        """Comments that came inside a post, replies that came inside a comment."""
        node_id = name(fields(node).get("id"))
        for nested in _NESTED:
            if node_id and nested in node and nested in self.edge.comments:
                self.take(node_id, nested, node[nested], below)

    def take(self, node: str, nested: str, listing: Any, below: Mapping[str, Any]) -> None:
        """A page of what stands below a node, with what stands below that; what is left of it to read."""
        entries = _listed(listing, f"{node}/{nested}")
        for number, entry in enumerate(entries):
            entry_id = name(fields(entry).get("id"))
            self.add(entry, below, f"below {node}, {entry_id or number}")
            self.go_below(entry, {**below, "comment": entry_id})
        further = after_of(fields(listing).get("paging"))
        last = moment(fields(entries[-1]).get(self.edge.time)) if entries else None
        if further and not (nested == "comments" and self.known and last and last < self.known):
            self.rests.append(Rest(node, nested, further, below))

    def add(self, entry: Any, below: Mapping[str, Any], place: str) -> None:
        """One post, without what came inside it: that is posts of its own, and its paging holds the token."""
        raw = {key: one for key, one in entry.items() if key not in _NESTED} if isinstance(entry, dict) else {"": entry}
        if below:
            raw[BELOW] = dict(below)
        self.posts.append(Post(self.edge.network, raw, datetime.now(UTC), f"{self.edge.network} {place}"))


def _listed(answer: Any, path: str) -> Sequence[Any]:
    found = fields(answer).get("data")
    if not isinstance(found, list):
        raise UnexpectedAnswer(f"the Graph API answered no list to {path}")
    return found
