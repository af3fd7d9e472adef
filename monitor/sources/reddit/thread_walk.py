"""How far a thread of Reddit has been read: the cursor within one read, the note between reads. Pure.

Reddit says how many comments a submission has (`num_comments`). What was announced and did not come is read again; when
it does not come then either, it is a gap. Every read has a bound.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from monitor.errors import CursorExpired
from monitor.models.listings import WITHHELD, CoverageGap
from monitor.sources.fields import count, fields
from monitor.sources.reddit import nodes
from monitor.sources.reddit.nodes import CommentTree

MORE_CHILDREN = 100
"""Comments of one request for those left out."""
_READS = 3  # of a thread with as many comments as before, of which not all came
_LAST_READ = timedelta(days=1)  # a thread that is followed for no longer than this has no other chance
_LEAST_REQUESTS, _MOST_REQUESTS = 50, 5_000  # of one read
_COMMENTS_A_REQUEST = 4  # of a read beyond the least; the real Reddit gives some 100
_MOST_STALLED = 25  # requests in a row that bring no new comment


@dataclass(frozen=True, slots=True)
class ThreadCursor:
    """What is still to be asked for: comments left out, and comments whose answers are elsewhere; ids without `t1_`.

    `announced` is how many comments the submission said it had when the read began (None: it did not say) and
    `created` when it was made, in seconds since 1970. So far the read made so many `requests`, the last `stalled` of
    them without a new comment; it has `read` so many comments, and `unserved` ones were named by Reddit but not given.
    """

    left_out: tuple[str, ...] = ()
    cut_off: tuple[str, ...] = ()
    announced: int | None = None
    created: float = 0.0
    requests: int = 1
    stalled: int = 0
    read: int = 0
    unserved: int = 0

    @property
    def text(self) -> str | None:
        """As it is stored; None: nothing is left to read."""
        if not self.left_out and not self.cut_off:
            return None
        names = {"more": " ".join(self.left_out), "below": " ".join(self.cut_off)}
        counts = {name: getattr(self, name) for name in ("announced", "created", "requests", "stalled", "read")}
        return json.dumps(names | counts | {"unserved": self.unserved})

    @property
    def next_request(self) -> CommentTree:
        """What the next page asks for: up to a hundred comments left out, else the answers below one comment."""
        if self.left_out:
            return CommentTree(left_out=list(self.left_out[:MORE_CHILDREN]))
        return CommentTree(cut_off=list(self.cut_off[:1]))

    @property
    def is_at_bound(self) -> bool:
        """Whether the read has made more requests than a thread of this size can need, or gets nowhere."""
        needed = _LEAST_REQUESTS + (self.announced or 0) // _COMMENTS_A_REQUEST
        return self.stalled >= _MOST_STALLED or self.requests >= min(needed, _MOST_REQUESTS)

    def following(self, requested: CommentTree, answer: CommentTree, received: set[str]) -> "ThreadCursor":
        """The cursor after an answer; `received` are the comments of the read so far, and get those of the answer.

        What was `requested` and is named again did not fit: it is asked for again as long as the answers bring
        anything new.
        """
        names = {name for name in map(nodes.fullname, answer.comments) if name is not None}
        received |= {f"t1_{comment_id}" for comment_id in requested.cut_off}
        fresh = names - received
        received |= names
        unserved = [] if fresh else _named_again(requested, answer)
        dropped = {*requested.left_out, *requested.cut_off} if not fresh else set()
        left_out = (*self.left_out[len(requested.left_out) :], *answer.left_out)
        cut_off = (*self.cut_off[len(requested.cut_off) :], *answer.cut_off)
        return replace(
            self,
            left_out=tuple(
                comment_id
                for comment_id in dict.fromkeys(left_out)
                if comment_id not in dropped and f"t1_{comment_id}" not in received
            ),
            cut_off=tuple(comment_id for comment_id in dict.fromkeys(cut_off) if comment_id not in dropped),
            requests=self.requests + 1,
            stalled=0 if fresh else self.stalled + 1,
            read=self.read + len(fresh),
            unserved=self.unserved + len(unserved),
        )

    def given_up(self) -> "ThreadCursor":
        """The cursor of a read that ends here, whatever is left."""
        left = len(self.left_out) + len(self.cut_off)
        return replace(self, left_out=(), cut_off=(), unserved=self.unserved + left)

    @property
    def missing(self) -> int:
        """How many comments were announced, or named, and did not come."""
        return max(self.unserved, (self.announced or 0) - self.read)


def _named_again(requested: CommentTree, answer: CommentTree) -> Sequence[str]:
    left_out, cut_off = set(answer.left_out), set(answer.cut_off)
    again = [comment_id for comment_id in requested.left_out if comment_id in left_out]
    return again + [comment_id for comment_id in requested.cut_off if comment_id in cut_off]


def read_cursor(text: str) -> ThreadCursor:
    """A stored cursor. Raises CursorExpired for something else."""
    try:
        stored = json.loads(text)
        announced, created = count(stored.get("announced")), stored.get("created", 0.0)
        requests, stalled, read, unserved = (
            count(stored.get(name)) or 0 for name in ("requests", "stalled", "read", "unserved")
        )
        return ThreadCursor(
            tuple(stored["more"].split()),
            tuple(stored["below"].split()),
            announced,
            float(created),
            requests,
            stalled,
            read,
            unserved,
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        raise CursorExpired("reddit: the cursor of a thread is none of this version's") from None


@dataclass(frozen=True, slots=True)
class ThreadNote:
    """What the last read of a thread came to: comments `announced`, how many were `missing`, after how many `reads`."""

    announced: int | None = None
    missing: int = 0
    reads: int = 0

    @property
    def text(self) -> str:
        """As it is stored: `150` of a thread read whole, `150 3 1` of one that was read once and lacks three."""
        if self.announced is None:
            return ""
        return f"{self.announced} {self.missing} {self.reads}" if self.missing else str(self.announced)

    def is_settled(self, announced: int | None) -> bool:
        """Whether a thread of so many comments need not be read again."""
        return announced is not None and self.announced == announced and (not self.missing or self.reads >= _READS)

    def after(
        self, cursor: ThreadCursor, now: datetime, days_left: timedelta
    ) -> tuple["ThreadNote", tuple[CoverageGap, ...]]:
        """The note once a read has ended, and the gap when what is missing was asked for often enough.

        `days_left` is for how long the thread is still followed.
        """
        announced = cursor.announced if cursor.announced is not None else cursor.read + cursor.unserved
        if not cursor.missing:
            return ThreadNote(cursor.announced), ()
        was_told = self.reads >= _READS and cursor.missing <= self.missing
        reads = self.reads + 1 if self.announced == announced else 1
        if was_told or reads >= _READS or cursor.is_at_bound or days_left < _LAST_READ:
            reads = _READS
        note = ThreadNote(announced, cursor.missing, reads)
        if was_told or reads < _READS:
            return note, ()
        reason = WITHHELD.format(announced=max(announced, cursor.read + cursor.unserved), given=cursor.read)
        return note, (CoverageGap(datetime.fromtimestamp(cursor.created, UTC), now, reason),)


def read_note(text: str) -> ThreadNote:
    """A stored note; an empty one for anything else."""
    numbers = [int(part) for part in text.split() if part.isdecimal() and len(part) < 12]
    if len(numbers) not in (1, 3) or len(numbers) != len(text.split()):
        return ThreadNote()
    return ThreadNote(*numbers)


def comment_count(submission: object) -> int | None:
    """How many comments a submission says it has; None: it does not say."""
    return count(fields(nodes.body(submission)).get("num_comments"))
