"""Open cases as a whole: in chunks, by owner, and what follows from their histories written anew."""

from collections.abc import Sequence

from monitor.models.cases import CASE_COLUMNS, Case
from monitor.store.cases import cases
from monitor.store.cases.campaign_posts import GATHERED
from monitor.store.connection import Connection

_OPEN = "merged_into IS NULL AND stage NOT IN ('closed', 'dismissed')"
# Closed before there were clocks.
_NEVER = "merged_into IS NULL AND stage = 'closed' AND resolved_at IS NULL"
# What follows from history and settings, but for the stage and the taking, which settings do not change.
_CLOCKS = CASE_COLUMNS[CASE_COLUMNS.index("asked_at") : CASE_COLUMNS.index("warn_at") + 1]
_DERIVED = ("base", "level", *_CLOCKS, "resolve_breaches")


def page_after(connection: Connection, case_id: int, limit: int) -> list[Case]:
    """Up to `limit` cases with higher ids, by id: open ones, and closed ones that were never worked out."""
    rows = connection.execute(
        f"""
        SELECT {", ".join(CASE_COLUMNS)} FROM cases WHERE case_id > ? AND ({_OPEN} OR {_NEVER})
        ORDER BY case_id LIMIT ?
        """,
        [case_id, limit],
    ).fetchall()
    return [Case(*row) for row in rows]


def open_counts(connection: Connection) -> dict[str, int]:
    """How many open cases each owner has, those that stand behind a campaign left out."""
    rows = connection.execute(
        f"""
        SELECT owner, count(*) FROM cases WHERE owner <> '' AND {_OPEN}
        AND (incident_id IS NULL OR incident_id NOT IN ({GATHERED})) GROUP BY owner
        """
    )
    return dict(rows.fetchall())


def save_derived(connection: Connection, worked_out: Sequence[Case]) -> None:
    """Writes priorities and clocks of cases, as read in this transaction; their version stays."""
    if not worked_out:
        return
    changes = ", ".join(f"{name} = c.{name}" for name in _DERIVED)
    cases.register(connection, worked_out)
    connection.execute(
        f"UPDATE cases SET {changes} FROM changed c WHERE cases.case_id = c.case_id AND cases.version = c.version"
    )
    connection.unregister("changed")
