"""What the health page reads of the model and the people who correct it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.store import Connection


@dataclass(frozen=True, slots=True)
class AgreementWeek:
    """What people said in a week (from its Monday) about one of the model's two answers, and how often it agreed.

    `head` is complaint or sentiment.
    """

    monday: datetime
    head: str
    corrections: int
    agreements: int


def agreement(connection: Connection, since: datetime, zone: ZoneInfo) -> list[AgreementWeek]:
    """Corrections by week of `zone`, each beside the classification that held when it was made; oldest first.

    A post the model was unsure about does not count for complaint: it gave no answer, it asked.
    """
    rows = connection.execute(
        """
        WITH said AS (
            SELECT mention_id, corrected_at, sentiment, complaint FROM corrections WHERE corrected_at >= $since
        ), answered AS (
            SELECT mention_id, classified_at, sentiment, decision,
                lead(classified_at) OVER (PARTITION BY mention_id ORDER BY classified_at) AS replaced_at
            FROM classifications WHERE mention_id IN (SELECT mention_id FROM said)
        ), pairs AS (
            SELECT date_trunc('week', s.corrected_at AT TIME ZONE $zone) AS monday, s.sentiment, s.complaint,
                   a.sentiment AS model_sentiment, a.decision
            FROM said s JOIN answered a ON a.mention_id = s.mention_id AND a.classified_at <= s.corrected_at
                AND (a.replaced_at IS NULL OR s.corrected_at < a.replaced_at)
        )
        SELECT monday, 'complaint' AS head, count(*), count(*) FILTER (WHERE (decision = 'complaint') = complaint)
        FROM pairs WHERE complaint IS NOT NULL AND decision <> 'unsure' GROUP BY monday
        UNION ALL
        SELECT monday, 'sentiment', count(*), count(*) FILTER (WHERE model_sentiment = sentiment)
        FROM pairs WHERE sentiment IS NOT NULL GROUP BY monday
        ORDER BY monday, head
        """,
        {"since": since, "zone": zone.key},
    ).fetchall()
    return [AgreementWeek(*row) for row in rows]
