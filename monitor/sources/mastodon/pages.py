"""Pages of Mastodon's listings: what is asked for, and what an answer holds."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from monitor.errors import UnexpectedAnswer
from monitor.models.listings import Listing, PageRequest, ReceivedPage
from monitor.models.posts import Post
from monitor.sources.fields import fields, moment
from monitor.sources.mastodon import ids as mastodon_ids
from monitor.sources.mastodon.mention import id_of, status_of

if TYPE_CHECKING:
    from monitor.sources.mastodon.client import ServerResponse

NETWORK = "mastodon"
SIZE = 40  # the most that Mastodon gives


def build_request(listing: Listing, request: PageRequest) -> tuple[str, dict[str, Any]]:
    """Path and parameters of a page."""
    path, parameters = _endpoint(listing)
    return path, parameters | {"limit": SIZE} | ({} if request.cursor is None else {"max_id": request.cursor})


def parse_page(listing: Listing, request: PageRequest, response: "ServerResponse") -> ReceivedPage:
    """The page. Raises UnexpectedAnswer when it is none."""
    statuses = _statuses(listing, response.body)
    times = [time for status in statuses if (time := _time(listing, status)) is not None]
    cursor = _next_cursor(listing, request, response, statuses, times)
    return ReceivedPage(
        tuple(_posts(listing, statuses)), cursor, max(times, default=None), times[-1] if times else None
    )


def _endpoint(listing: Listing) -> tuple[str, dict[str, Any]]:
    if listing.kind == "tag":
        return f"/api/v1/timelines/tag/{quote(listing.target, safe='')}", {}
    if listing.kind == "search":
        return "/api/v2/search", {"q": listing.target, "type": "statuses"}
    return "/api/v1/notifications", {"types[]": ["mention"]}


def _statuses(listing: Listing, body: Any) -> list[Any]:
    """Statuses, or the notifications that hold them."""
    statuses = fields(body).get("statuses") if listing.kind == "search" else body
    if not isinstance(statuses, list):
        raise UnexpectedAnswer(f"{NETWORK} {listing.kind}: {listing.target}: the answer holds no list of statuses")
    return statuses


def _time(listing: Listing, status: Any) -> datetime | None:
    """When the server got it; what authors of other servers claim may be wrong."""
    if not isinstance(status, dict):
        return None
    arrived_at = None if listing.kind == "mentions" else mastodon_ids.time_of(id_of(status) or "")
    return arrived_at or moment(status.get("created_at"))


def _next_cursor(
    listing: Listing,
    request: PageRequest,
    response: "ServerResponse",
    statuses: Sequence[Any],
    times: Sequence[datetime],
) -> str | None:
    """The `max_id` of the next page. None: this was the last, or the server gives the same page again."""
    ids = [post_id for status in statuses if isinstance(status, dict) and (post_id := id_of(status))]
    is_linked = listing.kind != "search" and response.is_linked
    cursor = response.next_id if is_linked else (ids[-1] if ids else None)
    if cursor is None or not statuses:
        return None
    if listing.kind != "mentions" and all(map(mastodon_ids.is_snowflake, (cursor, *ids))):
        cursor = _adjust_cursor(listing, request, cursor, ids, times)
    return cursor if request.cursor is None or mastodon_ids.is_older(cursor, request.cursor) else None


def _adjust_cursor(
    listing: Listing, request: PageRequest, cursor: str, ids: Sequence[str], times: Sequence[datetime]
) -> str:
    """The cursor, brought to where it loses nothing and wastes nothing, on a server whose ids are times."""
    if request.until is not None and times[-1] >= request.until:
        cursor = min(cursor, mastodon_ids.first_snowflake(request.until), key=int)
    if listing.kind != "search":
        return cursor
    # Mastodon searches before the second of `max_id`, whatever else it has in that second.
    second = mastodon_ids.round_up_to_second(cursor)
    return cursor if mastodon_ids.is_older(ids[0], second) else second


def _posts(listing: Listing, statuses: Sequence[Any]) -> Iterator[Post]:
    place = f"{NETWORK} {listing.kind}: {listing.target}"
    for index, status in enumerate(statuses):
        if listing.kind == "mentions" and isinstance(status, dict) and not _is_mention(status):
            continue
        post_id = id_of(status_of(status)) if isinstance(status, dict) else None
        yield post(status, f"{place}, post {post_id or f'number {index + 1} of its page'}")


def _is_mention(notification: Mapping[str, Any]) -> bool:
    """Not of one whose status was deleted meanwhile, nor of other kinds, which some servers add."""
    is_deleted = "status" in notification and notification["status"] is None
    return notification.get("type", "mention") == "mention" and not is_deleted


def post(status: Any, place: str) -> Post:
    """As it came; what is no status is rejected later."""
    return Post(NETWORK, status if isinstance(status, dict) else {"unreadable": status}, datetime.now(UTC), place)
