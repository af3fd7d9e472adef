"""Whether the rows that people are shown are what the chained history says. Reads only."""

import logging

from monitor.store.connection import Connection

logger = logging.getLogger(__name__)

_FIELDS = ("category", "severity", "remedy", "root_cause", "decision", "owner", "team", "tags", "lost_reason")
_HELD = """
    held AS (
        SELECT * FROM case_events WHERE kind <> 'undone'
        AND event_id NOT IN (SELECT undoes FROM case_events WHERE undoes IS NOT NULL)
    ), present AS (SELECT * FROM held WHERE case_id IN (SELECT case_id FROM cases))
"""
# When the owner took the case, in microseconds; 0 where it was given to somebody since (monitor.cases.state).
_TAKEN = """
    (array_agg(CASE kind WHEN 'taken' THEN epoch_us(happened_at) ELSE 0 END ORDER BY event_id DESC)
     FILTER (WHERE kind = 'taken' OR field = 'owner'))[1]
""".strip()
_CASES = f"""
    WITH {_HELD}, told AS (
        SELECT case_id, bool_or(kind = 'opened') AS opened, bool_or(kind = 'removed') AS removed,
               (array_agg(stage ORDER BY event_id DESC) FILTER (WHERE stage IS NOT NULL))[1] AS stage, {
    ", ".join(
        "(array_agg(coalesce(became, '') ORDER BY event_id DESC)"
        f" FILTER (WHERE field = '{name}' AND kind IN ('field', 'opened')))[1] AS {name}"
        for name in _FIELDS
    )
}, {_TAKEN} AS taken FROM held GROUP BY case_id
    )
    SELECT coalesce(c.case_id, t.case_id) FROM cases c FULL JOIN told t ON c.case_id = t.case_id
    WHERE (c.case_id IS NULL AND NOT t.removed)
    OR (c.case_id IS NOT NULL AND (t.opened IS NOT TRUE OR c.stage IS DISTINCT FROM t.stage
    OR coalesce(t.taken, 0) <> coalesce(epoch_us(c.taken_at), 0) OR {
    " OR ".join(f"t.{name} <> coalesce(c.{name}, '')" for name in _FIELDS)
}))
"""
_ANSWERS = f"""
    WITH {_HELD} SELECT coalesce(a.case_id, e.case_id)
    FROM answers a FULL JOIN (SELECT * FROM present WHERE kind = 'sent') e ON a.event_id = e.event_id
    WHERE a.text IS DISTINCT FROM e.note OR a.case_id IS DISTINCT FROM e.case_id
"""
_SURVEYS = f"""
    WITH {_HELD} (
        SELECT case_id, satisfaction::VARCHAR FROM surveys WHERE answered_at IS NOT NULL
        EXCEPT ALL SELECT case_id, became FROM present WHERE kind = 'survey' AND field = 'answered'
    ) UNION ALL (
        SELECT case_id, became FROM present WHERE kind = 'survey' AND field = 'answered'
        EXCEPT ALL SELECT case_id, satisfaction::VARCHAR FROM surveys WHERE answered_at IS NOT NULL
    )
"""


def inconsistent_cases(connection: Connection) -> tuple[int, ...]:
    """The cases whose row, answers or survey answers are not what their history says, by id.

    Compared are whether the case is there, its stage, when it was taken, what people set on it, the words of answers,
    and satisfaction.
    """
    case_ids: set[int] = set()
    for sql in (_CASES, _ANSWERS, _SURVEYS):
        case_ids |= {int(row[0]) for row in connection.execute(sql).fetchall()}
    if case_ids:
        logger.error("cases differ from their history", extra={"count": len(case_ids)})
    return tuple(sorted(case_ids))
