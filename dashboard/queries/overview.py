"""One cube for the whole overview: mentions by local day, network, brands, sentiment and decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from dashboard.clock import Period, local_day_sql
from monitor.store import Connection

_MOST_BRANDS = 60  # bits of a BIGINT; later brands share the last one


@dataclass(frozen=True, slots=True)
class Extent:
    """The times of the oldest and the newest mention; None: there is no mention."""

    oldest: datetime | None
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """Cases opened in a period and the one before, and those open now."""

    opened: int
    opened_before: int
    open_now: int


def extent(connection: Connection) -> Extent:
    """The time span of what is stored."""
    return Extent(*connection.execute("SELECT min(posted_at), max(posted_at) FROM mentions").fetchall()[0])


def cube(connection: Connection, period: Period, brands: Sequence[str], brand: str | None = None) -> pd.DataFrame:
    """Counts of mentions in `period` and the one before it, of one brand or all.

    Columns: current (bool: in `period`), day (local; NaT before `period`), network ('' before `period`), brands (int,
    bit i = brands[i], see `of_brand`), sentiment, decision, n. A mention counts once, whatever number of queries and
    brands it matched. The period before is counted without its days and networks, which saves the join.
    """
    bits = " ".join(f"WHEN ? THEN {1 << i}" for i in range(min(len(brands), _MOST_BRANDS)))
    bit = f"CASE brand {bits} ELSE {1 << _MOST_BRANDS} END" if bits else "0"
    before, start, end = period.before.start, period.start, period.end
    narrowed = "AND mention_id IN (SELECT mention_id FROM matches WHERE brand = ? AND posted_at >= ? AND posted_at < ?)"
    rows = connection.execute(
        f"""
        SELECT true AS current, {local_day_sql("l.posted_at", start, end, period.zone)} AS day, m.network, m.brands,
               l.sentiment, l.decision, count(*) AS n
        FROM labels l JOIN (
            SELECT mention_id, network, bit_or({bit}) AS brands FROM matches
            WHERE posted_at >= ? AND posted_at < ? GROUP BY mention_id, network
        ) m ON m.mention_id = l.mention_id
        WHERE l.posted_at >= ? AND l.posted_at < ? GROUP BY ALL
        UNION ALL
        SELECT false, NULL, '', -1, sentiment, decision, count(*) FROM labels
        WHERE posted_at >= ? AND posted_at < ? {narrowed if brand is not None else ""} GROUP BY ALL
        """,
        [*brands[:_MOST_BRANDS], start, end, start, end, before, start]
        + ([brand, before, start] if brand is not None else []),
    ).fetch_df()
    rows["day"] = pd.to_datetime(rows["day"], unit="D")
    return of_brand(rows, brands, brand)


def of_brand(rows: pd.DataFrame, brands: Sequence[str], brand: str | None) -> pd.DataFrame:
    """The rows of one brand; all of them for None."""
    if brand is None or brand not in brands:
        return rows
    bit = 1 << min(list(brands).index(brand), _MOST_BRANDS)
    return rows[(rows["brands"] & bit) > 0]


def case_counts(connection: Connection, period: Period, brand: str | None) -> CaseCounts:
    """How many cases were opened and are open, of one brand or all."""
    row = connection.execute(
        """
        SELECT count(*) FILTER (opened_at >= $mid AND opened_at < $end),
               count(*) FILTER (opened_at >= $start AND opened_at < $mid),
               count(*) FILTER (stage NOT IN ('closed', 'dismissed'))
        FROM cases WHERE $brand::VARCHAR IS NULL OR brand = $brand
        """,
        {"start": period.before.start, "mid": period.start, "end": period.end, "brand": brand},
    ).fetchall()[0]
    return CaseCounts(*row)


def facts(connection: Connection) -> tuple[bool, bool, tuple[str, ...], tuple[str, ...]]:
    """Whether there are mentions and samples among them; the brands ('' = none) and networks that occur."""
    found = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM mentions LIMIT 1), EXISTS (SELECT 1 FROM mentions WHERE sample LIMIT 1)"
    ).fetchall()[0]
    brands = connection.execute("SELECT DISTINCT brand FROM matches ORDER BY brand").fetchall()
    networks = connection.execute("SELECT DISTINCT network FROM matches ORDER BY network").fetchall()
    return found[0], found[1], tuple(row[0] for row in brands), tuple(row[0] for row in networks)
