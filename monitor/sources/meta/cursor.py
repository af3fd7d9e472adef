"""How far an edge of Meta's has been read within one read."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from monitor.errors import CursorExpired
from monitor.sources.fields import moment
from monitor.sources.meta.announced import CommentTally


@dataclass(frozen=True, slots=True)
class PendingComments:
    """Comments of a node that did not come with it: the node, the edge, the cursor, and what they stand below.

    Without a cursor (""): none of them came.
    """

    node: str
    edge: str
    after: str
    below: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class GraphCursor:
    """The next page of the edge, and before it: comments still to be read, those older than `known` excepted.

    `oldest` is the time of the last post that was listed. `tallies` are of posts whose comments are not all read yet.
    """

    after: str | None = None
    rests: tuple[PendingComments, ...] = ()
    oldest: datetime | None = None
    known: datetime | None = None
    tallies: tuple[CommentTally, ...] = ()

    @property
    def text(self) -> str | None:
        """As it is stored; None: nothing is left to read."""
        return json.dumps(asdict(self), default=datetime.isoformat) if self.after or self.rests else None


def read_cursor(text: str) -> GraphCursor:
    """A stored cursor. Raises CursorExpired for something else."""
    try:
        stored = json.loads(text)
        rests = tuple(PendingComments(**comments) for comments in stored["rests"])
        tallies = tuple(CommentTally(**tally) for tally in stored.get("tallies", ()))
        return GraphCursor(stored["after"], rests, moment(stored["oldest"]), moment(stored["known"]), tallies)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise CursorExpired("the cursor is none of this version's") from None
