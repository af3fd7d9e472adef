"""Instagram's professional accounts, through Meta's Graph API: comments on own media, media that tag the account.

`brands.places.instagram` names the brand's accounts by their id; without any, `me` is read, which tokens of Instagram's
own login know (`base_url = "https://graph.instagram.com"`). `17841400000000000/media` reads the own media alone,
`17841400000000000/tags` the media that tag it alone. Needed: instagram_basic, instagram_manage_comments and
pages_read_engagement. There is no search, and mentions in others' comments and captions reach webhooks only.

Comments are found on media of the last thirty days; new replies below a medium's newest 25 comments by every read,
below comments of the last seven days every three hours. Instagram's comments cannot be edited, captions can. A medium's
`comments_count` is compared with what came.
"""

from collections.abc import Sequence
from datetime import timedelta

from monitor.errors import RejectedPost
from monitor.models.listings import Listing, Meter
from monitor.models.posts import Mention, Post
from monitor.settings.loading import Brand, Settings
from monitor.sources.fields import count, fields, link, moment, name, text
from monitor.sources.meta import graph_source
from monitor.sources.meta.graph_source import GraphConnection
from monitor.sources.meta.walk import BELOW, Edge, keep_all, keep_none

_REPLY = "id,text,timestamp,username,from{id,username},like_count,parent_id"
_COMMENT = f"{_REPLY},replies.limit(25){{{_REPLY}}}"
_MEDIUM = "id,caption,timestamp,permalink,username"


_EDGES = (
    Edge(
        "instagram",
        "media",
        f"{_MEDIUM},comments_count,comments.limit(25){{{_COMMENT}}}",
        "timestamp",
        25,
        keep_none,
        comments={"comments": _COMMENT, "replies": _REPLY},
        reach=timedelta(days=30),
        late=timedelta(days=7),
        announced="comments_count",
    ),
    Edge("instagram", "tags", f"{_MEDIUM},like_count,comments_count", "timestamp", 50, keep_all),
)


def listings(brand: Brand, settings: Settings) -> Sequence[Listing]:
    """The own media of each of the brand's accounts, and the media that tag it."""
    return graph_source.listings("instagram", _EDGES, brand, settings)


def connect(settings: Settings, meter: Meter) -> GraphConnection:
    """Makes no request. Raises BadCredentials without a token."""
    return GraphConnection("instagram", _EDGES, settings, meter, _REPLY)


def to_mention(post: Post) -> Mention:
    """A comment or a medium, normalised. Raises RejectedPost with the reason. The thread is the first comment."""
    raw, below = post.raw, fields(post.raw.get(BELOW))
    post_id, posted_at = name(raw.get("id")), moment(raw.get("timestamp"))
    if post_id is None:
        raise RejectedPost("the post has no id")
    if posted_at is None:
        raise RejectedPost("the post has no time in timestamp")
    body = text(raw.get("text")) if below or "text" in raw else text(raw.get("caption")) or ""
    if body is None:
        raise RejectedPost("the comment has no text")
    parent = name(raw.get("parent_id")) or name(below.get("comment"))
    author = name(raw.get("username")) or name(fields(raw.get("from")).get("username"))
    return Mention(
        network=post.network,
        post_id=post_id,
        text=body,
        posted_at=posted_at,
        thread_id=parent or post_id,
        raw=raw,
        author=author,
        author_id=name(fields(raw.get("from")).get("id")),
        permalink=link(raw.get("permalink")) or link(below.get("link")),
        in_reply_to=parent,
        likes=count(raw.get("like_count")),
        replies=count(raw.get("comments_count")),
    )
