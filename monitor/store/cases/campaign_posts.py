"""The posts that have the text of a campaign, or of one that may become one, and the cases that hold them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import pyarrow as pa

from monitor.models.campaigns import Copy
from monitor.store.cases.campaigns import insert_rows
from monitor.store.connection import Connection

_TIME = pa.timestamp("us", tz="UTC")
GATHERED = "SELECT incident_id FROM campaigns WHERE incident_id IS NOT NULL AND ruling = ''"
"""SQL: the incidents of campaigns that nobody has decided about: their cases stand behind one line in the lists."""


def is_held(mention_id: str) -> str:
    """SQL: whether the post of that column has no case because its text is a campaign's."""
    return f"EXISTS (SELECT 1 FROM campaign_posts h WHERE h.held AND h.mention_id = {mention_id})"


def replace_copies(connection: Connection, mention_ids: Iterable[int], copies: Sequence[Copy], now: datetime) -> None:
    """Notes the posts that have a text; what was noted of `mention_ids` before holds no longer."""
    connection.execute(
        "DELETE FROM campaign_posts WHERE mention_id IN (SELECT unnest(?::BIGINT[]))", [list(mention_ids)]
    )
    if not copies:
        return
    columns = {
        "campaign_id": pa.array([copy.campaign_id for copy in copies], pa.int64()),
        "mention_id": pa.array([copy.mention_id for copy in copies], pa.int64()),
        "author_key": pa.array([copy.author_key for copy in copies], pa.int64()),
        "network": pa.array([copy.network for copy in copies], pa.string()),
        "posted_at": pa.array([copy.posted_at for copy in copies], _TIME),
        "joined_at": pa.array([now] * len(copies), _TIME),
        "held": pa.array([copy.held for copy in copies], pa.bool_()),
    }
    insert_rows(connection, "campaign_posts", columns)


def voices(connection: Connection, campaign_ids: Iterable[int]) -> dict[int, list[tuple[int, datetime]]]:
    """Who has sent these texts and when: (author key, time)."""
    rows = connection.execute(
        """
        SELECT campaign_id, author_key, posted_at FROM campaign_posts
        WHERE campaign_id IN (SELECT unnest(?::BIGINT[]))
        """,
        [list(campaign_ids)],
    ).fetchall()
    found: dict[int, list[tuple[int, datetime]]] = {}
    for campaign_id, author_key, posted_at in rows:
        found.setdefault(campaign_id, []).append((author_key, posted_at))
    return found


def hold_caseless(connection: Connection, campaign_id: int) -> None:
    """Marks the posts of a campaign that are in no case as held by it."""
    connection.execute(
        """
        UPDATE campaign_posts SET held = true
        WHERE campaign_id = ? AND NOT EXISTS (
            SELECT 1 FROM case_mentions k WHERE k.mention_id = campaign_posts.mention_id
        )
        """,
        [campaign_id],
    )


def release_posts(connection: Connection, campaign_id: int, mention_ids: Sequence[int]) -> None:
    """Marks these posts of a campaign as held no longer."""
    connection.execute(
        "UPDATE campaign_posts SET held = false WHERE campaign_id = ? AND mention_id IN (SELECT unnest(?::BIGINT[]))",
        [campaign_id, list(mention_ids)],
    )


def held_posts(connection: Connection, campaign_id: int, limit: int) -> list[int]:
    """Up to `limit` posts of a campaign that are held by it, oldest first."""
    rows = connection.execute(
        """
        SELECT mention_id FROM campaign_posts WHERE campaign_id = ? AND held ORDER BY posted_at, mention_id LIMIT ?
        """,
        [campaign_id, limit],
    ).fetchall()
    return [row[0] for row in rows]


def cases_of_copies(connection: Connection, campaign_id: int, *, critical: bool) -> list[int]:
    """The open cases that hold this text and no other complaint, in no incident; `critical`: those of danger too."""
    rows = connection.execute(
        """
        WITH copied AS (SELECT mention_id FROM campaign_posts WHERE campaign_id = $campaign),
        touched AS (SELECT DISTINCT case_id FROM case_mentions WHERE mention_id IN (SELECT mention_id FROM copied))
        SELECT case_id FROM cases WHERE case_id IN (SELECT case_id FROM touched)
        AND stage NOT IN ('closed', 'dismissed') AND merged_into IS NULL AND incident_id IS NULL
        AND (severity <> 'critical' OR $critical)
        AND case_id NOT IN (
            SELECT k.case_id FROM case_mentions k JOIN labels l USING (mention_id)
            WHERE k.case_id IN (SELECT case_id FROM touched) AND l.decision <> 'other'
            AND k.mention_id NOT IN (SELECT mention_id FROM copied)
        ) ORDER BY case_id
        """,
        {"campaign": campaign_id, "critical": critical},
    ).fetchall()
    return [row[0] for row in rows]


def cases_of_voices(
    connection: Connection, voices: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], list[tuple[int, str | None]]]:
    """The open cases that hold these texts of these accounts, and the network's id of their author.

    Asked and answered by (campaign id, author key), the oldest case first.
    """
    wanted = sorted(voices)
    rows = connection.execute(
        """
        SELECT DISTINCT p.campaign_id, p.author_key, c.case_id, c.author_id
        FROM campaign_posts p JOIN case_mentions k ON k.mention_id = p.mention_id JOIN cases c ON c.case_id = k.case_id
        WHERE p.campaign_id IN (SELECT unnest(?::BIGINT[])) AND p.author_key IN (SELECT unnest(?::BIGINT[]))
        AND c.stage NOT IN ('closed', 'dismissed') AND c.merged_into IS NULL ORDER BY c.case_id
        """,
        [[campaign_id for campaign_id, _ in wanted], [author_key for _, author_key in wanted]],
    ).fetchall()
    found: dict[tuple[int, int], list[tuple[int, str | None]]] = {}
    for campaign_id, author_key, case_id, author_id in rows:
        found.setdefault((campaign_id, author_key), []).append((case_id, author_id))
    return found


def cases_with_more(connection: Connection, campaign_id: int, case_ids: Iterable[int]) -> set[int]:
    """Of these cases, those that hold a complaint, or what may be one, beside the campaign's text."""
    rows = connection.execute(
        """
        SELECT DISTINCT k.case_id FROM case_mentions k JOIN labels l ON l.mention_id = k.mention_id
        WHERE k.case_id IN (SELECT unnest(?::BIGINT[])) AND l.decision <> 'other'
        AND k.mention_id NOT IN (SELECT mention_id FROM campaign_posts WHERE campaign_id = ?)
        """,
        [list(case_ids), campaign_id],
    ).fetchall()
    return {row[0] for row in rows}


def texts_of(connection: Connection, mention_ids: Iterable[int]) -> dict[int, list[int]]:
    """The ids of the texts that these posts were counted to, by mention id."""
    rows = connection.execute(
        "SELECT mention_id, campaign_id FROM campaign_posts WHERE mention_id IN (SELECT unnest(?::BIGINT[]))",
        [list(mention_ids)],
    ).fetchall()
    found: dict[int, list[int]] = {}
    for mention_id, campaign_id in rows:
        found.setdefault(mention_id, []).append(campaign_id)
    return found


def remove_posts(connection: Connection, campaign_id: int, mention_ids: Sequence[int]) -> None:
    """These posts have the text no longer."""
    connection.execute(
        "DELETE FROM campaign_posts WHERE campaign_id = ? AND mention_id IN (SELECT unnest(?::BIGINT[]))",
        [campaign_id, list(mention_ids)],
    )


def real_campaigns(connection: Connection, case_ids: Iterable[int]) -> list[int]:
    """The campaigns that a person called real and of which these cases hold copies."""
    rows = connection.execute(
        """
        SELECT DISTINCT t.campaign_id FROM case_mentions k
        JOIN campaign_posts p ON p.mention_id = k.mention_id JOIN campaigns t ON t.campaign_id = p.campaign_id
        WHERE t.ruling = 'real' AND k.case_id IN (SELECT unnest(?::BIGINT[])) ORDER BY t.campaign_id
        """,
        [list(case_ids)],
    ).fetchall()
    return [row[0] for row in rows]


def campaigns_of_cases(connection: Connection, case_ids: Iterable[int]) -> dict[int, int]:
    """Of these cases, those that are part of a campaign: the campaign by case."""
    rows = connection.execute(
        """
        SELECT c.case_id, t.campaign_id FROM cases c JOIN campaigns t ON t.incident_id = c.incident_id
        WHERE c.case_id IN (SELECT unnest(?::BIGINT[])) AND c.merged_into IS NULL
        """,
        [list(case_ids)],
    ).fetchall()
    return dict(rows)


def to_open(connection: Connection) -> list[int]:
    """The campaigns whose copies get cases after all, and of which some have none yet."""
    rows = connection.execute(
        """
        SELECT campaign_id FROM campaigns WHERE ruling = 'real'
        AND campaign_id IN (SELECT campaign_id FROM campaign_posts WHERE held) ORDER BY campaign_id
        """
    ).fetchall()
    return [row[0] for row in rows]
