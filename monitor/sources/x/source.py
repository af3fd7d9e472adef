"""X, through tweepy and the API v2: recent search for a brand's queries, mentions of its accounts, the filtered stream.

The credential is an app's bearer token. Recent search reaches seven days back, mentions 800 posts.
"""

import logging
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from monitor.errors import QueryRejected, UnexpectedAnswer
from monitor.models.listings import Charge, Listing, Meter, PageRequest, ReceivedPage, Recheck, StreamMessage
from monitor.models.posts import Post
from monitor.query import parser
from monitor.query.translation import translate
from monitor.settings.loading import Brand, Settings
from monitor.sources import http
from monitor.sources.x import errors, responses
from monitor.sources.x import stream as x_stream
from monitor.sources.x.client import ask, get, open_client
from monitor.sources.x.dialect import DIALECT
from monitor.sources.x.mention import id_of, to_mention, version_ids
from monitor.sources.x.network import XSettings
from monitor.sources.x.parameters import FIELDS, FIELDS_AGAIN, REACH, span
from monitor.text.folding import fold_handle

__all__ = ["connect", "listings", "to_mention"]

logger = logging.getLogger(__name__)

_MOST_MENTIONS = 800
_MOST_COUNTS = 100  # pages
_MOST_WITH_ONE = 4  # posts paid for when one is looked up: it, its latest version, what it answers and quotes
_HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")
_ID = re.compile(r"[0-9]{1,19}")


def listings(brand: Brand, settings: Settings) -> list[Listing]:  # noqa: ARG001 (every source has it)
    """A search for each request that a query translates to, and the mentions of each own account.

    `brand.places["x"]` names the accounts there; else every own account that can be a handle on X is taken for one.
    """
    searches = [
        Listing("x", "search", request, brand.name, text, dated=True, reach_days=REACH.days)
        for text in brand.queries
        for request in translate(parser.parse(text), DIALECT)
    ]
    handles = map(fold_handle, brand.places.get("x", brand.own_accounts))
    mentions = [
        Listing("x", "mentions", handle, brand.name, whole=True, dated=True, cap=_MOST_MENTIONS)
        for handle in dict.fromkeys(handles)
        if _HANDLE.fullmatch(handle)
    ]
    return searches + mentions


def connect(settings: Settings, meter: Meter) -> "XConnection":
    """A client with the section's token; makes no request. Raises BadCredentials when there is none."""
    section = settings.networks.of("x", XSettings)
    if not section.bearer_token.get_secret_value().strip():
        raise http.missing_credentials("x", section, "bearer_token")
    return XConnection(section, meter)


class XConnection:
    """X's API as a Source that Rechecks (at a price), Streams and Estimates."""

    check_size = 100

    def __init__(self, section: XSettings, meter: Meter) -> None:
        import tweepy

        self._section, self._meter = section, meter
        self._client = open_client(tweepy.Client, section, meter)
        self._accounts: dict[str, str] = {}

    def fetch(self, listing: Listing, request: PageRequest) -> ReceivedPage:
        """One page of up to 100 posts, the newest first."""
        now = datetime.now(UTC)
        parameters = {"max_results": 100, **FIELDS, **span(listing, request, now)}
        note, price = "", self._section.post_dollars
        charges: tuple[Charge, ...] = ()
        if listing.kind == "mentions":
            price = self._section.mention_dollars
            note, charges = self._account(listing.target, request.note)
            answer = ask(self._client.get_users_mentions, note, pagination_token=request.cursor, **parameters)
        else:
            answer = ask(
                self._client.search_recent_tweets,
                listing.target,
                sort_order="recency",
                next_token=request.cursor,
                **parameters,
            )
        posts = responses.posts(answer, f"x {listing.kind}: {listing.target}", now, self._section)
        times = responses.times(posts)
        logger.debug("page read", extra={"network": "x", "listing_kind": listing.kind, "count": len(posts)})
        return ReceivedPage(
            posts,
            cursor=responses.next_cursor(answer),
            newest=max(times, default=None),
            oldest=times[-1] if times else None,
            gone=responses.deleted_posts(answer),
            note=note,
            charges=(*charges, *responses.charges(answer, self._section, price)),
            gaps=responses.withheld(answer, posts),
        )

    def _account(self, handle: str, account_id: str) -> tuple[str, tuple[Charge, ...]]:
        """The id of an account, looked up where nobody remembers it. Raises QueryRejected when there is none."""
        if account_id or handle in self._accounts:
            return account_id or self._accounts[handle], ()
        answer = ask(self._client.get_user, username=handle)
        responses.raise_for_errors(answer, self._section)
        account = answer.get("data")
        user_id = id_of(account) if isinstance(account, Mapping) else None
        if user_id is None:
            explanation = errors.error_text(responses.errors(answer))
            raise QueryRejected(
                f"x: there is no account @{handle} ({explanation}); brands.places.x names the brand's accounts"
            )
        self._accounts[handle] = user_id
        logger.info("account looked up", extra={"network": "x", "listing_kind": "mentions"})
        return user_id, (Charge(f"user:{user_id}", self._section.user_dollars),)

    def probe(self) -> str:
        """Asks how much the project has read, which costs nothing."""
        usage = get(self._client, self._section, "/2/usage/tweets").get("data")
        if not isinstance(usage, Mapping):
            raise UnexpectedAnswer("x: an answer about usage that holds none")
        reads, cap = usage.get("project_usage"), usage.get("project_cap")
        return f"project {usage.get('project_id')}, {reads} of {cap} posts read this month"

    def check(self, post_ids: Sequence[str]) -> Recheck:
        """Posts as they are now. An id asks for its own version, so that edited posts are asked for a second time."""
        # One wrong id has all of them refused.
        requested_ids = [post_id for post_id in post_ids if _ID.fullmatch(post_id)]
        if not requested_ids:
            return Recheck()
        now = datetime.now(UTC)
        lookup = self._look_up(requested_ids)
        posts, gone = self._parse_lookup(lookup, requested_ids, now)
        charges = responses.charges(lookup, self._section, self._section.post_dollars)
        edits = {version: latest for version, latest in map(_shown_and_latest_id, posts) if version != latest}
        if edits:
            lookup = self._look_up(list(edits.values()))
            edited_posts, gone_edits = self._parse_lookup(lookup, list(edits.values()), now)
            charges += responses.charges(lookup, self._section, self._section.post_dollars)
            posts = (*(post for post in posts if _shown_and_latest_id(post)[0] not in edits), *edited_posts)
            gone += tuple(version for version, latest in edits.items() if latest in gone_edits)
        logger.debug("posts looked up", extra={"network": "x", "count": len(requested_ids)})
        return Recheck(posts, gone, charges)

    def recheck_price(self) -> tuple[float, int]:
        """A post, with at most its latest version and what both refer to."""
        return self._section.post_dollars, _MOST_WITH_ONE

    def _look_up(self, post_ids: list[str]) -> Mapping[str, Any]:
        return ask(self._client.get_tweets, post_ids, **FIELDS_AGAIN)

    def _parse_lookup(
        self, answer: Mapping[str, Any], requested_ids: list[str], now: datetime
    ) -> tuple[tuple[Post, ...], tuple[str, ...]]:
        responses.raise_for_errors(answer, self._section)
        tweets = answer.get("data")
        if not tweets and not responses.errors(answer):
            raise UnexpectedAnswer("x: an answer about posts that names none")
        posts = responses.join_posts(tweets if isinstance(tweets, list) else [], answer, "x check", now)
        return posts, responses.deleted_posts(answer, requested_ids=frozenset(requested_ids))

    def estimate(self, listing: Listing, since: datetime | None, until: datetime | None) -> int:
        """How many posts of the last seven days there are; of mentions, how many name the account."""
        query = listing.target if listing.kind == "search" else f"@{listing.target}"
        now = datetime.now(UTC)
        bounds = span(listing, PageRequest(since and max(since, now - REACH), until), now)
        parameters = {"query": query, "granularity": "day"}
        parameters |= {name: f"{bound:%Y-%m-%dT%H:%M:%SZ}" for name, bound in bounds.items()}
        total = 0
        for _ in range(_MOST_COUNTS):
            answer = get(self._client, self._section, "/2/tweets/counts/recent", parameters)
            total += responses.total(answer)
            cursor = responses.next_cursor(answer)
            if cursor is None:
                return total
            parameters["next_token"] = cursor
        raise UnexpectedAnswer("x: the pages of the counts have no end")

    def price(self, listing: Listing) -> tuple[float, float]:
        """Dollars that a post of it costs, and its author."""
        section = self._section
        return section.mention_dollars if listing.kind == "mentions" else section.post_dollars, section.user_dollars

    def stream(self, listings: Sequence[Listing], stop: threading.Event) -> Iterator[StreamMessage]:
        """The filtered stream, its rules brought in line with the listings first; with what its posts cost."""
        import tweepy

        client = open_client(tweepy.StreamingClient, self._section, self._meter)
        foreign_rules = x_stream.set_rules(client, x_stream.rules(listings), self._section)
        for post in x_stream.posts(client, FIELDS, self._section, foreign_rules, stop):
            yield from (None,) if post is None else x_stream.with_charges(post, listings, self._section)


def _shown_and_latest_id(post: Post) -> tuple[str, str]:
    """The ids of the version shown and of the latest one; empty where a post has none."""
    tweet = post.raw["post"]
    shown_id = (id_of(tweet) if isinstance(tweet, Mapping) else None) or ""
    versions = version_ids(tweet) if shown_id else ()
    return shown_id, versions[-1] if versions else shown_id
