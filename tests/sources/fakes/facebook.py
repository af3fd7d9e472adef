"""Meta's Graph API for a Facebook page with one post, below which everybody comments; and what Instagram shares."""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qs

from tests.sources.fakes import FakeNetwork, FakePost, Posts, Reply, Request

_PAGE = "100200300"
_POST = f"{_PAGE}_400500"
_ERRORS = {
    401: (400, 190, 463, "Error validating access token: Session has expired."),
    403: (403, 200, None, "(#200) Requires pages_read_user_content permission to manage the object."),
    404: (404, 2500, None, "Unknown path components: /made-up"),
    500: (500, 1, None, "An unknown error occurred"),
    503: (503, 2, None, "Service temporarily unavailable"),
}


class GraphFake(FakeNetwork):
    """Errors, limits, batches and paging of the Graph API."""

    def answer(self, request: Request, posts: Posts) -> Reply:
        if request.headers.get("authorization") != f"Bearer {self.section['access_token']}":
            return self.error(401)
        version, _, path = request.path.removeprefix("/").partition("/")
        assert version == "v24.0"
        if request.method == "POST":
            return self._batch(request, posts)
        if path == "me":
            return Reply({"id": _PAGE, "name": "Norvia", "username": "norvia"})
        page = posts.page(int(request.query.get("after", "0")), self.page_size)
        listing: dict[str, Any] = {"data": [self.comment(one, posts) for one in page.posts]}
        if page.next is not None:
            further = f"{request.base}/v24.0/{path}?access_token={self.section['access_token']}&after={page.next}"
            listing["paging"] = {"cursors": {"before": "0", "after": str(page.next)}, "next": further}
        if not path.startswith("me/"):
            return Reply(listing, first=page.first)
        return Reply({"data": [self.post() | ({"comments": listing} if page.posts else {})]}, first=page.first)

    def post(self) -> dict[str, Any]:
        """What stands on the account's own page."""
        raise NotImplementedError

    def comment(self, post: FakePost, posts: Posts | None = None) -> dict[str, Any]:
        """A comment as it is listed (with `posts`) or looked up by its id."""
        raise NotImplementedError

    def number(self, post_id: str) -> int:
        """The number of the post with this id."""
        return int(post_id.rpartition("_")[2])

    def _batch(self, request: Request, posts: Posts) -> Reply:
        parts = []
        for asked in json.loads(parse_qs(request.body.decode())["batch"][0]):
            found = posts.by_number(self.number(asked["relative_url"].partition("?")[0]))
            reply = _missing() if found is None or found.deleted else Reply(self.comment(found))
            parts.append({"code": reply.status, "body": json.dumps(reply.body)})
        return Reply(parts)

    def error(self, status: int) -> Reply:
        """A token that has expired is no 401."""
        sent, code, subcode, said = _ERRORS[status]
        told = {"message": said, "type": "OAuthException", "code": code, "fbtrace_id": "made-up"}
        return Reply({"error": told | ({} if subcode is None else {"error_subcode": subcode})}, sent)

    def limited(self, until: datetime | None) -> Reply:
        headers = {}
        if until is not None:
            minutes = math.ceil((until - datetime.now(UTC)) / timedelta(minutes=1))
            use = {"type": "pages", "call_count": 100, "estimated_time_to_regain_access": minutes}
            headers["X-Business-Use-Case-Usage"] = json.dumps({_PAGE: [use]})
        told = {"message": "(#80001) There have been too many calls to this Page account.", "code": 80001}
        return Reply({"error": told}, 400, headers)


class Fake(GraphFake):
    section: ClassVar[Mapping[str, Any]] = {"access_token": "made-up-facebook-token"}
    places: ClassVar[Mapping[str, tuple[str, ...]]] = {"facebook": ("me/feed",)}

    def post(self) -> dict[str, Any]:
        return {
            "id": _POST,
            "message": "¡Abrimos el domingo!",
            "created_time": graph_time(datetime.now(UTC) - timedelta(hours=2)),
            "from": {"id": _PAGE, "name": "Norvia"},
            "permalink_url": f"https://www.facebook.com/{_PAGE}/posts/400500",
        }

    def comment(self, post: FakePost, posts: Posts | None = None) -> dict[str, Any]:
        return {
            "id": None if post.broken else self.post_id(post),
            "message": post.text,
            "created_time": graph_time(post.posted_at),
            **({"from": {"id": "7", "name": post.author}} if post.author else {}),
            "permalink_url": f"https://www.facebook.com/{_PAGE}/posts/400500?comment_id={post.number}",
            **({} if post.reply_to is None else {"parent": {"id": f"400500_{post.reply_to}"}}),
            "like_count": 1,
            "comment_count": 0,
        }

    def post_id(self, post: FakePost) -> str:
        return f"400500_{post.number}"


def _missing() -> Reply:
    told = {"message": "Unsupported get request. Object with ID '1' does not exist.", "code": 100, "error_subcode": 33}
    return Reply({"error": told}, 400)


def graph_time(moment: datetime) -> str:
    """2026-03-02T09:00:00+0000, as Meta writes times."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
