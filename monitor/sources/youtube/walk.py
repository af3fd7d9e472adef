"""How far a channel's or video's comments have been read: the cursor within one read, the note between reads."""

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta

from monitor.errors import CursorExpired
from monitor.models.listings import WITHHELD, CoverageGap
from monitor.sources.fields import count, fields, moment, name

THREAD_TIME = timedelta(days=7)
"""Threads so young are looked at for new replies; YouTube lists threads by their first comment alone."""
_DEEP_EVERY = timedelta(hours=3)
_REMEMBERED = 500  # threads whose replies do not fit into the listing


@dataclass(frozen=True, slots=True)
class Parent:
    """A thread with more replies than came with it: the id of its first comment, how many, and where it stands.

    `published` is when its first comment was, as text.
    """

    post_id: str
    replies: int
    channel: str | None = None
    video: str | None = None
    published: str | None = None

    def gap(self, read: int, now: datetime) -> CoverageGap | None:
        """What YouTube counted and did not give, after all its pages were read."""
        since = moment(self.published)
        if read >= self.replies or since is None or since >= now:
            return None
        return CoverageGap(since, now, WITHHELD.format(announced=self.replies, given=read))


@dataclass(frozen=True, slots=True)
class YouTubeCursor:
    """The next page of threads, and before it: threads whose replies are still to be read, the first at `replies`.

    `read` is how many of the first one's replies came on earlier pages. `oldest` is the time of the last thread that
    was listed. `deep`: the read goes THREAD_TIME further back.
    """

    page: str | None = None
    parents: tuple[Parent, ...] = ()
    replies: str | None = None
    oldest: datetime | None = None
    deep: bool = False
    read: int = 0

    @property
    def text(self) -> str | None:
        """As it is stored; None: nothing is left to read."""
        return json.dumps(asdict(self), default=datetime.isoformat) if self.page or self.parents else None

    @property
    def read_down_to(self) -> datetime | None:
        """Nothing newer than this is unread; None: not known before the replies are read."""
        if self.parents or self.oldest is None:
            return None
        return self.oldest + THREAD_TIME if self.deep else self.oldest


def read_cursor(text: str) -> YouTubeCursor:
    """A stored cursor. Raises CursorExpired for something else."""
    try:
        stored = json.loads(text)
        parents = tuple(Parent(**parent) for parent in stored["parents"])
        read = count(stored.get("read")) or 0
        return YouTubeCursor(stored["page"], parents, stored["replies"], moment(stored["oldest"]), stored["deep"], read)
    except (ValueError, TypeError, KeyError):
        raise CursorExpired("youtube: the cursor is none of this version's") from None


@dataclass(frozen=True, slots=True)
class Note:
    """When a read last went deep, and how many replies were read of threads that have many."""

    deep_at: datetime | None = None
    replies: dict[str, int] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """As it is stored."""
        return json.dumps(asdict(self), default=datetime.isoformat)

    def is_due(self, now: datetime) -> bool:
        """Whether the next read looks through older threads again; the first read of all sees them anyway.

        It does too when the last one lies in the future: a clock was wrong then.
        """
        return self.deep_at is not None and abs(now - self.deep_at) > _DEEP_EVERY

    def at_start(self, now: datetime, deep: bool) -> "Note":
        """When a read begins."""
        return replace(self, deep_at=now) if deep or self.deep_at is None else self

    def with_replies(self, parent: Parent) -> "Note":
        """Once all replies of this thread are read."""
        counts = {post_id: replies for post_id, replies in self.replies.items() if post_id != parent.post_id}
        counts[parent.post_id] = parent.replies
        return replace(self, replies=dict(list(counts.items())[-_REMEMBERED:]))


def read_note(text: str) -> Note:
    """A stored note; an empty one for anything else."""
    try:
        stored = fields(json.loads(text))
    except ValueError:
        return Note()
    replies = fields(stored.get("replies"))
    counts = {post_id: number for post_id, number in replies.items() if name(post_id) and count(number) is not None}
    return Note(moment(stored.get("deep_at")), counts)
