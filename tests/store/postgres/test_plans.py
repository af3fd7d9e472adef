"""How a server finds what pages count over months: by indexes that hold it, not post by post."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from dashboard.inbox import queries as inbox
from monitor import store
from monitor.settings.desk import Priority
from monitor.settings.loading import Store
from monitor.store.metrics import voices
from monitor.store.metrics.voices import Speakers
from monitor.store.postgres import statements
from monitor.store.posts import judgements

POSTS = 10_000
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
_FILL = f"""
INSERT INTO mentions (mention_id, network, post_id, author, text, text_key, posted_at, thread_id, is_repost, sample,
    stored_at)
SELECT i, 'x', 'p' || i, 'cliente' || i % 700, repeat('una queja larga ', 40), i,
    $1::timestamptz - i * INTERVAL '1 hour', 'p' || i, i % 20 = 0, false, $1 FROM generate_series(1, {POSTS}) g(i);
INSERT INTO matches SELECT mention_id, 'Norvia', 'norvia', ARRAY['norvia'], network, posted_at FROM mentions;
INSERT INTO classifications SELECT mention_id, posted_at, text_key, 'm', 'es', 0.4, 0.3, 0.3, 0.4, 'negative',
    CASE WHEN mention_id % 50 = 0 THEN 'unsure' ELSE 'other' END, true, stored_at FROM mentions
"""


@pytest.fixture
def filled(new_store: Callable[[], Store]) -> Store:
    """A server's store of posts an hour apart, which knows its tables."""
    place = new_store()
    with store.connect(place) as connection:
        for statement in _FILL.split(";"):
            connection.execute(statement, [NOW] if "$1" in statement else None)
    with psycopg.connect(place.url, autocommit=True) as session:
        session.execute("VACUUM ANALYZE")
    return place


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Receives how each statement was run that reads the store from now on, in place of what it finds."""
    from monitor.store.postgres.connection import PostgresConnection

    noted: list[dict[str, Any]] = []
    run, put = PostgresConnection.execute, statements.with_tables

    def explained(connection: PostgresConnection, query: str, parameters: Any = None) -> PostgresConnection:
        monkeypatch.setattr(
            statements, "with_tables", lambda *given: f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {put(*given)}"
        )
        ((plan,),) = run(connection, query, parameters).fetchall()
        noted.append(plan[0] if isinstance(plan, list) else json.loads(plan)[0])
        monkeypatch.setattr(statements, "with_tables", put)
        return run(connection, query, parameters)

    monkeypatch.setattr(PostgresConnection, "execute", explained)
    return noted


def pages_read(plan: dict[str, Any]) -> int:
    """How many pages of the database, of 8 kB, a statement has looked at."""
    return int(plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"])


@pytest.mark.parametrize("brand", [None, "Norvia"])
def test_what_is_told_apart_is_not_looked_up_post_by_post(
    filled: Store, plans: list[dict[str, Any]], brand: str | None
) -> None:
    who = Speakers(frozenset({"norvia"}), unmatched_count=False)
    with store.connect(filled, read_only=True) as connection:
        apart = voices.told_apart(connection, NOW - timedelta(days=60), NOW, who, brand)
    assert apart.num_rows == 60 * 24 // 20
    assert pages_read(plans[-1]) < POSTS // 5  # the posts themselves are on more than a thousand pages
    expected = {"mentions_by_time", "mentions_by_handle", "mentions_reposts", "matches_by_time"}
    assert expected - ({"matches_by_time"} if brand else set()) <= indexes(plans[-1]["Plan"])


def test_what_waits_in_the_inbox_is_found_by_what_the_model_said(filled: Store, plans: list[dict[str, Any]]) -> None:
    with store.connect(filled, read_only=True) as connection:
        page = inbox.page(connection, inbox.InboxFilters("unsure"), Priority(), now=NOW, offset=0, limit=10)
    assert page.unsure == POSTS // 50
    assert "classifications_offered" in indexes(plans[0]["Plan"])
    assert "classifications" not in read_whole(plans[0]["Plan"])


def test_the_last_weeks_of_the_stream_are_read_alone(filled: Store, plans: list[dict[str, Any]]) -> None:
    with store.connect(filled, read_only=True) as connection:
        weeks = judgements.weeks(connection, NOW, 9)
    assert sum(week.posts for week in weeks) == (9 * 7 * 24 - 1) * 19 // 20 + 1
    assert not {"mentions", "classifications"} & read_whole(plans[-1]["Plan"])


def test_moments_are_counted_within_the_statement_and_exactly(new_store: Callable[[], Store]) -> None:
    moments = [
        datetime(year, month, 28, 23, 59, 59, micros, tzinfo=UTC)
        for year in (1, 1900, 1969, 1970, 2026, 2262, 9999) for month in (2, 7, 12) for micros in (0, 1, 999_999)
    ]  # fmt: skip
    since = datetime(1970, 1, 1, tzinfo=UTC)
    counts = "SELECT epoch_us(at), epoch(at) FROM unnest($1::timestamptz[]) AS told(at)"
    with store.connect(new_store(), read_only=True) as connection:
        found = connection.execute(counts, [moments]).fetchall()
        plan = connection.execute(f"EXPLAIN VERBOSE {counts}", [moments]).fetchall()
    spans = [at - since for at in moments]
    assert found == [(span // timedelta(microseconds=1), span.total_seconds()) for span in spans]
    assert not any("epoch_us(" in line or "epoch(" in line for (line,) in plan)


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for part in plan.get("Plans", ()) for node in nodes(part))]


def indexes(plan: dict[str, Any]) -> set[str]:
    """The indexes that a plan looks into."""
    return {node["Index Name"] for node in nodes(plan) if "Index Name" in node}


def read_whole(plan: dict[str, Any]) -> set[str]:
    """The tables that a plan reads from their beginning to their end."""
    return {node["Relation Name"] for node in nodes(plan) if node["Node Type"] == "Seq Scan"}
