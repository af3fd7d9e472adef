"""RSS and Atom feeds: news, blogs, forums.

`networks.feeds.urls` are read for all brands, and their entries kept that match a query; everything in the feeds of a
brand's `places.feeds` is about it. No credentials. A feed is asked for only if it has changed (ETag, Last-Modified).
It holds its newest entries alone, unless it names pages of older ones (RFC 5005); when the oldest entry is newer than
what was read before, a hole is recorded.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from monitor.errors import Forbidden, QueryRejected, RejectedPost, SettingsError, SourceUnavailable
from monitor.models.listings import Listing, Meter, ReceivedPage, PageRequest
from monitor.models.posts import Mention, Post
from monitor.settings.loading import Brand, Settings
from monitor.sources import http
from monitor.sources.feeds.document import Document, read
from monitor.sources.feeds.network import FeedsSettings
from monitor.sources.fields import fields, moment, name, text
from monitor.sources.html import to_text

_ACCEPT = "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, application/xml;q=0.8, */*;q=0.5"
_LARGEST = 10_000_000  # bytes, unpacked
_MOST_PAGES = 200
_CONDITIONS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def listings(brand: Brand, settings: Settings) -> Sequence[Listing]:
    """One for each feed, the brand's own first. Raises QueryRejected for an address that is none."""
    section = settings.networks.of("feeds", FeedsSettings)
    own = dict.fromkeys(brand.places.get("feeds", ()))
    every = {url for one in settings.brands for url in one.places.get("feeds", ())}
    shared = [url for url in dict.fromkeys(section.urls) if url not in every]
    for url in (*own, *shared):
        _check(section.base_url, url)
    return [Listing("feeds", "feed", url, brand.name, whole=url in own, cap=1, apart=True) for url in (*own, *shared)]


def _check(base_url: str, url: str) -> None:
    try:
        parts = urlsplit(urljoin(base_url, url))
    except ValueError:
        parts = urlsplit("")
    if "@" in parts.netloc:  # messages and posts name the address of their feed
        raise QueryRejected(f"feeds: an address at {parts.hostname} holds a password; only public feeds can be read")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise QueryRejected(f"feeds: {url!r} is no address; write it whole, such as https://example.org/feed.xml")


def connect(settings: Settings, meter: Meter) -> "Source":
    """Makes no request."""
    every = [one for brand in settings.brands for one in listings(brand, settings)]
    return Source(settings.networks.of("feeds", FeedsSettings), meter, every[0] if every else None)


class Source:
    """An open connection; every fetch is one request, more only where a feed has moved."""

    def __init__(self, section: FeedsSettings, meter: Meter, first: Listing | None) -> None:
        """`first` is what a probe reads."""
        self._section, self._first = section, first
        self._session = http.session(section, meter)
        self._session.headers["Accept"] = _ACCEPT

    def fetch(self, listing: Listing, want: PageRequest) -> ReceivedPage:
        """The feed, or a page of its older entries. The cursor is that page's number and address."""
        number, _, address = (want.cursor or "1 ").partition(" ")
        got = self._get(address or urljoin(self._section.base_url, listing.target), "" if address else want.note)
        if got.status == 304:
            return ReceivedPage((), note=want.note)
        if address and got.status in (404, 410):
            return ReceivedPage(())  # the feed ends where its archive was removed
        document = self._document(got)
        now = datetime.now(UTC)
        posts = tuple(
            Post("feeds", {"feed": listing.target, **one}, now, f"{got.address}, entry {at}")
            for at, one in enumerate(document.entries, 1)
        )
        times = [time for one in document.entries if (time := moment(one["published"] or one["updated"]))]
        further = document.next if int(number) < _MOST_PAGES else None
        return ReceivedPage(
            posts,
            f"{int(number) + 1} {further}" if further else None,
            max(times, default=None),
            _reach(times),
            note="" if address or not document.clean else got.conditions(),
        )

    def probe(self) -> str:
        """Reads a feed. Raises SettingsError when there is none to read."""
        if self._first is None:
            raise SettingsError("feeds: name some in networks.feeds.urls or in places.feeds of a brand")
        answer = self.fetch(self._first, PageRequest())
        return f"public feeds ({self._first.target}: {len(answer.posts)} entries)"

    def _get(self, address: str, note: str) -> "_Got":
        body = bytearray()
        try:
            with self._session.get(address, headers=_asked(note), stream=True) as response:
                for part in response.iter_content(65_536):
                    body += part
                    if len(body) > _LARGEST:
                        raise QueryRejected(f"feeds: {address} is larger than {_LARGEST:,} bytes; it is not read")
        except requests.RequestException as error:
            raise http.unavailable(f"feeds: {address}", error) from None
        return _Got(response.status_code, response.headers, response.url, bytes(body))

    def _document(self, got: "_Got") -> Document:
        if got.status == 401:
            raise Forbidden(f"feeds: {got.address} wants credentials; only public feeds can be read")
        if got.status != 200:
            raise http.status_error("feeds", self._section, got.status, got.headers, got.address, datetime.now(UTC))
        if not got.body.strip():
            raise SourceUnavailable(f"feeds: {got.address} answered nothing")
        return read(got.body, got.headers.get("Content-Type", ""), got.address)


@dataclass(frozen=True, slots=True)
class _Got:
    """What a server answered, from the address where the feed really is."""

    status: int
    headers: Mapping[str, str]
    address: str
    body: bytes

    def conditions(self) -> str:
        """By what the server knows this state of the feed."""
        found = {name: self.headers[name] for name in _CONDITIONS if name in self.headers}
        return json.dumps(found) if found else ""


def _asked(note: str) -> dict[str, str]:
    try:
        kept = fields(json.loads(note or "{}"))
    except ValueError:
        return {}
    return {header: str(kept[name]) for name, header in _CONDITIONS.items() if name in kept}


def _reach(times: Sequence[datetime]) -> datetime | None:
    """Up to where the page is complete: the last entry, or of a page that is in no order the newest."""
    return (times[-1] if times[-1] == min(times) else max(times)) if times else None


def to_mention(post: Post) -> Mention:
    """An entry; without a time of its own, that of the reading counts. Raises RejectedPost."""
    raw = post.raw
    link = name(raw["link"])
    post_id = _identity(name(raw["id"]), raw["feed"]) or link
    if post_id is None:
        raise RejectedPost("an entry without id and link")
    written = _written(raw)
    if not written:
        raise RejectedPost("an entry without title and text")
    published, updated = moment(raw["published"]), moment(raw["updated"])
    author = name(raw["author"])
    answers = _identity(name(raw["in_reply_to"]), raw["feed"])
    return Mention(
        network="feeds",
        post_id=post_id,
        text=written,
        posted_at=published or updated or post.received_at,
        thread_id=answers or post_id,
        raw=raw,
        author=author,
        author_name=author,
        permalink=link,
        in_reply_to=answers,
        language=name(raw["language"]),
        edited_at=updated if published and updated and updated > published else None,
    )


def _identity(told: str | None, feed: str) -> str | None:
    """Ids that are no URI are told apart by their feed: many a forum counts from 1."""
    return told if told is None or _ABSOLUTE.match(told) else f"{feed}#{told}"


def _written(raw: Mapping[str, Any]) -> str:
    """Title, empty line, text; of a title that begins the text, the text alone."""
    title = _plain(raw["title"])
    body = max((_plain(one) for one in raw["contents"]), key=len, default="")
    beginning = title.rstrip("….").strip()
    return body if beginning and body.startswith(beginning) else "\n\n".join(filter(None, (title, body)))


def _plain(part: object) -> str:
    value = text(fields(part).get("value")) or ""
    return value.strip() if fields(part).get("type") == "text/plain" else to_text(value)
