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
from monitor.models import Mention, Post

POSTS = "app.bsky.feed.post"
_MENTION = "app.bsky.richtext.facet#mention"
_URI = re.compile(r"at://(did:[a-z]+:[A-Za-z0-9._:%-]+)/([A-Za-z0-9.-]+)/([A-Za-z0-9._:~-]+)")
_HANDLE = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_NO_HANDLE = "handle.invalid"  # of an account whose handle no longer leads to it
_BELIEVED = timedelta(days=7)
_MOST = 2**31 - 1


def to_mention(post: Post) -> Mention:
    """The post, normalised. Raises RejectedPost."""
    view = viewed(post.raw)
    uri = post_uri(view.get("uri"))
    if uri is None:
        raise RejectedPost("no uri of a post")
    record = view.get("record")
    if not isinstance(record, Mapping) or not isinstance(record.get("text"), str):
        raise RejectedPost("no text: the record is missing or of another kind")
    known = times(view)
    if known is None:
        raise RejectedPost(f"indexedAt is not a time: {view.get('indexedAt')!r}")
    match = _URI.fullmatch(uri)
    assert match is not None
    did, _, key = match.groups()
    handle, author_id, name = _author(view)
    reply = _within(record, "reply")
    parent = post_uri(_within(reply, "parent").get("uri"))
    embed = _within(record, "embed")
    return Mention(
        network=post.network,
        post_id=uri,
        text=_clean(record["text"]) if record["text"].strip() else _described(embed),
        posted_at=known[0],
        thread_id=post_uri(_within(reply, "root").get("uri")) or parent or uri,
        raw=post.raw,
        author=handle or author_id,
        author_id=author_id,
        author_name=name,
        permalink=f"https://bsky.app/profile/{handle or did}/post/{key}",
        in_reply_to=parent,
        language=_language(record.get("langs")),
        likes=_count(view.get("likeCount")),
        replies=_count(view.get("replyCount")),
        reposts=_count(view.get("repostCount")),
        quotes=_quoted(embed),
    )


def post_uri(value: object) -> str | None:
    """The at:// address of a post, when it is one."""
    match = _URI.fullmatch(value) if isinstance(value, str) else None
    return match.group(0) if match and match.group(2) == POSTS else None


def repository(uri: str | None) -> str | None:
    """The DID of the account that an at:// address belongs to."""
    match = _URI.fullmatch(uri) if uri else None
    return match.group(1) if match else None


def named(record: Any) -> Iterator[str]:
    """DIDs of the accounts that a record mentions."""
    facets = record.get("facets") if isinstance(record, Mapping) else None
    for facet in facets if isinstance(facets, list) else ():
        features = facet.get("features") if isinstance(facet, Mapping) else None
        for one in features if isinstance(features, list) else ():
            if isinstance(one, Mapping) and one.get("$type") == _MENTION and isinstance(one.get("did"), str):
                yield one["did"]


def times(view: Mapping[str, Any]) -> tuple[datetime, datetime] | None:
    """When it was posted, as far as that is believed, and when the network came to know it; None: it does not say."""
    indexed = _moment(view.get("indexedAt"))
    if indexed is None:
        return None
    created = _moment(_within(view, "record").get("createdAt"))
    believed = created is not None and indexed - _BELIEVED <= created <= indexed
    return (created if believed and created else indexed), indexed


def viewed(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The post in the form of a view; an event of the stream becomes one with what it holds."""
    commit = raw.get("commit")
    if not isinstance(commit, Mapping):
        return raw
    at = raw.get("time_us")
    return {
        "uri": f"at://{raw.get('did')}/{commit.get('collection')}/{commit.get('rkey')}",
        "author": {"did": raw.get("did")},
        "record": commit.get("record"),
        "indexedAt": _since_1970(at).isoformat() if isinstance(at, int) else None,
    }


def _since_1970(microseconds: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=min(max(microseconds, 0), 10**17))


def _moment(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        if found is None:
            return None
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _author(view: Mapping[str, Any]) -> tuple[str | None, str | None, str | None]:
    """Handle, DID and name; without an author all are None."""
    author = _within(view, "author")
    handle, did, name = author.get("handle"), author.get("did"), author.get("displayName")
    if not isinstance(handle, str) or handle == _NO_HANDLE or not _HANDLE.fullmatch(handle):
        handle = None
    return handle, _text(did), _text(name)


def _quoted(embed: Mapping[str, Any]) -> str | None:
    shown = _within(embed, "record")
    return post_uri(shown.get("uri")) or post_uri(_within(shown, "record").get("uri"))


def _described(embed: Mapping[str, Any]) -> str:
    """What the author says that the pictures show, for a post without words."""
    media = _within(embed, "media") or embed
    images = media.get("images")
    shown = [*(images if isinstance(images, list) else ()), media]
    told = (_text(one.get("alt")) for one in shown if isinstance(one, Mapping))
    return "\n".join(filter(None, told))


def _language(tags: object) -> str | None:
    """The first tag; authors may set several, most of them do not know they have set one."""
    found = next((one for one in tags if isinstance(one, str) and one), None) if isinstance(tags, list) else None
    return _clean(found)[:35] if found else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST else None


def _text(value: object) -> str | None:
    return (_clean(value) or None) if isinstance(value, str) else None


def _clean(text: str) -> str:
    """Without halves of emoji, which no file or database takes."""
    return text.encode("utf-8", "replace").decode()


def _within(outer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = outer.get(name)
    return inner if isinstance(inner, Mapping) else {}
