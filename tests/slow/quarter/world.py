"""The posts of a quarter: when they are written and can first be seen, and when they are edited and deleted."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

START = datetime(2026, 3, 1, tzinfo=UTC)
"""When Escucha is started."""
DAYS = 90
EARLIER = timedelta(days=10)
"""For how long there were posts before it was."""
VANISHED = "desaparecida"
"""The account that vanishes with all its posts."""
_WORDS = ("pedido", "maleta", "vuelo", "retraso", "cobro", "factura", "nadie", "llega", "gracias", "espera", "tienda")


@dataclass(slots=True)
class SimulatedPost:
    """A post. `kind` says where the network lists it, `parent` what it answers.

    `seen_at` is when the network first shows it. `edits` are times with the text from then on.
    """

    number: int
    kind: str
    text: str
    made_at: datetime
    author: str
    seen_at: datetime
    gone_at: datetime | None = None
    edits: list[tuple[datetime, str]] = field(default_factory=list)
    parent: "SimulatedPost | None" = None
    wanted: bool = True
    post_id: str = ""

    def is_visible(self, at: datetime) -> bool:
        """Whether the network shows it at that time."""
        return self.seen_at <= at and not self.is_gone(at)

    def is_gone(self, at: datetime) -> bool:
        """Whether it was deleted by then."""
        return self.gone_at is not None and self.gone_at <= at

    def text_at(self, at: datetime) -> str:
        """What it says at that time."""
        return next((text for time, text in reversed(self.edits) if time <= at), self.text)

    def edited_at(self, at: datetime) -> datetime | None:
        """When it was last edited by then."""
        return next((time for time, _ in reversed(self.edits) if time <= at), None)


@dataclass(slots=True)
class Posts:
    """All posts, by the network's order, the oldest first."""

    all: list[SimulatedPost]
    _times: list[datetime] = field(default_factory=list)
    by_id: dict[str, SimulatedPost] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.all.sort(key=lambda post: (post.seen_at, post.number))
        self._times = [post.seen_at for post in self.all]

    def index(self) -> None:
        """Once the network has given them ids."""
        self.by_id = {post.post_id: post for post in self.all}

    def newest_first(self, kind: str, at: datetime, since: datetime | None = None) -> Iterator[SimulatedPost]:
        """Those of a kind that can be seen, from that time on."""
        first = bisect_left(self._times, since) if since else 0
        for position in range(bisect_left(self._times, at) - 1, first - 1, -1):
            post = self.all[position]
            if post.kind == kind and post.is_visible(at):
                yield post


@dataclass(slots=True)
class Author:
    """Writes the posts, from one seed. `most_late` is by how much the network may show a post late."""

    chance: Random
    most_late: timedelta = timedelta()
    posts: list[SimulatedPost] = field(default_factory=list)

    def write(
        self,
        kind: str,
        made_at: datetime,
        author: str = "",
        parent: SimulatedPost | None = None,
        *,
        wanted: bool = True,
    ) -> SimulatedPost:
        """One post; some are edited soon, some deleted."""
        number = len(self.posts) + 1
        words = " ".join(self.chance.choices(_WORDS, k=5))
        text = f"norvia {words} {number}" if wanted else f"otra cosa {words} {number}"
        late = self.most_late * self.chance.random() if self.chance.random() < 0.1 else timedelta()
        name = author or f"persona_{self.chance.randrange(60)}"
        post = SimulatedPost(number, kind, text, made_at, name, made_at + late, parent=parent, wanted=wanted)
        fate = self.chance.random()
        if fate < 0.03:
            post.gone_at = made_at + timedelta(days=self.chance.expovariate(1 / 4) + 0.02)
        elif fate < 0.05:
            edited_at = post.seen_at + timedelta(minutes=self.chance.uniform(1, 55))
            post.edits.append((edited_at, f"{text} corregido"))
        self.posts.append(post)
        return post

    def everyday(self, kind: str, per_day: float, *, wanted: bool = True) -> None:
        """Posts of every day, more by day than by night; some in the same second."""
        at, end = START - EARLIER, START + timedelta(days=DAYS)
        while at < end:
            busy = 1.6 if 7 <= at.hour < 23 else 0.4
            at += timedelta(seconds=self.chance.expovariate(per_day * busy / 86_400))
            self.write(kind, at.replace(microsecond=at.microsecond // 1000 * 1000), wanted=wanted)
            if self.chance.random() < 0.05:
                self.write(kind, at.replace(microsecond=0), wanted=wanted)

    def flood(self, kind: str, day: float, count: int, *, wanted: bool = True) -> None:
        """So many posts within an hour."""
        for _ in range(count):
            seconds = self.chance.randrange(3_600)
            self.write(kind, START + timedelta(days=day, seconds=seconds), wanted=wanted)

    def vanish(self, kind: str, count: int, day: float) -> None:
        """An account that writes so many posts in the ten days before it vanishes with all of them."""
        for _ in range(count):
            made_at = START + timedelta(days=day - self.chance.uniform(0.5, 10))
            post = self.write(kind, made_at, VANISHED)
            post.edits.clear()
            post.gone_at = START + timedelta(days=day)


def wanted_posts(posts: Sequence[SimulatedPost], until: datetime) -> list[SimulatedPost]:
    """What had to be collected: about the brand, since Escucha was started, to be seen in time."""
    return [post for post in posts if post.wanted and post.made_at >= START and post.seen_at < until]
