"""Which brands a mention belongs to: every brand's queries, tried on its text."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from monitor.models.listings import Listing
from monitor.models.posts import Match, MatchedMention, Mention
from monitor.query import parser
from monitor.settings.loading import Brand

Matching: TypeAlias = Callable[[Mention], MatchedMention | None]
"""The mention with its matches; None: it is not to be kept."""

_IMPORTED = "import"


def by_queries(brands: Sequence[Brand]) -> Matching:
    """Tries every brand's queries; a mention that none matches keeps the empty brand."""
    tried = _tried(brands)
    return lambda mention: MatchedMention(mention, tried(mention) or (Match("", _IMPORTED),))


def as_told(brand: str) -> Matching:
    """For posts that a person says are about `brand`: no query is tried."""
    matches = (Match(brand, _IMPORTED),)
    return lambda mention: MatchedMention(mention, matches)


def of_listing(brands: Sequence[Brand], listing: Listing) -> Matching:
    """For posts of a network: those that a query matches, and all of a listing that is whole."""
    tried = _tried(brands)
    own = Match(listing.brand, listing.key)

    def matching(mention: Mention) -> MatchedMention | None:
        matches = tried(mention)
        if listing.whole and not any(one.brand == listing.brand for one in matches):
            matches = (*matches, own)
        return MatchedMention(mention, matches) if matches else None

    return matching


def _tried(brands: Sequence[Brand]) -> Callable[[Mention], tuple[Match, ...]]:
    written = [(brand.name, text) for brand in brands for text in brand.queries]
    parsed = [parser.parse(text) for _, text in written]

    def tried(mention: Mention) -> tuple[Match, ...]:
        found = zip(written, parser.match_all(parsed, mention), strict=True)
        return tuple(Match(brand, text, terms) for (brand, text), terms in found if terms is not None)

    return tried
