"""Customer segments as after-sales teaching has them: by value, by frequency, by life-cycle. Pure.

value: top, large, medium, low, by lifetime value among all customers whose value is known. A customer is top when at
    most `top_share` of them are worth as much or more; large when at most `top_share + large_share` are; medium
    likewise; else low. Customers worth the same are in the same segment. An amount in the settings outranks the share.
frequency: frequent, habitual, occasional, by the number of purchases.
life-cycle: current, active, inactive, by days since the last purchase; without any purchase, probable if they have
    written to us (a linked handle of theirs has posts or cases), else potential.

What is not known gives '': no segment, which never counts against a customer.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from monitor.models.cases import CUSTOMER_VALUES, CustomerValue
from monitor.settings.desk import Segments

Frequency: TypeAlias = Literal["frequent", "habitual", "occasional"]
Lifecycle: TypeAlias = Literal["current", "active", "inactive", "probable", "potential"]
LIFECYCLES: tuple[Lifecycle, ...] = ("current", "active", "inactive", "probable", "potential")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least lifetime value of each segment; infinite where nobody is worth enough. Below `medium` is low."""

    top: float
    large: float
    medium: float


def bounds(amounts: Iterable[float | None], cutoffs: Segments) -> Bounds:
    """Where the segments begin among all customers' lifetime values; unknown ones count for nothing."""
    sorted_amounts = sorted(amount for amount in amounts if amount is not None)
    shares = (cutoffs.top_share, cutoffs.large_share, cutoffs.medium_share)
    fixed_amounts = (cutoffs.top_amount, cutoffs.large_amount, cutoffs.medium_amount)
    thresholds = (
        _threshold(sorted_amounts, sum(shares[: at + 1])) if amount is None else amount
        for at, amount in enumerate(fixed_amounts)
    )
    return Bounds(*thresholds)


def _threshold(amounts: list[float], share: float) -> float:
    """The smallest amount that at most this share of the customers reach."""
    most = math.floor(share * len(amounts) + 1e-9)
    if most >= len(amounts):
        return -math.inf
    first_excluded = amounts[-most - 1]  # the richest that would be one too many: with all who are worth the same
    above = bisect_right(amounts, first_excluded)
    return amounts[above] if above < len(amounts) else math.inf


def value(amount: float | None, segment_bounds: Bounds) -> CustomerValue | Literal[""]:
    """The segment by lifetime value; '' when that is not known."""
    if amount is None:
        return ""
    thresholds = (segment_bounds.top, segment_bounds.large, segment_bounds.medium, -math.inf)
    return next(name for name, threshold in zip(CUSTOMER_VALUES, thresholds, strict=True) if amount >= threshold)


def frequency(purchases: int | None, cutoffs: Segments) -> Frequency | Literal[""]:
    """The segment by the number of purchases; '' when that is not known or 0."""
    if not purchases:
        return ""
    if purchases >= cutoffs.frequent_purchases:
        return "frequent"
    return "habitual" if purchases >= cutoffs.habitual_purchases else "occasional"


def lifecycle(
    purchases: int | None, last_purchase: date | None, *, has_written: bool, today: date, cutoffs: Segments
) -> Lifecycle | Literal[""]:
    """The segment by the last purchase; '' when it is not known whether or when there was one."""
    if last_purchase is None:
        return "" if purchases != 0 else "probable" if has_written else "potential"
    days = (today - last_purchase).days
    if days <= cutoffs.current_days:
        return "current"
    return "active" if days <= cutoffs.active_days else "inactive"
