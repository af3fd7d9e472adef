"""Mastodon, and servers that speak its API: hashtags, full-text search, mentions, their streams.

| listing | asked for | needs a token |
|---|---|---|
| `tag` | the hashtag's timeline, for the #tags of the queries | seldom |
| `search` | full-text search; finds what its authors allow to be found, nothing where the server has none | yes |
| `mentions` | notifications: about the brand when it names `own_accounts`, else where a query holds an @account | yes |

Ids are those of the server that is asked (`base_url`): another server knows the same post by another one.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from threading import Event
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from monitor.errors import Forbidden, QueryRejected, UnexpectedAnswer
from monitor.models.listings import Listing, Meter, PageRequest, ReceivedPage, Recheck, StreamMessage
from monitor.query import parser
from monitor.query.translation import translate
from monitor.settings.loading import Brand, Settings
from monitor.sources import http
from monitor.sources.mastodon import pages
from monitor.sources.mastodon.dialect import DIALECT
from monitor.sources.mastodon.listings import names_accounts, tags_of
from monitor.sources.mastodon.mention import id_of, to_mention
from monitor.sources.mastodon.network import MastodonSettings

if TYPE_CHECKING:
    from monitor.sources.mastodon.client import MastodonServer

__all__ = ["MastodonConnection", "connect", "listings", "to_mention"]

logger = logging.getLogger(__name__)

_NETWORK = "mastodon"
_LOOKUP_SIZE = 20  # ids that it looks up in one request


def listings(brand: Brand, settings: Settings) -> Sequence[Listing]:
    """See the module's text. Without a token only hashtags, where the queries have any. Raises QueryRejected."""
    query_listings = list(chain.from_iterable(_query_listings(brand, text, settings) for text in brand.queries))
    if _has_token(settings):
        is_whole = bool(brand.own_accounts)
        if is_whole or any(names_accounts(parser.parse(text).root) for text in brand.queries):
            query_listings.append(Listing(_NETWORK, "mentions", "account", brand.name, whole=is_whole))
    return list({listing.key: listing for listing in query_listings}.values())


def _query_listings(brand: Brand, text: str, settings: Settings) -> Iterator[Listing]:
    query = parser.parse(text)
    tags, is_enough = tags_of(query.root)
    for tag in sorted(tags):
        yield Listing(_NETWORK, "tag", tag, brand.name, text)
    if is_enough or (tags and not _has_token(settings)):
        return
    for search in translate(query, DIALECT):
        yield Listing(_NETWORK, "search", search, brand.name, text, cap=pages.SIZE)


def _has_token(settings: Settings) -> bool:
    return bool(settings.networks.of("mastodon", MastodonSettings).access_token.get_secret_value())


def connect(settings: Settings, meter: Meter) -> "MastodonConnection":
    """Opens the client. Raises BadCredentials when there is neither a token nor a query with a #tag."""
    from monitor.sources.mastodon.client import MastodonServer

    section = settings.networks.of("mastodon", MastodonSettings)
    texts = [text for brand in settings.brands for text in brand.queries]
    if not _has_token(settings) and not any(tags_of(parser.parse(text).root)[0] for text in texts):
        raise http.missing_credentials(_NETWORK, section, "access_token")
    return MastodonConnection(MastodonServer(section, meter), meter)


@dataclass(slots=True)
class MastodonConnection:
    """An open connection; see `monitor.sources.base`."""

    server: "MastodonServer"
    meter: Meter
    has_bulk_lookup: bool = True
    check_size: int = _LOOKUP_SIZE

    def fetch(self, listing: Listing, request: PageRequest) -> ReceivedPage:
        """One page."""
        if listing.kind != "tag" and not self.server.has_token:
            advice = http.missing_credentials(_NETWORK, self.server.section, "access_token")
            raise Forbidden(f"{advice} (for {listing.kind}), or write a #tag in each query")
        page = pages.parse_page(listing, request, self.server.get(*pages.build_request(listing, request)))
        logger.debug("page read", extra={"network": _NETWORK, "listing_kind": listing.kind, "count": len(page.posts)})
        return page

    def check(self, post_ids: Sequence[str]) -> Recheck:
        """Looks posts up at once; those that the answer lacks one by one, as some servers do not know the other way."""
        from monitor.sources.mastodon.client import NotFound

        statuses: dict[str, Any] = self._look_up_many(post_ids) if self.has_bulk_lookup else {}
        remaining, gone = [post_id for post_id in post_ids if post_id not in statuses], []
        for post_id in remaining:
            try:
                statuses[post_id] = self.server.get(f"/api/v1/statuses/{quote(post_id, safe='')}", {}).body
            except NotFound:
                gone.append(post_id)
        if len(remaining) == len(post_ids) > len(gone):
            self.has_bulk_lookup = False
            logger.info("posts are looked up one by one", extra={"network": _NETWORK, "count": len(post_ids)})
        posts = tuple(pages.post(status, f"{_NETWORK}, post {post_id}") for post_id, status in statuses.items())
        return Recheck(posts, tuple(gone))

    def most_requests(self, count: int) -> int:
        """One for all, and one for each that its answer lacks."""
        return 1 + count

    def _look_up_many(self, post_ids: Sequence[str]) -> dict[str, Any]:
        try:
            body = self.server.get("/api/v1/statuses", {"id[]": list(post_ids)}).body
        except QueryRejected:
            self.has_bulk_lookup = False
            return {}
        statuses = [status for status in body if isinstance(status, dict)] if isinstance(body, list) else []
        return {
            post_id: status for status in statuses if (post_id := id_of(status)) in post_ids and post_id is not None
        }

    def probe(self) -> str:
        """Who the token belongs to; without one, which server it is."""
        host = urlsplit(self.server.address).netloc
        if not self.server.has_token:
            instance = self.server.get("/api/v2/instance", {}).body
            version = instance.get("version") if isinstance(instance, dict) else None
            return f"{host}, version {version}, without a token: hashtags only"
        account = self.server.get("/api/v1/accounts/verify_credentials", {}).body
        handle = account.get("acct") if isinstance(account, dict) else None
        if not isinstance(handle, str):
            raise UnexpectedAnswer(f"{_NETWORK}: the server does not say whose token it is")
        return f"@{handle} on {host}"

    def stream(self, listings: Sequence[Listing], stop: Event) -> Iterator[StreamMessage]:
        """Posts, edits and deletions of hashtags and mentions; nobody streams searches."""
        from monitor.sources.mastodon.stream import stream

        return stream(self.server.section, self.meter, listings, stop)
