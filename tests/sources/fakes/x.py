"""X's API v2 as far as the source asks for it."""

from datetime import datetime
from typing import Any, ClassVar

from tests.sources.fakes import FakeNetwork, FakePost, Posts, Reply, Request, iso

_ACCOUNT = "2100000001"
_EPOCH = 1_288_834_974_657
_NUMBERS = 1 << 22
"""X's ids: milliseconds since the epoch above 22 bits, which hold the number of the post here."""


class Fake(FakeNetwork):
    """Recent search, with what was referred to and authors included, and look-ups by id."""

    section: ClassVar[dict[str, Any]] = {"bearer_token": "made-up-token-of-x"}

    def answer(self, request: Request, posts: Posts) -> Reply:
        if request.headers.get("authorization") != "Bearer made-up-token-of-x":
            return self.error(401)
        if request.path == "/2/tweets":
            return self._looked_up(request.query["ids"].split(","), posts)
        assert request.path == "/2/tweets/search/recent", request.path
        token = request.query.get("next_token")
        page = posts.page(int(token.removeprefix("b26v89")) if token else 0, self.page_size)
        told: dict[str, Any] = {"result_count": len(page.posts)}
        if page.next is not None:
            told["next_token"] = f"b26v89{page.next}"
        answer: dict[str, Any] = {"meta": told}
        if page.posts:
            told |= {"newest_id": self._version(page.posts[0]), "oldest_id": self._version(page.posts[-1])}
            answer |= {"data": [self._rendered(one, posts) for one in page.posts]}
        if any(one.author for one in page.posts):
            answer["includes"] = {"users": [{"id": _ACCOUNT, "name": "Ana Ejemplo", "username": "ana"}]}
        if any(one.author is None for one in page.posts):
            answer["errors"] = [_not_found("user", "author_id", "2100000002")]
        return Reply(answer, first=page.first)

    def _looked_up(self, asked: list[str], posts: Posts) -> Reply:
        found = []
        errors = []
        for post_id in asked:
            post = posts.by_number(int(post_id) % _NUMBERS)
            if post is None or post.deleted:
                errors.append(_not_found("tweet", "ids", post_id))
            else:
                found.append(self._rendered(post, posts, post_id))
        return Reply(({"data": found} if found else {}) | ({"errors": errors} if errors else {}))

    def post_id(self, post: FakePost) -> str:
        return _identity(post.number, post.posted_at)

    def _version(self, post: FakePost) -> str:
        """An edit is another post for X."""
        return _identity(post.number, post.edited_at or post.posted_at)

    def _rendered(self, post: FakePost, posts: Posts, version: str = "") -> dict[str, Any]:
        shown = version or self._version(post)
        former = shown != self._version(post)
        parent = posts.by_number(post.reply_to) if post.reply_to else None
        text = "(the former text)" if former else post.text.replace("&", "&amp;").replace("<", "&lt;")
        made: dict[str, Any] = {
            "id": shown,
            "text": text if len(text) <= 280 else text[:279] + "…",
            "created_at": iso(post.posted_at if former else post.edited_at or post.posted_at),
            "author_id": _ACCOUNT if post.author else "2100000002",
            "conversation_id": self.post_id(parent or post),
            "edit_history_tweet_ids": list(dict.fromkeys((self.post_id(post), self._version(post)))),
            "lang": "es",
            "public_metrics": {"retweet_count": 1, "reply_count": 2, "like_count": 3, "quote_count": 0},
        }
        if len(text) > 280:
            made["note_tweet"] = {"text": text}
        if parent:
            made["referenced_tweets"] = [{"type": "replied_to", "id": self.post_id(parent)}]
        if post.broken:
            del made["id"]
        return made

    def error(self, status: int) -> Reply:
        return Reply({"title": "Refused", "detail": "made-up reason", "type": "about:blank", "status": status}, status)

    def limited(self, until: datetime | None) -> Reply:
        headers = {} if until is None else {"x-rate-limit-reset": str(int(until.timestamp()))}
        return Reply({"title": "Too Many Requests", "detail": "Too Many Requests", "status": 429}, 429, headers)


def _identity(number: int, made_at: datetime) -> str:
    return str(((int(made_at.timestamp() * 1000) - _EPOCH) << 22) + number)


def _not_found(what: str, parameter: str, resource: str) -> dict[str, str]:
    return {
        "value": resource,
        "detail": f"Could not find {what} with {parameter}: [{resource}].",
        "title": "Not Found Error",
        "resource_type": what,
        "parameter": parameter,
        "resource_id": resource,
        "type": "https://api.twitter.com/2/problems/resource-not-found",
    }
