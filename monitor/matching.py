"""Which brands a mention belongs to: every brand's queries, tried on its text."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from monitor import query
from monitor.models import Match, MatchedMention, Mention
from monitor.settings import Brand

Matching: TypeAlias = Callable[[Mention], MatchedMention]
_IMPORTED = "import"


def by_queries(brands: Sequence[Brand]) -> Matching:
    """Tries every brand's queries; a mention that none matches keeps the empty brand."""
    tried = [(brand.name, text, query.parse(text)) for brand in brands for text in brand.queries]
    parsed = [one for _, _, one in tried]

    def matching(mention: Mention) -> MatchedMention:
        found = zip(tried, query.match_all(parsed, mention), strict=True)
        matches = tuple(Match(brand, text, terms) for (brand, text, _), terms in found if terms is not None)
        return MatchedMention(mention, matches or (Match("", _IMPORTED),))

    return matching


def as_told(brand: str) -> Matching:
    """For posts that a person says are about `brand`: no query is tried."""
    matches = (Match(brand, _IMPORTED),)
    return lambda mention: MatchedMention(mention, matches)
