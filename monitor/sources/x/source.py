"""X, through tweepy and the API v2: recent search for a brand's queries, mentions of its accounts, the filtered stream.

The credential is an app's bearer token. Recent search reaches seven days back, mentions 800 posts.
"""

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from monitor.errors import QueryRejected, UnexpectedAnswer
from monitor.models.listings import Charge, Checked, Listing, Meter, ReceivedPage, Sent, Want
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

__all__ = ["connect", "listings", "to_mention"]

_MOST_MENTIONS = 800
_MOST_COUNTS = 100  # pages
_HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")
_ID = re.compile(r"[0-9]{1,19}")


def listings(brand: Brand, settings: Settings) -> list[Listing]:  # noqa: ARG001 (every source has it)
    """A search for each request that a query translates to, and the mentions of each own account.

    `brand.places["x"]` names the accounts there; else every own account that can be a handle on X is taken for one.
    """
    searches = [
        Listing("x", "search", request, brand.name, written, dated=True)
        for written in brand.queries
        for request in translate(parser.parse(written), DIALECT)
    ]
    handles = [one.removeprefix("@").casefold() for one in brand.places.get("x", brand.own_accounts)]
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
    """X's API as a Source that Rechecks, Streams and Estimates."""

    check_size = 100

    def __init__(self, section: XSettings, meter: Meter) -> None:
        import tweepy

        self._section, self._meter = section, meter
        self._client = open_client(tweepy.Client, section, meter)
        self._accounts: dict[str, str] = {}

    def fetch(self, listing: Listing, want: Want) -> ReceivedPage:
        """One page of up to 100 posts, the newest first."""
        now = datetime.now(UTC)
        parameters = {"max_results": 100, **FIELDS, **span(listing, want, now)}
        note, price = "", self._section.post_dollars
        charges: tuple[Charge, ...] = ()
        if listing.kind == "mentions":
            price = self._section.mention_dollars
            note, charges = self._account(listing.target, want.note)
            answer = ask(self._client.get_users_mentions, note, pagination_token=want.cursor, **parameters)
        else:
            answer = ask(
                self._client.search_recent_tweets,
                listing.target,
                sort_order="recency",
                next_token=want.cursor,
                **parameters,
            )
        posts = responses.posts(answer, f"x {listing.kind}: {listing.target}", now, self._section)
        times = responses.times(posts)
        return ReceivedPage(
            posts,
            cursor=responses.next_cursor(answer),
            newest=max(times, default=None),
            oldest=times[-1] if times else None,
            gone=responses.deleted_posts(answer),
            note=note,
            charges=(*charges, *responses.charges(answer, self._section, price)),
        )

    def _account(self, handle: str, known: str) -> tuple[str, tuple[Charge, ...]]:
        """The id of an account, looked up where nobody remembers it. Raises QueryRejected when there is none."""
        if known or handle in self._accounts:
            return known or self._accounts[handle], ()
        answer = ask(self._client.get_user, username=handle)
        responses.raise_for_errors(answer, self._section)
        told = answer.get("data")
        found = id_of(told) if isinstance(told, Mapping) else None
        if found is None:
            said = errors.error_text(responses.errors(answer))
            raise QueryRejected(
                f"x: there is no account @{handle} ({said}); brands.places.x names the brand's accounts"
            )
        self._accounts[handle] = found
        return found, (Charge(f"user:{found}", self._section.user_dollars),)

    def probe(self) -> str:
        """Asks how much the project has read, which costs nothing."""
        told = get(self._client, self._section, "/2/usage/tweets").get("data")
        if not isinstance(told, Mapping):
            raise UnexpectedAnswer("x: an answer about usage that holds none")
        used, most = told.get("project_usage"), told.get("project_cap")
        return f"project {told.get('project_id')}, {used} of {most} posts read this month"

    def check(self, post_ids: Sequence[str]) -> Checked:
        """Posts as they are now. An id asks for its own version, so that edited posts are asked for a second time."""
        asked = [one for one in post_ids if _ID.fullmatch(one)]  # one wrong id has all of them refused
        if not asked:
            return Checked()
        now = datetime.now(UTC)
        first = self._looked_up(asked)
        posts, gone = self._checked(first, asked, now)
        charges = responses.charges(first, self._section, self._section.post_dollars)
        later = {own: last for own, last in map(_own_and_latest_id, posts) if own != last}
        if later:
            second = self._looked_up(list(later.values()))
            edited, gone_too = self._checked(second, list(later.values()), now)
            charges += responses.charges(second, self._section, self._section.post_dollars)
            posts = (*(one for one in posts if _own_and_latest_id(one)[0] not in later), *edited)
            gone += tuple(own for own, last in later.items() if last in gone_too)
        return Checked(posts, gone, charges)

    def _looked_up(self, post_ids: list[str]) -> Mapping[str, Any]:
        return ask(self._client.get_tweets, post_ids, **FIELDS_AGAIN)

    def _checked(
        self, answer: Mapping[str, Any], asked: list[str], now: datetime
    ) -> tuple[tuple[Post, ...], tuple[str, ...]]:
        responses.raise_for_errors(answer, self._section)
        told = answer.get("data")
        if not told and not responses.errors(answer):
            raise UnexpectedAnswer("x: an answer about posts that names none")
        posts = responses.join_posts(told if isinstance(told, list) else [], answer, "x check", now)
        return posts, responses.deleted_posts(answer, asked=frozenset(asked))

    def estimate(self, listing: Listing, since: datetime | None, until: datetime | None) -> int:
        """How many posts of the last seven days there are; of mentions, how many name the account."""
        asked = listing.target if listing.kind == "search" else f"@{listing.target}"
        now = datetime.now(UTC)
        bounds = span(listing, Want(since and max(since, now - REACH), until), now)
        parameters = {"query": asked, "granularity": "day"}
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

    def stream(self, listings: Sequence[Listing], stop: threading.Event) -> Iterator[Sent]:
        """The filtered stream, its rules brought in line with the listings first; with what its posts cost."""
        import tweepy

        client = open_client(tweepy.StreamingClient, self._section, self._meter)
        others = x_stream.set_rules(client, x_stream.rules(listings), self._section)
        for post in x_stream.posts(client, FIELDS, self._section, others, stop):
            yield from (None,) if post is None else x_stream.with_charges(post, listings, self._section)


def _own_and_latest_id(post: Post) -> tuple[str, str]:
    """The ids of the version shown and of the latest one; empty where a post has none."""
    told = post.raw["post"]
    own = (id_of(told) if isinstance(told, Mapping) else None) or ""
    versions = version_ids(told) if own else ()
    return own, versions[-1] if versions else own
