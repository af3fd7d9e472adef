"""A post of X as a mention. Pure: everything that belongs to a post was put beside it when its answer was read.

    Post.raw = {"post": the post, "author": its author's account, "reposted": the post it repeats}

The two last are only there when the answer held them. X renames its fields from tweet to post; both are understood.
"""

import html
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from monitor.errors import RejectedPost
from monitor.models.posts import Mention, Post
from monitor.sources.fields import count, fields, moment
from monitor.sources.x.ids import time_of_id
from monitor.tables.text import without_surrogates

_HANDLE = re.compile(r"\w{1,50}", re.ASCII)
_LATEST_EDIT = timedelta(hours=2)  # X allows one hour; an id further from the post's time is no id of X's making


def to_mention(post: Post) -> Mention:
    """The post, normalised; `post_id` is that of its first version, so that an edit is the same post.

    Raises RejectedPost when it has no id, text or time.
    """
    told = post.raw.get("post")
    if not isinstance(told, Mapping):
        raise RejectedPost("this is no post but " + type(told).__name__)
    own = id_of(told)
    text = _full_text(told)
    made = created_at(told)
    if own is None or text is None or made is None:
        raise RejectedPost(f"a post without {'an id' if own is None else 'a text' if text is None else 'a time'}")
    versions = version_ids(told) or (own,)
    author = fields(post.raw.get("author"))
    handle = _text(author.get("username")) or _text(told.get("username"))
    to = references(told)
    counts = fields(told.get("public_metrics"))
    conversation = _identifier(told.get("conversation_id"))
    return Mention(
        network=post.network,
        post_id=versions[0],
        text=(_full_text(fields(post.raw.get("reposted"))) or text) if "retweeted" in to else text,
        posted_at=_posted_at(made, own, versions),
        thread_id=conversation if conversation and conversation not in versions else versions[0],
        raw=post.raw,
        author=handle,
        author_id=_identifier(told.get("author_id")) or _identifier(author.get("id")),
        author_name=_text(author.get("name")),
        permalink=_permalink(handle, versions[-1]),
        in_reply_to=to.get("replied_to"),
        quotes=to.get("quoted"),
        edited_at=_edited_at(made, own) if len(versions) > 1 else None,
        is_repost="retweeted" in to or text.startswith("RT @"),
        language=_text(told.get("lang")),
        likes=count(counts.get("like_count")),
        replies=count(counts.get("reply_count")),
        reposts=count(counts.get("retweet_count", counts.get("repost_count"))),
    )


def id_of(told: Mapping[str, Any]) -> str | None:
    """The id of this version of the post."""
    return _identifier(told.get("id"))


def version_ids(told: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of all versions of the post, the first one first; empty when X does not say."""
    listed = told.get("edit_history_tweet_ids") or told.get("edit_history_post_ids")
    return tuple(filter(None, map(_identifier, listed))) if isinstance(listed, list) else ()


def references(told: Mapping[str, Any]) -> dict[str, str]:
    """The posts it refers to: {"retweeted" | "quoted" | "replied_to": id}."""
    listed = told.get("referenced_tweets") or told.get("referenced_posts")
    found: dict[str, str] = {}
    for one in listed if isinstance(listed, list) else ():
        kind, post_id = fields(one).get("type"), _identifier(fields(one).get("id"))
        if isinstance(kind, str) and post_id:
            found["retweeted" if kind == "reposted" else kind] = post_id
    return found


def created_at(told: Mapping[str, Any]) -> datetime | None:
    """When X took this version of the post, by X's clock: as told, else as its id says."""
    return moment(told.get("created_at")) or time_of_id(id_of(told) or "")


def _edited_at(made: datetime, own: str) -> datetime:
    """The time of this version. Where `created_at` keeps that of the first one, the id tells the difference."""
    by_id = time_of_id(own)
    return by_id if by_id and abs(by_id - made) <= _LATEST_EDIT else made


def _posted_at(made: datetime, own: str, versions: tuple[str, ...]) -> datetime:
    if own == versions[0]:
        return made
    by_id, first = time_of_id(own), time_of_id(versions[0])
    return first if first and by_id and abs(by_id - made) <= _LATEST_EDIT else made


def _full_text(told: Mapping[str, Any]) -> str | None:
    """The text, of a long post the whole one, with the three entities that X writes decoded."""
    long = fields(told.get("note_tweet") or told.get("note_post")).get("text")
    text = long if isinstance(long, str) and long else told.get("text")
    return _plain(text) if isinstance(text, str) else None


def _plain(written: str) -> str:
    return without_surrogates(html.unescape(written)).replace("\0", "")


def _permalink(handle: str | None, post_id: str) -> str:
    author = handle if handle and _HANDLE.fullmatch(handle) else "i"
    return f"https://x.com/{author}/status/{quote(post_id, safe='')}"


def _text(value: Any) -> str | None:
    return (_plain(value) or None) if isinstance(value, str) else None


def _identifier(value: Any) -> str | None:
    """Ids are text, though a number is understood too."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _text(value)
