"""What the overview counts: classified mentions over time and by place, and cases. A mention counts once.

Mentions are what people say; what else was posted is told apart (`monitor.store.metrics.voices`).
"""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd
import pyarrow as pa

from dashboard.queries import filter_sql
from dashboard.queries.periods import Period, local_day_sql
from monitor.store import Connection
from monitor.store.engines import dialects
from monitor.store.metrics import voices
from monitor.store.metrics.voices import KINDS, Apart
from monitor.store.posts import mentions

_SPAN = "posted_at >= $since AND posted_at < $until"
_HEARD = f"""{_SPAN} AND mention_id IN (
    SELECT mention_id FROM matches WHERE {_SPAN} AND ($brand::VARCHAR IS NULL OR brand = $brand))"""
_SAID = f"labels.{voices.NOT_APART}"
_OURS = f"mention_id IN (SELECT mention_id FROM apart WHERE nth = {KINDS.index('owned')})"


@dataclass(frozen=True, slots=True)
class TimeExtent:
    """The times of the oldest and the newest mention; None: there is no mention."""

    oldest: datetime | None
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class Sums:
    """Mentions of a period, and how many of them are negative and complaints."""

    mentions: int
    negative: int
    complaints: int

    @property
    def negative_share(self) -> float | None:
        """From 0 to 1; None of nothing."""
        return self.negative / self.mentions if self.mentions else None


@dataclass(frozen=True, slots=True)
class SaidCounts:
    """Everything that was posted in a period: `mentions` of how many known `people`, and what is none of these.

    `unclassified` of the mentions wait for the classifier and are in no other figure of the page.
    """

    mentions: int
    people: int
    apart: Apart
    unclassified: int


@dataclass(frozen=True, slots=True)
class MentionCounts:
    """Mentions on a network or of a brand ('' = none), and how many of them are complaints."""

    name: str
    mentions: int
    complaints: int


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """Cases opened in a period and the one before, and those open now."""

    opened: int
    opened_before: int
    open_now: int


def time_extent(connection: Connection) -> TimeExtent:
    """The time span of what is stored."""
    return TimeExtent(*connection.execute("SELECT min(posted_at), max(posted_at) FROM mentions").fetchall()[0])


def sums(rows: pd.DataFrame) -> Sums:
    """What counted mentions add up to, of this period or of the one before: the one definition of negative.

    `rows` have the columns sentiment, decision, n, as `by_day` and `by_label` give them.
    """
    negative, complaint = rows["sentiment"] == "negative", rows["decision"] == "complaint"
    return Sums(*(int(part["n"].sum()) for part in (rows, rows[negative], rows[complaint])))


def said(
    connection: Connection, period: Period, brand: str | None, apart: pa.Table, classified_mentions: int
) -> SaidCounts:
    """What the page's figures stand on, and what is in none of them."""
    mention_count, told = voices.counts(connection, period.start, period.end, apart, brand)
    people = voices.people(connection, period.start, period.end, apart, brand)
    return SaidCounts(mention_count, people, told, max(mention_count - classified_mentions, 0))


def by_label(
    connection: Connection, period: Period, brand: str | None = None, apart: pa.Table | None = None
) -> pd.DataFrame:
    """The mentions of a period, of one brand or all. Columns: sentiment, decision, n."""
    with voices.registered(connection, apart):
        counted: pa.Table = connection.sql(
            f"""
            SELECT sentiment, decision, count(*) AS n FROM labels WHERE {_HEARD} AND {_SAID}
            GROUP BY sentiment, decision
            """,
            params=_parameters(period, brand),
        ).to_arrow_table()
    frame: pd.DataFrame = counted.to_pandas()
    return frame


def by_day(
    connection: Connection,
    period: Period,
    brand: str | None = None,
    apart: pa.Table | None = None,
    *,
    owned: bool = False,
) -> pd.DataFrame:
    """The mentions of a period, of one brand or all, by local day; with `owned` the posts of our accounts instead.

    `apart` is what `voices.told_apart` gives for this time or a longer one.
    Columns: day (a timestamp at midnight), sentiment, decision, n. Days without mentions are not there.
    """
    with voices.registered(connection, apart):
        counted = connection.sql(
            f"""
            SELECT {local_day_sql("posted_at", period.start, period.end, period.zone)} AS day, sentiment, decision,
                   count(*) AS n
            FROM labels WHERE {_HEARD} AND {_OURS if owned else _SAID} GROUP BY day, sentiment, decision
            """,
            params=_parameters(period, brand),
        ).to_arrow_table()
    rows: pd.DataFrame = counted.to_pandas()
    rows["day"] = pd.to_datetime(rows["day"], unit="D")
    return rows


def by_place(
    connection: Connection, period: Period, brand: str | None = None, apart: pa.Table | None = None
) -> tuple[tuple[MentionCounts, ...], tuple[MentionCounts, ...]]:
    """The mentions of a period, of one brand or all: by network, and by brand; the most first.

    A mention of several brands counts for each of them, and once on its network.
    """
    low, high = mentions.id_range(connection)
    asked = _SPAN if brand is None else _HEARD  # of all brands those that are in `heard` are the ones
    with voices.registered(connection, apart):
        rows = connection.execute(
            f"""
            WITH told AS NOT MATERIALIZED (
                SELECT mention_id, decision = 'complaint' AS complaint FROM labels WHERE {asked} AND {_SAID}
            ), heard AS NOT MATERIALIZED (
                SELECT mention_id, network, brand FROM matches WHERE {_SPAN}
            ), counted AS ({dialects.ids_by_place(connection)})
            SELECT network, brand, sum(n)::BIGINT AS mentions, coalesce(sum(n) FILTER (WHERE complaint), 0)::BIGINT
            FROM counted GROUP BY network, brand HAVING sum(n) > 0 ORDER BY mentions DESC, network, brand
            """,
            filter_sql.used_parameters(asked, _parameters(period, brand)) | {"low": low, "high": high},
        ).fetchall()
    networks = tuple(MentionCounts(network, *counts) for network, _, *counts in rows if network is not None)
    return networks, tuple(MentionCounts(name, *counts) for network, name, *counts in rows if network is None)


def _parameters(period: Period, brand: str | None) -> dict[str, object]:
    return {"since": period.start, "until": period.end, "brand": brand}


def case_counts(connection: Connection, period: Period, brand: str | None) -> CaseCounts:
    """How many cases were opened and are open, of one brand or all; a case merged into another is not counted."""
    row = connection.execute(
        """
        SELECT count(*) FILTER (WHERE opened_at >= $mid AND opened_at < $end),
               count(*) FILTER (WHERE opened_at >= $start AND opened_at < $mid),
               count(*) FILTER (WHERE stage NOT IN ('closed', 'dismissed'))
        FROM cases WHERE merged_into IS NULL AND ($brand::VARCHAR IS NULL OR brand = $brand)
        """,
        {"start": period.before.start, "mid": period.start, "end": period.end, "brand": brand},
    ).fetchall()[0]
    return CaseCounts(*row)


def facts(connection: Connection) -> tuple[bool, bool, tuple[str, ...], tuple[str, ...]]:
    """Whether there are mentions and samples among them; the brands ('' = none) and networks that occur."""
    presence = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM mentions LIMIT 1), EXISTS (SELECT 1 FROM mentions WHERE sample LIMIT 1)"
    ).fetchall()[0]
    brands = connection.execute(dialects.distinct_values(connection, "matches", "brand")).fetchall()
    networks = connection.execute(dialects.distinct_values(connection, "matches", "network")).fetchall()
    return presence[0], presence[1], tuple(row[0] for row in brands), tuple(row[0] for row in networks)
