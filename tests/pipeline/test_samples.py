"""The demo's posts go through the whole pipeline once, and leave without a trace."""

import pytest

from monitor import desk, store
from monitor.errors import StoreError
from monitor.pipeline import samples
from monitor.runs import no_progress
from monitor.settings.loading import Settings
from monitor.store import consistency
from monitor.store.cases import events
from monitor.store.posts import mentions
from tests.conftest import NOW, about, mention


def rows(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    with store.connect(settings.store, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_samples_become_classified_mentions_and_cases_once(settings: Settings) -> None:
    first = samples.load(settings, no_progress)
    assert 290 <= first.posts == first.new == first.classified <= 320
    assert first.cases > 50
    again = samples.load(settings, no_progress)
    assert (again.new, again.classified, again.cases) == (0, 0, first.cases)
    assert rows(settings, "SELECT DISTINCT sample FROM mentions") == [(True,)]
    assert rows(settings, "SELECT count(*) FROM mentions WHERE posted_at > now()") == [(0,)]


def test_own_accounts_of_the_samples_open_no_case(settings: Settings) -> None:
    samples.load(settings, no_progress)
    assert rows(settings, "SELECT count(*) FROM cases WHERE author IN ('norvia', 'norvia_ayuda')") == [(0,)]


def test_only_the_history_of_the_samples_stays_when_they_are_cleared(settings: Settings) -> None:
    count = samples.load(settings, no_progress).posts
    with store.connect(settings.store) as connection:
        mentions.save(connection, 1, about("Norvia", mention("real")), NOW)
    desk.open_incident(settings, "Caída", [1, 2], actor="eva", now=NOW)
    assert samples.clear(settings) == count
    left = ("posts", "matches", "pending", "classifications", "case_mentions", "cases", "incidents")
    found = {table: rows(settings, f"SELECT count(*) FROM {table}")[0][0] for table in left}
    assert {table: number for table, number in found.items() if number} == {"posts": 1, "matches": 1, "pending": 1}
    assert rows(settings, "SELECT post_id FROM mentions") == [("real",)]
    with store.connect(settings.store, read_only=True) as connection:
        assert events.verify(connection).is_sound
        assert consistency.inconsistent_cases(connection) == ()


def test_samples_are_not_mixed_among_real_posts(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        mentions.save(connection, 1, about("Norvia", mention("real")), NOW)
    with pytest.raises(StoreError, match="holds real posts"):
        samples.load(settings, no_progress)


def test_the_samples_name_no_link_outside_the_example_domains() -> None:
    text = (samples.demo_settings().parent / "samples.jsonl").read_text(encoding="utf-8")
    assert ".com/" not in text.replace("example.com/", "")
