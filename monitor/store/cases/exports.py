"""Exports: which cases went where, and the proof that they arrived."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.models.cases import NewEvent
from monitor.models.exports import CaseRow
from monitor.store.cases import events
from monitor.store.connection import Connection

logger = logging.getLogger(__name__)

_ROWS = """
    WITH wanted AS (
        SELECT *, network IN (SELECT unnest($2::VARCHAR[])) AS only_link
        FROM cases WHERE case_id IN (SELECT unnest($1::BIGINT[]))
    ),
    told AS (
        SELECT case_id,
            string_agg(strftime(happened_at, '%Y-%m-%d %H:%MZ') || ' ' || actor || ': ' || kind
                || coalesce(' ' || e.stage, '') || coalesce(' ' || field, '') || coalesce(' = ' || became, '')
                || CASE WHEN only_link OR note = '' THEN '' ELSE ' — ' || note END,
                chr(10) ORDER BY event_id) AS history,
            min(mention_id) FILTER (kind = 'opened') AS opening
        FROM case_events e JOIN wanted USING (case_id) GROUP BY case_id
    ),
    said AS (
        SELECT p.case_id, count(*) AS posts,
            coalesce(string_agg(strftime(m.posted_at, '%Y-%m-%d %H:%MZ') || ' ' || m.text, chr(10)
                ORDER BY m.posted_at, m.mention_id) FILTER (m.mention_id <> t.opening), '') AS later_posts
        FROM case_mentions p JOIN told t USING (case_id) JOIN mentions m USING (mention_id) GROUP BY p.case_id
    )
    SELECT c.code, c.brand, c.network, c.stage, c.opened_at, c.opened_by, c.changed_at,
        CASE WHEN NOT only_link THEN m.author END, CASE WHEN NOT only_link THEN m.author_name END,
        m.post_id, m.posted_at, m.permalink, CASE WHEN only_link THEN '' ELSE m.text END,
        c.language, l.sentiment, l.decision, coalesce(l.corrected, false),
        l.p_negative, l.p_neutral, l.p_positive, l.p_complaint, l.model, s.posts,
        CASE WHEN only_link THEN '' ELSE s.later_posts END, t.history, m.sample,
        c.channel, c.category, c.severity, c.level, c.owner, c.team, c.tags, c.customer_id, i.code, c.due_at,
        c.agreement
    FROM wanted c JOIN told t USING (case_id) JOIN said s USING (case_id) JOIN mentions m ON m.mention_id = t.opening
    LEFT JOIN labels l ON l.mention_id = m.mention_id LEFT JOIN incidents i ON i.incident_id = c.incident_id
    ORDER BY c.case_id
"""

# A case that was merged goes with the one that took it in.
_NEW = "SELECT case_id FROM cases WHERE merged_into IS NULL AND case_id NOT IN (SELECT case_id FROM export_cases)"


@dataclass(frozen=True, slots=True)
class Export:
    """A hand-over that was promised: to which destination, at which place, with which cases."""

    export_id: int
    destination: str
    place: str


def case_ids(connection: Connection) -> list[int]:
    """Every case that was not merged into another, oldest first."""
    rows = connection.execute("SELECT case_id FROM cases WHERE merged_into IS NULL ORDER BY case_id")
    return [row[0] for row in rows.fetchall()]


def new_count(connection: Connection) -> int:
    """How many cases no export holds yet."""
    row = connection.execute(f"SELECT count(*) FROM ({_NEW})").fetchone()
    return int(row[0]) if row else 0


def promise_new(
    connection: Connection,
    destination: str,
    place: str,
    now: datetime,
    is_taken: Callable[[str], bool] | None = None,
) -> Export | None:
    """Sets aside every case that no export holds yet, to be delivered at `place`; None when there is no such case.

    `place` may hold `{export_id}`; numbers whose place is taken, by a database that was lost say, are left out. A
    delivery that fails or dies is found by `undelivered` and finished later.
    """
    count = new_count(connection)
    if count == 0:
        return None
    export = _numbered(connection, destination, place)
    while is_taken is not None and export.place != place and is_taken(export.place):
        export = _numbered(connection, destination, place)
    connection.execute(f"INSERT INTO export_cases SELECT ?, case_id FROM ({_NEW})", [export.export_id])
    connection.execute(
        "INSERT INTO exports VALUES (?, ?, ?, 'promised', ?, NULL, ?, NULL)",
        [export.export_id, destination, export.place, now, count],
    )
    logger.info("hand-over promised", extra={"destination": destination, "count": count})
    return export


def _numbered(connection: Connection, destination: str, place: str) -> Export:
    export_id = int(connection.execute("SELECT nextval('export_ids')").fetchall()[0][0])
    return Export(export_id, destination, place.replace("{export_id}", f"{export_id:06d}"))


def undelivered(connection: Connection) -> list[Export]:
    """Exports that were promised and not yet delivered, oldest first."""
    rows = connection.execute(
        "SELECT export_id, destination, place FROM exports WHERE status = 'promised' ORDER BY export_id"
    ).fetchall()
    return [Export(*row) for row in rows]


def withdraw(connection: Connection, export: Export) -> None:
    """Takes a promise back that nothing came of, so that its cases are new again; nothing if it was delivered."""
    withdrawn = connection.execute(
        "DELETE FROM exports WHERE export_id = ? AND status = 'promised' RETURNING 1", [export.export_id]
    ).fetchall()
    if withdrawn:
        logger.warning("hand-over withdrawn", extra={"destination": export.destination})
        connection.execute("DELETE FROM export_cases WHERE export_id = ?", [export.export_id])


def cases_of(connection: Connection, export_id: int) -> list[int]:
    """The cases of an export, oldest first."""
    rows = connection.execute(
        "SELECT case_id FROM export_cases WHERE export_id = ? ORDER BY case_id", [export_id]
    ).fetchall()
    return [row[0] for row in rows]


def mark_delivered(connection: Connection, export: Export, receipt: str, now: datetime) -> None:
    """Records that the export arrived, with the proof, in its cases' histories too."""
    marked = connection.execute(
        "UPDATE exports SET status = 'delivered', delivered_at = ?, receipt = ? "
        "WHERE export_id = ? AND status = 'promised' RETURNING 1",
        [now, receipt, export.export_id],
    ).fetchall()
    if marked:
        note = f"{export.destination}: {export.place}"
        export_events = [NewEvent(case_id, "exported", note=note) for case_id in cases_of(connection, export.export_id)]
        events.append(connection, export_events, "escucha", now)
        logger.info("hand-over delivered", extra={"destination": export.destination, "count": len(export_events)})


def rows(connection: Connection, ids: Sequence[int], only_links: Sequence[str] = ()) -> list[CaseRow]:
    """These cases as they are exported, by case id. Ask for some thousands at a time: the texts are held in memory.

    Of the networks in `only_links` they hold post id and link, and neither texts, authors nor notes.
    """
    return [CaseRow(*row) for row in connection.execute(_ROWS, [list(ids), list(only_links)]).fetchall()]
