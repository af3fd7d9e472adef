"""What people said of posts by what they did: labels, and cases that were accepted or dismissed.

A case is one label, of the post that opened it. Accepted is a case that a person took or moved on; dismissed counts
only with the reason that it is no complaint: a duplicate, spam, another company's says nothing of that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.models.posts import Decision
from monitor.store.connection import Connection

_SYSTEM = "escucha"
"""The actor of what Escucha does by itself."""

WORDS = f"""
    moves AS (
        SELECT case_id, event_id, happened_at, kind, stage, became FROM case_events
        WHERE kind IN ('taken', 'stage') AND actor <> '{_SYSTEM}'
            AND event_id NOT IN (SELECT undoes FROM case_events WHERE undoes IS NOT NULL)
    ), accepted AS (
        SELECT c.case_id, min(v.happened_at) AS said_at FROM cases c JOIN moves v ON v.case_id = c.case_id
        WHERE c.stage <> 'dismissed' AND c.merged_into IS NULL
            AND (v.stage IS NULL OR v.stage NOT IN ('dismissed', 'reopened'))
        GROUP BY c.case_id
    ), dismissals AS (
        SELECT case_id, happened_at AS said_at, became,
               row_number() OVER (PARTITION BY case_id ORDER BY event_id DESC) AS nth
        FROM moves WHERE stage = 'dismissed'
    ), dismissed AS (
        SELECT d.case_id, d.said_at FROM cases c JOIN dismissals d ON d.case_id = c.case_id AND d.nth = 1
        WHERE c.stage = 'dismissed' AND c.merged_into IS NULL AND d.became = 'not_a_complaint'
    ), opened AS (
        SELECT case_id, mention_id FROM case_events
        WHERE kind = 'opened' AND mention_id IS NOT NULL
            AND event_id NOT IN (SELECT undoes FROM case_events WHERE undoes IS NOT NULL)
    ), all_words AS (
        SELECT mention_id, complaint, corrected_at AS said_at, 2 AS force FROM corrections WHERE complaint IS NOT NULL
        UNION ALL SELECT o.mention_id, true, a.said_at, 1 FROM accepted a JOIN opened o ON o.case_id = a.case_id
        UNION ALL SELECT o.mention_id, false, d.said_at, 0 FROM dismissed d JOIN opened o ON o.case_id = d.case_id
    ), ranked_words AS (
        SELECT mention_id, complaint, said_at,
               row_number() OVER (PARTITION BY mention_id ORDER BY force DESC, said_at DESC, complaint) AS nth
        FROM all_words
    ), complaint_words AS (SELECT mention_id, complaint, said_at FROM ranked_words WHERE nth = 1)
"""
"""Common table expressions; the last, `complaint_words`, has whether a mention is a complaint by people's last word.

A label counts before what was done with a case, a case accepted for one brand before one dismissed for another.
"""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What people last said of a mention; None: nothing. `said_at` is when, for either label.

    `decision` is the model's, None where something else than the probability of a complaint made it. `is_drawn`: the
    mention was put aside, and drawn at random for people to judge.
    """

    text: str
    language: str
    sentiment: str | None
    complaint: bool | None
    said_at: datetime
    posted_at: datetime
    decision: Decision | None
    is_drawn: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What people said of a post, beside the decision they found, made at `decided_at`.

    `is_drawn`: it was put aside and drawn at random.
    """

    language: str
    decision: Decision
    decided_at: datetime
    complaint: bool
    said_at: datetime
    is_drawn: bool


def lessons(connection: Connection) -> list[Lesson]:
    """What people said, the latest word per mention and label; of a complaint also by what they did with its case.

    Samples do not count, they are of an invented brand; of deleted posts there is nothing left to learn from.
    """
    # A server takes the last words for a few, and compares each with each of them where a join lets it.
    rows = connection.execute(
        f"""
        WITH {WORDS}, moods AS (
            SELECT mention_id, sentiment, corrected_at,
                   row_number() OVER (PARTITION BY mention_id ORDER BY corrected_at DESC, sentiment) AS nth
            FROM corrections WHERE sentiment IS NOT NULL
        ), said AS (
            SELECT coalesce(w.mention_id, s.mention_id) AS mention_id, s.sentiment, w.complaint,
                   greatest(s.corrected_at, w.said_at) AS said_at
            FROM complaint_words w FULL JOIN (SELECT * FROM moods WHERE nth = 1) s ON s.mention_id = w.mention_id
        )
        SELECT m.text, c.language, a.sentiment, a.complaint, a.said_at, m.posted_at,
               CASE WHEN c.reason IS NULL THEN c.decision END, r.mention_id IS NOT NULL
        FROM said a JOIN mentions m ON m.mention_id = a.mention_id
        LEFT JOIN classifications c ON c.mention_id = a.mention_id AND c.current
        LEFT JOIN review_sample r ON r.mention_id = a.mention_id
        WHERE NOT m.sample AND m.deleted_at IS NULL ORDER BY a.said_at, a.mention_id
        """
    ).fetchall()
    return [Lesson(text, language or "und", *fields) for text, language, *fields in rows]


def judgements(connection: Connection, since: datetime) -> list[Judgement]:
    """What people said since then, each beside the classification that held when it was said; samples do not count.

    What they looked for among the posts that were put aside is left out: only what was drawn says something of these.
    """
    rows = connection.execute(
        f"""
        WITH {WORDS}, held AS (
            SELECT w.mention_id, c.language, c.decision, c.classified_at AS decided_at, w.complaint, w.said_at,
                   s.mention_id IS NOT NULL AS is_drawn,
                   row_number() OVER (PARTITION BY w.mention_id ORDER BY c.classified_at DESC) AS nth
            FROM complaint_words w
            JOIN mentions m ON m.mention_id = w.mention_id
            JOIN classifications c ON c.mention_id = w.mention_id AND c.classified_at <= w.said_at
            LEFT JOIN review_sample s ON s.mention_id = w.mention_id AND s.drawn_at <= w.said_at
            WHERE w.said_at >= $since AND NOT m.sample
        )
        SELECT language, decision, decided_at, complaint, said_at, is_drawn FROM held
        WHERE nth = 1 AND (decision <> 'other' OR is_drawn) ORDER BY said_at, mention_id
        """,
        {"since": since},
    ).fetchall()
    return [Judgement(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class StreamWeek:
    """The posts of a language in one week, classified by one model: how many, how many flagged, sums of p_complaint.

    `ago` counts weeks back from now, 0 for the last seven days.
    """

    ago: int
    language: str
    model: str
    posts: int
    flagged: int
    score_sum: float
    score_squares: float


def weeks(connection: Connection, now: datetime, count: int) -> list[StreamWeek]:
    """The last `count` weeks of the stream, week by week, language by language; reposts and samples do not count."""
    rows = connection.execute(
        """
        WITH lately AS (
            SELECT CAST(floor((epoch_us($now::TIMESTAMPTZ) - epoch_us(c.posted_at)) / 604800e6) AS INTEGER) AS ago,
                   c.language, c.model, c.decision, CAST(c.p_complaint AS DOUBLE PRECISION) AS score
            FROM classifications c JOIN mentions m ON m.mention_id = c.mention_id
            WHERE c.current AND c.posted_at > $since AND c.posted_at <= $now AND NOT m.is_repost AND NOT m.sample
            AND m.posted_at > $since AND m.posted_at <= $now
        )
        SELECT ago, language, model, count(*), count(*) FILTER (WHERE decision = 'complaint'), sum(score),
               sum(score * score)
        FROM lately GROUP BY ago, language, model ORDER BY ago, language, model
        """,
        {"now": now, "since": now - timedelta(weeks=count)},
    ).fetchall()
    return [StreamWeek(*row) for row in rows]


def stream(connection: Connection, since: datetime) -> Mapping[tuple[str, Decision], int]:
    """How many posts written since then were decided how by their probability alone, by language and decision."""
    rows = connection.execute(
        """
        SELECT c.language, c.decision, count(*) FROM classifications c JOIN mentions m ON m.mention_id = c.mention_id
        WHERE c.current AND c.reason IS NULL AND c.posted_at >= $since AND NOT m.is_repost AND NOT m.sample
        GROUP BY c.language, c.decision
        """,
        {"since": since},
    ).fetchall()
    return {(language, decision): int(count) for language, decision, count in rows}
