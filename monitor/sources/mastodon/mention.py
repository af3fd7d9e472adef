"""A status of Mastodon, or the notification that holds one, as a mention."""

import re
from collections.abc import Mapping
from typing import Any

from monitor.errors import RejectedPost
from monitor.masking.masks import cut
from monitor.models.posts import Mention, Post
from monitor.sources.fields import count, fields, link, moment
from monitor.sources.html import to_text
from monitor.tables.text import without_surrogates
from monitor.text.folding import fold

_QUOTE_LINK = re.compile(r'<(p|span) class="quote-inline">.{0,3000}?</\1>', re.DOTALL)
_TAG = re.compile(r"\w+")


def to_mention(post: Post) -> Mention:
    """The post, normalised. Raises RejectedPost naming what it lacks.

    `thread_id` is the conversation where the server tells it (Pleroma), else the post that is answered, else the post's
    own id: Mastodon itself would tell the first post of a conversation only for one more request a post.
    """
    status = status_of(post.raw)
    content = fields(status.get("reblog")) or status
    post_id, posted_at = id_of(status), moment(status.get("created_at"))
    if post_id is None:
        raise RejectedPost("a status without an id")
    if posted_at is None:
        raise RejectedPost(f"created_at is no time: {cut(str(status.get('created_at')), 40)!r}")
    account = fields(status.get("account"))
    parent_id, quotes = id_of(status, "in_reply_to_id"), _quoted_id(content)
    return Mention(
        network=post.network,
        post_id=post_id,
        text=_text(content, is_quoting=quotes is not None),
        posted_at=posted_at,
        thread_id=id_of(fields(status.get("pleroma")), "conversation_id") or parent_id or post_id,
        raw=post.raw,
        author=_line(account, "acct").removeprefix("@") or None,
        author_id=id_of(account),
        author_name=_line(account, "display_name") or None,
        permalink=link(status.get("url")) or link(status.get("uri")) or link(content.get("url")),
        in_reply_to=parent_id,
        language=_line(content, "language")[:16] or None,
        is_repost=content is not status,
        likes=count(status.get("favourites_count")),
        replies=count(status.get("replies_count")),
        reposts=count(status.get("reblogs_count")),
        quotes=quotes,
        edited_at=moment(content.get("edited_at")),
    )


def status_of(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The status itself, or the one inside a notification."""
    if isinstance(raw.get("type"), str) and "status" in raw:
        return fields(raw["status"])
    return raw


def id_of(json_object: Mapping[str, Any], name: str = "id") -> str | None:
    """An id; some servers write numbers."""
    value = json_object.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _plain(value).strip() or None if isinstance(value, str) else None


def _text(status: Mapping[str, Any], *, is_quoting: bool) -> str:
    """Content warning, empty line, content; at the end the hashtags that it bears without showing them."""
    content, warning = status.get("content"), status.get("spoiler_text")
    if not isinstance(content, str):
        raise RejectedPost("a status without content")
    if is_quoting:  # "RE: address", for programs that cannot show what is quoted
        content = _QUOTE_LINK.sub("", content)
    parts = [_plain(warning).strip() if isinstance(warning, str) else "", _plain(to_text(content)).strip()]
    folded_text = fold("\n".join(parts))
    tags = status.get("tags")
    names = [_line(tag, "name") for tag in tags if isinstance(tag, dict)] if isinstance(tags, list) else []
    parts.append(" ".join(f"#{name}" for name in names if _TAG.fullmatch(name) and f"#{fold(name)}" not in folded_text))
    return "\n\n".join(part for part in parts if part)


def _quoted_id(status: Mapping[str, Any]) -> str | None:
    """The id of the quoted status: Mastodon wraps it, Pleroma and others show it or its id bare."""
    quote = fields(status.get("quote"))
    quoted_status = fields(quote.get("quoted_status")) or (quote if "content" in quote else {})
    quoted_id = id_of(quote, "quoted_status_id") or id_of(status, "quote_id")
    return id_of(quoted_status) or quoted_id or id_of(fields(status.get("pleroma")), "quote_id")


def _line(json_object: Mapping[str, Any], name: str) -> str:
    value = json_object.get(name)
    return " ".join(_plain(value).split()) if isinstance(value, str) else ""


def _plain(text: str) -> str:
    return without_surrogates(text).replace("\x00", "")
