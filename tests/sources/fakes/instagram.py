"""Meta's Graph API for an Instagram account with one medium, below which everybody comments."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from tests.sources.fakes import FakePost, Posts
from tests.sources.fakes.facebook import GraphFake, graph_time


class Fake(GraphFake):
    section: ClassVar[Mapping[str, Any]] = {"access_token": "made-up-instagram-token"}
    places: ClassVar[Mapping[str, tuple[str, ...]]] = {"instagram": ("me/media",)}

    def post(self) -> dict[str, Any]:
        return {
            "id": "17800000000000001",
            "caption": "Abrimos el domingo",
            "timestamp": graph_time(datetime.now(UTC) - timedelta(hours=2)),
            "permalink": "https://www.instagram.com/p/madeup/",
            "username": "norvia",
        }

    def comment(self, post: FakePost, posts: Posts | None = None) -> dict[str, Any]:
        """A reply comes inside the comment that it answers."""
        first = posts.by_number(post.reply_to) if posts and post.reply_to is not None else None
        if first is not None:
            return self.comment(first) | {"replies": {"data": [self.comment(post)]}}
        return {
            "id": None if post.broken else self.post_id(post),
            "text": post.text,
            "timestamp": graph_time(post.posted_at),
            **({"username": post.author, "from": {"id": "7", "username": post.author}} if post.author else {}),
            **({} if post.reply_to is None else {"parent_id": str(post.reply_to)}),
            "like_count": 1,
        }
