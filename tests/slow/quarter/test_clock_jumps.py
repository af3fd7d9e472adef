"""A clock that jumps by hours and by years, ahead and behind, again and again, loses no post and tells no gap."""

from datetime import timedelta
from pathlib import Path
from random import Random
from typing import ClassVar

import pytest

from tests.slow.quarter import balance
from tests.slow.quarter.mastodon import MastodonNetwork
from tests.slow.quarter.network import QuarterNetwork
from tests.slow.quarter.reddit import RedditNetwork
from tests.slow.quarter.simulation import begun
from tests.slow.quarter.weather import CLOCKS, Forecast, Spell
from tests.slow.quarter.world import START, Author
from tests.slow.quarter.x import XNetwork

POSTS, EVERY = 104, timedelta(hours=6)
LAST = START + POSTS * EVERY
ERRORS = tuple(sign * error for error in (*CLOCKS, timedelta(hours=26)) for sign in (1, -1))
SETTLING = timedelta(days=5)
"""With a clock that is right: less than the reach of any network."""


class FourADay(QuarterNetwork):
    """A network with a post every six hours, none of which is edited or deleted."""

    kind: ClassVar[str]

    def populate(self, author: Author) -> None:
        """Of one listing."""
        for number in range(POSTS):
            post = author.write(self.kind, START + number * EVERY + timedelta(minutes=author.chance.uniform(0, 300)))
            post.gone_at = None
            post.edits.clear()


class FourOfX(FourADay, XNetwork):
    """X."""

    kind = "search"


class FourOfReddit(FourADay, RedditNetwork):
    """Reddit."""

    kind = "comment"


class FourOfMastodon(FourADay, MastodonNetwork):
    """Mastodon."""

    kind = "tag"


def jumps(chance: Random) -> Forecast:
    """The clock is wrong most of the time, for up to thirty hours; every other time it jumps from wrong to wrong.

    Not in the first days: fewer than ten posts do not show whose clock is wrong, and a gap is told to be safe.
    """
    spells, at = [], START + timedelta(days=3)
    while at < LAST:
        until = at + timedelta(hours=chance.uniform(1, 30))
        spells.append(Spell(at, until, clock=chance.choice(ERRORS)))
        at = until + (timedelta(hours=chance.uniform(1, 20)) if chance.random() < 0.5 else timedelta())
    return Forecast(tuple(spells))


@pytest.mark.slow
@pytest.mark.parametrize("build", [FourOfX, FourOfReddit, FourOfMastodon])
def test_every_post_is_stored_once_and_no_gap_is_told(
    build: type[QuarterNetwork], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = Random(1)
    with begun(build, chance, jumps(chance), tmp_path, monkeypatch) as lived:
        at = START
        while at < LAST + SETTLING:
            lived.move_to(at)
            lived.run_pass(with_recheck=False)
            lived.passes += 1
            at += timedelta(hours=chance.uniform(3, 13))
        left = balance.take(lived.network, lived.settings(lived.now()), lived.network.posts.all)
    print(f"\n{build.name}: {lived.passes} passes, {len(lived.forecast.spells)} wrong clocks, {left.rows} posts stored")
    assert [post.made_at for post in left.missing] == []
    assert left.rows == len(left.kept) == POSTS
    assert left.gaps == []
