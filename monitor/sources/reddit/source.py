"""Reddit through praw: searches, comments and submissions of subreddits, whole threads, mentions and replies.

Search finds submissions only and lags by minutes; comments come from the listings of named subreddits and from the
threads of submissions that match. Reddit knows no times: a listing is read from its newest post back, and ends after
about 1,000 posts, a search after about 250 (`Listing.cap`). A comment in neither of them cannot be found.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from monitor.errors import Forbidden, QueryRejected, UnexpectedAnswer
from monitor.models.listings import Recheck, Listing, Meter, ReceivedPage, StreamMessage, ThreadRoot, PageRequest
from monitor.query import parser
from monitor.query.translation import translate
from monitor.settings.loading import Brand, Settings
from monitor.sources import http
from monitor.sources.reddit import stream as reddit_stream
from monitor.sources.reddit import things
from monitor.sources.reddit.dialect import DIALECT
from monitor.sources.reddit.mention import to_mention
from monitor.sources.reddit.network import RedditSettings
from monitor.sources.reddit.threads import LOOKED_UP, Threads

if TYPE_CHECKING:
    from monitor.sources.reddit.client import Client

__all__ = ["connect", "listings", "to_mention"]

_PATHS = {
    "search": "r/all/search/",
    "submissions": "r/{}/new",
    "comments": "r/{}/comments/",
    "own submissions": "r/{}/new",
    "own comments": "r/{}/comments/",
    "mentions": "message/mentions",
    "replies": "message/comments/",
    "answers": "message/selfreply/",
}
_CAP, _SEARCH_CAP = 1_000, 250
_PAGE = 100
_DOUBTFUL = 20  # posts; when so many are looked up and none is answered, nothing is concluded from it
_SUBREDDIT = re.compile(r"[A-Za-z0-9_+-]{2,}")


def listings(brand: Brand, settings: Settings) -> list[Listing]:
    """Searches for the brand's queries, its own subreddits (`places.reddit`), the named ones, and its inbox.

    Mentions and replies are read when a user is logged in, and are about the brand whose own account that is.
    """
    section = settings.networks.of("reddit", RedditSettings)
    own = [_subreddit(name) for name in brand.places.get("reddit", ())]
    others = [name for name in map(_subreddit, section.subreddits) if name.casefold() not in map(str.casefold, own)]
    found = [
        Listing("reddit", "search", request, brand.name, text, cap=_SEARCH_CAP)
        for text in brand.queries
        for request in translate(parser.parse(text), DIALECT)
    ]
    for kind in ("submissions", "comments"):
        found += [Listing("reddit", f"own {kind}", name, brand.name, whole=True, cap=_CAP) for name in own]
        found += [Listing("reddit", kind, name, brand.name, cap=_CAP) for name in others]
    return found + _inbox(brand, settings)


def _subreddit(name: str) -> str:
    short = name.strip().strip("/").removeprefix("r/")
    if not _SUBREDDIT.fullmatch(short):
        raise QueryRejected(f"reddit: {name[:40]!r} is no subreddit; write its name as in r/mexico, without r/")
    return short


def _inbox(brand: Brand, settings: Settings) -> list[Listing]:
    section = settings.networks.of("reddit", RedditSettings)
    user = section.username.removeprefix("u/")
    if not (section.refresh_token.get_secret_value() or (user and section.password.get_secret_value())):
        return []
    owner = next((one.name for one in settings.brands if user.casefold() in one.own_accounts), None)
    if owner not in (None, brand.name):
        return []
    target = user or "the user of the refresh token"
    return [
        Listing("reddit", kind, target, brand.name, whole=owner is not None, cap=_CAP)
        for kind in ("mentions", "replies", "answers")
    ]


def connect(settings: Settings, meter: Meter) -> "RedditSource":
    """Opens the client. Raises BadCredentials naming the variables that are not set."""
    section = settings.networks.of("reddit", RedditSettings)
    lacking = [name for name in ("client_id", "client_secret") if not getattr(section, name).get_secret_value()]
    if section.password.get_secret_value() and not section.username:
        lacking.append("username")
    if lacking:
        raise http.missing_credentials("reddit", section, *lacking)
    from monitor.sources.reddit.client import Client

    return RedditSource(Client(section, meter), section)


class RedditSource:
    """An open connection to Reddit."""

    check_size = LOOKED_UP

    def __init__(self, client: "Client", section: RedditSettings) -> None:
        self._client = client
        self.thread_days = section.thread_days
        self._threads = Threads(client)

    def probe(self) -> str:
        """Logs in; asks for the account's name where there is one."""
        scopes = self._client.scopes()
        if not self._client.has_user or not scopes & {"identity", "*"}:
            return "an application without a user"
        told = self._client.get("api/v1/me")
        name = told.get("name") if isinstance(told, dict) else None
        return f"u/{name}" if isinstance(name, str) else "an application without a user"

    def fetch(self, listing: Listing, want: PageRequest) -> ReceivedPage:
        """One page, by one request."""
        try:
            return self._threads.fetch(listing, want) if listing.kind == "thread" else self._page(listing, want)
        except (Forbidden, QueryRejected) as error:
            raise type(error)(f"{listing.key}: {error}") from None

    def _page(self, listing: Listing, want: PageRequest) -> ReceivedPage:
        """A cursor names the last posts of the page before, and their time: `t3_b t3_a 1467590690.0`.

        When the first of them was deleted meanwhile, Reddit may answer an empty page: then the other one is tried.
        """
        *names, time = want.cursor.split() if want.cursor else ("",)
        asked: dict[str, Any] = {"limit": _PAGE} | ({"after": names[0]} if names else {})
        if listing.kind == "search":
            asked |= {"q": listing.target, "sort": "new", "t": "all", "type": "link", "restrict_sr": "False"}
            asked |= {"include_over_18": "on"}
        found = things.shelf(self._client.get(_PATHS[listing.kind].format(listing.target), **asked), listing.key)
        if names and not found.things and not found.after:
            left = names[1:]
            return ReceivedPage((), " ".join((*left, time)) if left else None, oldest=things.moment(float(time)))
        cursor = _cursor(found) if found.after else None
        return things.answer(found.things, f"reddit {listing.key}", cursor)

    def follow(self, threads: Sequence[ThreadRoot]) -> Sequence[Listing]:
        """The threads that have comments, by one look-up for 100; `fetch` asks for those that have more than before."""
        return self._threads.follow(threads)

    def check(self, post_ids: Sequence[str]) -> Recheck:
        """Looks posts up; those removed, and those Reddit does not answer any more, are gone."""
        asked = [one for one in post_ids if things.is_fullname(one)][: self.check_size]
        if not asked:
            return Recheck()
        found = self._threads.look_up(asked)
        page = things.answer(found.things, "reddit look-up", None)
        if not found.things and len(asked) >= _DOUBTFUL:
            return Recheck()
        there = {things.fullname(one) for one in found.things}
        if None in there:
            raise UnexpectedAnswer("reddit: a post that was looked up has no name")
        dropped = set(asked) - there
        return Recheck(page.posts, (*page.gone, *sorted(dropped)))

    def stream(self, listings: Sequence[Listing], stop: threading.Event) -> Iterator[StreamMessage]:
        """New posts of these listings, asked for in turn; the first answers hold about 100 old posts each."""
        return reddit_stream.polled(self.fetch, listings, stop)


def _cursor(found: things.Shelf) -> str:
    names = [one for one in map(things.fullname, found.things[-2:-1]) if one and one != found.after]
    times = [one for one in (things.moment(things.body(thing).get("created_utc")) for thing in found.things) if one]
    return " ".join((str(found.after), *names, str(times[-1].timestamp() if times else 0.0)))
