"""Which brands a mention belongs to: every brand's queries, tried on its text."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeAlias

from monitor.models.listings import Listing
from monitor.models.making import quickly
from monitor.models.posts import Match, MatchedMention, Mention
from monitor.query import parser
from monitor.settings.loading import Brand
from monitor.store.posts.unmatched import IMPORTED

Matcher: TypeAlias = Callable[[Mention], MatchedMention | None]
"""The mention with its matches; None: it is not to be kept."""

_MOST_MATCHES = 1_000
"""Of queries at once, that are made once for all posts that have them."""
_matched = quickly(MatchedMention)


def by_queries(brands: Sequence[Brand]) -> Matcher:
    """Tries every brand's queries; a mention that none matches keeps the empty brand."""
    match_queries, nobodys = _query_matcher(brands), (Match("", IMPORTED),)
    return lambda mention: _matched(mention, match_queries(mention) or nobodys)


def by_brand(brand: str) -> Matcher:
    """For posts that a person says are about `brand`: no query is tried."""
    matches = (Match(brand, IMPORTED),)
    return lambda mention: _matched(mention, matches)


def by_listing(brands: Sequence[Brand], listing: Listing) -> Matcher:
    """For posts of a network: those that a query matches, and all of a listing that is whole, which is told too."""
    match_queries = _query_matcher(brands)
    own = Match(listing.brand, listing.key)

    def match_listing(mention: Mention) -> MatchedMention | None:
        matches = match_queries(mention)
        if listing.whole:
            matches = (*matches, own)
        return MatchedMention(mention, matches) if matches else None

    return match_listing


def _query_matcher(brands: Sequence[Brand]) -> Callable[[Mention], tuple[Match, ...]]:
    queries = [(brand.name, text) for brand in brands for text in brand.queries]
    parsed = [parser.parse(text) for _, text in queries]

    @lru_cache(maxsize=_MOST_MATCHES)  # many posts match by the same words
    def matches_of(hits: tuple[tuple[str, ...] | None, ...]) -> tuple[Match, ...]:
        found = zip(queries, hits, strict=True)
        return tuple(Match(brand, text, terms) for (brand, text), terms in found if terms is not None)

    return lambda mention: matches_of(tuple(parser.match_all(parsed, mention)))
