"""Exports: which cases went where, and the proof that they arrived."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from monitor.models.cases import NewEvent
from monitor.models.exports import CaseRow, CaseSelection, CaseTeller, CodeTeller, SaidPost
from monitor.store.cases import events
from monitor.store.connection import Connection

logger = logging.getLogger(__name__)

_ROWS = """
    WITH wanted AS (
        SELECT *, network IN (SELECT unnest($2::VARCHAR[])) AS only_link
        FROM cases WHERE case_id IN (SELECT unnest($1::BIGINT[]))
    ),
    told AS (
        SELECT case_id, min(mention_id) FILTER (WHERE kind = 'opened') AS opening
        FROM case_events JOIN wanted USING (case_id) GROUP BY case_id
    ),
    said AS (SELECT case_id, count(*) AS posts FROM case_mentions JOIN wanted USING (case_id) GROUP BY case_id)
    SELECT c.code, c.brand, c.network, c.stage, c.opened_at, c.opened_by, c.changed_at,
        CASE WHEN NOT only_link THEN m.author END, CASE WHEN NOT only_link THEN m.author_name END,
        m.post_id, m.posted_at, m.permalink, CASE WHEN only_link THEN '' ELSE m.text END,
        c.language, l.sentiment, l.decision, coalesce(l.corrected, false),
        l.p_negative, l.p_neutral, l.p_positive, l.p_complaint, l.model, s.posts,
        '', '', m.sample,
        c.channel, c.category, c.severity, c.level, c.owner, c.team, c.tags, c.customer_id, i.code, c.due_at,
        c.agreement, l.p_about, c.case_id, only_link
    FROM wanted c JOIN told t USING (case_id) JOIN said s USING (case_id) JOIN mentions m ON m.mention_id = t.opening
    LEFT JOIN labels l ON l.mention_id = m.mention_id LEFT JOIN incidents i ON i.incident_id = c.incident_id
    ORDER BY c.case_id
"""
_LATER = """
    SELECT p.case_id, m.posted_at, m.text FROM case_mentions p JOIN mentions m USING (mention_id)
    WHERE p.case_id IN (SELECT unnest($1::BIGINT[])) AND m.mention_id <> (
        SELECT min(e.mention_id) FROM case_events e WHERE e.case_id = p.case_id AND e.kind = 'opened')
    ORDER BY m.posted_at, m.mention_id
"""


@dataclass(frozen=True, slots=True)
class Export:
    """A hand-over that was promised: to which destination, at which place, with which cases."""

    export_id: int
    destination: str
    place: str


def case_ids(connection: Connection, selection: CaseSelection | None = None) -> list[int]:
    """Every case of the selection (None: all) that was not merged into another, oldest first."""
    test, values = _test(selection or CaseSelection())
    rows = connection.execute(f"SELECT case_id FROM cases WHERE {test} ORDER BY case_id", values)
    return [row[0] for row in rows.fetchall()]


def _test(selection: CaseSelection) -> tuple[str, list[object]]:
    """The condition of a selection, and its parameters in their order."""
    tests, values = ["merged_into IS NULL"], list[object]()
    for name, limit in ((">=", selection.since), ("<", selection.until)):
        if limit is not None:
            values.append(limit)
            tests.append(f"opened_at {name} ${len(values)}")
    for column, names in (
        ("brand", selection.brands),
        ("network", selection.networks),
        ("stage", selection.stages),
        ("lower(owner)", [owner.lower() for owner in selection.owners]),
        ("category", selection.categories),
    ):
        if names:
            values.append(list(names))
            tests.append(f"{column} IN (SELECT unnest(${len(values)}::VARCHAR[]))")
    return " AND ".join(tests), values


def values_of(connection: Connection, column: Literal["brand", "network", "owner", "category"]) -> list[str]:
    """What the cases have there, sorted."""
    rows = connection.execute(f"SELECT DISTINCT {column} FROM cases WHERE {column} <> '' ORDER BY 1").fetchall()
    return [row[0] for row in rows]


def _new_ids(connection: Connection, selection: CaseSelection | None) -> list[int]:
    """The cases of a selection that no export holds yet; one that was merged goes with the one that took it in."""
    test, values = _test(selection or CaseSelection())
    rows = connection.execute(
        f"""
        SELECT case_id FROM cases
        WHERE {test} AND NOT EXISTS (SELECT 1 FROM export_cases e WHERE e.case_id = cases.case_id) ORDER BY case_id
        """,
        values,
    )
    return [row[0] for row in rows.fetchall()]


def new_count(connection: Connection, selection: CaseSelection | None = None) -> int:
    """How many cases of the selection no export holds yet."""
    return len(_new_ids(connection, selection))


def promise_new(
    connection: Connection,
    destination: str,
    place: str,
    now: datetime,
    is_taken: Callable[[str], bool] | None = None,
    selection: CaseSelection | None = None,
) -> Export | None:
    """Sets aside every case of the selection that no export holds yet, to be delivered at `place`; None for none.

    `place` may hold `{export_id}`; numbers whose place is taken, by a database that was lost say, are left out. A
    delivery that fails or dies is found by `undelivered` and finished later.
    """
    ids = _new_ids(connection, selection)
    if not ids:
        return None
    export = _numbered(connection, destination, place)
    while is_taken is not None and export.place != place and is_taken(export.place):
        export = _numbered(connection, destination, place)
    connection.execute("INSERT INTO export_cases SELECT ?, unnest(?::BIGINT[])", [export.export_id, ids])
    connection.execute(
        "INSERT INTO exports VALUES (?, ?, ?, 'promised', ?, NULL, ?, NULL)",
        [export.export_id, destination, export.place, now, len(ids)],
    )
    logger.info("hand-over promised", extra={"destination": destination, "count": len(ids)})
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


def rows(
    connection: Connection, ids: Sequence[int], only_links: Sequence[str] = (), teller: CaseTeller | None = None
) -> list[CaseRow]:
    """These cases as they are exported, by case id. Ask for some thousands at a time: the texts are held in memory.

    `teller` says their histories and later posts; by default in codes. Of the networks in `only_links` they hold post
    id and link, and neither texts, authors nor notes.
    """
    teller = teller or CodeTeller()
    found = connection.execute(_ROWS, [list(ids), list(only_links)]).fetchall()
    histories = events.of_cases(connection, ids)
    later: dict[int, list[SaidPost]] = {}
    for case_id, posted_at, text in connection.execute(_LATER, [list(ids)]).fetchall():
        later.setdefault(case_id, []).append((posted_at, text))
    case_rows = []
    for *values, case_id, only_link in found:
        history = histories[case_id]
        if only_link:
            history = tuple(replace(event, note="") for event in history)
        posts = () if only_link else later.get(case_id, ())
        case_rows.append(
            replace(CaseRow(*values), history=teller.history(history), later_posts=teller.later_posts(posts))
        )
    return case_rows
