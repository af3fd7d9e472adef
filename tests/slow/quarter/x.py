"""X as its documentation has it: recent search and mentions of an account, look-ups, prices.

docs.x.com, checked against the OpenAPI that Prism serves in test_x_prism.py: 10 to 100 posts a page, in the order of
their ids; seven days back, the newest half a minute ago; a `start_time` out of reach or in the future is refused, so is
an `end_time` nearer than ten seconds; of an account's mentions the last 800; an edit is a post of its own. Every
post and account is paid for once a UTC day.
"""

from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import ClassVar

from tests.slow.quarter.network import JsonObject, QuarterNetwork, iso
from tests.slow.quarter.world import Author, SimulatedPost
from tests.sources.fakes import FakePost, Posts, Reply, Request

_EPOCH = 1_288_834_974_657
_REACH = timedelta(days=7)
_FRESH = timedelta(seconds=30)
_MOST_MENTIONS = 800
_ACCOUNT = "2100000001"
_POST, _USER, _MENTION = 0.005, 0.010, 0.001  # dollars


class XNetwork(QuarterNetwork):
    """X. Its budgets are in dollars."""

    name = "x"
    section: ClassVar[JsonObject] = {"bearer_token": "made-up-token-of-x"}
    own_accounts = ("norvia_ayuda",)
    full_budget: ClassVar[dict[str, float]] = {"daily_dollars": 20.0}
    poor_budget: ClassVar[dict[str, float]] = {"daily_dollars": 0.4}
    dearest_answer = 100 * (_POST + _USER)

    def populate(self, author: Author) -> None:
        author.most_late = timedelta(minutes=8)
        author.everyday("search", 40)
        author.everyday("mentions", 15)
        author.vanish("search", 120, 35)
        author.flood("search", 20.4, 3_000)
        author.flood("mentions", 55.6, 1_500)

    def identity(self, post: SimulatedPost) -> str:
        return self._snowflake(post, post.made_at)

    def _snowflake(self, post: SimulatedPost, made_at: datetime) -> str:
        """Milliseconds, and bits that put posts of the same one in no order."""
        low = (post.number * 2_654_435_761) % (1 << 22)
        return str(((int(made_at.timestamp() * 1000) - _EPOCH) << 22) + low)

    def answer(self, request: Request, posts: Posts) -> Reply:
        if request.headers.get("authorization") != "Bearer made-up-token-of-x":
            return Reply({"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}, 401)
        if request.path == "/2/tweets":
            return self._look_up(request.query["ids"].split(","))
        if request.path == "/2/users/by/username/norvia_ayuda":
            self._charge({f"user:{_ACCOUNT}": _USER})
            return Reply({"data": {"id": _ACCOUNT, "name": "Norvia", "username": "norvia_ayuda"}})
        if request.path == "/2/tweets/search/recent":
            return self._page(request, "search", _POST)
        assert request.path == f"/2/users/{_ACCOUNT}/mentions", request.path
        return self._page(request, "mentions", _MENTION)

    def _page(self, request: Request, kind: str, price: float) -> Reply:
        query, at = request.query, self.now()
        earliest = at - _REACH if kind == "search" else datetime(2010, 11, 7, tzinfo=UTC)
        since = _moment(query.get("start_time")) or earliest
        until = _moment(query.get("end_time")) or at - _FRESH
        refusal = _refusal(query.get("start_time"), since, until, earliest, at)
        if refusal:
            return refusal
        size = int(query["max_results"])
        assert 10 <= size <= 100
        listed = self._listed(kind, since, until)
        token = query.get("next_token") or query.get("pagination_token")
        below = int(token.removeprefix("b26v89"), 36) if token else None
        page = list(islice((post for post in listed if below is None or self._order(post) < below), size + 1))
        page, more = page[:size], len(page) > size
        meta: JsonObject = {"result_count": len(page)}
        answer: JsonObject = {"meta": meta}
        if page:
            versions = [self._version(post) for post in page]
            meta |= {"newest_id": versions[0], "oldest_id": versions[-1]}
            answer |= {"data": [self._tweet(post) for post in page], "includes": {"users": _users(page)}}
        if more:
            meta["next_token"] = f"b26v89{_base36(self._order(page[-1]))}"
        self._charge({f"post:{post['id']}": price for post in answer.get("data", ())})
        self._charge({f"user:{user['id']}": _USER for user in answer.get("includes", {}).get("users", ())})
        return Reply(answer, headers=self._limits(), first=0)

    def _listed(self, kind: str, since: datetime, until: datetime) -> list[SimulatedPost]:
        """In the order of ids, which are those of the last versions."""
        earliest = since - timedelta(hours=2) if kind == "search" else None
        visible = self.posts.newest_first(kind, self.now(), earliest)
        listed = sorted(visible, key=self._order, reverse=True)
        if kind == "mentions":
            listed = listed[:_MOST_MENTIONS]
        return [post for post in listed if since <= self._made_at(post) < until]

    def _made_at(self, post: SimulatedPost) -> datetime:
        return post.edited_at(self.now()) or post.made_at

    def _version(self, post: SimulatedPost) -> str:
        return self._snowflake(post, self._made_at(post))

    def _order(self, post: SimulatedPost) -> int:
        return int(self._version(post))

    def _tweet(self, post: SimulatedPost, version: str = "") -> JsonObject:
        latest = self._version(post)
        shown = version or latest
        is_first = shown == post.post_id
        return {
            "id": shown,
            "text": post.text if is_first else post.text_at(self.now()),
            "created_at": iso((post.made_at if is_first else self._made_at(post)).replace(microsecond=0)),
            "author_id": _user_id(post),
            "conversation_id": post.post_id,
            "edit_history_tweet_ids": list(dict.fromkeys((post.post_id, latest))),
            "lang": "es",
            "public_metrics": {"retweet_count": 0, "reply_count": 0, "like_count": 0, "quote_count": 0},
        }

    def _look_up(self, ids: list[str]) -> Reply:
        assert 1 <= len(ids) <= 100
        tweets, errors = [], []
        for post_id in ids:
            post = self.posts.by_id.get(post_id) or self._by_version(post_id)
            if post is not None and self.shown(post):
                tweets.append(self._tweet(post, post_id))
            else:
                errors.append(_not_found(post_id))
        self._charge({f"post:{tweet['id']}": _POST for tweet in tweets})
        return Reply(
            ({"data": tweets} if tweets else {}) | ({"errors": errors} if errors else {}), headers=self._limits()
        )

    def _by_version(self, version: str) -> SimulatedPost | None:
        return next((post for post in self.posts.all if post.edits and self._version(post) == version), None)

    def _charge(self, prices: dict[str, float]) -> None:
        at = self.now()
        if any(self.forecast.has(trouble, at) for trouble in ("down", "limited", "silenced")):
            return  # the answer is not given
        day = at.date()
        paid: set[str] = self._paid.setdefault(day, set())
        self.spend(sum(price for resource, price in prices.items() if resource not in paid))
        paid.update(prices)

    @cached_property
    def _paid(self) -> dict[object, set[str]]:
        """What was paid for on each day."""
        return {}

    def _limits(self) -> dict[str, str]:
        reset = int(self.now().timestamp()) + 900
        return {"x-rate-limit-limit": "450", "x-rate-limit-remaining": "440", "x-rate-limit-reset": str(reset)}

    def error(self, status: int) -> Reply:
        return Reply({"title": "Service Unavailable", "detail": "over capacity", "type": "about:blank"}, status)

    def limited(self, until: datetime | None) -> Reply:
        headers = {} if until is None else {"x-rate-limit-reset": str(int(until.timestamp()))}
        return Reply({"title": "Too Many Requests", "detail": "Too Many Requests", "status": 429}, 429, headers)

    def post_id(self, post: FakePost) -> str:
        raise NotImplementedError


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def _refusal(written: str | None, since: datetime, until: datetime, earliest: datetime, at: datetime) -> Reply | None:
    """X's refusal of time bounds it does not take."""
    if since < earliest - timedelta(seconds=5):
        return _invalid("start_time", str(written), f"must be on or after {earliest:%Y-%m-%dT%H:%MZ}.")
    if written and since > at - timedelta(seconds=10):
        return _invalid("start_time", written, "must be a minimum of 10 seconds prior to the request time.")
    if until > at - timedelta(seconds=10):
        return _invalid("end_time", iso(until), "must be a minimum of 10 seconds prior to the request time.")
    if written and since >= until:
        return _invalid("start_time", written, "must be before 'end_time'.")
    return None


def _invalid(name: str, value: str, rule: str) -> Reply:
    message = f"Invalid '{name}':'{value}'. '{name}' {rule}"
    errors = [{"parameters": {name: [value]}, "message": message}]
    detail = "One or more parameters to your request was invalid."
    kind = "https://api.twitter.com/2/problems/invalid-request"
    return Reply({"errors": errors, "title": "Invalid Request", "detail": detail, "type": kind}, 400)


def _not_found(post_id: str) -> JsonObject:
    return {
        "value": post_id,
        "detail": f"Could not find tweet with ids: [{post_id}].",
        "title": "Not Found Error",
        "resource_type": "tweet",
        "parameter": "ids",
        "resource_id": post_id,
        "type": "https://api.twitter.com/2/problems/resource-not-found",
    }


def _users(page: list[SimulatedPost]) -> list[JsonObject]:
    names = {_user_id(post): post.author for post in page}
    return [{"id": user_id, "name": name, "username": name} for user_id, name in names.items()]


def _user_id(post: SimulatedPost) -> str:
    return str(2_200_000_000 + sum(map(ord, post.author)) * 1_000 + len(post.author))


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return _base36(number // 36) + digits[number % 36] if number >= 36 else digits[number]
