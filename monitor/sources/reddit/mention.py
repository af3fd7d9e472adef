"""A submission or a comment of Reddit as a mention."""

import html
import re
from collections.abc import Mapping
from typing import Any

from monitor.errors import RejectedPost
from monitor.masking.masks import cut
from monitor.models.posts import Mention, Post
from monitor.sources.fields import text
from monitor.sources.reddit import nodes
from monitor.tables.text import without_surrogates
from monitor.text.nobody import is_nobody_named

_SITE = "https://www.reddit.com"
_LARGEST = 2**31 - 1
_ENTITY = re.compile(r"&#?\w{1,32};")  # with its semicolon: a link may hold `&copy=1`
_THREAD = re.compile(r"/comments/([0-9a-z]+)(?:/|$)")


def to_mention(post: Post) -> Mention:
    """The post, normalised. Raises RejectedPost naming what it lacks."""
    fields = nodes.body(post.raw)
    name = nodes.fullname(post.raw)
    posted_at = nodes.moment(fields.get("created_utc"))
    if name is None:
        raise RejectedPost("no submission and no comment: its name is missing")
    if posted_at is None:
        raise RejectedPost(f"created_utc is no time: {cut(str(fields.get('created_utc')), 40)!r}")
    if nodes.is_deleted(post.raw):
        raise RejectedPost("it was deleted")
    is_submission = name.startswith("t3_")
    thread = name if is_submission else _thread(fields)
    if thread is None:
        raise RejectedPost("a comment that does not name its submission")
    author = _text(fields, "author")
    return Mention(
        network="reddit",
        post_id=name,
        text=_submission(fields) if is_submission else _comment(fields),
        posted_at=posted_at,
        thread_id=thread,
        raw=post.raw,
        author=None if not author or is_nobody_named(author) else author,
        author_id=_text(fields, "author_fullname") or None,
        permalink=_permalink(fields, name, thread),
        in_reply_to=None if is_submission else _text(fields, "parent_id") or None,
        likes=_count(fields, "score"),
        replies=_count(fields, "num_comments") if is_submission else None,
        quotes=_text(fields, "crosspost_parent") or None,
        edited_at=nodes.moment(fields.get("edited")),
    )


def _submission(fields: Mapping[str, Any]) -> str:
    if not isinstance(fields.get("title"), str):
        raise RejectedPost("a submission without a title")
    own = fields.get("selftext")
    return "\n\n".join(part for part in (_plain(fields["title"]), _plain(own if isinstance(own, str) else "")) if part)


def _comment(fields: Mapping[str, Any]) -> str:
    if not isinstance(fields.get("body"), str):
        raise RejectedPost("a comment without a body")
    return _plain(fields["body"])


def _plain(markdown: str) -> str:
    """Markdown as it was written; entities (`&#x200B;`) are shown decoded by Reddit too."""
    decoded = _ENTITY.sub(lambda entity: html.unescape(entity[0]), markdown)
    return without_surrogates(decoded).replace("\x00", "").strip()


def _text(fields: Mapping[str, Any], name: str) -> str:
    return text(fields.get(name)) or ""


def _thread(fields: Mapping[str, Any]) -> str | None:
    """The submission's fullname; comments in the inbox name it only in the path of their context."""
    link, parent = _text(fields, "link_id"), _text(fields, "parent_id")
    if link.startswith("t3_") and nodes.is_fullname(link):
        return link
    match = _THREAD.search(_text(fields, "context")) or _THREAD.search(_text(fields, "permalink"))
    if match:
        return f"t3_{match[1]}"
    return parent if parent.startswith("t3_") and nodes.is_fullname(parent) else None


def _permalink(fields: Mapping[str, Any], name: str, thread: str) -> str:
    """Absolute; what lacks one (old comments, those in the inbox) gets it from its ids."""
    path = _text(fields, "permalink") or _text(fields, "context").partition("?")[0]
    if path.startswith("/") and not path.startswith("//"):
        return _SITE + path
    short = f"/comments/{thread[3:]}/" if name == thread else f"/comments/{thread[3:]}/_/{name[3:]}/"
    subreddit = _text(fields, "subreddit")
    return _SITE + (f"/r/{subreddit}" if subreddit.replace("_", "").isalnum() else "") + short


def _count(fields: Mapping[str, Any], name: str) -> int | None:
    """A count; a score below zero is none."""
    number = fields.get(name)
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= _LARGEST:
        return None
    return int(number)
