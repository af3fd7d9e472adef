"""A Mastodon server as its documentation has it: a hashtag's timeline, notifications, statuses.

docs.joinmastodon.org: up to 40 a page, ids descending, `max_id` and `min_id` in Link headers; ids are the time the
server got a post, in milliseconds, above sixteen bits; statuses are looked up by `id[]`, up to 20, or one by one, where
what is gone is "Record not found". Posts of other servers arrive minutes after they were made.
"""

import html
from bisect import bisect_left
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import Any, ClassVar
from urllib.parse import parse_qs

from tests.slow.quarter.network import JsonObject, QuarterNetwork, iso
from tests.slow.quarter.world import Author, SimulatedPost
from tests.sources.fakes import Posts, Reply, Request

_LARGEST_PAGE, _LARGEST_LOOKUP = 40, 20
_FIRST_NOTIFICATION = 34_975_861


class MastodonNetwork(QuarterNetwork):
    """Mastodon. Its budgets are in requests."""

    name = "mastodon"
    section: ClassVar[JsonObject] = {"access_token": "made-up-mastodon-token"}
    queries = ("#norvia",)
    own_accounts = ("norvia",)
    full_budget: ClassVar[dict[str, float]] = {"daily_requests": 600}
    poor_budget: ClassVar[dict[str, float]] = {"daily_requests": 6}
    dearest_answer = 2.0

    def populate(self, author: Author) -> None:
        author.most_late = timedelta(minutes=50)
        author.everyday("tag", 40)
        author.everyday("mention", 12)
        author.vanish("tag", 120, 35)
        author.flood("tag", 20.4, 3_000)

    def identity(self, post: SimulatedPost) -> str:
        low = (post.number * 40_503) % (1 << 16)
        return str((int(post.seen_at.timestamp() * 1000) << 16) + low)

    def listed_at(self, post: SimulatedPost) -> datetime:
        return post.seen_at

    def answer(self, request: Request, posts: Posts) -> Reply:
        self.spend(1)
        if request.headers.get("authorization") != "Bearer made-up-mastodon-token":
            return Reply({"error": "The access token is invalid"}, 401)
        if request.path == "/api/v1/timelines/tag/norvia":
            return self._timeline(request)
        if request.path == "/api/v1/notifications":
            return self._notifications(request)
        if request.path == "/api/v1/statuses":
            ids = parse_qs(request.query_text)["id[]"]
            assert len(ids) <= _LARGEST_LOOKUP
            statuses = [self._status(post, request.base) for name in ids if (post := self._found(name))]
            return Reply(statuses)
        post = self._found(request.path.removeprefix("/api/v1/statuses/"))
        return Reply(self._status(post, request.base)) if post else Reply({"error": "Record not found"}, 404)

    def _found(self, post_id: str) -> SimulatedPost | None:
        post = self.posts.by_id.get(post_id)
        return post if post is not None and self.shown(post) else None

    def _page(self, request: Request, kind: str) -> tuple[list[SimulatedPost], dict[str, str]]:
        size = min(int(request.query.get("limit", "20")), _LARGEST_PAGE)
        before = request.query.get("max_id")
        keys, ordered = self._orders[kind]
        end = bisect_left(keys, int(before)) if before else len(keys)
        at = self.now()
        older = (position for position in range(end - 1, -1, -1) if ordered[position].is_visible(at))
        positions = list(islice(older, size))
        if not positions:
            return [], {}
        base = f"<{request.base}{request.path}"
        links = f'{base}?max_id={keys[positions[-1]]}>; rel="next", {base}?min_id={keys[positions[0]]}>; rel="prev"'
        return [ordered[position] for position in positions], {"Link": links}

    @cached_property
    def _orders(self) -> dict[str, tuple[list[int], list[SimulatedPost]]]:
        """The posts of each kind with what they are ordered by: their ids; of notifications, numbers in a row."""
        tagged = sorted((post for post in self.posts.all if post.kind == "tag"), key=lambda post: int(post.post_id))
        mentions = [post for post in self.posts.all if post.kind == "mention"]
        numbers = range(_FIRST_NOTIFICATION, _FIRST_NOTIFICATION + len(mentions))
        return {"tag": ([int(post.post_id) for post in tagged], tagged), "mention": (list(numbers), mentions)}

    def _timeline(self, request: Request) -> Reply:
        page, links = self._page(request, "tag")
        return Reply([self._status(post, request.base) for post in page], headers=links, first=0)

    def _notifications(self, request: Request) -> Reply:
        page, links = self._page(request, "mention")
        notifications = [
            {
                "id": str(_FIRST_NOTIFICATION + self._orders["mention"][1].index(post)),
                "type": "mention",
                "created_at": iso(post.seen_at),
                "account": _account(post),
                "status": self._status(post, request.base),
            }
            for post in page
        ]
        return Reply(notifications, headers=links, first=0)

    def _status(self, post: SimulatedPost, base: str) -> JsonObject:
        edited_at = post.edited_at(self.now())
        text = post.text_at(self.now()).replace("norvia", "#norvia" if post.kind == "tag" else "@norvia")
        tags: list[Any] = [{"name": "norvia", "url": f"{base}/tags/norvia"}] if post.kind == "tag" else []
        return {
            "id": post.post_id,
            "created_at": iso(post.made_at),
            "in_reply_to_id": None,
            "in_reply_to_account_id": None,
            "sensitive": False,
            "spoiler_text": "",
            "visibility": "public",
            "language": "es",
            "uri": f"{base}/users/{post.author}/statuses/{post.post_id}",
            "url": f"{base}/@{post.author}/{post.post_id}",
            "replies_count": 0,
            "reblogs_count": 0,
            "favourites_count": 0,
            "edited_at": edited_at and iso(edited_at),
            "content": f"<p>{html.escape(text, quote=False)}</p>",
            "reblog": None,
            "account": _account(post),
            "media_attachments": [],
            "mentions": [],
            "tags": tags,
            "emojis": [],
            "card": None,
            "poll": None,
        }

    def limited(self, until: datetime | None) -> Reply:
        headers = {} if until is None else {"X-RateLimit-Reset": iso(until), "X-RateLimit-Remaining": "0"}
        return Reply({"error": "Too many requests"}, 429, headers)


def _account(post: SimulatedPost) -> JsonObject:
    return {"id": str(sum(map(ord, post.author))), "username": post.author, "acct": post.author, "display_name": ""}
