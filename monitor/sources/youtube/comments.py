"""Comments of YouTube: posts out of its answers, and mentions out of posts."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from monitor.errors import RejectedPost, UnexpectedAnswer
from monitor.models.posts import Mention, Post
from monitor.sources.fields import count, fields, moment, name, text
from monitor.sources.html import to_text

_MARKUP = re.compile(r"<(?:br|a|b|i|s)\b[^<>]*>|&(?:#\d{1,6}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot);")
_LOCATION = "escucha_thread"
"""Key, in the raw answer of a reply, for what only its thread says: channelId and videoId."""


def parse_list(answer: Mapping[str, Any], subject: str) -> Sequence[Any]:
    """What a list holds. Raises UnexpectedAnswer when it is none, or says it holds something where there is nothing."""
    entries = answer.get("items")
    if isinstance(entries, list):
        return entries
    if entries is None and fields(answer.get("pageInfo")).get("totalResults") == 0:
        return ()
    raise UnexpectedAnswer(f"youtube answered no list to {subject}")


def next_page(answer: Mapping[str, Any]) -> str | None:
    """The token of the page after this one."""
    return name(answer.get("nextPageToken"))


def thread_time(thread: Any) -> datetime | None:
    """When the first comment of a thread was published."""
    top = fields(fields(fields(thread).get("snippet")).get("topLevelComment"))
    return moment(fields(top.get("snippet")).get("publishedAt"))


def inline_replies(thread: Any) -> Sequence[Any]:
    """The replies that came with a thread, at most five of all there are."""
    replies = fields(fields(thread).get("replies")).get("comments")
    return replies if isinstance(replies, list) else ()


def location(thread: Any) -> dict[str, Any]:
    """The channel and the video a thread stands at."""
    snippet = fields(fields(thread).get("snippet"))
    top = fields(fields(snippet.get("topLevelComment")).get("snippet"))
    return {key: name(snippet.get(key)) or name(top.get(key)) for key in ("channelId", "videoId")}


def thread_posts(thread: Any, number: int, subject: str, at: datetime) -> list[Post]:
    """The first comment, its replies inside it left out, and each of those replies."""
    if not isinstance(thread, dict):
        return [Post("youtube", {"thread": thread}, at, f"youtube {subject}, thread {number}")]
    raw = {key: value for key, value in thread.items() if key != "replies"}
    top_comment = Post("youtube", raw, at, f"youtube {subject}, thread {name(thread.get('id')) or number}")
    return [top_comment, *reply_posts(inline_replies(thread), location(thread), subject, at)]


def reply_posts(replies: Sequence[Any], thread_location: Mapping[str, Any], subject: str, at: datetime) -> list[Post]:
    """Replies with the place of their thread."""
    return [
        Post(
            "youtube",
            {**(reply if isinstance(reply, dict) else {"reply": reply}), _LOCATION: dict(thread_location)},
            at,
            f"youtube {subject}, reply {name(fields(reply).get('id')) or number}",
        )
        for number, reply in enumerate(replies)
    ]


def to_mention(post: Post) -> Mention:
    """A comment thread (its first comment) or a comment, normalised. Raises RejectedPost with the reason."""
    outer = fields(post.raw.get("snippet"))
    comment = fields(outer["topLevelComment"]) if "topLevelComment" in outer else post.raw
    snippet = fields(comment.get("snippet"))
    post_id, posted_at, comment_text = name(comment.get("id")), moment(snippet.get("publishedAt")), _text(snippet)
    if post_id is None:
        raise RejectedPost("the comment has no id")
    if posted_at is None:
        raise RejectedPost("the comment has no time in snippet.publishedAt")
    if comment_text is None:
        raise RejectedPost("the comment has no text")
    parent = name(snippet.get("parentId")) or (post_id.partition(".")[0] if "." in post_id else None)
    updated = moment(snippet.get("updatedAt"))
    author = name((name(snippet.get("authorDisplayName")) or "").removeprefix("@"))
    return Mention(
        network=post.network,
        post_id=post_id,
        text=comment_text,
        posted_at=posted_at,
        thread_id=parent or post_id,
        raw=post.raw,
        author=author,
        author_id=name(fields(snippet.get("authorChannelId")).get("value")),
        author_name=author,
        permalink=_permalink(post_id, snippet, fields(post.raw.get(_LOCATION)), outer),
        in_reply_to=parent,
        likes=count(snippet.get("likeCount")),
        replies=count(outer.get("totalReplyCount")),
        edited_at=updated if updated and updated > posted_at else None,
    )


def _text(snippet: Mapping[str, Any]) -> str | None:
    """As it was written, or as it is displayed: servers send that as HTML unless they heed `textFormat`."""
    written, displayed = text(snippet.get("textOriginal")), text(snippet.get("textDisplay"))
    if written or displayed is None:
        return written
    return to_text(displayed) if _MARKUP.search(displayed) else displayed


def _permalink(post_id: str, *places: Mapping[str, Any]) -> str | None:
    for place in places:
        if video := name(place.get("videoId")):
            return f"https://www.youtube.com/watch?v={video}&lc={post_id}"
    for place in places:
        if channel := name(place.get("channelId")):
            return f"https://www.youtube.com/channel/{channel}/community?lc={post_id}"
    return None
