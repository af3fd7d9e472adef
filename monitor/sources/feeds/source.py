"""RSS and Atom feeds: news, blogs, forums.

`networks.feeds.urls` are read for all brands, and their entries kept that match a query; everything in the feeds of a
brand's `places.feeds` is about it. No credentials. A feed is asked for only if it has changed (ETag, Last-Modified).
It holds its newest entries alone, unless it names pages of older ones (RFC 5005); when the oldest entry is newer than
what was read before, a gap is recorded.
"""

import hashlib
import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from monitor.errors import Forbidden, QueryRejected, RejectedPost, SettingsError, SourceUnavailable
from monitor.models.listings import Listing, Meter, PageRequest, ReceivedPage
from monitor.models.posts import Mention, Post
from monitor.settings.loading import Brand, Settings
from monitor.sources import http
from monitor.sources.feeds.document import FeedDocument, parse_feed
from monitor.sources.feeds.network import FeedsSettings
from monitor.sources.fields import fields, moment, name, text
from monitor.sources.html import to_text

logger = logging.getLogger(__name__)

_ACCEPT = "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, application/xml;q=0.8, */*;q=0.5"
_LARGEST = 10_000_000  # bytes, unpacked
_MOST_PAGES = 200
_CONDITIONS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def listings(brand: Brand, settings: Settings) -> Sequence[Listing]:
    """One for each feed, the brand's own first. Raises QueryRejected for an address that is none."""
    section = settings.networks.of("feeds", FeedsSettings)
    own = dict.fromkeys(brand.places.get("feeds", ()))
    owned = {url for owner in settings.brands for url in owner.places.get("feeds", ())}
    shared = [url for url in dict.fromkeys(section.urls) if url not in owned]
    for url in (*own, *shared):
        _check_address(section.base_url, url)
    return [Listing("feeds", "feed", url, brand.name, whole=url in own, cap=1, apart=True) for url in (*own, *shared)]


def _check_address(base_url: str, url: str) -> None:
    try:
        parts = urlsplit(urljoin(base_url, url))
    except ValueError:
        parts = urlsplit("")
    if "@" in parts.netloc:  # messages and posts name the address of their feed
        raise QueryRejected(f"feeds: an address at {parts.hostname} holds a password; only public feeds can be read")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise QueryRejected(f"feeds: {url!r} is no address; write it whole, such as https://example.org/feed.xml")


def connect(settings: Settings, meter: Meter) -> "FeedsConnection":
    """Makes no request."""
    feeds = [listing for brand in settings.brands for listing in listings(brand, settings)]
    return FeedsConnection(settings.networks.of("feeds", FeedsSettings), meter, feeds)


class FeedsConnection:
    """An open connection; every fetch is one request, more only where a feed has moved."""

    def __init__(self, section: FeedsSettings, meter: Meter, feeds: Sequence[Listing]) -> None:
        """`feeds` are those that the settings name; a probe reads the first."""
        self._section, self._probed = section, feeds[0] if feeds else None
        self._meter = meter
        self._sessions: dict[str, requests.Session] = {}

    def fetch(self, listing: Listing, request: PageRequest) -> ReceivedPage:
        """The feed, or a page of its older entries. The cursor is that page's number and address."""
        page_number, _, address = (request.cursor or "1 ").partition(" ")
        home = urljoin(self._section.base_url, listing.target)
        response = self._get(home, address or home, "" if address else request.note)
        logger.debug("feed answered", extra={"network": "feeds", "status": response.status})
        if response.status == 304:
            return ReceivedPage((), note=request.note)
        if address and response.status in (404, 410):
            return ReceivedPage(())  # the feed ends where its archive was removed
        document = self._document(response)
        now = datetime.now(UTC)
        posts = tuple(
            Post("feeds", {"feed": listing.target, **entry}, now, f"{response.address}, entry {number}")
            for number, entry in enumerate(document.entries, 1)
        )
        times = [time for entry in document.entries if (time := moment(entry["published"] or entry["updated"]))]
        next_address = document.next if int(page_number) < _MOST_PAGES else None
        return ReceivedPage(
            posts,
            f"{int(page_number) + 1} {next_address}" if next_address else None,
            max(times, default=None),
            _complete_since(times),
            note="" if address or not document.clean else response.conditions(),
        )

    def probe(self) -> str:
        """Reads a feed. Raises SettingsError when there is none to read."""
        if self._probed is None:
            raise SettingsError("feeds: name some in networks.feeds.urls or in places.feeds of a brand")
        page = self.fetch(self._probed, PageRequest())
        return f"public feeds ({self._probed.target}: {len(page.posts)} entries)"

    def _session(self, home: str) -> requests.Session:
        """The feed's own: only to its own host may a feed lead that is not public, not to those of other feeds."""
        if home not in self._sessions:
            section = self._section.model_copy(update={"base_url": home})
            session = self._sessions[home] = http.session(section, self._meter)
            session.headers["Accept"] = _ACCEPT
        return self._sessions[home]

    def _get(self, home: str, address: str, note: str) -> "_FeedResponse":
        try:
            response = self._session(home).get(address, headers=_conditional_headers(note))
        except requests.RequestException as error:
            raise http.unavailable(f"feeds: {address}", error) from None
        if len(response.content) > _LARGEST:
            raise QueryRejected(f"feeds: {address} is larger than {_LARGEST:,} bytes; it is not read")
        return _FeedResponse(response.status_code, response.headers, response.url, response.content)

    def _document(self, response: "_FeedResponse") -> FeedDocument:
        if response.status == 401:
            raise Forbidden(f"feeds: {response.address} wants credentials; only public feeds can be read")
        if response.status != 200:
            raise http.status_error(
                "feeds", self._section, response.status, response.headers, response.address, datetime.now(UTC)
            )
        if not response.body.strip():
            raise SourceUnavailable(f"feeds: {response.address} answered nothing")
        return parse_feed(response.body, response.headers.get("Content-Type", ""), response.address)


@dataclass(frozen=True, slots=True)
class _FeedResponse:
    """What a server answered, from the address where the feed really is."""

    status: int
    headers: Mapping[str, str]
    address: str
    body: bytes

    def conditions(self) -> str:
        """By what the server knows this state of the feed."""
        validators = {name: self.headers[name] for name in _CONDITIONS if name in self.headers}
        return json.dumps(validators) if validators else ""


def _conditional_headers(note: str) -> dict[str, str]:
    try:
        validators = fields(json.loads(note or "{}"))
    except ValueError:
        return {}
    return {header: str(validators[name]) for name, header in _CONDITIONS.items() if name in validators}


def _complete_since(times: Sequence[datetime]) -> datetime | None:
    """Up to where the page is complete: the last entry, or of a page that is in no order the newest."""
    return (times[-1] if times[-1] == min(times) else max(times)) if times else None


def to_mention(post: Post) -> Mention:
    """An entry; without a time of its own, that of the reading counts. Raises RejectedPost."""
    raw = post.raw
    link = name(raw["link"])
    body = _entry_text(raw)
    if not body:
        raise RejectedPost("an entry without title and text")
    post_id = _unique_id(name(raw["id"]), raw["feed"]) or link or _id_of_text(raw, body)
    published, updated = moment(raw["published"]), moment(raw["updated"])
    author = name(raw["author"])
    parent_id = _unique_id(name(raw["in_reply_to"]), raw["feed"])
    return Mention(
        network="feeds",
        post_id=post_id,
        text=body,
        posted_at=published or updated or post.received_at,
        thread_id=parent_id or post_id,
        raw=raw,
        author=author,
        author_name=author,
        permalink=link,
        in_reply_to=parent_id,
        language=name(raw["language"]),
        edited_at=updated if published and updated and updated > published else None,
    )


def _unique_id(entry_id: str | None, feed: str) -> str | None:
    """Ids that are no URI are told apart by their feed: many a forum counts from 1."""
    return entry_id if entry_id is None or _ABSOLUTE.match(entry_id) else f"{feed}#{entry_id}"


def _id_of_text(raw: Mapping[str, Any], body: str) -> str:
    """For an entry that has neither id nor link, as RSS allows: what it says is all that tells it from others."""
    digest = hashlib.sha256(f"{raw['published'] or ''}\n{body}".encode()).hexdigest()
    return f"{raw['feed']}#{digest[:32]}"


def _entry_text(raw: Mapping[str, Any]) -> str:
    """Title, empty line, text; of a title that begins the text, the text alone."""
    title = _plain_text(raw["title"])
    body = max((_plain_text(content) for content in raw["contents"]), key=len, default="")
    beginning = title.rstrip("….").strip()
    return body if beginning and body.startswith(beginning) else "\n\n".join(filter(None, (title, body)))


def _plain_text(part: object) -> str:
    value = text(fields(part).get("value")) or ""
    return value.strip() if fields(part).get("type") == "text/plain" else to_text(value)
