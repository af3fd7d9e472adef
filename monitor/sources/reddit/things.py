"""Things, as Reddit calls what its API hands out: submissions (t3), comments (t1), stubs for those left out (more)."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

from monitor.errors import UnexpectedAnswer
from monitor.models.listings import ReceivedPage
from monitor.models.posts import Post
from monitor.sources.fields import fields

Thing: TypeAlias = Mapping[str, Any]

_FULLNAME = re.compile(r"t[13]_[0-9a-z]+")
_REMOVED = re.compile(r"\s*\[\s*(?:deleted|removed)\b[^\]]{0,100}\]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The children of a Listing, and the fullname after which the next page begins (None: this is the last)."""

    things: tuple[Any, ...]
    after: str | None


def shelf(answer: Any, asked: str) -> Shelf:
    """Reads a Listing. Raises UnexpectedAnswer when it is none, or says it holds things where there are none."""
    told = answer.get("data") if isinstance(answer, dict) else None
    children = told.get("children") if isinstance(told, dict) else None
    if not isinstance(told, dict) or not isinstance(children, list):
        raise UnexpectedAnswer(f"reddit answered no listing to {asked}")
    count, after = told.get("dist"), told.get("after")
    if not children and isinstance(count, int) and count > 0:
        raise UnexpectedAnswer(f"reddit: {asked} should hold {count} posts and holds none")
    return Shelf(tuple(children), after if isinstance(after, str) and after else None)


def body(thing: Any) -> Mapping[str, Any]:
    """The thing's own fields; empty when it has none."""
    return fields(fields(thing).get("data"))


def fullname(thing: Any) -> str | None:
    """`t3_abc` of a submission, `t1_abc` of a comment; None when it does not say."""
    own = body(thing)
    name, short, kind = own.get("name"), own.get("id"), fields(thing).get("kind")
    if isinstance(name, str) and _FULLNAME.fullmatch(name):
        return name
    built = f"{kind}_{short}"
    return built if isinstance(short, str) and _FULLNAME.fullmatch(built) else None


def is_fullname(text: str) -> bool:
    """Whether the text is the id of a submission or a comment."""
    return _FULLNAME.fullmatch(text) is not None


def moment(seconds: Any) -> datetime | None:
    """A time in seconds since 1970; None when it is none."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not math.isfinite(seconds):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (OverflowError, OSError, ValueError):
        return None


def is_gone(thing: Any) -> bool:
    """Whether its author deleted it or somebody removed it: what is left of it is no post."""
    own = body(thing)
    text = own.get("body", own.get("selftext"))
    removed = own.get("removed_by_category")
    return bool(isinstance(text, str) and _REMOVED.fullmatch(text)) or (isinstance(removed, str) and removed != "")


def sorted_out(things: Sequence[Any], place: str, at: datetime) -> tuple[tuple[Post, ...], tuple[str, ...]]:
    """The posts among the things, unreadable ones too, and the ids of those that are gone."""
    posts, gone = [], []
    for number, thing in enumerate(things):
        name = fullname(thing)
        if name is not None and is_gone(thing):
            gone.append(name)
            continue
        raw = thing if isinstance(thing, dict) else {"kind": None, "data": thing}
        posts.append(Post("reddit", raw, at, f"{place}, {name or f'post {number}'}"))
    return tuple(posts), tuple(gone)


def answer(things: Sequence[Any], place: str, cursor: str | None, note: str = "", *, ordered: bool = True) -> ReceivedPage:
    """A page of these things; not `ordered`: the last one says nothing about what comes after it."""
    posts, gone = sorted_out(things, place, datetime.now(UTC))
    times = [one for one in (moment(body(thing).get("created_utc")) for thing in things) if one]
    oldest = times[-1] if times and ordered else None
    return ReceivedPage(posts, cursor, max(times, default=None), oldest, gone, note)


@dataclass(slots=True)
class Tree:
    """Comments out of their tree, and what it lacks: ids of comments left out, and of those whose answers are."""

    comments: list[Thing] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    cut_off: list[str] = field(default_factory=list)


def tree(things: Sequence[Any]) -> Tree:
    """Every comment below these things, in the tree's order, each without its answers inside it."""
    found = Tree()
    waiting = list(reversed(things))
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, Mapping) and thing.get("kind") == "more":
            _stub(body(thing), found)
            continue
        below = body(body(thing).get("replies")).get("children")
        if isinstance(below, list):
            waiting.extend(reversed(below))
            thing = {**thing, "data": {**body(thing), "replies": ""}}
        found.comments.append(thing)
    return found


def _stub(own: Mapping[str, Any], found: Tree) -> None:
    children, parent = own.get("children"), own.get("parent_id")
    ids = [one for one in children if isinstance(one, str) and one.isalnum()] if isinstance(children, list) else []
    if ids:
        found.left_out.extend(ids)
    elif isinstance(parent, str) and parent.startswith("t1_") and is_fullname(parent):
        found.cut_off.append(parent[3:])
