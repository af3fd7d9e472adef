"""Campaigns as lists and their page show them: how many posts, of how many accounts, what they say."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.queries import search_sql
from monitor.models.campaigns import CampaignDecision, Ruling
from monitor.store import Connection
from monitor.store.cases import campaigns

_GROWTH = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """A campaign: its posts, those of the last 24 hours, those since the last decision, and those without a case.

    `voices` are accounts. `mention_id` is its first post that was not deleted; `critical`: it speaks of danger.
    """

    campaign_id: int
    incident_id: int
    brand: str
    ruling: Ruling | str
    critical: bool
    posts: int
    voices: int
    last_day: int
    since: int
    caseless: int
    networks: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    mention_id: int | None
    text: str
    decision: CampaignDecision | None = None


def lines(connection: Connection, now: datetime, *, incident_id: int | None = None) -> list[CampaignLine]:
    """The campaigns, or that of an incident: those to decide first, of these the largest, then the last that grew."""
    rows = connection.execute(
        """
        WITH asked AS (
            SELECT campaign_id, incident_id, brand, ruling, critical FROM campaigns
            WHERE incident_id IS NOT NULL AND ($incident::BIGINT IS NULL OR incident_id = $incident)
        ), decided AS (
            SELECT campaign_id, max(decided_at) AS at FROM campaign_decisions GROUP BY campaign_id
        ), told AS (
            SELECT p.campaign_id, count(*) AS posts, count(DISTINCT author_key) AS voices,
                count(*) FILTER (WHERE posted_at > $since) AS last_day,
                count(*) FILTER (WHERE joined_at > d.at) AS later, count(*) FILTER (WHERE held) AS caseless,
                array_agg(DISTINCT network ORDER BY network) AS networks, min(posted_at) AS first_at,
                max(posted_at) AS last_at
            FROM campaign_posts p JOIN asked USING (campaign_id) LEFT JOIN decided d ON d.campaign_id = p.campaign_id
            GROUP BY p.campaign_id
        )
        SELECT campaign_id, incident_id, brand, ruling, critical, posts, voices, last_day, later, caseless, networks,
            first_at, last_at
        FROM asked JOIN told USING (campaign_id)
        ORDER BY ruling <> '', CASE ruling WHEN '' THEN posts END DESC, last_at DESC
        """,
        {"incident": incident_id, "since": now - _GROWTH},
    ).fetchall()
    texts = _first_texts(connection, [row[0] for row in rows])
    found = []
    for row in rows:
        decisions = campaigns.decisions(connection, row[0]) if row[3] else []
        mention_id, text = texts.get(row[0], (None, ""))
        last = decisions[-1] if decisions else None
        found.append(CampaignLine(*(*row[:10], tuple(row[10]), *row[11:], mention_id, text, last)))
    return found


def _first_texts(connection: Connection, campaign_ids: list[int]) -> dict[int, tuple[int, str]]:
    rows = connection.execute(
        """
        WITH firsts AS (
            SELECT p.campaign_id, (array_agg(p.mention_id ORDER BY p.posted_at, p.mention_id))[1] AS mention_id
            FROM campaign_posts p JOIN mentions m USING (mention_id)
            WHERE p.campaign_id IN (SELECT unnest(?::BIGINT[])) AND m.deleted_at IS NULL GROUP BY p.campaign_id
        ) SELECT f.campaign_id, m.mention_id, m.text FROM firsts f JOIN mentions m USING (mention_id)
        """,
        [campaign_ids],
    ).fetchall()
    return {campaign_id: (mention_id, text) for campaign_id, mention_id, text in rows}


def posts_of(connection: Connection, campaign_id: int, words: str, *, offset: int, limit: int) -> tuple[list[int], int]:
    """One page of the posts of a campaign that hold the words, the newest first; and how many there are."""
    test, values = search_sql.post_test(words, "mention_id")
    rows = connection.execute(
        f"""
        SELECT mention_id, count(*) OVER () FROM campaign_posts WHERE campaign_id = $campaign AND {test}
        ORDER BY posted_at DESC, mention_id DESC LIMIT $limit OFFSET $offset
        """,
        {**values, "campaign": campaign_id, "limit": limit, "offset": offset},
    ).fetchall()
    return [row[0] for row in rows], rows[0][1] if rows else 0
