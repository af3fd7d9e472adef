"""The random sample of what was put aside, which people are shown to judge: what is hidden is never judged otherwise.

Which posts are drawn follows from their ids alone, so that nobody chooses them and a repeated pass draws the same.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from monitor.store.connection import Connection

logger = logging.getLogger(__name__)

SHOWN = timedelta(days=14)
"""How long a drawn post waits for a person; then it is no longer shown, so that no mountain grows."""
RECENT = timedelta(days=180)
"""How far back posts are drawn, judged and counted: what a threshold is worth is told by the stream as it is lately."""
_DAY = timedelta(days=1)

WAITING = """
    SELECT mention_id FROM review_sample
    WHERE drawn_at >= $now::TIMESTAMPTZ - INTERVAL '14 days' AND NOT EXISTS (
        SELECT 1 FROM corrections c WHERE c.mention_id = review_sample.mention_id AND c.complaint IS NOT NULL)
"""
"""The drawn posts that wait for a person. Needs the parameter `now`."""


def is_drawn(mention_id: int, share: float) -> bool:
    """Whether a post belongs to a sample of this share (0..1) of all."""
    digest = blake2b(str(mention_id).encode(), digest_size=8).digest()
    return int.from_bytes(digest) < share * 2**64


def draw(connection: Connection, mention_ids: Sequence[int], *, share: float, most: int, now: datetime) -> int:
    """Draws from posts that the classifier put aside, at most `most` in 24 hours. Returns how many.

    Left out are our own posts and reposts, the demo's samples, what no brand matched, what is older than RECENT, and
    what was drawn before.
    """
    chosen = [mention_id for mention_id in mention_ids if is_drawn(mention_id, share)]
    if not chosen:
        return 0
    row = connection.execute("SELECT count(*) FROM review_sample WHERE drawn_at > ?", [now - _DAY]).fetchone()
    room = most - int(row[0] if row else 0)
    drawn = connection.execute(
        """
        INSERT INTO review_sample
        SELECT m.mention_id, $now FROM mentions m JOIN classifications c ON c.mention_id = m.mention_id AND c.current
        WHERE m.mention_id IN (SELECT unnest($chosen::BIGINT[])) AND c.decision = 'other'
            AND coalesce(c.reason, '') NOT IN ('own_account', 'repost') AND NOT m.sample AND m.posted_at >= $since
            AND m.mention_id IN (SELECT mention_id FROM matches WHERE brand <> '')
            AND m.mention_id NOT IN (SELECT mention_id FROM review_sample)
        ORDER BY m.mention_id LIMIT $room
        """,
        {"now": now, "chosen": chosen, "since": now - RECENT, "room": max(room, 0)},
    ).fetchall()
    count = int(drawn[0][0])
    logger.debug("posts drawn for review", extra={"count": count})
    return count
