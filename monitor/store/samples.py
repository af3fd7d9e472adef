"""What the store holds of the demo's samples, and their removal."""

import logging
from datetime import datetime

from monitor.models.cases import NewEvent
from monitor.store.cases import campaigns, events
from monitor.store.connection import Connection

logger = logging.getLogger(__name__)

# Every table that names a mention or a case, and by which column.
_BY_MENTION = (
    "posts",
    "matches",
    "pending",
    "classifications",
    "corrections",
    "case_mentions",
    "campaign_posts",
    "review_sample",
    "mentions",
)
# Their events stay: the history of all cases is one chain, and holds no post.
_BY_CASE = ("answers", "case_mentions", "export_cases", "follow_ups", "notices", "surveys", "cases")


def has_real_posts(connection: Connection) -> bool:
    """Whether there is any mention that is no sample."""
    return connection.execute("SELECT 1 FROM mentions WHERE NOT sample LIMIT 1").fetchone() is not None


def case_count(connection: Connection) -> int:
    """How many cases came of samples."""
    row = connection.execute(
        """
        SELECT count(DISTINCT case_id) FROM case_mentions
        WHERE mention_id IN (SELECT mention_id FROM mentions WHERE sample)
        """
    ).fetchone()
    return int(row[0]) if row else 0


def clear(connection: Connection, now: datetime) -> int:
    """Deletes the samples with their cases and labels; the history says so. Returns how many posts."""
    gone = connection.sql("SELECT mention_id FROM mentions WHERE sample").to_arrow_table()
    connection.register("gone", gone)
    gone_cases = connection.sql(
        """
        WITH RECURSIVE way AS (
            SELECT DISTINCT case_id FROM case_mentions WHERE mention_id IN (SELECT mention_id FROM gone)
            UNION SELECT c.case_id FROM way w JOIN cases c ON c.merged_into = w.case_id
        ) SELECT case_id FROM way ORDER BY case_id
        """
    ).to_arrow_table()
    connection.register("gone_cases", gone_cases)
    removals = [NewEvent(case_id, "removed") for case_id in gone_cases["case_id"].to_pylist()]
    events.append(connection, removals, "escucha", now)
    connection.execute(
        """
        DELETE FROM incidents WHERE incident_id IN (
            SELECT incident_id FROM cases GROUP BY incident_id
            HAVING bool_and(case_id IN (SELECT case_id FROM gone_cases))
        )
        """
    ).fetchall()
    for table in _BY_CASE:
        connection.execute(f"DELETE FROM {table} WHERE case_id IN (SELECT case_id FROM gone_cases)").fetchall()
    for table in _BY_MENTION:
        connection.execute(f"DELETE FROM {table} WHERE mention_id IN (SELECT mention_id FROM gone)").fetchall()
    campaigns.forget_empty(connection)
    connection.unregister("gone")
    connection.unregister("gone_cases")
    logger.debug("samples deleted", extra={"count": gone.num_rows})
    return int(gone.num_rows)
