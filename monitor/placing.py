"""Placing classified posts into cases within one open transaction; shared by the pipeline and the desk."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.cases import merge
from monitor.models import Placeable
from monitor.settings import Settings
from monitor.store import Connection, cases


def place(
    connection: Connection, posts: Sequence[Placeable], settings: Settings, actor: str, now: datetime
) -> tuple[int, int]:
    """Lets posts open or join cases, with the earlier posts of their conversations. Returns (opened, joined)."""
    if not posts:
        return 0, 0
    window = timedelta(days=settings.policy.window_days)
    complaining = {post.conversation for post in posts if post.complaint}
    between = min(p.posted_at for p in posts) - window, max(p.posted_at for p in posts) + window
    earlier = cases.companions(connection, complaining, between)
    every = {(post.mention_id, post.conversation.brand): post for post in (*earlier, *posts)}
    existing = cases.spans(connection, {post.conversation for post in posts})
    placement = merge.place(every.values(), existing, window)
    cases.open_many(connection, placement.opened, actor, now)
    cases.join(connection, placement.joined, actor, now)
    return len(placement.opened), len(placement.joined)
