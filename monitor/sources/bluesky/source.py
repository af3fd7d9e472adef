"""Bluesky, through the account's own server: searches, mentions and replies, look-ups, and Jetstream.

Searches are sorted by the time a post claims, cut at the time the network came to know it. They end after 10,000 posts;
there a new search goes on from the time of the last one, so that a listing has no cap here. `hitsTotal` is an estimate
that "may be rounded/truncated", by its own lexicon, and counts what nobody is shown; it is not compared with what came.
"""

import logging
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from monitor.errors import CursorExpired, QueryRejected, SourceUnavailable, UnexpectedAnswer
from monitor.models.listings import Listing, Meter, PageRequest, ReceivedPage, Recheck, StreamMessage
from monitor.query import parser
from monitor.query.translation import translate
from monitor.settings.loading import Brand, Settings
from monitor.sources import http
from monitor.sources.bluesky import responses, session
from monitor.sources.bluesky.dialect import DIALECT
from monitor.sources.bluesky.network import BlueskySettings
from monitor.sources.bluesky.paging import PAGE, Leg, iso
from monitor.sources.bluesky.posts import post_uri, to_mention
from monitor.text.folding import fold_handle

if TYPE_CHECKING:
    from monitor.sources.bluesky.client import BlueskyClient

__all__ = ["connect", "listings", "to_mention"]

logger = logging.getLogger(__name__)

NETWORK = "bluesky"
_REASONS = ("mention", "reply", "quote")
_INTERNAL = "InternalServerError"  # what a server answers, among others, to a cursor that it cannot read
_ERROR = re.compile(r"answered \d+: (\w+)")
_NOT_SERVED = ("MethodNotImplemented", "XRPCNotSupported")
_HANDLE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def listings(brand: Brand, settings: Settings) -> list[Listing]:
    """Searches for the brand's queries, notifications of the account that is logged in, mentions of other accounts."""
    searches = [
        Listing(NETWORK, "search", request, brand.name, text, dated=True)
        for text in brand.queries
        for request in translate(parser.parse(text), DIALECT)
    ]
    login = _login_handle(settings)
    accounts = [account for account in brand.own_accounts if _HANDLE.fullmatch(account)]
    if login and (login in brand.own_accounts or (len(settings.brands) == 1 and not accounts)):
        searches.append(Listing(NETWORK, "notifications", login, brand.name, whole=True))
    searches += [
        Listing(NETWORK, "mentions", account, brand.name, whole=True, dated=True)
        for account in accounts
        if account != login
    ]
    return searches


def _login_handle(settings: Settings) -> str:
    return fold_handle(settings.networks.of("bluesky", BlueskySettings).handle)


def connect(settings: Settings, meter: Meter) -> "BlueskyConnection":
    """Opens the client, with the session of the last run. Raises BadCredentials naming variables that are not set."""
    section = settings.networks.of("bluesky", BlueskySettings)
    values = {"handle": _login_handle(settings), "app_password": section.app_password.get_secret_value()}
    missing = [name for name, value in values.items() if not value]
    if missing:
        raise http.missing_credentials(NETWORK, section, *missing)
    from monitor.sources.bluesky.client import BlueskyClient

    section = section.model_copy(update={"handle": values["handle"]})
    return BlueskyConnection(
        section, meter, BlueskyClient(section, meter, session.session_file(settings.store.path, section.handle))
    )


class BlueskyConnection:
    """An open connection to a Bluesky server."""

    check_size = 25

    def __init__(self, section: BlueskySettings, meter: Meter, client: "BlueskyClient") -> None:
        self._section, self._meter, self._client = section, meter, client

    def fetch(self, listing: Listing, request: PageRequest) -> ReceivedPage:
        """One page."""
        try:
            return (
                self._notifications(listing, request)
                if listing.kind == "notifications"
                else self._search(listing, request)
            )
        except QueryRejected as error:
            if request.cursor and "cursor" in str(error).casefold():
                raise CursorExpired(str(error)) from None
            raise QueryRejected(f"{listing.key}: {error}") from None
        except SourceUnavailable as error:
            if (
                _INTERNAL in str(error)
                and listing.kind != "notifications"
                and Leg.read(request).is_old(datetime.now(UTC))
            ):
                raise CursorExpired(f"{error}, for a cursor of more than an hour ago") from None
            raise

    def probe(self) -> str:
        """Who is logged in, and where."""
        session = self._client.ask("com.atproto.server.getSession", {})
        return f"@{session.get('handle')} at {self._client.session.home}"

    def check(self, post_ids: Sequence[str]) -> Recheck:
        """Looks posts up, those not answered once more: authors who block us hide theirs, which are not gone."""
        uris = [post_id for post_id in post_ids if post_uri(post_id)][: self.check_size]
        if not uris:
            return Recheck()
        views = responses.views(self._client.ask("app.bsky.feed.getPosts", {"uris": uris}), "posts")
        view_uris = {responses.uri_of(view) for view in views}
        if None in view_uris:
            raise UnexpectedAnswer(f"{NETWORK}: a post that was looked up has no uri")
        logger.debug("posts looked up", extra={"network": NETWORK, "count": len(uris)})
        missing = [uri for uri in uris if uri not in view_uris]
        return Recheck(responses.posts(views, "look-up"), tuple(uri for uri in missing if not self._exists(uri)))

    def most_requests(self, count: int) -> int:
        """One for all, and one for each that its answer lacks."""
        return 1 + count

    def _exists(self, uri: str) -> bool:
        """Whether the server has the record. Raises QueryRejected where it serves no records."""
        parts = dict(zip(("repo", "collection", "rkey"), uri.removeprefix("at://").split("/"), strict=True))
        try:
            record = self._client.ask("com.atproto.repo.getRecord", parts)
        except QueryRejected as error:
            match = _ERROR.search(str(error))  # pages of other web servers have none
            if match is None or match[1] in _NOT_SERVED:
                raise
            return False
        if not isinstance(record.get("value"), Mapping):
            raise UnexpectedAnswer(f"{NETWORK}: an answer about a record that holds none")
        return True

    def stream(self, listings: Sequence[Listing], stop: threading.Event) -> Iterator[StreamMessage]:
        """Posts and deletions as Jetstream sends them."""
        from monitor.sources.bluesky.stream import listen

        return listen(self._client, self._section, self._meter, listings, stop)

    def _search(self, listing: Listing, request: PageRequest) -> ReceivedPage:
        leg = Leg.read(request)
        parameters: dict[str, str | int] = {"q": listing.target, "sort": "latest", "limit": PAGE}
        account = (request.note or self._client.did_of(listing.target)) if listing.kind == "mentions" else ""
        if account:  # no search without words: these are read as the same account
            parameters |= {"q": f"@{listing.target}", "mentions": account}
        elif listing.kind == "mentions":  # a handle of another network
            return ReceivedPage(())
        bounds = {"since": request.since and iso(request.since), "until": leg.until, "cursor": leg.cursor}
        parameters |= {name: value for name, value in bounds.items() if value}
        response = self._client.ask("app.bsky.feed.searchPosts", parameters)
        views = responses.views(response, "posts")
        logger.debug("page read", extra={"network": NETWORK, "listing_kind": listing.kind, "count": len(views)})
        clocks = [clock_pair for view in views if (clock_pair := responses.clocks_of(view))]
        return ReceivedPage(
            responses.posts(responses.only_mentions(views, account), listing.key),
            leg.following(
                responses.next_cursor(response), len(views), clocks[-1][0] if clocks else None, datetime.now(UTC)
            ),
            newest=max((posted_at for posted_at, _ in clocks), default=None),
            oldest=clocks[-1][1] if clocks else None,
            note=account,
        )

    def _notifications(self, listing: Listing, request: PageRequest) -> ReceivedPage:
        # Without `priority` an account may be told only of those whom it follows.
        parameters: dict[str, Any] = {"limit": PAGE, "reasons": _REASONS, "priority": False}
        response = self._client.ask(
            "app.bsky.notification.listNotifications",
            parameters | ({"cursor": request.cursor} if request.cursor else {}),
        )
        views = responses.views(response, "notifications")
        logger.debug("page read", extra={"network": NETWORK, "listing_kind": listing.kind, "count": len(views)})
        moments = [clocks[1] for view in views if (clocks := responses.clocks_of(view))]
        notifications = [view for view in views if not isinstance(view, Mapping) or view.get("reason") in _REASONS]
        newest = max(moments, default=None)
        return ReceivedPage(
            responses.posts(notifications, listing.key),
            responses.next_cursor(response),
            newest,
            moments[-1] if moments else None,
        )
