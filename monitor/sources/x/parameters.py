"""What is asked of X: which fields, and which time bounds it takes."""

from datetime import UTC, datetime, timedelta

from monitor.errors import SpanTooOld
from monitor.models.listings import Listing, PageRequest

REACH = timedelta(days=7)
_MARGIN = timedelta(minutes=5)  # X's clock and ours differ, and time passes between two pages
_FIRST_MENTION = datetime(2010, 11, 7, tzinfo=UTC)  # X refuses earlier times

# Everything in an answer is paid for. A reader who knows no author can neither answer nor tell the brand's own posts:
# $0.01 a day for each. The posts referred to bring the whole text of what is repeated ("RT @a: ..." is cut, so that the
# words looked for may be missing); they cost once a day. Their authors, accounts mentioned or answered, and former
# versions would double the bill and tell nothing that a post does not say itself.
_POST = ["author_id", "conversation_id", "created_at", "edit_history_tweet_ids", "entities", "in_reply_to_user_id"]
_POST += ["lang", "note_tweet", "public_metrics", "referenced_tweets"]
FIELDS = {"tweet_fields": _POST, "expansions": ["author_id", "referenced_tweets.id"]}
FIELDS_AGAIN = {"tweet_fields": _POST, "expansions": ["referenced_tweets.id"]}
"""For posts whose author is known."""


def span(listing: Listing, request: PageRequest, now: datetime) -> dict[str, datetime]:
    """The time bounds, as X takes them: {"start_time": ..., "end_time": ...}; near its limits they are left out.

    Raises SpanTooOld where a search begins before X's reach. A read under way is never refused so: its bound was left
    out from the beginning, or is from here on.
    """
    since, until = request.since, request.until
    earliest = now - REACH if listing.kind == "search" else _FIRST_MENTION
    if since and listing.kind == "search" and request.cursor is None and since < earliest - timedelta(minutes=1):
        raise SpanTooOld(f"X's search reaches seven days back, to {earliest:%Y-%m-%d %H:%M} UTC", earliest)
    bounds = {}
    if since and since > earliest + _MARGIN:
        bounds["start_time"] = min(since, now - timedelta(minutes=1))
    if until and until < now - timedelta(seconds=30):
        bounds["end_time"] = until if not until.microsecond else until.replace(microsecond=0) + timedelta(seconds=1)
    return bounds
