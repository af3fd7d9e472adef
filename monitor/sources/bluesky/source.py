"""Bluesky, through the account's own server: searches, mentions and replies, look-ups, and Jetstream.

Searches are sorted by the time a post claims, cut at the time the network came to know it. They end after 10,000 posts;
there a new search goes on from the time of the last one, so that a listing has no cap here.
"""

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from monitor.errors import CursorExpired, QueryRejected, SourceUnavailable, UnexpectedAnswer
from monitor.models.listings import Checked, Listing, Meter, ReceivedPage, Sent, Want
from monitor.models.posts import Post
from monitor.query import parser
from monitor.query.translation import translate
from monitor.settings.loading import Brand, Settings
from monitor.sources import http
from monitor.sources.bluesky import session
from monitor.sources.bluesky.dialect import DIALECT
from monitor.sources.bluesky.network import BlueskySettings as Section
from monitor.sources.bluesky.paging import PAGE, Leg, iso
from monitor.sources.bluesky.posts import mentioned_accounts, post_uri, times, to_mention

if TYPE_CHECKING:
    from monitor.sources.bluesky.client import BlueskyClient

__all__ = ["connect", "listings", "to_mention"]

NETWORK = "bluesky"
_REASONS = ("mention", "reply", "quote")
_MANY = 10
_INTERNAL = "InternalServerError"  # what a server answers, among others, to a cursor that it cannot read
_ERROR = re.compile(r"answered \d+: (\w+)")
_NOT_SERVED = ("MethodNotImplemented", "XRPCNotSupported")
_HANDLE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def listings(brand: Brand, settings: Settings) -> list[Listing]:
    """Searches for the brand's queries, notifications of the account that is logged in, mentions of other accounts."""
    found = [
        Listing(NETWORK, "search", request, brand.name, text, dated=True)
        for text in brand.queries
        for request in translate(parser.parse(text), DIALECT)
    ]
    login = _login_handle(settings)
    own = [account for account in brand.own_accounts if _HANDLE.fullmatch(account)]
    if login and (login in brand.own_accounts or (len(settings.brands) == 1 and not own)):
        found.append(Listing(NETWORK, "notifications", login, brand.name, whole=True))
    found += [Listing(NETWORK, "mentions", one, brand.name, whole=True, dated=True) for one in own if one != login]
    return found


def _login_handle(settings: Settings) -> str:
    return settings.networks.of("bluesky", BlueskySettings).handle.strip().removeprefix("@").casefold()


def connect(settings: Settings, meter: Meter) -> "BlueskyConnection":
    """Opens the client, with the session of the last run. Raises BadCredentials naming variables that are not set."""
    section = settings.networks.of("bluesky", BlueskySettings)
    values = {"handle": _login_handle(settings), "app_password": section.app_password.get_secret_value()}
    lacking = [name for name, value in values.items() if not value]
    if lacking:
        raise http.missing_credentials(NETWORK, section, *lacking)
    from monitor.sources.bluesky.client import BlueskyClient

    section = section.model_copy(update={"handle": values["handle"]})
    return BlueskyConnection(
        section, meter, BlueskyClient(section, meter, session.session_file(settings.store.path, section.handle))
    )


class BlueskyConnection:
    """An open connection to a Bluesky server."""

    check_size = 25

    def __init__(self, section: Section, meter: Meter, client: "BlueskyClient") -> None:
        self._section, self._meter, self._client = section, meter, client

    def fetch(self, listing: Listing, want: Want) -> ReceivedPage:
        """One page."""
        try:
            return self._notifications(listing, want) if listing.kind == "notifications" else self._hits(listing, want)
        except QueryRejected as error:
            if want.cursor and "cursor" in str(error).casefold():
                raise CursorExpired(str(error)) from None
            raise QueryRejected(f"{listing.key}: {error}") from None
        except SourceUnavailable as error:
            if _INTERNAL in str(error) and listing.kind != "notifications" and Leg.read(want).is_old(datetime.now(UTC)):
                raise CursorExpired(f"{error}, for a cursor of more than an hour ago") from None
            raise

    def probe(self) -> str:
        """Who is logged in, and where."""
        told = self._client.ask("com.atproto.server.getSession", {})
        return f"@{told.get('handle')} at {self._client.session.home}"

    def check(self, post_ids: Sequence[str]) -> Checked:
        """Looks posts up, those not answered once more: authors who block us hide theirs, which are not gone."""
        uris = [one for one in post_ids if post_uri(one)][: self.check_size]
        if not uris:
            return Checked()
        views = _views(self._client.ask("app.bsky.feed.getPosts", {"uris": uris}), "posts")
        found = {_uri(view) for view in views}
        if None in found:
            raise UnexpectedAnswer(f"{NETWORK}: a post that was looked up has no uri")
        missing = [one for one in uris if one not in found]
        return Checked(_posts(views, "look-up"), tuple(one for one in missing if not self._exists(one)))

    def _exists(self, uri: str) -> bool:
        """Raises QueryRejected where the server does not serve records, which says nothing about this one."""
        parts = dict(zip(("repo", "collection", "rkey"), uri.removeprefix("at://").split("/"), strict=True))
        try:
            told = self._client.ask("com.atproto.repo.getRecord", parts)
        except QueryRejected as error:
            named = _ERROR.search(str(error))  # pages of other web servers have none
            if named is None or named[1] in _NOT_SERVED:
                raise
            return False
        if not isinstance(told.get("value"), Mapping):
            raise UnexpectedAnswer(f"{NETWORK}: an answer about a record that holds none")
        return True

    def stream(self, listings: Sequence[Listing], stop: threading.Event) -> Iterator[Sent]:
        """Posts and deletions as Jetstream tells them."""
        from monitor.sources.bluesky.stream import listen

        return listen(self._client, self._section, self._meter, listings, stop)

    def _hits(self, listing: Listing, want: Want) -> ReceivedPage:
        leg = Leg.read(want)
        asked: dict[str, str | int] = {"q": listing.target, "sort": "latest", "limit": PAGE}
        account = (want.note or self._client.did_of(listing.target)) if listing.kind == "mentions" else ""
        if account:  # no search without words: these are read as the same account
            asked |= {"q": f"@{listing.target}", "mentions": account}
        elif listing.kind == "mentions":  # a handle of another network
            return ReceivedPage(())
        bounds = {"since": want.since and iso(want.since), "until": leg.until, "cursor": leg.cursor}
        asked |= {name: value for name, value in bounds.items() if value}
        said = self._client.ask("app.bsky.feed.searchPosts", asked)
        views = _views(said, "posts")
        known = [found for view in views if (found := _times(view))]
        return ReceivedPage(
            _posts(_only_mentions(views, account), listing.key),
            leg.following(_cursor(said), len(views), known[-1][0] if known else None, datetime.now(UTC)),
            newest=max((posted for posted, _ in known), default=None),
            oldest=known[-1][1] if known else None,
            note=account,
        )

    def _notifications(self, listing: Listing, want: Want) -> ReceivedPage:
        # Without `priority` an account may be told only of those whom it follows.
        asked: dict[str, Any] = {"limit": PAGE, "reasons": _REASONS, "priority": False}
        said = self._client.ask(
            "app.bsky.notification.listNotifications", asked | ({"cursor": want.cursor} if want.cursor else {})
        )
        views = _views(said, "notifications")
        known = [found[1] for view in views if (found := _times(view))]
        wanted = [view for view in views if not isinstance(view, Mapping) or view.get("reason") in _REASONS]
        newest = max(known, default=None)
        return ReceivedPage(_posts(wanted, listing.key), _cursor(said), newest, known[-1] if known else None)


def _views(said: Mapping[str, Any], name: str) -> list[Any]:
    views = said.get(name)
    if not isinstance(views, list):
        raise UnexpectedAnswer(f"{NETWORK}: an answer without its list of {name}; it has: {', '.join(said)[:100]}")
    return views


def _only_mentions(views: Sequence[Any], account: str) -> Sequence[Any]:
    """Posts that mention an account: a server that knows no such search answers others, in the worst case all."""
    found = [
        one
        for one in views
        if not account or not isinstance(one, Mapping) or account in mentioned_accounts(one.get("record"))
    ]
    if len(views) >= _MANY and not found:
        raise UnexpectedAnswer(f"{NETWORK}: none of {len(views)} posts mentions the account that was asked for")
    return found


def _posts(views: Sequence[Any], place: str) -> tuple[Post, ...]:
    at = datetime.now(UTC)
    return tuple(
        Post(
            NETWORK,
            view if isinstance(view, Mapping) else {"unreadable": view},
            at,
            f"{NETWORK} {place}, {_uri(view) or f'post {number} of the page'}",
        )
        for number, view in enumerate(views, 1)
    )


def _uri(view: object) -> str | None:
    return post_uri(view.get("uri")) if isinstance(view, Mapping) else None


def _times(view: object) -> tuple[datetime, datetime] | None:
    return times(view) if isinstance(view, Mapping) else None


def _cursor(said: Mapping[str, Any]) -> str | None:
    cursor = said.get("cursor")
    if cursor is not None and not isinstance(cursor, str | int):
        raise UnexpectedAnswer(f"{NETWORK}: the cursor is {type(cursor).__name__}")
    return str(cursor) if cursor not in (None, "") else None
