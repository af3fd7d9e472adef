"""Answers of X's own GraphQL, as browsers and scrapers save them: a post is deep inside, its words and author apart.

{"entryId": "tweet-1", "content": {"itemContent": {"tweet_results": {"result": {"rest_id": "1", "core": ...}}}}}
"""

from collections.abc import Iterator, Mapping
from typing import Any

MARKS = ("entryId", "legacy", "tweet_results")
"""Keys of which an object that may hold such a post has one."""
_ON_THE_WAY = ("entry", "content", "item", "itemContent", "tweet_results", "result", "tweet")
_DEEPEST = 8


def is_wrapped(value: Mapping[str, Any]) -> bool:
    """Whether an object is a timeline's instruction or entry, or a post as GraphQL answers it."""
    is_post = "entryId" in value or "tweet_results" in value or ("legacy" in value and "rest_id" in value)
    return is_post or str(value.get("type", "")).startswith("Timeline")


def posts_in(value: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The posts in such an object, as X's older API wrote them, their authors in `user`; a cursor has none."""
    found: Any = value
    for _ in range(_DEEPEST):
        post = found.get("legacy")
        if isinstance(post, dict) and isinstance(post.get("full_text"), str):
            yield _flat(found, post)
            return
        listed = found.get("entries", found.get("items"))
        if isinstance(listed, list):  # of an instruction, or of a conversation
            yield from (post for one in listed if isinstance(one, dict) for post in posts_in(one))
            return
        found = next((found[name] for name in _ON_THE_WAY if isinstance(found.get(name), dict)), None)
        if found is None:
            return


def _flat(found: Mapping[str, Any], post: Mapping[str, Any]) -> dict[str, Any]:
    whole = _at(found, "note_tweet", "note_tweet_results", "result").get("text")
    flat = {"id_str": found.get("rest_id"), **post, "user": _author(_at(found, "core", "user_results", "result"))}
    return {**flat, "full_text": whole} if isinstance(whole, str) else flat


def _author(user: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of the author in `legacy` and, since 2025, in `core`."""
    return {"id_str": user.get("rest_id"), **_at(user, "legacy"), **_at(user, "core")}


def _at(value: Any, *names: str) -> Mapping[str, Any]:
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}
