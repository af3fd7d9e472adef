"""A response of X, with both spellings of its fields: posts with what belongs to them, who is gone, what it cost."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from monitor.errors import UnexpectedAnswer
from monitor.models.listings import WITHHELD, Charge, CoverageGap
from monitor.models.posts import Post
from monitor.sources.fields import count, fields, name
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
    page = answer.get("data")
    tweets = page if isinstance(page, list) else []
    size = fields(answer.get("meta")).get("result_count")
    if not tweets and (page or (isinstance(size, int) and size > 0)):
        raise UnexpectedAnswer(f"{place}: X says there are {size} posts, but the answer holds none where they stood")
    if page is None and size is None:
        if problems := errors(answer):
            raise x_errors.reported_error(problems, section)
        raise UnexpectedAnswer(f"{place}: an answer without posts and without a count")
    return join_posts(tweets, answer, place, received_at)


def withheld(answer: JsonObject, page: tuple[Post, ...]) -> tuple[CoverageGap, ...]:
    """What the answer counts and does not hold, in the time of its posts."""
    size, page_times = count(fields(answer.get("meta")).get("result_count")), times(page)
    if size is None or size <= len(page) or not page_times:
        return ()
    return (CoverageGap(min(page_times), max(page_times), WITHHELD.format(announced=size, given=len(page))),)


def join_posts(tweets: list[Any], answer: JsonObject, place: str, received_at: datetime) -> tuple[Post, ...]:
    """Posts with what the answer includes for them; `place` is completed with the id or the index."""
    authors = {id_of(user): user for user in includes(answer, "users")}
    tweets_by_id = {id_of(tweet): tweet for tweet in (*includes(answer, "posts"), *_mappings(tweets))}
    page = []
    for index, tweet in enumerate(tweets):
        raw = {"post": tweet}
        post_id = None
        if isinstance(tweet, Mapping):
            post_id = id_of(tweet)
            if author := authors.get(str(tweet.get("author_id"))):
                raw["author"] = author
            if repost := tweets_by_id.get(references(tweet).get("retweeted")):
                raw["reposted"] = repost
        page.append(Post("x", raw, received_at, f"{place}, post {post_id or f'number {index + 1}'}"))
    return tuple(page)


def times(page: tuple[Post, ...]) -> list[datetime]:
    """When X took the versions it shows, in the order of the answer."""
    return [time for post in page if (time := created_at(fields(post.raw.get("post"))))]


def raise_for_errors(answer: JsonObject, section: XSettings) -> None:
    """Raises the error for faults that concern more than one post; those about one leave the answer whole."""
    severe_errors = [error for error in errors(answer) if x_errors.kind(error) not in x_errors.SINGLE_RESOURCE]
    if severe_errors:
        raise x_errors.reported_error(severe_errors, section)


def deleted_posts(answer: JsonObject, *, requested_ids: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Ids of posts that X says are no more.

    Of the `requested_ids` also those we may not see any longer: their account is protected now, so that they may not be
    shown either. Others of that kind (a quoted post) say nothing about what we hold.
    """
    post_ids = []
    for error in errors(answer):
        resource_id = error.get("resource_id") or error.get("value")
        if not isinstance(resource_id, str) or error.get("resource_type") not in ("tweet", "post"):
            continue
        is_hidden = x_errors.kind(error) == "not-authorized-for-resource" and resource_id in requested_ids
        if is_hidden or x_errors.kind(error) == "resource-not-found":
            post_ids.append(resource_id)
    return tuple(dict.fromkeys(post_ids))


def charges(answer: JsonObject, section: XSettings, price: float) -> tuple[Charge, ...]:
    """Every post and account in the answer; `price` is that of the posts asked for."""
    references = [Charge(f"post:{id_of(tweet)}", section.post_dollars) for tweet in includes(answer, "posts")]
    users = [Charge(f"user:{id_of(user)}", section.user_dollars) for user in includes(answer, "users")]
    return (*references, *users, *(Charge(f"post:{id_of(tweet)}", price) for tweet in hits(answer)))


def hits(answer: JsonObject) -> list[JsonObject]:
    """What was asked for: the posts, or the rules."""
    resources = answer.get("data")
    return list(_mappings(resources)) if isinstance(resources, list) else []


def includes(answer: JsonObject, kind: str) -> list[JsonObject]:
    """The accounts or posts that came along."""
    groups = fields(answer.get("includes"))
    resources = groups.get(kind) or (groups.get("tweets") if kind == "posts" else None)
    return list(_mappings(resources)) if isinstance(resources, list) else []


def errors(answer: JsonObject) -> list[JsonObject]:
    """What X reports to have gone wrong with a part of the answer."""
    problems = answer.get("errors")
    return list(_mappings(problems)) if isinstance(problems, list) else []


def next_cursor(answer: JsonObject) -> str | None:
    """The cursor of the next page."""
    return name(fields(answer.get("meta")).get("next_token"))


def total(answer: JsonObject) -> int:
    """How many posts an answer of the counts says there are. Raises UnexpectedAnswer for one that says nothing."""
    meta = fields(answer.get("meta"))
    number = meta.get("total_tweet_count", meta.get("total_post_count"))
    if isinstance(number, bool) or not isinstance(number, int):
        raise UnexpectedAnswer("x: an answer of the counts without a total")
    return number


def _mappings(values: list[Any]) -> Iterator[JsonObject]:
    return (value for value in values if isinstance(value, Mapping))
