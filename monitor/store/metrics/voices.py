"""Who speaks: posts of a time told apart into what people say and what is none of it. Reads only.

What people say are the posts that somebody wrote about a brand. A post counts once, as the first of these that it is:
- deleted: gone from the network; nobody can read any more who wrote what. One that was erased here because its author
  asked for it counts as before;
- owned: of the brands' own accounts, or of employees;
- unmatched: of no brand, where brands are set up;
- a repost: somebody else's post passed on, as the network says;
- a copy: word for word what another post of the `COPY_HOURS` before says, in `COPY_LENGTH` characters or more, or the
  text of a campaign with small changes. Of what is asked about (a brand, all brands), and of ours, one is the first.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

import pyarrow as pa

from monitor.settings.loading import Settings
from monitor.settings.own import own_handles
from monitor.store.connection import Connection
from monitor.store.engines import dialects
from monitor.store.posts import mentions

COPY_LENGTH = 40
"""Characters; what is shorter, such as thanks, many write by themselves in the same words."""
COPY_HOURS = 720
Kind: TypeAlias = Literal["deleted", "owned", "unmatched", "reposts", "copies"]
KINDS: tuple[Kind, ...] = ("deleted", "owned", "unmatched", "reposts", "copies")

_APART = f"""
    WITH ours AS (
        SELECT mention_id, posted_at FROM mentions WHERE posted_at >= $copied_since AND posted_at < $until
        AND lower(ltrim(author, '@')) IN (SELECT unnest($own::VARCHAR[]))
    ), same_text AS (
        SELECT text_key FROM mentions WHERE posted_at >= $copied_since AND posted_at < $until AND text_key <> 0
        GROUP BY text_key HAVING count(*) > 1
    ), alike AS (
        SELECT mention_id, posted_at, text_key FROM mentions
        WHERE posted_at >= $copied_since AND posted_at < $until
        AND text_key IN (SELECT text_key FROM same_text) AND coalesce(erased_length, length(text)) >= {COPY_LENGTH}
    ), campaigned AS (
        SELECT p.mention_id, m.posted_at, p.campaign_id
        FROM campaign_posts p JOIN campaigns USING (campaign_id) JOIN mentions m ON m.mention_id = p.mention_id
        WHERE incident_id IS NOT NULL AND m.posted_at >= $copied_since AND m.posted_at < $until
        AND (m.deleted_at IS NULL OR m.erased_length IS NOT NULL)
    ), sources AS (
        SELECT mention_id FROM matches WHERE posted_at >= $copied_since AND posted_at < $until
        AND mention_id IN (SELECT mention_id FROM alike UNION ALL SELECT mention_id FROM campaigned)
        AND (((brand <> '' OR $unmatched::BOOLEAN) AND ($brand::VARCHAR IS NULL OR brand = $brand))
            OR mention_id IN (SELECT mention_id FROM ours))
    ), repeated AS (
        SELECT mention_id, posted_at,
               lag(posted_at) OVER (PARTITION BY text_key ORDER BY posted_at, mention_id) AS said_at
        FROM alike WHERE mention_id IN (SELECT mention_id FROM sources)
        UNION ALL
        SELECT mention_id, posted_at, lag(posted_at) OVER (PARTITION BY campaign_id ORDER BY posted_at, mention_id)
        FROM campaigned WHERE mention_id IN (SELECT mention_id FROM sources)
    ), ranks AS (
        SELECT mention_id, 0 AS nth FROM mentions
        WHERE posted_at >= $since AND posted_at < $until AND deleted_at IS NOT NULL AND erased_length IS NULL
        UNION ALL
        SELECT mention_id, 1 FROM ours WHERE posted_at >= $since
        UNION ALL
        SELECT mention_id, 2 FROM matches u WHERE posted_at >= $since AND posted_at < $until
        AND brand = '' AND NOT $unmatched::BOOLEAN AND NOT EXISTS (
            SELECT 1 FROM matches b WHERE b.mention_id = u.mention_id AND b.brand <> ''
            AND b.posted_at >= $since AND b.posted_at < $until)
        UNION ALL
        SELECT mention_id, 3 FROM mentions WHERE posted_at >= $since AND posted_at < $until AND is_repost
        UNION ALL
        SELECT mention_id, 4 FROM repeated WHERE posted_at >= $since
        AND said_at >= posted_at - INTERVAL '{COPY_HOURS} hours'
    )
    SELECT mention_id, min(nth) AS nth FROM ranks GROUP BY mention_id
"""
NOT_APART = "mention_id NOT IN (SELECT mention_id FROM apart)"
"""SQL, beside what `registered` gives: what is not told apart.

So a server looks each up in a table of hashes; of NOT EXISTS it makes a join, and where it expects a few mentions and
gets a million, it compares each with all that is told apart.
"""
_HEARD = """
    SELECT mention_id FROM matches
    WHERE posted_at >= $since AND posted_at < $until AND ($brand::VARCHAR IS NULL OR brand = $brand)
"""


@dataclass(frozen=True, slots=True)
class Speakers:
    """Who is one of ours, by handle (as `fold_handle` folds it), and whether posts of no brand count for all brands."""

    ours: frozenset[str] = frozenset()
    unmatched_count: bool = True


EVERYONE = Speakers()
_NOTHING = pa.table({"mention_id": pa.array([], pa.int64()), "nth": pa.array([], pa.int32())})


@dataclass(frozen=True, slots=True)
class Apart:
    """Posts of a time that are in no figure of what people say, each in one of these."""

    deleted: int = 0
    owned: int = 0
    unmatched: int = 0
    reposts: int = 0
    copies: int = 0

    @property
    def n(self) -> int:
        """All of them."""
        return self.deleted + self.owned + self.unmatched + self.reposts + self.copies


def speakers(settings: Settings) -> Speakers:
    """Own accounts and employees are ours; without any brand in the settings every post counts."""
    return Speakers(own_handles(settings).union(settings.desk.employees), not settings.brands)


def told_apart(
    connection: Connection, since: datetime, until: datetime, who: Speakers = EVERYONE, brand: str | None = None
) -> pa.Table:
    """The posts of a time that are none of what people say: `mention_id`, and as `nth` their place in `KINDS`.

    Those of no brand are not among them where somebody asks for just these (`brand` is ''). A part of the time has the
    same posts: it may be asked for once and used for several.
    """
    values = {
        "since": since,
        "until": until,
        "copied_since": since - timedelta(hours=COPY_HOURS),
        "own": sorted(who.ours),
        "unmatched": who.unmatched_count or brand == "",
        "brand": brand,
    }
    return connection.sql(_APART, params=values).to_arrow_table()


@contextmanager
def registered(connection: Connection, apart: pa.Table | None) -> Iterator[None]:
    """Lets statements of the body read what `told_apart` gave as the table `apart`; None: nothing is told apart."""
    connection.register("apart", _NOTHING if apart is None else apart)
    try:
        yield
    finally:
        connection.unregister("apart")


def counts(
    connection: Connection, since: datetime, until: datetime, apart: pa.Table | None = None, brand: str | None = None
) -> tuple[int, Apart]:
    """How many mentions of a brand, or of any, people posted, each once; and what is none of these."""
    low, high = mentions.id_range(connection)
    values = {"since": since, "until": until, "brand": brand}
    total = connection.execute(
        f"SELECT {dialects.distinct_ids(connection)} FROM ({_HEARD}) heard",
        {**values, "low": low, "high": high},
    ).fetchall()[0][0]
    with registered(connection, apart):
        sql = f"SELECT nth, count(*) FROM apart WHERE mention_id IN ({_HEARD}) GROUP BY nth"
        by_place = dict(connection.execute(sql, values).fetchall())
    told = Apart(*(int(by_place.get(place, 0)) for place in range(len(KINDS))))
    return int(total) - told.n, told


def people(
    connection: Connection, since: datetime, until: datetime, apart: pa.Table | None = None, brand: str | None = None
) -> int:
    """How many different authors posted these mentions, by their id or else their handle; those unknown are none."""
    with registered(connection, apart):
        row = connection.execute(
            f"""
            SELECT count(*) FROM (
                SELECT DISTINCT network, coalesce(author_id, lower(author)) FROM mentions
                WHERE posted_at >= $since AND posted_at < $until AND coalesce(author_id, author) IS NOT NULL
                AND mention_id IN ({_HEARD})
                AND {NOT_APART}
            ) authors
            """,
            {"since": since, "until": until, "brand": brand},
        ).fetchall()[0]
    return int(row[0])


def by_day(
    connection: Connection, since: datetime, until: datetime, zone: ZoneInfo, who: Speakers = EVERYONE
) -> dict[date, int]:
    """How many mentions people posted on each local day; days without any are not there."""
    with registered(connection, told_apart(connection, since, until, who)):
        rows = connection.execute(
            f"""
            SELECT (posted_at AT TIME ZONE $zone)::DATE AS day, count(DISTINCT mention_id) FROM matches
            WHERE posted_at >= $since AND posted_at < $until AND {NOT_APART}
            GROUP BY day
            """,
            {"since": since, "until": until, "zone": zone.key},
        ).fetchall()
    return dict(rows)
