"""The mentions in a case: putting them in, moving them, and what they add up to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from monitor.store.connection import Connection


@dataclass(frozen=True, slots=True)
class PostTotals:
    """When the first and the last of some posts was written, and their reactions."""

    first: datetime
    last: datetime
    reach: int


def link(connection: Connection, posts: Sequence[tuple[int, int, str]]) -> None:
    """Puts mentions into cases: (case_id, mention_id, brand)."""
    ids, mentions, brands = zip(*posts, strict=True) if posts else ((), (), ())
    table = pa.table(
        {
            "case_id": pa.array(ids, pa.int64()),
            "mention_id": pa.array(mentions, pa.int64()),
            "brand": pa.array(brands, pa.string()),
        }
    )
    connection.register("linked", table)
    connection.execute(
        "INSERT INTO case_mentions (case_id, mention_id, brand) SELECT case_id, mention_id, brand FROM linked"
    )
    connection.unregister("linked")


def of_case(connection: Connection, case_id: int) -> list[int]:
    """The mentions in a case, in the order of their time."""
    rows = connection.execute(
        """
        SELECT mention_id FROM case_mentions JOIN mentions USING (mention_id)
        WHERE case_id = ? ORDER BY posted_at, mention_id
        """,
        [case_id],
    ).fetchall()
    return [row[0] for row in rows]


def totals(connection: Connection, mention_ids: Iterable[int]) -> PostTotals | None:
    """What these posts add up to; None for none."""
    row = connection.execute(
        """
        SELECT min(posted_at), max(posted_at),
            sum(coalesce(likes, 0) + coalesce(replies, 0) + coalesce(reposts, 0))::BIGINT
        FROM mentions WHERE mention_id IN (SELECT unnest(?::BIGINT[]))
        """,
        [list(mention_ids)],
    ).fetchall()[0]
    return PostTotals(*row) if row[0] is not None else None


def move(connection: Connection, mention_ids: Sequence[int], to: int, *, of: int) -> None:
    """Moves these mentions of the case `of` to another case of the same brand."""
    connection.execute(
        "UPDATE case_mentions SET case_id = ? WHERE case_id = ? AND mention_id IN (SELECT unnest(?::BIGINT[]))",
        [to, of, list(mention_ids)],
    )


def unlink(connection: Connection, case_id: int, mention_ids: Sequence[int]) -> None:
    """Takes mentions out of a case; to be put into another in the same transaction."""
    connection.execute(
        "DELETE FROM case_mentions WHERE case_id = ? AND mention_id IN (SELECT unnest(?::BIGINT[]))",
        [case_id, list(mention_ids)],
    )


def complaints_in(connection: Connection, case_id: int) -> int:
    """How many posts of the case count as complaints now."""
    row = connection.execute(
        """
        SELECT count(*) FROM case_mentions p JOIN labels l USING (mention_id)
        WHERE p.case_id = ? AND l.decision = 'complaint'
        """,
        [case_id],
    ).fetchone()
    return int(row[0]) if row else 0
