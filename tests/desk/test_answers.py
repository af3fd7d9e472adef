from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.answers import drafts
from monitor.errors import EscuchaError, StoreConflict
from monitor.models.cases import Case, Event
from monitor.settings.loading import Settings
from monitor.store.cases import answers, cases, events
from tests import desk_store

NOW = datetime.now(UTC)
TEXT = "Gracias por avisarnos. Lo revisamos y te respondemos mañana."


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A store with two cases just received."""
    found = desk_store.configured(tmp_path, monkeypatch)
    posts = [
        desk_store.post(found, f"p{at}", "El pedido no llega", NOW - timedelta(hours=1), author=f"ana{at}")
        for at in (1, 2)
    ]
    desk_store.open_cases(found, posts, NOW - timedelta(minutes=30))
    return found


def read(config: Settings, case_id: int = 1) -> tuple[Case, tuple[Event, ...]]:
    with store.connect(config.store, read_only=True) as connection:
        return cases.get(connection, case_id), events.of_cases(connection, [case_id])[case_id]


def kept(config: Settings) -> list[answers.SentAnswer]:
    with store.connect(config.store, read_only=True) as connection:
        return answers.of_cases(connection, [1, 2])


def test_marking_as_sent_keeps_the_text_stops_the_clock_and_moves_the_case(config: Settings) -> None:
    done = desk.mark_sent(
        config, 1, f" {TEXT} ", "delivery.first_contact", version=1, actor="Ana", now=NOW, to_stage="acknowledged"
    )
    case, history = read(config)
    assert [(event.kind, event.note, event.became) for event in history[-2:]] == [
        ("sent", TEXT, "delivery.first_contact"),
        ("stage", "", None),
    ]
    assert case == done.case
    assert (case.stage, case.first_answered_at) == ("acknowledged", NOW)
    (answer,) = kept(config)
    assert (answer.text, answer.sent_by, answer.event_id) == (TEXT, "Ana", history[-2].event_id)
    assert answer.mention_id is None


@pytest.mark.parametrize("text", ["", "  \n", "La causa fue ___."])
def test_an_answer_needs_words_and_no_gaps(config: Settings, text: str) -> None:
    with pytest.raises(EscuchaError, match="answer"):
        desk.mark_sent(config, 1, text, "", version=1, actor="Ana", now=NOW)
    assert kept(config) == []


def test_a_handle_that_ends_in_low_lines_is_no_gap(config: Settings) -> None:
    desk.mark_sent(config, 1, "Hola, @ana___. Lo revisamos.", "", version=1, actor="Ana", now=NOW)
    assert len(kept(config)) == 1


def test_nothing_is_kept_when_the_stage_may_not_follow(config: Settings) -> None:
    with pytest.raises(EscuchaError, match="cannot become"):
        desk.mark_sent(config, 1, TEXT, "", version=1, actor="Ana", now=NOW, to_stage="closed")
    assert kept(config) == []
    assert read(config)[0].version == 1


def test_somebody_elses_change_is_a_conflict(config: Settings) -> None:
    desk.add_note(config, 1, "Ya le escribo yo", actor="Luis", now=NOW)
    with pytest.raises(StoreConflict) as caught:
        desk.mark_sent(config, 1, TEXT, "", version=1, actor="Ana", now=NOW)
    assert caught.value.meanwhile[0].actor == "Luis"


def test_undoing_takes_the_answer_back(config: Settings) -> None:
    done = desk.mark_sent(config, 1, TEXT, "", version=1, actor="Ana", now=NOW, to_stage="acknowledged")
    desk.undo(config, {1: [event.event_id for event in done.events]}, actor="Ana", now=NOW)
    case, history = read(config)
    assert kept(config) == []
    assert (case.stage, case.first_answered_at) == ("received", None)
    assert TEXT in [event.note for event in history]


def test_several_cases_are_answered_at_once(config: Settings) -> None:
    texts = {1: TEXT, 2: f"{TEXT} Ana dos."}
    done = desk.mark_sent_many(
        config, {1: 1, 2: 1}, texts, "digital.conclusion", actor="Ana", now=NOW, stages={2: "acknowledged"}
    )
    assert [one.case.stage for one in done] == ["received", "acknowledged"]
    assert [(one.case_id, one.text) for one in kept(config)] == list(texts.items())


def test_several_cases_are_answered_all_or_none(config: Settings) -> None:
    desk.add_note(config, 2, "Ya", actor="Luis", now=NOW)
    with pytest.raises(StoreConflict):
        desk.mark_sent_many(config, {1: 1, 2: 1}, {1: TEXT, 2: TEXT}, "", actor="Ana", now=NOW)
    assert kept(config) == []


def test_whoever_was_never_answered_gets_a_first_contact_even_when_the_case_was_taken(config: Settings) -> None:
    taken = desk.take(config, 1, version=1, actor="Ana", now=NOW).case
    assert (taken.stage, drafts.step_for(taken)) == ("received", "first_contact")
    sent = desk.mark_sent(config, 1, TEXT, "x", version=taken.version, actor="Ana", now=NOW)
    assert drafts.step_for(sent.case) == "rapport"
