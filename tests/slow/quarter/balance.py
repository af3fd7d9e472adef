"""What is left at the end of a quarter, against what existed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor import store
from monitor.settings.loading import Settings
from tests.slow.quarter.network import QuarterNetwork
from tests.slow.quarter.simulation import END
from tests.slow.quarter.world import SimulatedPost, wanted_posts


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap as Escucha tells it."""

    query: str
    since: datetime
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored post."""

    text: str
    posted_at: datetime
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Balance:
    """Posts that existed, those stored by their id, gaps, and how many rows there are of each post at most."""

    existed: list[SimulatedPost]
    kept: dict[str, Kept]
    gaps: list[Gap]
    rows: int
    network: QuarterNetwork

    def is_told(self, post: SimulatedPost) -> bool:
        """Whether its time lies in a gap; times are told to the second on some networks."""
        at, second = self.network.listed_at(post), timedelta(seconds=1)
        return any(gap.since - second <= at <= gap.until + second for gap in self.gaps)

    @property
    def missing(self) -> list[SimulatedPost]:
        """Posts that live, or lived for long enough, and are not stored."""
        return [post for post in self.existed if post.post_id not in self.kept and post.gone_at is None]

    @property
    def lost(self) -> list[SimulatedPost]:
        """Of those, the ones that no gap tells of."""
        return [post for post in self.missing if not self.is_told(post)]

    @property
    def false_gaps(self) -> list[Gap]:
        """Gaps in which nothing is missing."""
        missing = [self.network.listed_at(post) for post in self.missing]
        second = timedelta(seconds=1)
        return [gap for gap in self.gaps if not any(gap.since - second <= at <= gap.until + second for at in missing)]

    @property
    def stored_in_gaps(self) -> int:
        """How many posts are stored though their time is told to be one of a gap."""
        return sum(1 for post in self.existed if post.post_id in self.kept and self.is_told(post))

    def deletions_missed(self, recheck_days: float) -> list[SimulatedPost]:
        """Posts that were deleted while they were looked up again, and are shown as if they were there."""
        return [
            post
            for post in self.existed
            if post.gone_at
            and post.gone_at < min(END, post.made_at + timedelta(days=recheck_days))
            and (kept := self.kept.get(post.post_id))
            and kept.deleted_at is None
        ]

    @property
    def wrongly_deleted(self) -> list[SimulatedPost]:
        """Posts that live and were erased."""
        return [
            post
            for post in self.existed
            if post.gone_at is None and (kept := self.kept.get(post.post_id)) and kept.deleted_at
        ]

    def edits_missed(self, recheck_days: float) -> list[SimulatedPost]:
        """Posts that live and stand there as they were before they were edited."""
        return [
            post
            for post in self.existed
            if post.gone_at is None
            and post.edits
            and post.edits[-1][0] < min(END, post.made_at + timedelta(days=recheck_days))
            and (kept := self.kept.get(post.post_id))
            and not kept.deleted_at
            and "corregido" not in kept.text
        ]


def take(network: QuarterNetwork, settings: Settings, posts: Sequence[SimulatedPost]) -> Balance:
    """The balance at the end."""
    with store.connect(settings.store, read_only=True) as connection:
        mentions = connection.execute("SELECT post_id, text, posted_at, deleted_at FROM mentions").fetchall()
        gaps = connection.execute("SELECT query, since, until, reason FROM gaps ORDER BY since").fetchall()
    kept = {post_id: Kept(*columns) for post_id, *columns in mentions}
    return Balance(wanted_posts(posts, END), kept, [Gap(*row) for row in gaps], len(mentions), network)
