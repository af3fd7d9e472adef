"""Incidents: the same thing told by many, moved on and closed together."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.errors import EscuchaError
from monitor.settings.loading import Settings
from monitor.store.cases import cases, incidents, notices
from tests import desk_store

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PEOPLE = ("ana", "luis", "sara")


@pytest.fixture
def three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Three cases of one brand, none linked."""
    config = desk_store.configured(tmp_path, monkeypatch)
    told = [
        desk_store.post(config, name, "la aplicación no abre", NOW - timedelta(hours=1), author=name) for name in PEOPLE
    ]
    desk_store.open_cases(config, told, NOW)
    return config


def stages(settings: Settings) -> list[str]:
    with store.connect(settings.store, read_only=True) as connection:
        return [case.stage for case in cases.get_many(connection, [1, 2, 3])]


def test_cases_become_an_incident_and_leave_it(three: Settings) -> None:
    made, done = desk.open_incident(three, "Aplicación caída", [1, 2], actor="eva", now=NOW)
    assert [one.case.incident_id for one in done] == [made.incident_id] * 2
    desk.join_incident(three, made.incident_id, [2, 3], actor="eva", now=NOW)
    desk.leave_incident(three, 1, version=2, actor="eva", now=NOW)
    with store.connect(three.store, read_only=True) as connection:
        assert incidents.cases_of(connection, made.incident_id) == [2, 3]


def test_an_incident_is_moved_on_and_closed_as_one(three: Settings) -> None:
    made, _ = desk.open_incident(three, "Aplicación caída", [1, 2, 3], actor="eva", now=NOW)
    desk.move_case(three, 3, "dismissed", version=2, actor="eva", now=NOW, reason="spam")
    for stage in ("acknowledged", "assessed", "answered"):
        desk.move_incident(three, made.incident_id, stage, actor="eva", now=NOW)  # type: ignore[arg-type]
    with store.connect(three.store, read_only=True) as connection:
        assert incidents.get(connection, made.incident_id).is_open
    closed = desk.move_incident(three, made.incident_id, "closed", actor="eva", now=NOW, agreement="no_answer")
    assert stages(three) == ["closed", "closed", "dismissed"]
    assert (len(closed.done), closed.left) == (2, ())
    with store.connect(three.store, read_only=True) as connection:
        assert not incidents.get(connection, made.incident_id).is_open


def test_who_waits_for_an_answer_is_not_closed_with_the_others(three: Settings) -> None:
    made, _ = desk.open_incident(three, "Aplicación caída", [1, 2], actor="eva", now=NOW)
    for stage in ("acknowledged", "assessed", "answered"):
        desk.move_incident(three, made.incident_id, stage, actor="eva", now=NOW)  # type: ignore[arg-type]
    desk.log_contact(three, 2, "phone", "in", "Sigue sin abrir", actor="eva", now=NOW)
    closed = desk.move_incident(three, made.incident_id, "closed", actor="eva", now=NOW, agreement="agreed")
    assert stages(three)[:2] == ["closed", "answered"]
    assert [code[:10] for code in closed.left] == ["ESC-000002"]


def test_people_named_in_the_note_get_a_notice_of_each_case(three: Settings) -> None:
    made, _ = desk.open_incident(three, "Aplicación caída", [1, 2], actor="eva", now=NOW)
    desk.edit(three, 1, {"owner": "luis"}, version=2, actor="eva", now=NOW)
    desk.move_incident(three, made.incident_id, "acknowledged", actor="eva", now=NOW, note="@luis mira esto")
    with store.connect(three.store, read_only=True) as connection:
        told = [notice.subject for notice in notices.unseen(connection, "luis", 9)[0]]
    assert sorted(told) == ["given", "named", "named"]


def test_cases_that_cannot_go_there_are_named_and_left(three: Settings) -> None:
    made, _ = desk.open_incident(three, "Aplicación caída", [1, 2], actor="eva", now=NOW)
    desk.move_case(three, 1, "acknowledged", version=2, actor="eva", now=NOW)
    moved = desk.move_incident(three, made.incident_id, "assessed", actor="eva", now=NOW)
    assert stages(three)[:2] == ["assessed", "received"]
    assert moved.left == ("ESC-000002-1",)


def test_an_incident_needs_a_title_and_one_brand(three: Settings) -> None:
    other = desk_store.post(three, "c", "agua", NOW, author="eva", brands=(desk_store.OTHER_BRAND,))
    desk_store.open_cases(three, [other], NOW)
    for title, ids in (("  ", [1]), ("Aplicación caída", [1, 4]), ("Aplicación caída", [])):
        with pytest.raises(EscuchaError, match="title and cases of one brand"):
            desk.open_incident(three, title, ids, actor="eva", now=NOW)


def test_a_case_is_in_one_incident_at_a_time(three: Settings) -> None:
    desk.open_incident(three, "Aplicación caída", [1], actor="eva", now=NOW)
    with pytest.raises(EscuchaError, match="part of another incident"):
        desk.open_incident(three, "Otra", [1, 2], actor="eva", now=NOW)


def test_linking_is_undone(three: Settings) -> None:
    made, done = desk.open_incident(three, "Aplicación caída", [1, 2], actor="eva", now=NOW)
    left = desk.leave_incident(three, 2, version=2, actor="eva", now=NOW)
    desk.undo(three, {2: [left.events[0].event_id]}, actor="eva", now=NOW)
    with store.connect(three.store, read_only=True) as connection:
        assert incidents.cases_of(connection, made.incident_id) == [1, 2]
    desk.undo(three, {one.case.case_id: [one.events[0].event_id] for one in done}, actor="eva", now=NOW)
    with store.connect(three.store, read_only=True) as connection:
        assert incidents.cases_of(connection, made.incident_id) == []
