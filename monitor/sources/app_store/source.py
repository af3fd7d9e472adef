"""Apple's App Store: customer reviews of the brand's apps, from the public feed of each country's store.

`brands.places.app_store` names the apps by their numbers, as in their address (`.../id1234567890`), and
`networks.app_store.countries` the stores. No credentials. A store gives the 500 newest reviews of an app, 50 a page;
a review that its author changes keeps its id and comes to the front again.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import requests

from monitor.errors import QueryRejected, RejectedPost, SettingsError, UnexpectedAnswer
from monitor.models.listings import Listing, Meter, ReceivedPage, PageRequest
from monitor.models.posts import Mention, Post
from monitor.settings.loading import Brand, Settings
from monitor.sources import http
from monitor.sources.app_store.network import AppStoreSettings
from monitor.sources.fields import fields, moment, name, text

_ORIGIN = "https://itunes.apple.com"
_PAGES = 10
_CAP = 500


def listings(brand: Brand, settings: Settings) -> Sequence[Listing]:
    """One for each app and country, all about the brand. Raises QueryRejected for an app that is no number."""
    apps = [_app(one, brand) for one in brand.places.get("app_store", ())]
    countries = [one.strip().lower() for one in settings.networks.of("app_store", AppStoreSettings).countries]
    return [
        Listing("app_store", "reviews", f"{country} {app}", brand.name, whole=True, cap=_CAP)
        for app in dict.fromkeys(apps)
        for country in dict.fromkeys(countries)
    ]


def _app(written: str, brand: Brand) -> str:
    found = re.search(r"(?:^|\bid)(\d{4,20})\b", written.strip())
    if not found:
        told = f"places.app_store of brand {brand.name}: {written!r} is no app"
        raise QueryRejected(f"{told}; give its number, as in https://apps.apple.com/es/app/name/id1234567890")
    return found[1]


def connect(settings: Settings, meter: Meter) -> "Source":
    """Makes no request."""
    every = [one for brand in settings.brands for one in listings(brand, settings)]
    return Source(settings.networks.of("app_store", AppStoreSettings), meter, every[0] if every else None)


class Source:
    """An open connection; every fetch is one request."""

    def __init__(self, section: AppStoreSettings, meter: Meter, first: Listing | None) -> None:
        """`first` is what a probe reads."""
        self._section, self._first = section, first
        self._session = http.session(section, meter, _ORIGIN)

    def fetch(self, listing: Listing, want: PageRequest) -> ReceivedPage:
        """A page of reviews; the cursor is the number of the next one."""
        page = int(want.cursor or "1")
        told, entries = self._page(listing, page)
        now = datetime.now(UTC)
        country, app = listing.target.split(" ")
        posts = tuple(
            Post("app_store", {"country": country, "app": app, "entry": one}, now, _place(listing, page, number))
            for number, one in enumerate(entries, 1)
            if not _is_the_app(one)
        )
        times = [time for one in entries if (time := moment(_label(one, "updated"))) and not _is_the_app(one)]
        last = min(_last_page(told) or _PAGES, _PAGES)
        cursor = str(page + 1) if entries and page < last else None
        return ReceivedPage(posts, cursor, max(times, default=None), times[-1] if times else None)

    def probe(self) -> str:
        """One page. Raises SettingsError when there is no app to ask for."""
        if self._first is None:
            raise SettingsError("app_store: name your apps in places.app_store of a brand")
        _, entries = self._page(self._first, 1)
        return f"the public feed of reviews ({self._first.target}: {len(entries)} on the first page)"

    def _page(self, listing: Listing, page: int) -> tuple[Mapping[str, Any], list[Any]]:
        country, app = listing.target.split(" ")
        address = f"{_ORIGIN}/{country}/rss/customerreviews/page={page}/id={app}/sortby=mostrecent/json"
        try:
            response = self._session.get(address)
        except requests.RequestException as error:
            raise http.unavailable("app_store", error) from None
        if response.status_code != 200:
            said = f"for app {app} in the store of {country}"
            raise http.status_error(
                "app_store", self._section, response.status_code, response.headers, said, datetime.now(UTC)
            )
        told = response.json()
        if not isinstance(told, dict) or not isinstance(told.get("feed"), dict):
            raise UnexpectedAnswer(f"app_store: the answer for {listing.target} holds no feed; its form has changed")
        return told["feed"], _entries(told["feed"], listing)


def _entries(feed: Mapping[str, Any], listing: Listing) -> list[Any]:
    """Apple's converter makes a single entry an object and leaves out the key when there is none."""
    found = feed.get("entry", [])
    if isinstance(found, dict):
        return [found]
    if not isinstance(found, list):
        raise UnexpectedAnswer(f"app_store: the entries for {listing.target} are no list; their form has changed")
    return found


def _is_the_app(entry: Any) -> bool:
    """The first page may begin with the app itself."""
    return "im:rating" not in fields(entry) and "im:artist" in fields(entry)


def _last_page(feed: Mapping[str, Any]) -> int | None:
    links = feed.get("link")
    for link in links if isinstance(links, list) else []:
        attributes = fields(fields(link).get("attributes"))
        found = re.search(r"/page=(\d{1,4})/", text(attributes.get("href")) or "")
        if attributes.get("rel") == "last" and found:
            return int(found[1])
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
    written = [part.strip() for key in ("title", "content") if (part := _label(entry, key)) and part.strip()]
    if not written:
        raise RejectedPost("a review without title and text")
    author = name(_label(entry, "author", "name"))
    uri = name(_label(entry, "author", "uri")) or ""
    found = re.search(r"/id(\d+)", uri)
    return Mention(
        network="app_store",
        post_id=post_id,
        text="\n\n".join(written),
        posted_at=posted_at,
        thread_id=post_id,
        raw=post.raw,
        author=author,
        author_id=found[1] if found else None,
        author_name=author,
        permalink=f"https://apps.apple.com/{country}/app/id{app}?see-all=reviews",
    )
