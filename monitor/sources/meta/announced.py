"""What Meta announces of the comments below a post, against what was read of them.

A medium of Instagram has `comments_count`, replies included. A count may be ahead of the listing for a while, so that
what is missing is read again, as everything within the edge's reach is by every read; after three reads it is a gap.
Facebook's `total_count` counts deleted and hidden comments too, as its reference says, and is not compared.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from monitor.models.listings import WITHHELD, CoverageGap
from monitor.sources.fields import count, fields, moment

_READS = 3  # that bring fewer comments than announced, before that is told
_REMEMBERED = 500  # posts that lack comments


@dataclass(frozen=True, slots=True)
class CommentTally:
    """Of a post: comments `announced` below it, how many were `given` by this read, and when it was `published`."""

    post: str
    announced: int
    published: str
    given: int = 0


@dataclass(frozen=True, slots=True)
class EdgeNote:
    """What is remembered between reads: when one last read comments again for their replies, and what was missing.

    `missing` holds by a post's id how many comments lacked and in how many reads in a row.
    """

    deep_at: datetime | None = None
    missing: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """As it is stored: the time alone where nothing is missing."""
        deep_at = self.deep_at.isoformat() if self.deep_at else ""
        return json.dumps({"deep_at": deep_at, "missing": self.missing}) if self.missing else deep_at

    @property
    def posts_to_recount(self) -> frozenset[str]:
        """Posts of which comments lacked that may still come: all of theirs are read again."""
        return frozenset(post for post, (_, reads) in self.missing.items() if reads < _READS)

    def settle(self, tallies: Sequence[CommentTally], now: datetime) -> tuple["EdgeNote", tuple[CoverageGap, ...]]:
        """The note once these posts were read to their end, and gaps for what lacked in several reads."""
        missing, gaps = dict(self.missing), []
        for tally in tallies:
            lacking = tally.announced - tally.given
            known, reads = missing.pop(tally.post, (0, 0))
            if lacking <= 0:
                continue
            reads = reads + 1 if lacking <= known else 1
            missing[tally.post] = (lacking, reads)
            since = moment(tally.published)
            if reads == _READS and since is not None and since < now:
                reason = WITHHELD.format(announced=tally.announced, given=tally.given)
                gaps.append(CoverageGap(since, now, reason))
        return replace(self, missing=dict(list(missing.items())[-_REMEMBERED:])), tuple(gaps)


def read_note(text: str) -> EdgeNote:
    """A stored note; an empty one for anything else."""
    if not text.startswith("{"):
        return EdgeNote(moment(text))
    try:
        stored = fields(json.loads(text))
    except ValueError:
        return EdgeNote()
    pairs = {post: pair for post, pair in fields(stored.get("missing")).items() if _is_pair(pair)}
    return EdgeNote(moment(stored.get("deep_at")), {post: (pair[0], pair[1]) for post, pair in pairs.items()})


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and None not in map(count, value)
