"""What the Metrics page reads besides `monitor.store.metrics.speed`: what its filters offer."""

from dataclasses import dataclass

from monitor.store import Connection

_MOST = 200


@dataclass(frozen=True, slots=True)
class MetricsOptions:
    """The owners, teams and categories that cases have, in their order; '' where some have none."""

    owners: tuple[str, ...]
    teams: tuple[str, ...]
    categories: tuple[str, ...]


def filter_options(connection: Connection) -> MetricsOptions:
    """What cases can be narrowed to; at most 200 of each."""
    values = []
    for column in ("owner", "team", "category"):
        rows = connection.execute(
            f"SELECT DISTINCT {column} FROM cases WHERE merged_into IS NULL ORDER BY 1 LIMIT {_MOST}"
        ).fetchall()
        values.append(tuple(row[0] or "" for row in rows))
    return MetricsOptions(*values)
