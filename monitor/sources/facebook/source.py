"""Facebook pages, through Meta's Graph API: comments on a page's posts, posts by visitors, posts that tag the page.

`brands.places.facebook` names the brand's pages by id; without any, the page of the token is read. `1029384756/feed`
reads the page alone, `1029384756/tagged` the posts that tag it alone. Needed: a page token with pages_read_engagement
and pages_read_user_content. Facebook has no search of what the public says, and names authors only to a page's token.

Comments and replies are found on posts of the last thirty days. There is no mark of an edit: changed texts are found by
re-checks. The page's own comments carry its name as author; have `brands.own_accounts` hold it.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from monitor.errors import RejectedPost
from monitor.models.listings import Listing, Meter
from monitor.models.posts import Mention, Post
from monitor.settings.loading import Brand, Settings
from monitor.sources.fields import count, fields, link, moment, name, text
from monitor.sources.meta import graph_source
from monitor.sources.meta.graph_source import GraphConnection
from monitor.sources.meta.walk import BELOW, Edge, keep_all

_POST = "id,message,created_time,from{id,name},permalink_url"
_COMMENT = f"{_POST},parent{{id}},like_count,comment_count,attachment{{type}}"
_NEWEST_FIRST = {"order": "reverse_chronological", "filter": "stream"}
_NESTED = f"comments.order(reverse_chronological).filter(stream).limit(25){{{_COMMENT}}}"


def _is_visitor_post(post: Mapping[str, Any]) -> bool:
    """Whether somebody else wrote on the page, whose id is the first part of the post's."""
    author, page = name(fields(post.get("from")).get("id")), (name(post.get("id")) or "").partition("_")[0]
    if author is None:
        return post.get("status_type") in (None, "wall_post")
    return author != page


_EDGES = (
    Edge(
        "facebook",
        "feed",
        f"{_POST},status_type,{_NESTED}",
        "created_time",
        25,
        _is_visitor_post,
        comments={"comments": _COMMENT},
        order=_NEWEST_FIRST,
        reach=timedelta(days=30),
    ),
    Edge("facebook", "tagged", _POST, "created_time", 100, keep_all),
)


def listings(brand: Brand, settings: Settings) -> Sequence[Listing]:
    """The feed of each of the brand's pages, and the posts that tag it."""
    return graph_source.listings("facebook", _EDGES, brand, settings)


def connect(settings: Settings, meter: Meter) -> GraphConnection:
    """Makes no request. Raises BadCredentials without a token."""
    return GraphConnection("facebook", _EDGES, settings, meter, _POST)


def to_mention(post: Post) -> Mention:
    """A post or a comment, normalised. Raises RejectedPost with the reason.

    The thread is the first comment; below a visitor's post it is that post.
    """
    raw, below = post.raw, fields(post.raw.get(BELOW))
    post_id, posted_at, message = name(raw.get("id")), moment(raw.get("created_time")), text(raw.get("message"))
    if post_id is None:
        raise RejectedPost("the post has no id")
    if posted_at is None:
        raise RejectedPost("the post has no time in created_time")
    if message is None and below and not raw.get("attachment"):
        raise RejectedPost("the comment has no message")
    above = name(below.get("post")) if below.get("kept") else None
    parent = name(fields(raw.get("parent")).get("id"))
    author = fields(raw.get("from"))
    return Mention(
        network=post.network,
        post_id=post_id,
        text=message or "",
        posted_at=posted_at,
        thread_id=above or parent or post_id,
        raw=raw,
        author=name(author.get("name")),
        author_id=name(author.get("id")),
        author_name=name(author.get("name")),
        permalink=link(raw.get("permalink_url")) or _permalink(post_id, below),
        in_reply_to=parent or above,
        likes=count(raw.get("like_count")),
        replies=count(raw.get("comment_count")),
    )


def _permalink(post_id: str, below: Mapping[str, Any]) -> str | None:
    """Of a comment, whose id ends with its number on the post."""
    stem = link(below.get("link"))
    if stem is None:
        return None
    return f"{stem}{'&' if '?' in stem else '?'}comment_id={post_id.rpartition('_')[2]}"
