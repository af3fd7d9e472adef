"""What the ids of statuses tell. Mastodon and Pleroma write the time into them; others' tell nothing."""

from datetime import UTC, datetime, timedelta

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FLAKE = 18  # characters of Pleroma's ids: 64 bits of milliseconds, 64 of other things, in base 62
_SECOND = 1000 << 16


def time_of(post_id: str) -> datetime | None:
    """When the server gave the id to the post (UTC)."""
    if is_snowflake(post_id):
        return _moment(int(post_id) >> 16)
    if len(post_id) == _FLAKE and post_id.isascii() and post_id.isalnum():
        number = 0
        for character in post_id:
            number = number * len(_ALPHABET) + _ALPHABET.index(character)
        return _moment(number >> 64)
    return None


def is_snowflake(post_id: str) -> bool:
    """Whether it is one of Mastodon's: milliseconds since 1970, and 16 bits to tell posts of one apart."""
    return post_id.isascii() and post_id.isdecimal() and len(post_id) < 20 and _moment(int(post_id) >> 16) is not None


def first_at(moment: datetime) -> str:
    """The least id of that time."""
    return str(int(moment.timestamp() * 1000) << 16)


def second_after(post_id: str) -> str:
    """The least id of the second that follows that of a snowflake."""
    return str((int(post_id) // _SECOND + 1) * _SECOND)


def is_older(one: str, other: str) -> bool:
    """Whether an id comes before another, both of one server: numbers of any length, or texts of the same."""
    return (len(one), one) < (len(other), other)


def _moment(milliseconds: int) -> datetime | None:
    """None for what is no time at which there was a Mastodon."""
    if not 1.4e12 < milliseconds < 1e13:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
