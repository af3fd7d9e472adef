"""X's ids hold the moment they were made, in milliseconds since 4 November 2010 above their lowest 22 bits."""

import re
from datetime import UTC, datetime

_ZERO = 1_288_834_974_657
"""Milliseconds from 1970 to the epoch of the ids; https://github.com/twitter-archive/snowflake (IdWorker.scala)."""
_FIRST, _LAST, _MOST_DIGITS = 1 << 34, 1 << 63, 19
_AUTHOR = re.compile(r"https?://[^/]+/(\w{1,20})/status(?:es)?/\d+", re.ASCII)
_STATUS = re.compile(r"/status(?:es)?/(\d+)")
_HANDLE = re.compile(r"\w{1,20}", re.ASCII)


def time_of_id(post_id: str) -> datetime | None:
    """When the post with this id was made, in UTC to the second; None when it is no id of that kind."""
    if not post_id.isdecimal() or len(post_id) > _MOST_DIGITS or not _FIRST < (number := int(post_id)) < _LAST:
        return None
    return datetime.fromtimestamp(((number >> 22) + _ZERO) // 1000, UTC)


def permalink(author: str | None, post_id: str) -> str | None:
    """The address of a post; X finds it under any author, so that `i` serves where none is known."""
    if not post_id.isdecimal():
        return None
    return f"https://x.com/{author if author and _HANDLE.fullmatch(author) else 'i'}/status/{post_id}"


def id_in_permalink(address: str) -> str | None:
    """The id of the post that an address leads to; None where it is no post's."""
    status = _STATUS.search(address)
    return status[1] if status else None


def author_in_permalink(address: str) -> str | None:
    """The handle that the address of a post names; None where it names nobody (`i`)."""
    found = _AUTHOR.match(address)
    return found[1] if found and found[1].lower() != "i" else None
