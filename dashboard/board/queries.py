"""The board: how many cases stand at each stage, and the first of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.queries import cases, filter_sql, ranking
from dashboard.queries.cases import CaseEntry, Viewer
from monitor.cases import stages
from monitor.models.case_filters import CaseFilters
from monitor.models.posts import Stage
from monitor.store import Connection

COLUMNS: tuple[Stage, ...] = (*stages.OPEN, "closed")
CLOSED_DAYS = 7
"""How long a closed case is on the board."""


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """The cases at a stage: how many, how many of them breach and warn, when the oldest was opened, and the first."""

    stage: Stage
    cases: int = 0
    breaching: int = 0
    warning: int = 0
    oldest_at: datetime | None = None
    entries: tuple[CaseEntry, ...] = ()


def columns(connection: Connection, filters: CaseFilters, viewer: Viewer, *, limit: int) -> tuple[BoardColumn, ...]:
    """All columns in the order of the stages, each with at most `limit` cases, the most pressing first.

    Of the filters the view and the order do not count; of closed cases those of the last `CLOSED_DAYS` are there.
    """
    test, values = filter_sql.where(filters, person=viewer.person, now=viewer.now, viewed=False)
    score, rank = ranking.score_sql(viewer.weights, viewer.now)
    rows = connection.execute(
        f"""
        WITH fit AS (
            SELECT case_id, stage, due_at, warn_at, opened_at, {score} AS score FROM cases
            WHERE {test} AND ({filter_sql.view_sql("open", filters)} OR (
                stage = 'closed' AND coalesce(resolved_at, changed_at) >= $since
            ))
        )
        SELECT stage, count(*), count(*) FILTER (WHERE due_at < $now),
            count(*) FILTER (WHERE warn_at <= $now AND due_at >= $now),
            min(opened_at), (array_agg(case_id ORDER BY {filter_sql.order_sql("priority", "score")}))[1:$limit]
        FROM fit GROUP BY stage
        """,
        {**values, **rank, "now": viewer.now, "since": viewer.now - timedelta(days=CLOSED_DAYS), "limit": limit},
    ).fetchall()
    case_ids = [case_id for row in rows for case_id in row[5]]
    entries_by_id = {entry.case.case_id: entry for entry in cases.entries(connection, case_ids)}
    columns_by_stage = {
        stage: BoardColumn(
            stage, count, breaching, warning, oldest_at, tuple(entries_by_id[case_id] for case_id in ids)
        )
        for stage, count, breaching, warning, oldest_at, ids in rows
    }
    return tuple(columns_by_stage.get(stage, BoardColumn(stage)) for stage in COLUMNS)
