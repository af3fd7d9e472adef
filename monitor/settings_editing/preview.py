"""What changed queries would find among the posts that are stored."""

import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from monitor.collect import matching
from monitor.models.posts import Mention
from monitor.query import parser
from monitor.settings.loading import Brand, Settings
from monitor.settings.own import own_handles
from monitor.store import Connection
from monitor.store.posts import contents
from monitor.store.posts.contents import PostSpan
from monitor.text.folding import fold_handle

LONGEST: Final = 2.0
"""Seconds after which the posts that were looked at have to do for all."""
_BLOCK = 2_000  # posts that are read at once: so many of the longest texts fit into memory
_SPARSEST = 20  # times as many ids, where posts of other days have most of them


@dataclass(frozen=True, slots=True)
class BrandPreview:
    """How many stored posts a brand's changed queries match, and how many of them they gain and lose.

    What the brands' own accounts wrote does not count. `is_estimate`: only a part of the posts was looked at, and the
    numbers are reckoned from it. `may_find_more`: a query asks for what none asked for before, and of such posts only
    those are stored that came for another reason; how many there were on the networks, nobody knows.
    """

    brand: str
    matching: int
    gained: int
    lost: int
    is_estimate: bool = False
    may_find_more: bool = False


def preview(
    connection: Connection,
    settings_before: Settings,
    settings_after: Settings,
    *,
    now: datetime,
    days: float = 7,
    longest: float = LONGEST,
) -> list[BrandPreview]:
    """What the queries of each brand match among the posts of the last `days`, as collecting would match them.

    In the order of the settings after; a brand that they do not have any more comes last. What belongs to a brand
    whatever its queries (what is said on its own pages, in a conversation, by hand) stays its, and counts only where a
    query matches it. Takes some `longest` seconds, during which the connection is in use, and little memory.
    """
    sides = (_Side(settings_before), _Side(settings_after))
    since = now - timedelta(days=days)
    posts = contents.span(connection, since, now)
    tally = _Tally(*sides)
    deadline = time.monotonic() + longest
    for block in _blocks(posts):
        tally.add(contents.matchable(connection, since, now, block.start, block.stop))
        if tally.looked_at and time.monotonic() > deadline:
            break
    return [tally.brand(name, posts.size) for name in dict.fromkeys([*sides[1].queries, *sides[0].queries])]


def _blocks(posts: PostSpan) -> list[range]:
    """All ids in blocks, shuffled, so that the first of them speak for all; each time alike."""
    ids = posts.last + 1 - posts.first
    size = _BLOCK * min(_SPARSEST, max(1, ids // max(1, posts.size)))
    blocks = [range(first, first + size) for first in range(posts.first, posts.last + 1, size)]
    random.Random(0).shuffle(blocks)  # noqa: S311 (no secret)
    return blocks


class _Side:
    """The queries of each brand before or after, and the accounts whose posts do not count."""

    def __init__(self, settings: Settings) -> None:
        self.queries = {brand.name: frozenset(brand.queries) for brand in settings.brands}
        self._own = own_handles(settings)

    def brands_of(self, author: str, found: frozenset[str]) -> Iterator[str]:
        """The brands that a post of this author (folded) counts for, which these queries match."""
        if found and author not in self._own:
            yield from (name for name, queries in self.queries.items() if not queries.isdisjoint(found))


class _Tally:
    """Posts counted by brand: those that match before, after, and both."""

    def __init__(self, before: _Side, after: _Side) -> None:
        self.looked_at = 0
        self._before, self._after = before, after
        self._counts: tuple[Counter[str], Counter[str], Counter[str]] = (Counter(), Counter(), Counter())
        texts = frozenset[str]().union(*before.queries.values(), *after.queries.values())
        # Each query once, under a brand of its own: the text is folded once for before and after.
        self._match = matching.by_queries([Brand(name=text, queries=(text,)) for text in sorted(texts)])

    def add(self, mentions: Iterable[Mention]) -> None:
        """Counts these posts."""
        for mention in mentions:
            self.looked_at += 1
            matched = self._match(mention)
            found = frozenset(match.brand for match in matched.matches) if matched else frozenset[str]()
            author = fold_handle(mention.author)
            before, after = set(self._before.brands_of(author, found)), set(self._after.brands_of(author, found))
            for counter, names in zip(self._counts, (before, after, before & after), strict=True):
                counter.update(names)

    def brand(self, name: str, total: int) -> BrandPreview:
        """What was counted for a brand, reckoned up to `total` posts where fewer were looked at."""
        share = total / self.looked_at if self.looked_at else 0.0
        before, after, both = (round(counter[name] * share) for counter in self._counts)
        return BrandPreview(
            name,
            after,
            after - both,
            before - both,
            is_estimate=self.looked_at < total,
            may_find_more=_asks_for_more(name, self._before.queries, self._after.queries),
        )


def _asks_for_more(name: str, before: Mapping[str, frozenset[str]], after: Mapping[str, frozenset[str]]) -> bool:
    """Whether a query of the brand is neither one of those before, of any brand, nor one of them narrowed."""
    known = [parser.parse(text).root for text in sorted(frozenset[str]().union(*before.values()))]
    return not all(
        any(_is_within(parser.parse(text).root, root) for root in known) for text in after.get(name, frozenset())
    )


def _is_within(root: parser.Node, wider: parser.Node) -> bool:
    """Whether it surely matches nothing that the wider one does not: it is the same, with further conditions."""
    parts = set(root.nodes) if isinstance(root, parser.All) else {root}
    return (set(wider.nodes) if isinstance(wider, parser.All) else {wider}) <= parts
