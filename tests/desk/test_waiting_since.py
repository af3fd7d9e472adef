"""Clocks begin when the customer wrote, however late a collector brought it."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor import desk, store
from monitor.models.cases import Case
from monitor.models.posts import Correction
from monitor.pipeline import main_line
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from monitor.store.posts import mentions
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


def closed(config: Settings, hours: float) -> datetime:
    """The first case, luis's, was answered and closed so long ago; returns when."""
    at = NOW - timedelta(hours=hours)
    for stage in ("acknowledged", "assessed", "answered", "closed"):
        version = read(config, 1).version
        desk.move_case(config, 1, stage, version=version, actor="Ana", now=at, agreement="agreed")
    return at


def written(config: Settings, post_id: str, hours: float, text: str = "Sigue sin llegar", **facts: object) -> datetime:
    """Luis, whose case is the first, wrote again so long ago; that is stored, and in no case yet."""
    at = NOW - timedelta(hours=hours)
    desk_store.post(config, post_id, text, at, **({"author": "luis", "thread_id": "p0"} | facts))
    return at


def thanked(config: Settings, post_id: str, hours: float) -> datetime:
    """Luis wrote bare thanks."""
    at = written(config, post_id, hours, "Muchas gracias", p_complaint=0.01, p_negative=0.01)
    with store.connect(config.store) as connection:
        mention_id = mentions.id_of(connection, "x", post_id)
    desk_store.correct(config, Correction(mention_id, "Ana", at, sentiment="positive"))
    return at


def test_a_reopened_case_waits_from_when_the_customer_wrote(config: Settings) -> None:
    closed(config, 300)
    wrote = written(config, "p01", 200)  # more than any weekend between
    main_line.open_cases(config)
    case = read(config, 1)
    assert (case.stage, case.reopenings, case.asked_at) == ("reopened", 1, wrote)
    assert case.next_due_at is not None
    assert case.next_due_at < NOW, "due long before the collector came"
    late = desk.mark_sent(config, 1, "Lo miramos", "", version=case.version, actor="Ana", now=NOW)
    assert late.case.next_breaches == read(config, 1).next_breaches == 1


def test_the_solution_of_a_reopened_case_counts_from_there_too(config: Settings) -> None:
    closed(config, 900)
    written(config, "p01", 800)
    main_line.open_cases(config)
    version = read(config, 1).version
    done = desk.move_case(config, 1, "answered", version=version, actor="Ana", now=NOW)
    done = desk.move_case(config, 1, "closed", version=done.case.version, actor="Ana", now=NOW, agreement="agreed")
    assert done.case.resolve_due_at is not None
    assert done.case.resolve_due_at < NOW
    version = done.case.version
    again = desk.move_case(config, 1, "reopened", version=version, actor="Ana", now=NOW)
    assert (again.case.resolve_breaches, again.case.reopenings) == (1, 2)


def test_thanks_that_come_along_date_no_reopening(config: Settings) -> None:
    closed(config, 100)
    thanked(config, "p01", 80)
    wrote = written(config, "p02", 50)
    main_line.open_cases(config)
    assert read(config, 1).asked_at == wrote


def test_what_was_written_before_the_closing_and_learned_after_it_waits_from_the_closing_on(config: Settings) -> None:
    written(config, "p01", 72)
    at = closed(config, 60)
    main_line.open_cases(config)
    case = read(config, 1)
    assert (case.stage, case.asked_at) == ("reopened", at)


def test_a_post_that_comes_after_somebody_reopened_its_case_waits_from_when_it_was_written(config: Settings) -> None:
    closed(config, 100)
    wrote = written(config, "p01", 72)
    version = read(config, 1).version
    desk.move_case(config, 1, "reopened", version=version, actor="Ana", now=NOW - timedelta(hours=20))
    main_line.open_cases(config)
    assert read(config, 1).asked_at == wrote


def test_thanks_that_a_person_calls_a_problem_reopen_the_case_from_when_they_were_written(config: Settings) -> None:
    closed(config, 100)
    wrote = thanked(config, "p01", 72)
    main_line.open_cases(config)
    assert read(config, 1).stage == "closed"
    desk.open_case(config, 2, desk_store.BRAND, actor="Ana", now=NOW)
    case = read(config, 1)
    assert (case.stage, case.asked_at) == ("reopened", wrote)
