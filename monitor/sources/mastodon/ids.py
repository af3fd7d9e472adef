"""What the ids of statuses tell. Mastodon and Pleroma write the time into them; others' tell nothing."""

from datetime import UTC, datetime, timedelta

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FLAKE = 18  # characters of Pleroma's ids: 64 bits of milliseconds, 64 of other things, in base 62
_SECOND = 1000 << 16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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


def first_snowflake(moment: datetime) -> str:
    """The least snowflake of that time."""
    return str((moment - _EPOCH) // timedelta(milliseconds=1) << 16)


def round_up_to_second(post_id: str) -> str:
    """The snowflake itself when it is the least one of its second, else the least of the next second."""
    return str(-(-int(post_id) // _SECOND) * _SECOND)


def is_older(earlier: str, later: str) -> bool:
    """Whether an id comes before another, both of one server: numbers of any length, or texts of the same."""
    return (len(earlier), earlier) < (len(later), later)


def _moment(milliseconds: int) -> datetime | None:
    """None for what is no time at which there was a Mastodon."""
    if not 1.4e12 < milliseconds < 1e13:
        return None
    return _EPOCH + timedelta(milliseconds=milliseconds)
