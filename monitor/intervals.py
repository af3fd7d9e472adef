"""Intervals of 95 %: how sure one can be of a share that was counted."""

import math

WIDTH = 1.959964
"""Standard deviations on either side that hold 95 of 100."""


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The interval of a share that was `hits` of `n` (Wilson 1927); (0, 1) for none."""
    if n == 0:
        return 0.0, 1.0
    share, spread = hits / n, WIDTH**2 / n
    middle = share + spread / 2
    half = WIDTH * math.sqrt(share * (1 - share) / n + spread / n / 4)
    return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))
