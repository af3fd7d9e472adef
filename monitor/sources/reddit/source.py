"""Reddit through praw: searches, comments and submissions of subreddits, whole threads, mentions and replies.

Search finds submissions only and lags by minutes; comments come from the listings of named subreddits and from the
threads of submissions that match. Reddit knows no times: a listing is read from its newest post back, and ends after
about 1,000 posts, a search after about 250 (`Listing.cap`). A comment in neither of them cannot be found.
"""

import logging
import re
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from monitor.errors import Forbidden, QueryRejected, UnexpectedAnswer
from monitor.models.listings import Listing, Meter, PageRequest, ReceivedPage, Recheck, StreamMessage, ThreadRoot
from monitor.query import parser
from monitor.query.translation import translate
from monitor.settings.loading import Brand, Settings
from monitor.sources import http
from monitor.sources.reddit import nodes
from monitor.sources.reddit import stream as reddit_stream
from monitor.sources.reddit.dialect import DIALECT
from monitor.sources.reddit.mention import to_mention
from monitor.sources.reddit.network import RedditSettings
from monitor.sources.reddit.threads import LOOKUP_SIZE, Threads

if TYPE_CHECKING:
    from monitor.sources.reddit.client import RedditClient

logger = logging.getLogger(__name__)

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
_IMPLAUSIBLE = 20  # posts; when so many are looked up and none is answered, nothing is concluded from it
_SUBREDDIT = re.compile(r"[A-Za-z0-9_+-]{2,}")


def listings(brand: Brand, settings: Settings) -> list[Listing]:
    """Searches for the brand's queries, its own subreddits (`places.reddit`), the named ones, and its inbox.

    Mentions and replies are read when a user is logged in, and are about the brand whose own account that is.
    """
    section = settings.networks.of("reddit", RedditSettings)
    own = [_subreddit(name) for name in brand.places.get("reddit", ())]
    external = [name for name in map(_subreddit, section.subreddits) if name.casefold() not in map(str.casefold, own)]
    searches = [
        Listing("reddit", "search", search, brand.name, text, cap=_SEARCH_CAP)
        for text in brand.queries
        for search in translate(parser.parse(text), DIALECT)
    ]
    named: list[Listing] = []
    for kind in ("submissions", "comments"):
        named += [Listing("reddit", f"own {kind}", name, brand.name, whole=True, cap=_CAP) for name in own]
        named += [Listing("reddit", kind, name, brand.name, cap=_CAP) for name in external]
    return searches + named + _inbox(brand, settings)


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
    owner = next((candidate.name for candidate in settings.brands if user.casefold() in candidate.own_accounts), None)
    if owner not in (None, brand.name):
        return []
    target = user or "the user of the refresh token"
    return [
        Listing("reddit", kind, target, brand.name, whole=owner is not None, cap=_CAP)
        for kind in ("mentions", "replies", "answers")
    ]


def connect(settings: Settings, meter: Meter) -> "RedditConnection":
    """Opens the client. Raises BadCredentials naming the variables that are not set."""
    section = settings.networks.of("reddit", RedditSettings)
    lacking = [name for name in ("client_id", "client_secret") if not getattr(section, name).get_secret_value()]
    if section.password.get_secret_value() and not section.username:
        lacking.append("username")
    if lacking:
        raise http.missing_credentials("reddit", section, *lacking)
    from monitor.sources.reddit.client import RedditClient

    return RedditConnection(RedditClient(section, meter), section)


class RedditConnection:
    """An open connection to Reddit."""

    check_size = LOOKUP_SIZE

    def __init__(self, client: "RedditClient", section: RedditSettings) -> None:
        self._client = client
        self.thread_days = section.thread_days
        self._threads = Threads(client, section.thread_days)

    def probe(self) -> str:
        """Logs in; asks for the account's name where there is one."""
        scopes = self._client.scopes()
        if not self._client.has_user or not scopes & {"identity", "*"}:
            return "an application without a user"
        account = self._client.get("api/v1/me")
        name = account.get("name") if isinstance(account, dict) else None
        return f"u/{name}" if isinstance(name, str) else "an application without a user"

    def fetch(self, listing: Listing, request: PageRequest) -> ReceivedPage:
        """One page, by one request."""
        try:
            return self._threads.fetch(listing, request) if listing.kind == "thread" else self._page(listing, request)
        except (Forbidden, QueryRejected) as error:
            raise type(error)(f"{listing.key}: {error}") from None

    def _page(self, listing: Listing, request: PageRequest) -> ReceivedPage:
        """A cursor names the last posts of the page before, and their time: `t3_b t3_a 1467590690.0`.

        When the first of them was deleted meanwhile, Reddit may answer an empty page: then the other one is tried.
        """
        *names, time = request.cursor.split() if request.cursor else ("",)
        parameters: dict[str, Any] = {"limit": _PAGE} | ({"after": names[0]} if names else {})
        if listing.kind == "search":
            parameters |= {"q": listing.target, "sort": "new", "t": "all", "type": "link", "restrict_sr": "False"}
            parameters |= {"include_over_18": "on"}
        answer = self._client.get(_PATHS[listing.kind].format(listing.target), **parameters)
        children = nodes.parse_listing(answer, listing.key)
        if names and not children.nodes and not children.after:
            remaining = names[1:]
            return ReceivedPage(
                (), " ".join((*remaining, time)) if remaining else None, oldest=nodes.moment(float(time))
            )
        cursor = _cursor(children) if children.after else None
        return nodes.to_page(children.nodes, f"reddit {listing.key}", cursor)

    def follow(self, threads: Sequence[ThreadRoot]) -> Sequence[Listing]:
        """The threads that have comments, by one look-up for 100; `fetch` asks for those that have more than before."""
        return self._threads.follow(threads)

    def check(self, post_ids: Sequence[str]) -> Recheck:
        """Looks posts up; those removed, and those Reddit does not answer any more, are gone."""
        names = [post_id for post_id in post_ids if nodes.is_fullname(post_id)][: self.check_size]
        if not names:
            return Recheck()
        listing = self._threads.look_up(names)
        page = nodes.to_page(listing.nodes, "reddit look-up", None)
        if not listing.nodes and len(names) >= _IMPLAUSIBLE:
            logger.warning("nothing answered to a look-up", extra={"network": "reddit", "count": len(names)})
            return Recheck()
        present = {nodes.fullname(node) for node in listing.nodes}
        if None in present:
            raise UnexpectedAnswer("reddit: a post that was looked up has no name")
        missing = set(names) - present
        return Recheck(page.posts, (*page.gone, *sorted(missing)))

    def stream(self, listings: Sequence[Listing], stop: threading.Event) -> Iterator[StreamMessage]:
        """New posts of these listings, asked for in turn; the first answers hold about 100 old posts each."""
        return reddit_stream.poll_listings(self.fetch, listings, stop)


def _cursor(children: nodes.RedditListing) -> str:
    names = [name for name in map(nodes.fullname, children.nodes[-2:-1]) if name and name != children.after]
    times = [time for node in children.nodes if (time := nodes.moment(nodes.body(node).get("created_utc")))]
    return " ".join((str(children.after), *names, str(times[-1].timestamp() if times else 0.0)))
