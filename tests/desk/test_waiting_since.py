"""Clocks begin when the customer wrote, however late a collector brought it."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor import desk, store
from monitor.models.cases import Case
from monitor.pipeline import main_line
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from tests import desk_store

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def config(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = desk_store.configured(tmp_path, monkeypatch)  # type: ignore[arg-type]
    began = NOW - timedelta(days=30)
    first = desk_store.post(settings, "p0", "El pedido no llega", began, author="luis")
    desk_store.open_cases(settings, [first], began)
    return settings


def collected(config: Settings, post_id: str, hours: float) -> datetime:
    """A post that was written so long ago is collected now; returns when it was written."""
    at = NOW - timedelta(hours=hours)
    desk_store.post(config, post_id, "El pedido no llega y nadie contesta", at, thread_id="p1")
    main_line.open_cases(config)
    return at


def read(config: Settings, case_id: int = 2) -> Case:
    with store.connect(config.store, read_only=True) as connection:
        return cases.get(connection, case_id)


def test_a_case_waits_from_its_complaint_on(config: Settings) -> None:
    written = collected(config, "p1", 72)
    case = read(config)
    assert case.asked_at == written
    assert case.first_due_at is not None
    assert case.first_due_at < case.opened_at


def test_a_further_post_waits_from_when_it_was_written(config: Settings) -> None:
    collected(config, "p1", 72)
    desk.log_contact(
        config, 2, "phone", "out", "Llamada", actor="Ana", now=NOW, took_place_at=NOW - timedelta(hours=60)
    )
    written = collected(config, "p2", 2)
    assert read(config).asked_at == written


def test_what_was_written_before_our_answer_but_not_known_then_is_not_answered_by_it(config: Settings) -> None:
    collected(config, "p1", 72)
    desk.log_contact(config, 2, "phone", "out", "Llamada", actor="Ana", now=NOW)
    assert read(config).asked_at is None
    collected(config, "p2", 2)
    waits = read(config).asked_at
    assert waits is not None
    assert waits >= NOW


def test_what_was_written_before_there_was_a_desk_waits_from_its_case_on(config: Settings) -> None:
    collected(config, "p1", 31 * 24)
    case = read(config)
    assert case.asked_at == case.opened_at


def test_our_reply_is_timed_from_post_to_post(config: Settings) -> None:
    written = NOW - timedelta(hours=72)
    desk_store.post(config, "p1", "El pedido no llega y nadie contesta", written, thread_id="p1")
    replied = written + timedelta(minutes=20)
    facts = {"author": "Norvia_Ayuda", "in_reply_to": "p1", "p_complaint": 0.0, "p_negative": 0.0}
    desk_store.post(config, "r1", "Lo miramos hoy mismo", replied, thread_id="p1", **facts)
    main_line.open_cases(config)
    assert read(config).first_answered_at == replied
