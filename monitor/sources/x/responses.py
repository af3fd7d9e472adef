"""An answer of X, with both spellings of its fields: posts with what belongs to them, who is gone, what it cost."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from monitor.errors import UnexpectedAnswer
from monitor.models.listings import Charge
from monitor.models.posts import Post
from monitor.sources.fields import fields, name
from monitor.sources.x import errors as x_errors
from monitor.sources.x.mention import created_at, id_of, references
from monitor.sources.x.network import XSettings

JsonObject = Mapping[str, Any]


def posts(answer: JsonObject, place: str, received_at: datetime, section: XSettings) -> tuple[Post, ...]:
    """The posts of a page, each joined with its author and the post it repeats.

    What else the answer includes (the post replied to) is left out: it could not be deleted there later. Raises the
    error for an answer that holds none but errors, and UnexpectedAnswer when there should be posts but are none.
    """
    raise_for_errors(answer, section)
    told = answer.get("data")
    listed = told if isinstance(told, list) else []
    size = fields(answer.get("meta")).get("result_count")
    if not listed and (told or (isinstance(size, int) and size > 0)):
        raise UnexpectedAnswer(f"{place}: X says there are {size} posts, but the answer holds none where they stood")
    if told is None and size is None:
        if problems := errors(answer):
            raise x_errors.reported_error(problems, section)
        raise UnexpectedAnswer(f"{place}: an answer without posts and without a count")
    return join_posts(listed, answer, place, received_at)


def join_posts(listed: list[Any], answer: JsonObject, place: str, received_at: datetime) -> tuple[Post, ...]:
    """Posts with what the answer includes for them; `place` is completed with the id or the index."""
    authors = {id_of(one): one for one in includes(answer, "users")}
    others = {id_of(one): one for one in (*includes(answer, "posts"), *_mappings(listed))}
    made = []
    for index, told in enumerate(listed):
        raw = {"post": told}
        own = None
        if isinstance(told, Mapping):
            own = id_of(told)
            if author := authors.get(str(told.get("author_id"))):
                raw["author"] = author
            if reposted := others.get(references(told).get("retweeted")):
                raw["reposted"] = reposted
        made.append(Post("x", raw, received_at, f"{place}, post {own or f'number {index + 1}'}"))
    return tuple(made)


def times(listed: tuple[Post, ...]) -> list[datetime]:
    """When X took the versions it shows, in the order of the answer."""
    return [made for one in listed if (made := created_at(fields(one.raw.get("post"))))]


def raise_for_errors(answer: JsonObject, section: XSettings) -> None:
    """Raises the error for faults that concern more than one post; those about one leave the answer whole."""
    serious = [one for one in errors(answer) if x_errors.kind(one) not in x_errors.SINGLE_RESOURCE]
    if serious:
        raise x_errors.reported_error(serious, section)


def deleted_posts(answer: JsonObject, *, asked: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Ids of posts that X says are no more.

    Of those `asked` for also the ones we may not see any longer: their account is protected now, so that they may not
    be shown either. Others of that kind (a quoted post) say nothing about what we hold.
    """
    found = []
    for error in errors(answer):
        about = error.get("resource_id") or error.get("value")
        if not isinstance(about, str) or error.get("resource_type") not in ("tweet", "post"):
            continue
        hidden = x_errors.kind(error) == "not-authorized-for-resource" and about in asked
        if hidden or x_errors.kind(error) == "resource-not-found":
            found.append(about)
    return tuple(dict.fromkeys(found))


def charges(answer: JsonObject, section: XSettings, price: float) -> tuple[Charge, ...]:
    """Every post and account in the answer; `price` is that of the posts asked for."""
    listed = answer.get("data")
    others = [Charge(f"post:{id_of(one)}", section.post_dollars) for one in includes(answer, "posts")]
    users = [Charge(f"user:{id_of(one)}", section.user_dollars) for one in includes(answer, "users")]
    asked = _mappings(listed if isinstance(listed, list) else [])
    return (*others, *users, *(Charge(f"post:{id_of(one)}", price) for one in asked))


def includes(answer: JsonObject, what: str) -> list[JsonObject]:
    """The accounts or posts that came along."""
    includes = fields(answer.get("includes"))
    found = includes.get(what) or (includes.get("tweets") if what == "posts" else None)
    return list(_mappings(found)) if isinstance(found, list) else []


def errors(answer: JsonObject) -> list[JsonObject]:
    """What X reports to have gone wrong with a part of the answer."""
    listed = answer.get("errors")
    return list(_mappings(listed)) if isinstance(listed, list) else []


def next_cursor(answer: JsonObject) -> str | None:
    """The cursor of the next page."""
    return name(fields(answer.get("meta")).get("next_token"))


def total(answer: JsonObject) -> int:
    """How many posts an answer of the counts says there are."""
    told = fields(answer.get("meta"))
    found = told.get("total_tweet_count", told.get("total_post_count"))
    if isinstance(found, bool) or not isinstance(found, int):
        raise UnexpectedAnswer("x: an answer of the counts without a total")
    return found


def _mappings(values: list[Any]) -> Iterator[JsonObject]:
    return (one for one in values if isinstance(one, Mapping))
