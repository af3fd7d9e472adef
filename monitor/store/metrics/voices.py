"""Who speaks: posts of a time told apart into what people say and what is none of it. Reads only.

What people say are the posts that somebody wrote about a brand. A post counts once, as the first of these that it is:
- deleted: gone from the network; nobody can read any more who wrote what;
- owned: of the brands' own accounts, or of employees;
- unmatched: of no brand, where brands are set up;
- a repost: somebody else's post passed on, as the network says;
- a copy: word for word what another post of the `COPY_HOURS` before says, in `COPY_LENGTH` characters or more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from monitor.settings.loading import Settings
from monitor.store.connection import Connection

COPY_LENGTH = 40
"""Characters; what is shorter, such as thanks, many write by themselves in the same words."""
COPY_HOURS = 720
Kind: TypeAlias = Literal["deleted", "owned", "unmatched", "reposts", "copies"]
KINDS: tuple[Kind, ...] = ("deleted", "owned", "unmatched", "reposts", "copies")

APART = f"""
    span_matches AS (
        SELECT mention_id, brand, posted_at FROM matches WHERE posted_at >= $since AND posted_at < $until
    ), same_text AS (
        SELECT text_key FROM mentions WHERE posted_at >= $copied_since AND posted_at < $until AND text_key <> 0
        GROUP BY text_key HAVING count(*) > 1
    ), repeated AS (
        SELECT mention_id, posted_at,
               lag(posted_at) OVER (PARTITION BY text_key ORDER BY posted_at, mention_id) AS said_at
        FROM mentions WHERE posted_at >= $copied_since AND posted_at < $until
        AND text_key IN (SELECT text_key FROM same_text) AND length(text) >= {COPY_LENGTH}
        AND mention_id IN (SELECT mention_id FROM matches WHERE posted_at >= $copied_since AND posted_at < $until)
    ), apart_ranks AS (
        SELECT mention_id, CASE WHEN deleted_at IS NOT NULL THEN 0
               WHEN lower(ltrim(author, '@')) IN (SELECT unnest($own::VARCHAR[])) THEN 1 ELSE 3 END AS nth
        FROM mentions WHERE posted_at >= $since AND posted_at < $until AND (deleted_at IS NOT NULL OR is_repost
            OR lower(ltrim(author, '@')) IN (SELECT unnest($own::VARCHAR[])))
        UNION ALL
        SELECT mention_id, 2 FROM span_matches WHERE brand = '' AND NOT $unmatched::BOOLEAN
        AND mention_id NOT IN (SELECT mention_id FROM span_matches WHERE brand <> '')
        UNION ALL
        SELECT mention_id, 4 FROM repeated WHERE posted_at >= $since
        AND said_at >= posted_at - INTERVAL '{COPY_HOURS} hours'
    ), apart AS (
        SELECT mention_id, min(nth) AS nth FROM apart_ranks GROUP BY mention_id
    )
"""
"""SQL of what is none of what people say, with its place in `KINDS`; takes what `parameters` gives."""


@dataclass(frozen=True, slots=True)
class Speakers:
    """Who is one of ours, by handle (casefolded, without @), and whether posts of no brand count for all brands."""

    ours: frozenset[str] = frozenset()
    unmatched_count: bool = True


EVERYONE = Speakers()


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
    employees = {handle.removeprefix("@").casefold() for handle in settings.desk.employees}
    return Speakers(settings.own_accounts | employees, not settings.brands)


def parameters(since: datetime, until: datetime, who: Speakers, brand: str | None) -> dict[str, Any]:
    """What `APART` takes. The posts of no brand are counted where somebody asks for just these (`brand` is '')."""
    return {
        "since": since,
        "until": until,
        "copied_since": since - timedelta(hours=COPY_HOURS),
        "own": sorted(who.ours),
        "unmatched": who.unmatched_count or brand == "",
    }


def of_brand(brand: str | None) -> tuple[str, Mapping[str, Any]]:
    """SQL that narrows `span_matches` down to a brand, and its parameter."""
    return ("WHERE brand = $brand", {"brand": brand}) if brand is not None else ("", {})


def counts(
    connection: Connection, since: datetime, until: datetime, who: Speakers = EVERYONE, brand: str | None = None
) -> tuple[int, Apart]:
    """How many mentions of a brand, or of any, people posted, each once; and what is none of these."""
    narrowed, values = of_brand(brand)
    rows = connection.execute(
        f"""
        WITH {APART}
        SELECT nth, count(*) FROM (SELECT DISTINCT mention_id FROM span_matches {narrowed}) heard
        LEFT JOIN apart ON apart.mention_id = heard.mention_id GROUP BY nth
        """,
        parameters(since, until, who, brand) | values,
    ).fetchall()
    by_place = {place: int(count) for place, count in rows}
    return by_place.get(None, 0), Apart(*(by_place.get(place, 0) for place in range(len(KINDS))))


def people(
    connection: Connection, since: datetime, until: datetime, who: Speakers = EVERYONE, brand: str | None = None
) -> int:
    """How many different authors posted these mentions, by their id or else their handle; those unknown are none."""
    narrowed, values = of_brand(brand)
    row = connection.execute(
        f"""
        WITH {APART}
        SELECT count(*) FROM (
            SELECT DISTINCT network, coalesce(author_id, lower(author)) FROM mentions
            WHERE posted_at >= $since AND posted_at < $until AND coalesce(author_id, author) IS NOT NULL
            AND mention_id IN (SELECT mention_id FROM span_matches {narrowed})
            AND mention_id NOT IN (SELECT mention_id FROM apart)
        ) authors
        """,
        parameters(since, until, who, brand) | values,
    ).fetchall()[0]
    return int(row[0])


def by_day(
    connection: Connection, since: datetime, until: datetime, zone: ZoneInfo, who: Speakers = EVERYONE
) -> dict[date, int]:
    """How many mentions people posted on each local day; days without any are not there."""
    rows = connection.execute(
        f"""
        WITH {APART}
        SELECT (posted_at AT TIME ZONE $zone)::DATE AS day, count(DISTINCT mention_id) FROM span_matches
        WHERE mention_id NOT IN (SELECT mention_id FROM apart) GROUP BY day
        """,
        parameters(since, until, who, None) | {"zone": zone.key},
    ).fetchall()
    return dict(rows)
