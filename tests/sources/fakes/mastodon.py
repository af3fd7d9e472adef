"""A Mastodon server of an older version: hashtag timelines by `max_id`, statuses one by one."""

import html
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from tests.sources.fakes import FakeNetwork, FakePost, Posts, Reply, Request, iso


class Fake(FakeNetwork):
    section: ClassVar[Mapping[str, Any]] = {"access_token": "made-up-mastodon-token"}
    queries: ClassVar[tuple[str, ...]] = ("#norvia",)

    def answer(self, request: Request, posts: Posts) -> Reply:
        if request.path == "/api/v1/timelines/tag/norvia":
            return self._timeline(request, posts)
        name = request.path.removeprefix("/api/v1/statuses/")
        found = posts.by_number(int(name)) if name.isdecimal() else None
        if found is None or found.deleted:
            return Reply({"error": "Record not found"}, 404)
        return Reply(self._status(found, request.base))

    def _timeline(self, request: Request, posts: Posts) -> Reply:
        """Mastodon names a next page as long as there are posts on this one, and another for what is newer."""
        before = request.query.get("max_id")
        page = posts.page_before(int(before) if before else None, min(self.page_size, int(request.query["limit"])))
        links = (
            [
                f'<{request.base}{request.path}?max_id={page.posts[-1].number}>; rel="next"',
                f'<{request.base}{request.path}?min_id={page.posts[0].number}>; rel="prev"',
            ]
            if page.posts
            else []
        )
        headers = {"Link": ", ".join(links)} if links else {}
        return Reply([self._status(one, request.base) for one in page.posts], headers=headers, first=page.first)

    def _status(self, post: FakePost, base: str) -> dict[str, Any]:
        return {
            "id": None if post.broken else str(post.number),
            "created_at": iso(post.posted_at),
            "in_reply_to_id": None if post.reply_to is None else str(post.reply_to),
            "in_reply_to_account_id": None,
            "sensitive": False,
            "spoiler_text": "",
            "visibility": "public",
            "language": "es",
            "uri": f"{base}/users/ana/statuses/{post.number}",
            "url": f"{base}/@ana/{post.number}",
            "replies_count": 0,
            "reblogs_count": 0,
            "favourites_count": 0,
            "edited_at": None if post.edited_at is None else iso(post.edited_at),
            "content": f"<p>{html.escape(post.text, quote=False)}</p>",
            "reblog": None,
            "account": post.author and {"id": "7", "username": post.author, "acct": post.author, "display_name": "Ana"},
            "media_attachments": [],
            "mentions": [],
            "tags": [{"name": "norvia", "url": f"{base}/tags/norvia"}],
            "emojis": [],
            "card": None,
            "poll": None,
        }

    def limited(self, until: datetime | None) -> Reply:
        headers = {} if until is None else {"X-RateLimit-Reset": until.astimezone(UTC).isoformat()}
        return Reply({"error": "Too many requests"}, 429, headers)
