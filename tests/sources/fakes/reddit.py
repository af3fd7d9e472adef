"""Reddit: a login, the search of submissions, look-ups by id."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from tests.sources.fakes import FakeNetwork, FakePost, Posts, Reply, Request

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
LIMITS = {"x-ratelimit-used": "4", "x-ratelimit-remaining": "596.0", "x-ratelimit-reset": "311"}


def base36(number: int) -> str:
    """The number as Reddit writes ids."""
    return base36(number // 36) + DIGITS[number % 36] if number >= 36 else DIGITS[number]


class Fake(FakeNetwork):
    """Reddit."""

    section: ClassVar[Mapping[str, Any]] = {"client_id": "made-up-client", "client_secret": "made-up-secret"}
    logs_in = True
    cannot: ClassVar[Mapping[str, str]] = {
        "a_reply_stands_in_the_thread_of_its_post": "the one listing without subreddits is search: submissions only",
    }

    def answer(self, request: Request, posts: Posts) -> Reply:
        """Reddit's answer."""
        if request.path == "/api/v1/access_token":
            assert request.headers["authorization"].startswith("Basic ")
            assert request.body == b"grant_type=client_credentials"
            told = {"access_token": "made-up-token", "token_type": "bearer", "expires_in": 86400, "scope": "*"}
            return Reply(told)
        assert request.headers["authorization"] == "bearer made-up-token"
        if request.path == "/api/info/":
            names = request.query["id"].split(",")
            found = [post for name in names if (post := posts.by_number(int(name.removeprefix("t3_"), 36)))]
            return Reply(self._listing([self._rendered(post) for post in found]), headers=LIMITS)
        assert request.path == "/r/all/search/"
        assert (request.query["sort"], request.query["raw_json"]) == ("new", "1")
        after = request.query.get("after")
        page = posts.page_before(int(after.removeprefix("t3_"), 36) if after else None, self.page_size)
        last = self.post_id(page.posts[-1]) if page.next is not None else None
        return Reply(self._listing([self._rendered(one) for one in page.posts], last), headers=LIMITS, first=page.first)

    def error(self, status: int) -> Reply:
        """As Reddit spells it."""
        return Reply({"message": f"made-up reason for {status}", "error": status}, status)

    def limited(self, until: datetime | None) -> Reply:
        """Seconds until the window ends."""
        left = {} if until is None else {"x-ratelimit-reset": str(round((until - datetime.now(UTC)).total_seconds()))}
        return Reply({"message": "Too Many Requests", "error": 429}, 429, left)

    def post_id(self, post: FakePost) -> str:
        """A submission's fullname."""
        return f"t3_{base36(post.number)}"

    @staticmethod
    def _listing(things: list[dict[str, object]], after: str | None = None) -> dict[str, object]:
        told = {"after": after, "before": None, "dist": len(things), "modhash": None, "children": things}
        return {"kind": "Listing", "data": told}

    def _rendered(self, post: FakePost) -> dict[str, object]:
        short = base36(post.number)
        fields: dict[str, object] = {
            "id": short,
            "name": f"t3_{short}",
            "title": "Una pregunta",
            "selftext": "[deleted]" if post.deleted else post.text,
            "is_self": True,
            "author": "[deleted]" if post.deleted or post.author is None else post.author,
            "subreddit": "ciudadinventada",
            "permalink": f"/r/ciudadinventada/comments/{short}/una_pregunta/",
            "created_utc": post.posted_at.timestamp(),
            "edited": post.edited_at.timestamp() if post.edited_at else False,
            "score": 3,
            "num_comments": 0,
        }
        if post.author is not None and not post.deleted:
            fields["author_fullname"] = f"t2_{post.author}"
        if post.broken:
            fields |= {"id": None, "name": None, "created_utc": "soon"}
        return {"kind": "t3", "data": fields}
