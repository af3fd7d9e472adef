"""An account's server of Bluesky, as far as the source asks for it."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from monitor.settings.loading import Brand, Settings
from tests.sources.fakes import FakeNetwork, FakePost, Posts, Reply, Request, iso

_DID = "did:plc:anaejemplo2345678abcdefg"
_LOGIN = {
    "did": "did:plc:norviaejemplo345678abcde",
    "handle": "ayuda.norvia.example",
    "accessJwt": "made-up-access-token",
    "refreshJwt": "made-up-refresh-token",
    "active": True,
}


class Fake(FakeNetwork):
    """Login, search, and look-ups. A second brand keeps the account's notifications from being the first one's."""

    section: ClassVar[dict[str, Any]] = {"handle": "ayuda.norvia.example", "app_password": "made-up-app-password"}
    logs_in = True

    def answer(self, request: Request, posts: Posts) -> Reply:
        method = request.path.removeprefix("/xrpc/")
        if method == "com.atproto.server.createSession":
            told = json.loads(request.body)
            right = told == {"identifier": self.section["handle"], "password": self.section["app_password"]}
            return Reply(_LOGIN) if right else self.error(401)
        if request.headers.get("authorization") != f"Bearer {_LOGIN['accessJwt']}":
            return self.error(401)
        if method == "com.atproto.repo.getRecord":
            return Reply({"error": "RecordNotFound", "message": "Could not locate record"}, 400)
        if method == "app.bsky.feed.getPosts":
            return self._looked_up(request, posts)
        assert method == "app.bsky.feed.searchPosts", request.path
        assert (request.query["q"], request.query["sort"]) == ("norvia", "latest")
        page = posts.page(int(request.query.get("cursor", "0")), self.page_size)
        told = {"posts": [self._rendered(one, posts) for one in page.posts]}
        return Reply(told if page.next is None else told | {"cursor": str(page.next)}, first=page.first)

    def _looked_up(self, request: Request, posts: Posts) -> Reply:
        """The fake server keeps the last value of a parameter only, so all its posts are answered."""
        asked = posts.by_number(int(request.query["uris"].rsplit("/", 1)[1]))
        assert asked is not None
        return Reply({"posts": [self._rendered(one, posts) for one in posts.listed]})

    def post_id(self, post: FakePost) -> str:
        return f"at://{_DID}/app.bsky.feed.post/{post.number}"

    def _rendered(self, post: FakePost, posts: Posts) -> dict[str, Any]:
        record: dict[str, Any] = {
            "$type": "app.bsky.feed.post",
            "createdAt": iso(post.posted_at),
            "langs": ["es"],
            "text": post.text,
        }
        parent = posts.by_number(post.reply_to) if post.reply_to else None
        if parent:
            named = {"cid": "bafyreimadeup", "uri": self.post_id(parent)}
            record["reply"] = {"root": named, "parent": named}
        author = {"did": _DID, "handle": f"{post.author}.example", "displayName": "Ana Ejemplo", "labels": []}
        return {
            "uri": None if post.broken else self.post_id(post),
            "cid": f"bafyreimadeup{post.number}",
            "author": author if post.author else None,
            "record": record,
            "indexedAt": iso(post.posted_at + timedelta(seconds=2)),
            "likeCount": 3,
            "replyCount": 2,
            "repostCount": 1,
            "quoteCount": 0,
            "labels": [],
        }

    def error(self, status: int) -> Reply:
        name = {401: "AuthMissing", 403: "Forbidden", 500: "InternalServerError"}.get(status, "InvalidRequest")
        return Reply({"error": name, "message": f"made-up reason for {status}"}, status)

    def limited(self, until: datetime | None) -> Reply:
        headers = {"ratelimit-limit": "3000", "ratelimit-policy": "3000;w=300"}
        if until is not None:
            headers["ratelimit-reset"] = str(int(until.timestamp()))
        return Reply({"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}, 429, headers)

    def settings(self, network: str, url: str, folder: Path, **section: Any) -> Settings:
        made = super().settings(network, url, folder, **section)
        other = Brand(name="Otra", queries=("norvia -norvia",))
        return made.model_copy(update={"brands": (*made.brands, other)})
