"""The YouTube Data API: threads of one channel's comments, newest first; comments by id and by parent."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from tests.sources.fakes import FakeNetwork, FakePost, Posts, Reply, Request, iso

CHANNEL = "UCmadeupnorvia0000000000"
_REASONS = {401: "API_KEY_INVALID", 403: "forbidden", 404: "channelNotFound", 500: "backendError", 503: "backendError"}


class Fake(FakeNetwork):
    section: ClassVar[Mapping[str, Any]] = {"api_key": "made-up-youtube-key"}
    places: ClassVar[Mapping[str, tuple[str, ...]]] = {"youtube": (CHANNEL,)}

    def answer(self, request: Request, posts: Posts) -> Reply:
        if request.query.get("key") != self.section["api_key"]:
            return self.error(401)
        if request.path == "/youtube/v3/comments":
            numbers = [int(one.rpartition(".")[2].removeprefix("Ug")) for one in request.query["id"].split(",")]
            found = [post for post in map(posts.by_number, numbers) if post and not post.deleted]
            return Reply(_list("commentListResponse", [self._comment(one) for one in found]))
        page = posts.page(int(request.query.get("pageToken", "0")), self.page_size)
        told = _list("commentThreadListResponse", [self._thread(one, posts) for one in page.posts])
        return Reply(told | ({} if page.next is None else {"nextPageToken": str(page.next)}), first=page.first)

    def _thread(self, post: FakePost, posts: Posts) -> dict[str, Any]:
        """A reply comes inside the thread that it belongs to."""
        first = posts.by_number(post.reply_to) if post.reply_to is not None else post
        assert first is not None
        replies = [] if first is post else [self._comment(post)]
        return {
            "kind": "youtube#commentThread",
            "id": self.post_id(first),
            "snippet": {
                "channelId": CHANNEL,
                "videoId": "madeupvideo",
                "topLevelComment": self._comment(first),
                "canReply": True,
                "totalReplyCount": len(replies),
                "isPublic": True,
            },
            **({"replies": {"comments": replies}} if replies else {}),
        }

    def _comment(self, post: FakePost) -> dict[str, Any]:
        author = {"authorDisplayName": f"@{post.author}", "authorChannelId": {"value": "UCana"}} if post.author else {}
        return {
            "kind": "youtube#comment",
            "id": None if post.broken else self.post_id(post),
            "snippet": {
                **author,
                "channelId": CHANNEL,
                "textDisplay": post.text,
                "textOriginal": post.text,
                **({} if post.reply_to is None else {"parentId": f"Ug{post.reply_to}"}),
                "canRate": True,
                "viewerRating": "none",
                "likeCount": 2,
                "publishedAt": iso(post.posted_at),
                "updatedAt": iso(post.edited_at or post.posted_at),
            },
        }

    def post_id(self, post: FakePost) -> str:
        return f"Ug{post.number}" if post.reply_to is None else f"Ug{post.reply_to}.Ug{post.number}"

    def error(self, status: int) -> Reply:
        """A wrong key is no 401."""
        return _error(400 if status == 401 else status, _REASONS[status])

    def limited(self, until: datetime | None) -> Reply:
        seconds = 0 if until is None else math.ceil((until - datetime.now(UTC)).total_seconds())
        return _error(429, "rateLimitExceeded", {} if until is None else {"Retry-After": str(seconds)})


def _list(kind: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    told = {"totalResults": len(found), "resultsPerPage": 100}
    return {"kind": f"youtube#{kind}", "etag": "made-up", "pageInfo": told, "items": found}


def _error(status: int, reason: str, headers: Mapping[str, str] | None = None) -> Reply:
    said = f"Made-up <code>reason</code> for {status}."
    told = {"code": status, "message": said, "errors": [{"message": said, "domain": "youtube", "reason": reason}]}
    return Reply({"error": told}, status, headers or {})
