"""What Bluesky's servers answer: lists of views, and the cursor of the next page."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from monitor.errors import UnexpectedAnswer
from monitor.masking.masks import cut
from monitor.models.posts import Post
from monitor.sources.bluesky.posts import mentioned_accounts, post_uri, times

NETWORK = "bluesky"
_MANY = 10


def views(response: Mapping[str, Any], name: str) -> list[Any]:
    """The views under that name. Raises UnexpectedAnswer when there is no such list."""
    listing = response.get(name)
    if not isinstance(listing, list):
        raise UnexpectedAnswer(
            f"{NETWORK}: an answer without its list of {name}; it has: {cut(', '.join(response), 100)}"
        )
    return listing


def only_mentions(views: Sequence[Any], account: str) -> Sequence[Any]:
    """Posts that mention an account: a server that knows no such search answers others, in the worst case all.

    An empty `account` lets all pass. Raises UnexpectedAnswer when none of many mentions it.
    """
    mentions = [
        view
        for view in views
        if not account or not isinstance(view, Mapping) or account in mentioned_accounts(view.get("record"))
    ]
    if len(views) >= _MANY and not mentions:
        raise UnexpectedAnswer(f"{NETWORK}: none of {len(views)} posts mentions the account that was asked for")
    return mentions


def posts(views: Sequence[Any], place: str) -> tuple[Post, ...]:
    """Views as they came; `place` is completed with the address or the number."""
    received_at = datetime.now(UTC)
    return tuple(
        Post(
            NETWORK,
            view if isinstance(view, Mapping) else {"unreadable": view},
            received_at,
            f"{NETWORK} {place}, {uri_of(view) or f'post {number} of the page'}",
        )
        for number, view in enumerate(views, 1)
    )


def uri_of(view: object) -> str | None:
    """The at:// address of the post of a view, when it is one."""
    return post_uri(view.get("uri")) if isinstance(view, Mapping) else None


def clocks_of(view: object) -> tuple[datetime, datetime] | None:
    """`posts.times`; None for what is no view."""
    return times(view) if isinstance(view, Mapping) else None


def next_cursor(response: Mapping[str, Any]) -> str | None:
    """The server's cursor of the next page. Raises UnexpectedAnswer for one of another type."""
    cursor = response.get("cursor")
    if cursor is not None and not isinstance(cursor, str | int):
        raise UnexpectedAnswer(f"{NETWORK}: the cursor is {type(cursor).__name__}")
    return str(cursor) if cursor not in (None, "") else None
