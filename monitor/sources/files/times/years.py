"""Whether the year stands first in dates of two digits a part: 26-03-13."""

from collections.abc import Sequence
from datetime import UTC, datetime

_LAST_DAY, _LAST_MONTH = 31, 12


def stand_first(dates: Sequence[tuple[int, int, int]]) -> bool | None:
    """Of the dates of a file, in the order of their parts; None: both ways fit as well.

    Posts are not of the future, and in a file their years differ less than their days.
    """
    this_year = datetime.now(UTC).year % 100
    firsts, lasts = {first for first, _, _ in dates}, {last for _, _, last in dates}
    months = {middle for _, middle, _ in dates}
    if not (max(firsts) <= this_year and max(months) <= _LAST_MONTH and min(lasts) > 0 and max(lasts) <= _LAST_DAY):
        return False
    if max(lasts) > this_year or min(firsts) < 1:
        return True
    if len(firsts) != len(lasts):
        return len(firsts) < len(lasts)
    recent = {this_year, this_year - 1}
    if (firsts <= recent) == (lasts <= recent):
        return None
    return firsts <= recent
