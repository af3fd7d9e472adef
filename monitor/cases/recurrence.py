"""Whether complaints of a cause became fewer after something was done about it. Pure."""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from monitor.intervals import WIDTH

Trend: TypeAlias = Literal["early", "few", "fell", "rose", "unclear"]

MOST_DAYS, FEWEST_DAYS, FEWEST_CASES = 90, 14, 10


@dataclass(frozen=True, slots=True)
class CauseCounts:
    """Whole days of equal number: complaints of the cause, those of them on networks, and mentions of networks."""

    days: int
    cases: int
    on_networks: int
    mentions: int


@dataclass(frozen=True, slots=True)
class Effect:
    """Complaints of a cause before and after; `ratio` is the rate after over the rate before with its 95 % interval.

    `per_mentions`: rates are a share of the mentions, else cases per week. `early`: fewer than 14 days have passed;
    `few`: fewer than 10 cases in both windows; then there is no ratio. `unclear`: the interval holds 1.
    """

    before: CauseCounts
    after: CauseCounts
    per_mentions: bool
    rate_before: float
    rate_after: float
    ratio: float | None
    low: float | None
    high: float | None
    verdict: Trend


def effect(before: CauseCounts, after: CauseCounts) -> Effect:
    """What two windows of equal length say.

    Counts are taken as Poisson. The interval is the usual one on the logarithm of a rate ratio (Rothman, Modern
    Epidemiology, on person-time data), exp(ln ratio +- z sqrt(1/a + 1/b)), with half a case added to both counts, so
    that a cause that vanished has an interval too. Rates are per mention where every case came from a network and both
    windows have mentions: when people talk more about a brand, more of them complain.
    """
    periods = (before, after)
    per_mentions = all(period.mentions and period.on_networks == period.cases for period in periods)
    rates = [
        period.cases / period.mentions if per_mentions else 7 * period.cases / max(period.days, 1) for period in periods
    ]
    if after.days < FEWEST_DAYS or before.cases + after.cases < FEWEST_CASES:
        verdict: Trend = "early" if after.days < FEWEST_DAYS else "few"
        return Effect(before, after, per_mentions, rates[0], rates[1], None, None, None, verdict)
    exposure = before.mentions / after.mentions if per_mentions else 1.0
    ratio = (after.cases + 0.5) / (before.cases + 0.5) * exposure
    spread = math.exp(WIDTH * math.sqrt(1 / (after.cases + 0.5) + 1 / (before.cases + 0.5)))
    low, high = ratio / spread, ratio * spread
    verdict = "fell" if high < 1 else "rose" if low > 1 else "unclear"
    return Effect(before, after, per_mentions, rates[0], rates[1], ratio, low, high, verdict)
