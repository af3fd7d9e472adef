"""The nodes of Reddit's answers ("things" there): submissions (t3), comments (t1), stubs for those left out (more)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

from monitor.errors import UnexpectedAnswer
from monitor.models.listings import ReceivedPage
from monitor.models.posts import Post
from monitor.sources.fields import fields

RedditNode: TypeAlias = Mapping[str, Any]

_FULLNAME = re.compile(r"t[13]_[0-9a-z]+")
_REMOVED = re.compile(r"\s*\[\s*(?:deleted|removed)\b[^\]]{0,100}\]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RedditListing:
    """The children of a Listing, and the fullname after which the next page begins (None: this is the last)."""

    nodes: tuple[Any, ...]
    after: str | None


def parse_listing(answer: Any, subject: str) -> RedditListing:
    """Reads a Listing. Raises UnexpectedAnswer when it is none, or says it holds posts where there are none."""
    listing = answer.get("data") if isinstance(answer, dict) else None
    children = listing.get("children") if isinstance(listing, dict) else None
    if not isinstance(listing, dict) or not isinstance(children, list):
        raise UnexpectedAnswer(f"reddit answered no listing to {subject}")
    count, after = listing.get("dist"), listing.get("after")
    if not children and isinstance(count, int) and count > 0:
        raise UnexpectedAnswer(f"reddit: {subject} should hold {count} posts and holds none")
    return RedditListing(tuple(children), after if isinstance(after, str) and after else None)


def body(node: Any) -> Mapping[str, Any]:
    """The node's own fields; empty when it has none."""
    return fields(fields(node).get("data"))


def fullname(node: Any) -> str | None:
    """`t3_abc` of a submission, `t1_abc` of a comment; None when it does not say."""
    node_fields = body(node)
    name, short, kind = node_fields.get("name"), node_fields.get("id"), fields(node).get("kind")
    if isinstance(name, str) and _FULLNAME.fullmatch(name):
        return name
    built = f"{kind}_{short}"
    return built if isinstance(short, str) and _FULLNAME.fullmatch(built) else None


def is_fullname(text: str) -> bool:
    """Whether the text is the id of a submission or a comment."""
    return _FULLNAME.fullmatch(text) is not None


def moment(seconds: Any) -> datetime | None:
    """A time in seconds since 1970; None when it is none."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (OverflowError, OSError, ValueError):
        return None


def is_deleted(node: Any) -> bool:
    """Whether its author deleted it or somebody removed it: what is left of it is no post."""
    node_fields = body(node)
    text = node_fields.get("body", node_fields.get("selftext"))
    removed = node_fields.get("removed_by_category")
    return bool(isinstance(text, str) and _REMOVED.fullmatch(text)) or (isinstance(removed, str) and removed != "")


def split_deleted(nodes: Sequence[Any], place: str, at: datetime) -> tuple[tuple[Post, ...], tuple[str, ...]]:
    """The posts among the nodes, unreadable ones too, and the ids of those that are gone."""
    posts, gone = [], []
    for number, node in enumerate(nodes):
        name = fullname(node)
        if name is not None and is_deleted(node):
            gone.append(name)
            continue
        raw = node if isinstance(node, dict) else {"kind": None, "data": node}
        posts.append(Post("reddit", raw, at, f"{place}, {name or f'post {number}'}"))
    return tuple(posts), tuple(gone)


def to_page(
    nodes: Sequence[Any], place: str, cursor: str | None, note: str = "", *, ordered: bool = True
) -> ReceivedPage:
    """A page of these nodes; not `ordered`: the last one says nothing about what comes after it."""
    posts, gone = split_deleted(nodes, place, datetime.now(UTC))
    times = [time for node in nodes if (time := moment(body(node).get("created_utc")))]
    oldest = times[-1] if times and ordered else None
    return ReceivedPage(posts, cursor, max(times, default=None), oldest, gone, note)


@dataclass(slots=True)
class CommentTree:
    """Comments out of their tree, and what it lacks: ids of comments left out, and of those whose answers are."""

    comments: list[RedditNode] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    cut_off: list[str] = field(default_factory=list)


def flatten_tree(nodes: Sequence[Any]) -> CommentTree:
    """Every comment below these nodes, in the tree's order, each without its answers inside it."""
    tree = CommentTree()
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping) and node.get("kind") == "more":
            _add_stub(body(node), tree)
            continue
        replies = body(body(node).get("replies")).get("children")
        if isinstance(replies, list):
            stack.extend(reversed(replies))
            node = {**node, "data": {**body(node), "replies": ""}}
        tree.comments.append(node)
    return tree


def _add_stub(stub: Mapping[str, Any], tree: CommentTree) -> None:
    children, parent = stub.get("children"), stub.get("parent_id")
    ids = (
        [child for child in children if isinstance(child, str) and child.isalnum()]
        if isinstance(children, list)
        else []
    )
    if ids:
        tree.left_out.extend(ids)
    elif isinstance(parent, str) and parent.startswith("t1_") and is_fullname(parent):
        tree.cut_off.append(parent[3:])
