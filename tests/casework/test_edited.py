"""Edited posts of cases: through the real store and the step that opens cases."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.models.cases import Case, Event
from monitor.pipeline import main_line
from monitor.settings.loading import Settings
from monitor.store import consistency
from monitor.store.cases import cases, events
from monitor.store.posts import edits
from tests import desk_store

NOW = datetime.now(UTC).replace(microsecond=0)
LATE = "La freidora no funciona"
GRAVE = "La freidora ha explotado y mi hija está en el hospital con quemaduras"
BILL = "Me habéis cobrado dos veces el mismo recibo"
THANKS = "Gracias, ya está resuelto"


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """One case of ana's, opened 50 hours ago."""
    settings = desk_store.configured(tmp_path, monkeypatch)
    one_case(settings)
    return settings


@desk_store.filled_once
def one_case(settings: Settings) -> None:
    desk_store.open_cases(settings, [desk_store.post(settings, "p1", LATE, ago(51))], ago(50))
    with store.connect(settings.store) as connection:
        connection.execute("DELETE FROM pending")


def edited(config: Settings, text: str, hours: float, post_id: str = "p1", *, pleased: bool = False) -> None:
    """The post was edited so long ago, as thanks or not, and the pipeline has seen it."""
    scores = {"p_complaint": 0.01, "p_negative": 0.01} if pleased else {}
    desk_store.edit(config, post_id, text, ago(hours), **scores)
    if pleased:
        desk_store.thank(config, 1, ago(hours))
    main_line.open_cases(config)


def read(config: Settings, case_id: int = 1) -> Case:
    with store.connect(config.store, read_only=True) as connection:
        assert consistency.inconsistent_cases(connection) == ()
        assert events.verify(connection).is_sound
        return cases.get(connection, case_id)


def history(config: Settings, case_id: int = 1) -> tuple[Event, ...]:
    with store.connect(config.store, read_only=True) as connection:
        return events.of_cases(connection, [case_id])[case_id]


def told(config: Settings, case_id: int = 1) -> list[tuple[int | None, str | None, str | None]]:
    return [
        (event.mention_id, event.field, event.became) for event in history(config, case_id) if event.kind == "edited"
    ]


def act(config: Settings, hours: float, *stages: str, case_id: int = 1) -> None:
    for stage in stages:
        desk.move_case(
            config, case_id, stage, version=read(config, case_id).version, actor="Ana", now=ago(hours),  # type: ignore[arg-type]
            agreement="agreed", reason="not_a_complaint" if stage == "dismissed" else None,
        )  # fmt: skip


CLOSED = ("acknowledged", "assessed", "answered", "closed")


def test_an_edit_to_something_grave_raises_the_case_and_is_told(config: Settings) -> None:
    edited(config, GRAVE, 5)
    case = read(config)
    assert (case.severity, case.cue, case.level) == ("critical", "health", "urgent")
    assert told(config) == [(1, None, "asks")]
    assert [(event.field, event.was, event.became) for event in history(config)[2:]] == [
        ("severity", "moderate", "critical")
    ]


def test_the_category_follows_the_newest_words(config: Settings) -> None:
    edited(config, BILL, 5)
    assert read(config).category == "billing"
    edited(config, LATE, 4)
    assert (read(config).category, read(config).severity) == ("other", "moderate")
    assert told(config) == [(1, None, "asks"), (1, None, "asks")]


def test_what_a_person_has_set_stays(config: Settings) -> None:
    fields = {"category": "delivery", "severity": "minor"}
    desk.edit(config, 1, fields, version=1, actor="Ana", now=ago(40))
    edited(config, GRAVE, 5)
    assert (read(config).category, read(config).severity) == ("delivery", "minor")
    assert told(config) == [(1, None, "asks")]


def test_an_edit_to_thanks_takes_the_alarm_away_and_closes_nothing(config: Settings) -> None:
    edited(config, f"{GRAVE}. {BILL}", 9)
    edited(config, THANKS, 5, pleased=True)
    case = read(config)
    assert (case.severity, case.cue, case.stage) == ("moderate", "", "received")
    assert told(config)[-1] == (1, None, "thanks")
    assert case.category == "billing", "what the complaint was about"


def test_what_another_post_says_outlives_an_edit_to_thanks(config: Settings) -> None:
    desk_store.post(config, "p2", GRAVE, ago(20), thread_id="p1")
    main_line.open_cases(config)
    assert read(config).severity == "critical"
    edited(config, THANKS, 5, pleased=True)
    assert (read(config).severity, read(config).cue) == ("critical", "health")


def test_edited_away_is_away_after_a_split_too(config: Settings) -> None:
    desk_store.post(config, "p2", BILL, ago(20), thread_id="p1")
    desk_store.post(config, "p3", "Y nadie contesta", ago(19), thread_id="p1")
    main_line.open_cases(config)
    edited(config, GRAVE, 6)
    edited(config, THANKS, 5, pleased=True)
    assert read(config).severity == "serious"
    desk.split(config, 1, [2], version=read(config).version, actor="Ana", now=NOW)
    assert read(config).severity == "moderate"


def test_an_answered_customer_who_edits_waits_again_from_then_on(config: Settings) -> None:
    act(config, 30, "acknowledged", "assessed", "answered")
    assert read(config).asked_at is None
    edited(config, f"{LATE}. Sigue igual y nadie viene", 9)
    assert read(config).asked_at == ago(9)
    assert read(config).due_clock == "next_response"


def test_an_answer_after_the_edit_ends_the_wait(config: Settings) -> None:
    act(config, 30, "acknowledged", "assessed", "answered")
    edited(config, GRAVE, 9)
    desk.mark_sent(config, 1, "Vamos ahora mismo", "", version=read(config).version, actor="Ana", now=ago(-1))
    assert read(config).asked_at is None


def test_our_reply_after_the_edit_answers_it_though_both_came_at_once(config: Settings) -> None:
    desk_store.edit(config, "p1", GRAVE, ago(9))
    desk_store.post(
        config, "r1", "Vamos ahora mismo", ago(8), author="norvia_ayuda", thread_id="p1", in_reply_to="p1",
        p_complaint=0.0,
    )  # fmt: skip
    main_line.open_cases(config)
    assert read(config).asked_at is None


def test_a_corrected_letter_is_told_and_asks_for_nothing(config: Settings) -> None:
    act(config, 30, *CLOSED)
    edited(config, "La freidora no funcióna", 9)
    assert told(config) == [(1, None, None)]
    assert (read(config).stage, read(config).asked_at) == ("closed", None)


def test_a_closed_case_is_reopened_from_the_edit_on(config: Settings) -> None:
    act(config, 30, *CLOSED)
    edited(config, GRAVE, 9)
    case = read(config)
    assert (case.stage, case.asked_at, case.severity) == ("reopened", ago(9), "critical")


def test_words_added_one_by_one_are_news_together(config: Settings) -> None:
    act(config, 30, *CLOSED)
    edited(config, f"{LATE}. Sigue", 9)
    assert read(config).stage == "closed"
    edited(config, f"{LATE}. Sigue igual", 8)
    assert (read(config).stage, read(config).asked_at) == ("reopened", ago(8))
    edited(config, f"{LATE}. Sigue igual todavía", 7)
    assert told(config) == [(1, None, None), (1, None, "asks"), (1, None, None)]


def test_thanks_reopen_nothing(config: Settings) -> None:
    act(config, 30, *CLOSED)
    edited(config, THANKS, 9, pleased=True)
    assert (read(config).stage, read(config).asked_at) == ("closed", None)
    assert told(config) == [(1, None, "thanks")]


def test_a_dismissed_case_is_reopened_by_a_complaint_alone(config: Settings) -> None:
    desk.dismiss_mention(config, 1, actor="Ana", now=ago(30))
    desk_store.edit(config, "p1", "Hoy hace un buen día en Sevilla", ago(12), p_complaint=0.01)
    main_line.open_cases(config)
    assert read(config).stage == "dismissed"
    edited(config, GRAVE, 9)
    assert (read(config).stage, read(config).severity) == ("reopened", "critical")


def test_an_edit_before_there_is_a_case_is_no_news_to_it(config: Settings) -> None:
    desk_store.post(config, "q1", LATE, ago(20), author="luis")
    desk_store.edit(config, "q1", GRAVE, ago(19))
    main_line.open_cases(config)
    assert (read(config, 2).severity, told(config, 2)) == ("critical", [])


def test_an_edit_between_classifying_and_opening_waits_for_the_new_words(config: Settings) -> None:
    desk_store.edit(config, "p1", LATE + ".", ago(9))
    mention = desk_store.mention("p1", GRAVE, ago(8))
    with store.connect(config.store) as connection:
        edits.update(connection, 1, [mention], ago(8))
    main_line.open_cases(config)
    assert told(config) == []
    desk_store.edit(config, "p1", GRAVE + "!", ago(7))
    main_line.open_cases(config)
    assert (told(config), read(config).severity) == ([(1, None, "asks")], "critical")


def test_an_edit_is_told_where_the_post_went_and_where_it_may_go_back_to(config: Settings) -> None:
    desk_store.post(config, "q1", LATE, ago(20), author="luis")
    main_line.open_cases(config)
    desk.merge(config, 1, [2], versions={}, actor="Ana", now=NOW)
    edited(config, GRAVE, 9, "q1")
    assert (read(config).severity, told(config), told(config, 2)) == ("critical", [(2, None, "asks")], told(config))
    desk.undo_merge(config, 2, actor="Ana", now=NOW)
    assert (read(config).severity, read(config, 2).severity) == ("moderate", "critical")
    assert read(config).asked_at == ago(50)
    act(config, 0, "acknowledged", "assessed", "answered")
    assert read(config).asked_at is None, "what has left waits here no more"


def test_a_reply_of_ours_that_was_edited_is_told_and_moves_no_clock(config: Settings) -> None:
    desk_store.post(
        config, "r1", "Lo miramos hoy mismo", ago(8), author="norvia_ayuda", thread_id="p1", in_reply_to="p1",
        p_complaint=0.0,
    )  # fmt: skip
    main_line.open_cases(config)
    before = read(config)
    desk_store.edit(config, "r1", "Lo miramos hoy mismo, escríbenos por privado", ago(7), p_complaint=0.0)
    main_line.open_cases(config)
    assert told(config) == [(2, "reply", None)]
    assert (read(config).asked_at, read(config).first_answered_at) == (before.asked_at, before.first_answered_at)


@pytest.mark.parametrize("text", [f"{LATE} SIGO IGUAL", "La freidora sigue rota", f"{LATE}. Still broken"])
def test_few_words_that_are_a_problem_of_their_own_reopen_a_closed_case(config: Settings, text: str) -> None:
    act(config, 30, *CLOSED)
    edited(config, text, 9)
    assert (read(config).stage, read(config).asked_at) == ("reopened", ago(9))


@pytest.mark.parametrize(
    "text", ["La fredora no fucniona", "La freidora nueva no funciona", f"{LATE} https://t.co/abc", f"{LATE} 😡"]
)
def test_corrections_links_and_signs_reopen_nothing(config: Settings, text: str) -> None:
    act(config, 30, *CLOSED)
    edited(config, text, 9)
    assert (read(config).stage, read(config).asked_at) == ("closed", None)
