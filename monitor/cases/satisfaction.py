"""What answers to surveys add up to: CSAT, NPS and the response rate, each with how sure one can be of it. Pure.

Sources: Wilson (1927) for shares; Bonett and Price (2012), adjusted Wald, for the difference of promoters and
detractors, which stays honest with few answers.
"""

import math
from dataclasses import dataclass

from monitor.intervals import WIDTH, wilson

FEW = 30
"""Below so many answers a figure says little by itself: show how many there were."""


class _Figure:
    """A figure of `n` answers."""

    __slots__ = ()
    n: int

    @property
    def is_few(self) -> bool:
        """Whether so few that the interval matters more than the value."""
        return self.n < FEW


@dataclass(frozen=True, slots=True)
class ShareEstimate(_Figure):
    """`hits` of `n`: `value` from 0 to 1 and the 95 % interval from `low` to `high`; None where `n` is 0."""

    hits: int
    n: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Score(_Figure):
    """Net promoter score from -100 to 100 of `n` answers, with its 95 % interval; None where `n` is 0."""

    promoters: int
    detractors: int
    n: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Surveys of a period: how many were asked, were answered, and answered with 4 or 5.

    Of those who said whether they would recommend the brand (`rated`): the 9s and 10s, and the 0s to 6s.
    """

    asked: int = 0
    answered: int = 0
    satisfied: int = 0
    rated: int = 0
    promoters: int = 0
    detractors: int = 0

    @property
    def csat(self) -> ShareEstimate:
        """The share of answers with a satisfaction of 4 or 5."""
        return share(self.satisfied, self.answered)

    @property
    def nps(self) -> Score:
        """Promoters less detractors, in hundredths of all who said it."""
        return score(self.promoters, self.detractors, self.rated)

    @property
    def response(self) -> ShareEstimate:
        """The share of surveys that were answered."""
        return share(self.answered, self.asked)


def share(hits: int, n: int) -> ShareEstimate:
    """`hits` of `n` with Wilson's interval. Raises ValueError unless 0 <= hits <= n."""
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n} is no share")
    if n == 0:
        return ShareEstimate(0, 0, None, None, None)
    return ShareEstimate(hits, n, hits / n, *wilson(hits, n))


def score(promoters: int, detractors: int, n: int) -> Score:
    """The net promoter score with the interval of Bonett and Price. Raises ValueError for counts that do not fit."""
    if promoters < 0 or detractors < 0 or promoters + detractors > n:
        raise ValueError(f"{promoters} promoters and {detractors} detractors of {n} do not fit")
    if n == 0:
        return Score(0, 0, 0, None, None, None)
    up, down = (promoters + 1) / (n + 2), (detractors + 1) / (n + 2)
    half = WIDTH * math.sqrt((up + down - (up - down) ** 2) / (n + 2))
    low, high = max(-1.0, up - down - half), min(1.0, up - down + half)
    return Score(promoters, detractors, n, 100 * (promoters - detractors) / n, 100 * low, 100 * high)
