"""X's ids hold the moment they were made: milliseconds since 4 November 2010 above their lowest 22 bits."""

from datetime import UTC, datetime

NETWORKS = frozenset({"x", "twitter"})
_ZERO = 1_288_834_974_657
"""Milliseconds from 1970 to the epoch of the ids; https://github.com/twitter-archive/snowflake (IdWorker.scala)."""
_FIRST, _LAST = 1 << 34, 1 << 63


def time_of(post_id: str) -> datetime | None:
    """When the post with this id was made, in UTC to the second; None when it is no id of that kind."""
    if not post_id.isdecimal() or not _FIRST < (number := int(post_id)) < _LAST:
        return None
    return datetime.fromtimestamp(((number >> 22) + _ZERO) // 1000, UTC)
