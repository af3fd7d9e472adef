"""A connection that shows some brands and teams alone: views of its own stand before the tables, for every statement.

What is of no brand, or a case of no team, is everybody's. Posts have no team.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

from monitor.store.connection import Connection
from monitor.store.engines import dialects

if TYPE_CHECKING:
    from monitor.store.postgres.connection import PostgresConnection

_BY_CASE = ("answers", "case_events", "follow_ups", "notices", "surveys")
_BY_BRAND = ("campaigns", "incidents", "matches")
_BY_POST = ("campaign_posts", "classifications", "corrections", "edits", "labels", "mentions", "posts", "review_sample")


def narrow(connection: Connection, brands: Sequence[str], teams: Sequence[str]) -> None:
    """Lets a connection that only reads, and has not been asked anything yet, show these brands and teams alone.

    No brands, or no teams: all of them.
    """
    if dialects.is_file(connection):
        place = connection.execute("SELECT current_database()").fetchall()[0][0]
        for view in _views(f"{_name(place)}.main", brands, teams):
            connection.execute(view)
        return
    place = connection.execute("SELECT current_schema()").fetchall()[0][0]
    cast("PostgresConnection", connection).execute_before(list(_views(_name(place), brands, teams)))


def _views(place: str, brands: Sequence[str], teams: Sequence[str]) -> Iterator[str]:
    """The statements that make them; `place` is where the tables are."""
    ours, either = _texts(brands), _texts(["", *brands])
    of_brand = f"brand IN {either}" if brands else "true"
    of_team = f"coalesce(team, '') IN {_texts(['', *teams])}" if teams else "true"
    yield _view(place, "cases", f"{of_brand} AND {of_team}")
    own_case = f"EXISTS (SELECT 1 FROM {place}.cases c WHERE c.case_id = t.case_id AND {of_brand} AND {of_team})"
    for table in ("case_mentions", *_BY_CASE):
        yield _view(place, table, own_case)
    if not brands:
        return
    for table in _BY_BRAND:
        yield _view(place, table, of_brand)
    others = f"""
        SELECT mention_id FROM {place}.matches WHERE brand NOT IN {either}
        UNION ALL SELECT mention_id FROM {place}.case_mentions WHERE brand NOT IN {either}
    """
    own = f"""
        SELECT mention_id FROM {place}.matches WHERE brand IN {ours}
        UNION ALL SELECT mention_id FROM {place}.case_mentions WHERE brand IN {ours}
    """
    is_others = f"""
        SELECT 1 FROM ({others}) o WHERE o.mention_id = t.mention_id
        AND NOT EXISTS (SELECT 1 FROM ({own}) m WHERE m.mention_id = o.mention_id)
    """
    for table in _BY_POST:
        yield _view(place, table, f"NOT EXISTS ({is_others})")


def _view(place: str, table: str, test: str) -> str:
    return f"CREATE TEMPORARY VIEW {table} AS SELECT * FROM {place}.{table} t WHERE {test}"


def _texts(values: Sequence[str]) -> str:
    quoted = ("'" + value.replace("'", "''") + "'" for value in values)
    return f"({', '.join(quoted)})"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
