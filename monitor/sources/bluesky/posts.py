"""Posts of Bluesky as mentions: views (of searches and look-ups), notifications, and the stream's bare records. Pure.

Two clocks: `createdAt` is whatever the author's program claimed, `indexedAt` is when the network came to know the post.
A claim within the week before that is believed, since offline programs and slow servers make posts late; an earlier or
later one is not, and the post is dated when it became visible.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.errors import RejectedPost
from monitor.masking.masks import cut
from monitor.models.posts import Mention, Post
from monitor.sources.fields import count, fields, moment, text

POSTS = "app.bsky.feed.post"
_MENTION = "app.bsky.richtext.facet#mention"
_URI = re.compile(r"at://(did:[a-z]+:[A-Za-z0-9._:%-]+)/([A-Za-z0-9.-]+)/([A-Za-z0-9._:~-]+)")
_HANDLE = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_NO_HANDLE = "handle.invalid"  # of an account whose handle no longer leads to it
_LONGEST_DELAY = timedelta(days=7)


def to_mention(post: Post) -> Mention:
    """The post, normalised. Raises RejectedPost."""
    view = as_view(post.raw)
    uri = post_uri(view.get("uri"))
    if uri is None:
        raise RejectedPost("no uri of a post")
    record = view.get("record")
    content = text(fields(record).get("text"))
    if not isinstance(record, Mapping) or content is None:
        raise RejectedPost("no text: the record is missing or of another kind")
    clocks = times(view)
    if clocks is None:
        raise RejectedPost(f"indexedAt is not a time: {cut(str(view.get('indexedAt')), 40)!r}")
    match = _URI.fullmatch(uri)
    assert match is not None
    did, _, key = match.groups()
    handle, author_id, name = _author(view)
    reply = fields(record.get("reply"))
    parent = post_uri(fields(reply.get("parent")).get("uri"))
    embed = fields(record.get("embed"))
    return Mention(
        network=post.network,
        post_id=uri,
        text=content if content.strip() else _picture_descriptions(embed),
        posted_at=clocks[0],
        thread_id=post_uri(fields(reply.get("root")).get("uri")) or parent or uri,
        raw=post.raw,
        author=handle or author_id,
        author_id=author_id,
        author_name=name,
        permalink=f"https://bsky.app/profile/{handle or did}/post/{key}",
        in_reply_to=parent,
        language=_language(record.get("langs")),
        likes=count(view.get("likeCount")),
        replies=count(view.get("replyCount")),
        reposts=count(view.get("repostCount")),
        quotes=_quoted_uri(embed),
    )


def post_uri(value: object) -> str | None:
    """The at:// address of a post, when it is one."""
    match = _URI.fullmatch(value) if isinstance(value, str) else None
    return match.group(0) if match and match.group(2) == POSTS else None


def repository(uri: str | None) -> str | None:
    """The DID of the account that an at:// address belongs to."""
    match = _URI.fullmatch(uri) if uri else None
    return match.group(1) if match else None


def mentioned_accounts(record: Any) -> Iterator[str]:
    """DIDs of the accounts that a record mentions."""
    facets = record.get("facets") if isinstance(record, Mapping) else None
    for facet in facets if isinstance(facets, list) else ():
        features = facet.get("features") if isinstance(facet, Mapping) else None
        for feature in features if isinstance(features, list) else ():
            if (
                isinstance(feature, Mapping)
                and feature.get("$type") == _MENTION
                and isinstance(feature.get("did"), str)
            ):
                yield feature["did"]


def times(view: Mapping[str, Any]) -> tuple[datetime, datetime] | None:
    """When it was posted, as far as that is believed, and when the network came to know it; None: it does not say."""
    indexed_at = moment(view.get("indexedAt"))
    if indexed_at is None:
        return None
    created_at = moment(fields(view.get("record")).get("createdAt"))
    is_believed = created_at is not None and indexed_at - _LONGEST_DELAY <= created_at <= indexed_at
    return (created_at if is_believed and created_at else indexed_at), indexed_at


def as_view(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The post in the form of a view; an event of the stream becomes one with what it holds."""
    commit = raw.get("commit")
    if not isinstance(commit, Mapping):
        return raw
    microseconds = raw.get("time_us")
    return {
        "uri": f"at://{raw.get('did')}/{commit.get('collection')}/{commit.get('rkey')}",
        "author": {"did": raw.get("did")},
        "record": commit.get("record"),
        "indexedAt": _since_1970(microseconds).isoformat() if isinstance(microseconds, int) else None,
    }


def _since_1970(microseconds: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=min(max(microseconds, 0), 10**17))


def _author(view: Mapping[str, Any]) -> tuple[str | None, str | None, str | None]:
    """Handle, DID and name; without an author all are None."""
    author = fields(view.get("author"))
    handle, did, name = author.get("handle"), author.get("did"), author.get("displayName")
    if not isinstance(handle, str) or handle == _NO_HANDLE or not _HANDLE.fullmatch(handle):
        handle = None
    return handle, text(did) or None, text(name) or None


def _quoted_uri(embed: Mapping[str, Any]) -> str | None:
    quotation = fields(embed.get("record"))
    return post_uri(quotation.get("uri")) or post_uri(fields(quotation.get("record")).get("uri"))


def _picture_descriptions(embed: Mapping[str, Any]) -> str:
    """What the author says that the pictures show, for a post without words."""
    media = fields(embed.get("media")) or embed
    images = media.get("images")
    pictures = [*(images if isinstance(images, list) else ()), media]
    descriptions = (text(picture.get("alt")) for picture in pictures if isinstance(picture, Mapping))
    return "\n".join(filter(None, descriptions))


def _language(tags: object) -> str | None:
    """The first tag; authors may set several, most of them do not know they have set one."""
    code = next((tag for tag in tags if isinstance(tag, str) and tag), None) if isinstance(tags, list) else None
    return (text(code) or "")[:35] or None
