"""Mastodon, and servers that speak its API: hashtags, full-text search, mentions, their streams.

| listing | asked for | needs a token |
|---|---|---|
| `tag` | the hashtag's timeline, for the #tags of the queries | seldom |
| `search` | full-text search; finds what its authors allow to be found, nothing where the server has none | yes |
| `mentions` | notifications: about the brand when it names `own_accounts`, else where a query holds an @account | yes |

Ids are those of the server that is asked (`base_url`): another server knows the same post by another one.
"""

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
    from monitor.sources.mastodon.client import Server

__all__ = ["MastodonConnection", "connect", "listings", "to_mention"]

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
    parsed = parser.parse(text)
    tags, is_enough = tags_of(parsed.root)
    for tag in sorted(tags):
        yield Listing(_NETWORK, "tag", tag, brand.name, text)
    if is_enough or (tags and not _has_token(settings)):
        return
    for request in translate(parsed, DIALECT):
        yield Listing(_NETWORK, "search", request, brand.name, text, cap=pages.SIZE)


def _has_token(settings: Settings) -> bool:
    return bool(settings.networks.of("mastodon", MastodonSettings).access_token.get_secret_value())


def connect(settings: Settings, meter: Meter) -> "MastodonConnection":
    """Opens the client. Raises BadCredentials when there is neither a token nor a query with a #tag."""
    from monitor.sources.mastodon.client import Server

    section = settings.networks.of("mastodon", MastodonSettings)
    texts = [text for brand in settings.brands for text in brand.queries]
    if not _has_token(settings) and not any(tags_of(parser.parse(text).root)[0] for text in texts):
        raise http.missing_credentials(_NETWORK, section, "access_token")
    return MastodonConnection(Server(section, meter), meter)


@dataclass(slots=True)
class MastodonConnection:
    """An open connection; see `monitor.sources.base`."""

    server: "Server"
    meter: Meter
    knows_many: bool = True
    check_size: int = _LOOKUP_SIZE

    def fetch(self, listing: Listing, want: PageRequest) -> ReceivedPage:
        """One page."""
        if listing.kind != "tag" and not self.server.has_token:
            advice = http.missing_credentials(_NETWORK, self.server.section, "access_token")
            raise Forbidden(f"{advice} (for {listing.kind}), or write a #tag in each query")
        return pages.parse_page(listing, want, self.server.get(*pages.request(listing, want)))

    def check(self, post_ids: Sequence[str]) -> Recheck:
        """Looks posts up at once; those that the answer lacks one by one, as some servers do not know the other way."""
        from monitor.sources.mastodon.client import NotFound

        statuses: dict[str, Any] = self._many(post_ids) if self.knows_many else {}
        alone, gone = [post_id for post_id in post_ids if post_id not in statuses], []
        for post_id in alone:
            try:
                statuses[post_id] = self.server.get(f"/api/v1/statuses/{quote(post_id, safe='')}", {}).body
            except NotFound:
                gone.append(post_id)
        if len(alone) == len(post_ids) > len(gone):
            self.knows_many = False
        posts = tuple(pages.post(status, f"{_NETWORK}, post {post_id}") for post_id, status in statuses.items())
        return Recheck(posts, tuple(gone))

    def _many(self, post_ids: Sequence[str]) -> dict[str, Any]:
        try:
            body = self.server.get("/api/v1/statuses", {"id[]": list(post_ids)}).body
        except QueryRejected:
            self.knows_many = False
            return {}
        statuses = [status for status in body if isinstance(status, dict)] if isinstance(body, list) else []
        return {
            post_id: status for status in statuses if (post_id := id_of(status)) in post_ids and post_id is not None
        }

    def probe(self) -> str:
        """Who the token belongs to; without one, which server it is."""
        host = urlsplit(self.server.address).netloc
        if not self.server.has_token:
            reply = self.server.get("/api/v2/instance", {}).body
            version = reply.get("version") if isinstance(reply, dict) else None
            return f"{host}, version {version}, without a token: hashtags only"
        reply = self.server.get("/api/v1/accounts/verify_credentials", {}).body
        account = reply.get("acct") if isinstance(reply, dict) else None
        if not isinstance(account, str):
            raise UnexpectedAnswer(f"{_NETWORK}: the server does not say whose token it is")
        return f"@{account} on {host}"

    def stream(self, listings: Sequence[Listing], stop: Event) -> Iterator[StreamMessage]:
        """Posts, edits and deletions of hashtags and mentions; nobody streams searches."""
        from monitor.sources.mastodon.stream import stream

        return stream(self.server.section, self.meter, listings, stop)
