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
    tweet = post.raw.get("post")
    if not isinstance(tweet, Mapping):
        raise RejectedPost("this is no post but " + type(tweet).__name__)
    version = id_of(tweet)
    text = _full_text(tweet)
    time = created_at(tweet)
    if version is None or text is None or time is None:
        raise RejectedPost(f"a post without {'an id' if version is None else 'a text' if text is None else 'a time'}")
    versions = version_ids(tweet) or (version,)
    author = fields(post.raw.get("author"))
    handle = _text(author.get("username")) or _text(tweet.get("username"))
    targets = references(tweet)
    counts = fields(tweet.get("public_metrics"))
    return Mention(
        network=post.network,
        post_id=versions[0],
        text=(_full_text(fields(post.raw.get("reposted"))) or text) if "retweeted" in targets else text,
        posted_at=_posted_at(time, version, versions),
        thread_id=_thread(tweet, versions),
        raw=post.raw,
        author=handle,
        author_id=_identifier(tweet.get("author_id")) or _identifier(author.get("id")),
        author_name=_text(author.get("name")),
        permalink=_permalink(handle, versions[-1]),
        in_reply_to=targets.get("replied_to"),
        quotes=targets.get("quoted"),
        edited_at=_edited_at(time, version) if len(versions) > 1 else None,
        is_repost="retweeted" in targets or text.startswith("RT @"),
        language=_text(tweet.get("lang")),
        likes=count(counts.get("like_count")),
        replies=count(counts.get("reply_count")),
        reposts=count(counts.get("retweet_count", counts.get("repost_count"))),
    )


def _thread(tweet: Mapping[str, Any], versions: tuple[str, ...]) -> str:
    """The first post of its conversation; where X does not say, the post it answers, whose thread an answer joins."""
    conversation = _identifier(tweet.get("conversation_id")) or references(tweet).get("replied_to")
    return conversation if conversation and conversation not in versions else versions[0]


def id_of(resource: Mapping[str, Any]) -> str | None:
    """The id of this version of a post, or of an account."""
    return _identifier(resource.get("id"))


def version_ids(tweet: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of all versions of the post, the first one first; empty when X does not say."""
    ids = tweet.get("edit_history_tweet_ids") or tweet.get("edit_history_post_ids")
    return tuple(filter(None, map(_identifier, ids))) if isinstance(ids, list) else ()


def references(tweet: Mapping[str, Any]) -> dict[str, str]:
    """The posts it refers to: {"retweeted" | "quoted" | "replied_to": id}."""
    tweets = tweet.get("referenced_tweets") or tweet.get("referenced_posts")
    ids_by_kind: dict[str, str] = {}
    for reference in tweets if isinstance(tweets, list) else ():
        kind, post_id = fields(reference).get("type"), _identifier(fields(reference).get("id"))
        if isinstance(kind, str) and post_id:
            ids_by_kind["retweeted" if kind == "reposted" else kind] = post_id
    return ids_by_kind


def created_at(tweet: Mapping[str, Any]) -> datetime | None:
    """When X took this version of the post, by X's clock: as it says, else as its id says."""
    return moment(tweet.get("created_at")) or time_of_id(id_of(tweet) or "")


def _edited_at(time: datetime, version: str) -> datetime:
    """The time of this version. Where `created_at` keeps that of the first one, the id tells the difference."""
    by_id = time_of_id(version)
    return by_id if by_id and abs(by_id - time) <= _LATEST_EDIT else time


def _posted_at(time: datetime, version: str, versions: tuple[str, ...]) -> datetime:
    if version == versions[0]:
        return time
    by_id, original = time_of_id(version), time_of_id(versions[0])
    return original if original and by_id and abs(by_id - time) <= _LATEST_EDIT else time


def _full_text(tweet: Mapping[str, Any]) -> str | None:
    """The text, of a long post the whole one, with the three entities that X writes decoded."""
    long = fields(tweet.get("note_tweet") or tweet.get("note_post")).get("text")
    text = long if isinstance(long, str) and long else tweet.get("text")
    return _plain(text) if isinstance(text, str) else None


def _plain(text: str) -> str:
    return without_surrogates(html.unescape(text)).replace("\0", "")


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
