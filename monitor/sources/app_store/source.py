"""Apple's App Store: customer reviews of the brand's apps, from the public feed of each country's store.

`brands.places.app_store` names the apps by their numbers, as in their address (`.../id1234567890`), and
`networks.app_store.countries` the stores. No credentials. A store gives the 500 newest reviews of an app, 50 a page;
a review that its author changes keeps its id and comes to the front again.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import requests

from monitor.errors import QueryRejected, RejectedPost, SettingsError, UnexpectedAnswer
from monitor.models.listings import WITHHELD, CoverageGap, Listing, Meter, PageRequest, ReceivedPage
from monitor.models.posts import Mention, Post
from monitor.settings.loading import Brand, Settings
from monitor.sources import http
from monitor.sources.app_store.network import AppStoreSettings
from monitor.sources.fields import fields, moment, name, text
from monitor.text import json_values

logger = logging.getLogger(__name__)

_ORIGIN = "https://itunes.apple.com"
_PAGES, _PAGE_SIZE = 10, 50
_CAP = 500


def listings(brand: Brand, settings: Settings) -> Sequence[Listing]:
    """One for each app and country, all about the brand. Raises QueryRejected for an app that is no number."""
    apps = [_app_number(app, brand) for app in brand.places.get("app_store", ())]
    countries = [country.strip().lower() for country in settings.networks.of("app_store", AppStoreSettings).countries]
    return [
        Listing("app_store", "reviews", f"{country} {app}", brand.name, whole=True, cap=_CAP)
        for app in dict.fromkeys(apps)
        for country in dict.fromkeys(countries)
    ]


def _app_number(app: str, brand: Brand) -> str:
    match = re.search(r"(?:^|\bid)(\d{4,20})\b", app.strip())
    if not match:
        problem = f"places.app_store of brand {brand.name}: {app!r} is no app"
        raise QueryRejected(f"{problem}; give its number, as in https://apps.apple.com/es/app/name/id1234567890")
    return match[1]


def connect(settings: Settings, meter: Meter) -> "AppStoreConnection":
    """Makes no request."""
    stores = [listing for brand in settings.brands for listing in listings(brand, settings)]
    return AppStoreConnection(settings.networks.of("app_store", AppStoreSettings), meter, stores[0] if stores else None)


class AppStoreConnection:
    """An open connection; every fetch is one request."""

    def __init__(self, section: AppStoreSettings, meter: Meter, probed: Listing | None) -> None:
        """`probed` is what a probe reads."""
        self._section, self._probed = section, probed
        self._session = http.session(section, meter, _ORIGIN)

    def fetch(self, listing: Listing, request: PageRequest) -> ReceivedPage:
        """A page of reviews; the cursor is the number of the next one, and whether the one before it came empty.

        Apple leaves pages empty now and then; when there are reviews after one, those that stood on it are a gap.
        """
        page, _, after_empty = (request.cursor or "1").partition(" ")
        number = int(page)
        feed, entries = self._page(listing, number)
        now = datetime.now(UTC)
        country, app = listing.target.split(" ")
        posts = tuple(
            Post("app_store", {"country": country, "app": app, "entry": entry}, now, _place(listing, number, position))
            for position, entry in enumerate(entries, 1)
            if not _is_the_app(entry)
        )
        times = [time for entry in entries if (time := moment(_label(entry, "updated"))) and not _is_the_app(entry)]
        named_last = _last_page(feed)
        cursor = None
        if number < min(named_last or _PAGES, _PAGES) and (entries or named_last):
            cursor = f"{number + 1}" if entries else f"{number + 1} empty"
        gaps: tuple[CoverageGap, ...] = ()
        if after_empty and times and times[0] < now:
            logger.warning("page came empty", extra={"network": "app_store", "count": number - 1})
            gaps = (CoverageGap(times[0], now, WITHHELD.format(announced=_PAGE_SIZE, given=0)),)
        return ReceivedPage(posts, cursor, max(times, default=None), times[-1] if times else None, gaps=gaps)

    def probe(self) -> str:
        """One page. Raises SettingsError when there is no app to ask for."""
        if self._probed is None:
            raise SettingsError("app_store: name your apps in places.app_store of a brand")
        _, entries = self._page(self._probed, 1)
        return f"the public feed of reviews ({self._probed.target}: {len(entries)} on the first page)"

    def _page(self, listing: Listing, page: int) -> tuple[Mapping[str, Any], list[Any]]:
        country, app = listing.target.split(" ")
        address = f"{_ORIGIN}/{country}/rss/customerreviews/page={page}/id={app}/sortby=mostrecent/json"
        try:
            response = self._session.get(address)
        except requests.RequestException as error:
            raise http.unavailable("app_store", error) from None
        logger.debug("store answered", extra={"network": "app_store", "status": response.status_code})
        if response.status_code != 200:
            subject = f"for app {app} in the store of {country}"
            raise http.status_error(
                "app_store", self._section, response.status_code, response.headers, subject, datetime.now(UTC)
            )
        try:
            answer = json_values.parse(response.content)
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or not isinstance(answer.get("feed"), dict):
            raise UnexpectedAnswer(f"app_store: the answer for {listing.target} holds no feed; its form has changed")
        return answer["feed"], _entries(answer["feed"], listing)


def _entries(feed: Mapping[str, Any], listing: Listing) -> list[Any]:
    """Apple's converter makes a single entry an object and leaves out the key when there is none."""
    entries = feed.get("entry", [])
    if isinstance(entries, dict):
        return [entries]
    if not isinstance(entries, list):
        raise UnexpectedAnswer(f"app_store: the entries for {listing.target} are no list; their form has changed")
    return entries


def _is_the_app(entry: Any) -> bool:
    """The first page may begin with the app itself."""
    return "im:rating" not in fields(entry) and "im:artist" in fields(entry)


def _last_page(feed: Mapping[str, Any]) -> int | None:
    links = feed.get("link")
    for link in links if isinstance(links, list) else []:
        attributes = fields(fields(link).get("attributes"))
        match = re.search(r"/page=(\d{1,4})/", text(attributes.get("href")) or "")
        if attributes.get("rel") == "last" and match:
            return int(match[1])
    return None


def _place(listing: Listing, page: int, number: int) -> str:
    return f"app_store {listing.target}, page {page}, review {number}"


def _label(entry: Any, *path: str) -> str | None:
    for key in path:
        entry = fields(entry).get(key)
    return text(fields(entry).get("label"))


def to_mention(post: Post) -> Mention:
    """A review; the time of a changed one is that of the change. Raises RejectedPost."""
    entry, country, app = post.raw["entry"], post.raw["country"], post.raw["app"]
    post_id, posted_at = name(_label(entry, "id")), moment(_label(entry, "updated"))
    if post_id is None:
        raise RejectedPost("a review without an id")
    if posted_at is None:
        raise RejectedPost("a review without a time")
    parts = [part.strip() for key in ("title", "content") if (part := _label(entry, key)) and part.strip()]
    if not parts:
        raise RejectedPost("a review without title and text")
    author = name(_label(entry, "author", "name"))
    uri = name(_label(entry, "author", "uri")) or ""
    author_number = re.search(r"/id(\d+)", uri)
    return Mention(
        network="app_store",
        post_id=post_id,
        text="\n\n".join(parts),
        posted_at=posted_at,
        thread_id=post_id,
        raw=post.raw,
        author=author,
        author_id=author_number[1] if author_number else None,
        author_name=author,
        permalink=f"https://apps.apple.com/{country}/app/id{app}?see-all=reviews",
    )
