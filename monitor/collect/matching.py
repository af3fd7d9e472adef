"""Which brands a mention belongs to: every brand's queries, tried on its text."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import TypeAlias

from monitor.models.listings import Listing
from monitor.models.making import quickly
from monitor.models.posts import Match, MatchedMention, Mention
from monitor.query import parser
from monitor.settings.loading import Brand
from monitor.store.posts.unmatched import IMPORTED

Matcher: TypeAlias = Callable[[Mention], MatchedMention | None]
"""The mention with its matches; None: it is not to be kept. Those of files may be handed to another process."""

_MOST_MATCHES = 1_000
"""Of queries at once, that are made once for all posts that have them."""
_matched = quickly(MatchedMention)


def by_queries(brands: Sequence[Brand]) -> Matcher:
    """Tries every brand's queries; a mention that none matches keeps the empty brand."""
    return partial(_tried, _QueryMatcher(_queries(brands)), (Match("", IMPORTED),))


def _tried(match_queries: "_QueryMatcher", nobodys: tuple[Match, ...], mention: Mention) -> MatchedMention:
    return _matched(mention, match_queries(mention) or nobodys)


def of_text(brands: Sequence[Brand], text: str, posted_at: datetime) -> tuple[Match, ...]:
    """The queries that find a text of which nothing else is known, such as who wrote it (`from:`)."""
    return _QueryMatcher(_queries(brands))(Mention("", "", text, posted_at, "", {}))


def by_brand(brand: str) -> Matcher:
    """For posts that a person says are about `brand`: no query is tried."""
    return partial(_said, (Match(brand, IMPORTED),))


def _said(matches: tuple[Match, ...], mention: Mention) -> MatchedMention:
    return _matched(mention, matches)


def by_listing(brands: Sequence[Brand], listing: Listing) -> Matcher:
    """For posts of a network: those that a query matches, and all of a listing that is whole, which is told too."""
    match_queries = _QueryMatcher(_queries(brands))
    own = Match(listing.brand, listing.key)

    def match_listing(mention: Mention) -> MatchedMention | None:
        matches = match_queries(mention)
        if listing.whole:
            matches = (*matches, own)
        return MatchedMention(mention, matches) if matches else None

    return match_listing


def _queries(brands: Sequence[Brand]) -> tuple[tuple[str, str], ...]:
    return tuple((brand.name, text) for brand in brands for text in brand.queries)


class _QueryMatcher:
    """The matches of a mention by these queries of brands. In another process they are parsed anew."""

    def __init__(self, queries: tuple[tuple[str, str], ...]) -> None:
        self._queries, self._parsed = queries, [parser.parse(text) for _, text in queries]
        self._matches_of = lru_cache(maxsize=_MOST_MATCHES)(self._made)  # many posts match by the same words

    def __call__(self, mention: Mention) -> tuple[Match, ...]:
        return self._matches_of(tuple(parser.match_all(self._parsed, mention)))

    def __reduce__(self) -> tuple[type["_QueryMatcher"], tuple[tuple[tuple[str, str], ...]]]:
        return _QueryMatcher, (self._queries,)

    def _made(self, hits: tuple[tuple[str, ...] | None, ...]) -> tuple[Match, ...]:
        found = zip(self._queries, hits, strict=True)
        return tuple(Match(brand, text, terms) for (brand, text), terms in found if terms is not None)
