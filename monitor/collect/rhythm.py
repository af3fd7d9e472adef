"""How often a stored post is looked up again: young ones in the settings' rhythm, older ones more rarely. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from monitor.store.posts.rechecks import RecheckBand

YOUNG = timedelta(days=2)
"""Until this age the rhythm is that of the settings; from then on it doubles whenever the age doubles."""
LONGEST_RHYTHM = timedelta(days=7)
"""So far two looks lie apart at most, unless the settings' own rhythm is longer."""
_OLDEST = timedelta(days=36_500)
_SLACK = 0.8  # of the rhythm: a post looked up towards the end of the last run is due in this one


def rhythms(rhythm: timedelta) -> Iterator[tuple[timedelta, timedelta]]:
    """From which age on posts are looked up how often, the youngest first."""
    age, distance = timedelta(), rhythm
    yield age, distance
    while distance < LONGEST_RHYTHM and age < _OLDEST:
        age, distance = max(YOUNG, 2 * age), min(2 * distance, LONGEST_RHYTHM)
        yield age, distance


def due_before(at: datetime, rhythm: timedelta) -> datetime:
    """What was looked at before this is due."""
    return at - _SLACK * rhythm


def bands(at: datetime, rhythm: timedelta) -> Sequence[RecheckBand]:
    """Which posts are due at that time, the oldest first; without the youngest, which have the rhythm itself."""
    older = [RecheckBand(at - age, due_before(at, distance)) for age, distance in rhythms(rhythm) if age]
    return older[::-1]


def looks(rhythm: timedelta, days: float) -> float:
    """How many times a post is looked up again until it is so many days old."""
    end, steps = timedelta(days=days), list(rhythms(rhythm))
    ages = [age for age, _ in steps] + [max(end, steps[-1][0])]
    return sum(
        max(min(end, next_age) - age, timedelta()) / distance
        for (age, distance), next_age in zip(steps, ages[1:], strict=True)
    )
