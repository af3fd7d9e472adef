"""Open cases are worked out again when the desk's settings changed, and only then."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.casework import recompute
from monitor.models.cases import Case
from monitor.pipeline import main_line
from monitor.settings.desk import Desk
from monitor.settings.loading import Settings
from monitor.settings.service_hours import WEEKDAYS, Calendar, ServiceLevels, Targets
from monitor.store import migrate
from monitor.store.cases import cases, events
from tests import desk_store
from tests.conftest import NOW

OFFICE = Calendar(country="")  # NOW is Monday, 10:00 in Madrid
ROUND_THE_CLOCK = Calendar(
    country="", since=NOW.date() + timedelta(days=1), hours=dict.fromkeys(WEEKDAYS, ("00:00-24:00",))
)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A store with two cases, the second of them dismissed."""
    kept = with_calendars(desk_store.configured(tmp_path, monkeypatch), OFFICE)
    posts = [desk_store.post(kept, name, "No llega el pedido", NOW, author=name) for name in ("a", "b")]
    desk_store.open_cases(kept, posts[:1], NOW)
    desk_store.open_cases(kept, posts[1:], NOW)
    with store.connect(kept.store) as connection:
        connection.execute("DELETE FROM pending")
    desk.move_case(kept, 2, "dismissed", version=1, reason="spam", actor="marta", now=NOW + timedelta(hours=2))
    return kept


def with_calendars(settings: Settings, *calendars: Calendar) -> Settings:
    return settings.model_copy(update={"desk": Desk(calendars=calendars)})


def rows(settings: Settings) -> list[Case]:
    with store.connect(settings.store, read_only=True) as connection:
        return cases.get_many(connection, [1, 2])


def is_due(settings: Settings) -> bool:
    with store.connect(settings.store, read_only=True) as connection:
        return recompute.is_due(connection, settings)


def test_a_case_that_spans_a_calendar_edit_is_due_by_both(settings: Settings) -> None:
    before = rows(settings)
    assert before[0].resolve_due_at == datetime(2026, 3, 11, 9, tzinfo=UTC)  # 63 hours, 9 a day
    edited = with_calendars(settings, OFFICE, ROUND_THE_CLOCK)
    assert main_line.open_cases(edited) == (0, 0)
    after = rows(edited)
    # 8 hours of Monday, then from midnight on without a rest
    assert after[0].resolve_due_at == datetime(2026, 3, 2, 23, tzinfo=UTC) + timedelta(hours=55)
    assert after[0].version == before[0].version
    assert after[1] == before[1]


def test_nothing_is_written_while_nothing_changed(settings: Settings) -> None:
    assert is_due(settings)
    assert recompute.refresh(settings) == 1
    assert not is_due(settings)
    kept = rows(settings)
    main_line.open_cases(settings)
    assert rows(settings) == kept


@pytest.mark.parametrize(
    "changes",
    [
        {"time_zone": "America/Mexico_City"},
        {"desk": Desk(calendars=(OFFICE,), service=ServiceLevels(urgent=Targets(
            first_response_hours=0.5, next_response_hours=2, resolution_hours=9)))},
        {"desk": Desk.model_validate({"calendars": (OFFICE,), "priority": {"reach": 0.3}})},
    ],
    ids=["zone", "service levels", "weights"],
)  # fmt: skip
def test_other_settings_of_the_clocks_and_priorities_are_noticed(
    settings: Settings, changes: dict[str, object]
) -> None:
    recompute.refresh(settings)
    assert is_due(settings.model_copy(update=changes))


def test_settings_that_change_no_clock_are_not(settings: Settings) -> None:
    recompute.refresh(settings)
    assert not is_due(settings.model_copy(update={"desk": settings.desk.model_copy(update={"currency": "USD"})}))


def test_many_cases_are_worked_out_in_chunks(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    posts = [desk_store.post(settings, f"c{n}", "No llega", NOW, author=f"c{n}") for n in range(5)]
    desk_store.open_cases(settings, posts, NOW)
    monkeypatch.setattr(recompute, "_CHUNK", 2)
    edited = with_calendars(settings, ROUND_THE_CLOCK)
    assert recompute.refresh(edited) == 6
    with store.connect(settings.store, read_only=True) as connection:
        found = cases.get_many(connection, [1, *range(3, 8)])
    assert {case.resolve_due_at for case in found} == {NOW + timedelta(hours=63)}


@pytest.mark.duckdb_file("a server begins with the tables of a later version")
def test_cases_of_an_older_database_get_their_clocks(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    every = migrate.versions()
    old = settings.model_copy(
        update={"store": settings.store.model_copy(update={"url": str(settings.store.path.with_name("old.duckdb"))})}
    )
    with monkeypatch.context() as older:
        older.setattr(migrate, "versions", lambda: {number: every[number] for number in (1, 2, 3)})
        with store.connect(old.store) as connection:
            connection.execute(
                """
                INSERT INTO cases (case_id, code, brand, network, thread_id, author, language, stage, opened_at,
                    opened_by, first_post_at, last_post_at, changed_at, version)
                VALUES (1, 'ESC-000001', 'Norvia', 'x', 't', 'ana', 'es', 'acknowledged', $1, 'escucha', $1, $1, $1, 2),
                    (2, 'ESC-000002', 'Norvia', 'x', 'u', 'eva', 'es', 'closed', $1, 'escucha', $1, $1, $1, 2);
                """,
                [NOW],
            )
            connection.execute(
                """
                INSERT INTO case_events (event_id, case_id, happened_at, actor, kind, stage, note)
                VALUES (1, 1, $1, 'escucha', 'opened', 'received', ''),
                    (2, 1, $1, 'marta', 'stage', 'acknowledged', ''),
                    (3, 2, $1, 'escucha', 'opened', 'received', ''), (4, 2, $1, 'marta', 'stage', 'closed', '')
                """,
                [NOW],
            )
    monkeypatch.setattr(migrate, "_current", set())
    main_line.open_cases(old)
    with store.connect(old.store, read_only=True) as connection:
        case, closed = cases.get_many(connection, [1, 2])
        assert events.verify(connection).events == 4
    assert (case.code, case.version, case.stage) == ("ESC-000001-3", 2, "acknowledged")
    assert (case.due_clock, case.first_due_at) == ("first_response", NOW + timedelta(hours=4))
    assert closed.resolved_at == NOW, "so that a word of the customer may reopen it"
