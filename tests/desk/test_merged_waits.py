"""In a case that took others in, an answer ends the wait of those whom it is to, and nobody else's."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.cases import sla
from monitor.errors import Refusal
from monitor.models.cases import Case, Event
from monitor.pipeline import main_line
from monitor.settings.loading import Settings
from monitor.store.cases import cases, events
from tests import desk_store

NOW = datetime.now(UTC).replace(microsecond=0)
ANSWER = "Lo revisamos y te respondemos mañana antes de las 11:00."
LUIS, ANA, EVA = "ESC-000001-3", "ESC-000002-1", "ESC-000003-7"


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The case of ana, who waits for 20 hours, took in that of luis, who waits for 30."""
    settings = desk_store.configured(tmp_path, monkeypatch)
    merged(settings)
    return settings


@desk_store.filled_once
def merged(settings: Settings) -> None:
    opened(settings, "b", 30, "luis")
    opened(settings, "a", 20, "ana")
    desk.merge(settings, 2, [1], versions={}, actor="eva", now=ago(15))


def opened(settings: Settings, post_id: str, hours: float, author: str) -> None:
    mention_id = desk_store.post(settings, post_id, "El pedido no llega", ago(hours), author=author)
    desk_store.open_cases(settings, [mention_id], ago(hours))
    with store.connect(settings.store) as connection:
        connection.execute("DELETE FROM pending")


def read(settings: Settings, case_id: int = 2) -> tuple[Case, tuple[Event, ...]]:
    with store.connect(settings.store, read_only=True) as connection:
        return cases.get(connection, case_id), events.of_cases(connection, [case_id])[case_id]


def waiting(settings: Settings, case_id: int = 2) -> dict[str, datetime]:
    return sla.waiting(read(settings, case_id)[1])


def reply(settings: Settings, post_id: str, hours: float, thread: str, text: str = ANSWER, **facts: object) -> None:
    values: dict[str, object] = {"author": "norvia_ayuda", "thread_id": thread, "p_complaint": 0.0}
    desk_store.post(settings, post_id, text, ago(hours), **(values | facts))
    main_line.open_cases(settings)


def sent(settings: Settings, text: str = ANSWER, to: list[str] | None = None, case_id: int = 2) -> Case:
    version = read(settings, case_id)[0].version
    return desk.mark_sent(settings, case_id, text, "", version=version, actor="eva", now=NOW, to=to).case


def test_both_wait(config: Settings) -> None:
    assert waiting(config) == {LUIS: ago(30), ANA: ago(20)}
    assert read(config)[0].asked_at == ago(30)


def test_a_reply_to_one_leaves_the_other_waiting(config: Settings) -> None:
    reply(config, "r1", 10, "a", in_reply_to="a")
    assert waiting(config) == {LUIS: ago(30)}
    case = read(config)[0]
    assert (case.asked_at, case.first_answered_at, case.next_due_at is None) == (ago(30), ago(10), False)
    reply(config, "r2", 5, "b", in_reply_to="b")
    assert waiting(config) == {}
    assert read(config)[0].asked_at is None


def test_the_first_answer_is_the_one_to_the_customer_of_the_case(config: Settings) -> None:
    reply(config, "r1", 10, "b", in_reply_to="b")
    case = read(config)[0]
    assert (case.asked_at, case.first_answered_at, case.first_minutes, case.due_clock) == (
        ago(20), None, None, "first_response",
    )  # fmt: skip
    reply(config, "r2", 5, "a", in_reply_to="a")
    assert (read(config)[0].asked_at, read(config)[0].first_answered_at) == (None, ago(5))


def test_a_reply_that_names_both_is_to_both(config: Settings) -> None:
    reply(config, "r1", 10, "a", f"@ana @luis {ANSWER}")
    assert waiting(config) == {}


def test_a_reply_without_a_name_is_to_whoever_is_in_its_thread(config: Settings) -> None:
    reply(config, "r1", 10, "b")
    assert waiting(config) == {ANA: ago(20)}


def test_the_second_part_of_a_reply_is_to_whom_the_first_was(config: Settings) -> None:
    desk_store.post(config, "r1", "Una parte", ago(10), author="norvia_ayuda", thread_id="b", in_reply_to="b")
    reply(config, "r2", 9, "b", "@marta y otra parte", in_reply_to="r1")
    assert waiting(config) == {ANA: ago(20)}


def test_one_who_writes_again_waits_again_and_nobody_else(config: Settings) -> None:
    sent(config, to=[LUIS, ANA])
    assert waiting(config) == {}
    desk_store.post(config, "b2", "Sigue sin llegar", NOW, author="luis", thread_id="b")
    main_line.open_cases(config)
    assert list(waiting(config)) == [LUIS]
    reply(config, "r1", -0.1, "a", in_reply_to="a")
    assert list(waiting(config)) == [LUIS]


def test_a_post_learned_late_is_not_answered_by_a_word_to_the_other(config: Settings) -> None:
    sent(config, to=[LUIS, ANA])
    with store.connect(config.store) as connection:
        connection.execute("DELETE FROM pending")
    desk_store.post(config, "b2", "Sigue sin llegar", NOW + timedelta(minutes=1), author="luis", thread_id="b")
    version = read(config)[0].version
    later = NOW + timedelta(minutes=9)
    desk.mark_sent(config, 2, ANSWER, "", version=version, actor="eva", now=later, to=[ANA])
    desk_store.open_cases(config, [3], NOW + timedelta(minutes=20))
    assert waiting(config) == {LUIS: NOW + timedelta(minutes=1)}


def test_an_answer_is_to_whom_the_person_says(config: Settings) -> None:
    assert sent(config, to=[LUIS]).asked_at == ago(20)
    assert sent(config, to=[ANA]).asked_at is None


def test_an_answer_that_says_nothing_is_to_whom_it_names_or_to_the_customer_of_the_case(config: Settings) -> None:
    assert sent(config, f"Hola, @luis. {ANSWER}").asked_at == ago(20)
    desk_store.post(config, "b2", "Sigue sin llegar", NOW, author="luis", thread_id="b")
    main_line.open_cases(config)
    sent(config)
    assert list(waiting(config)) == [LUIS]
    sent(config)
    assert waiting(config) == {}, "one alone waits"


def test_two_others_wait_and_it_is_not_said_who_is_answered(config: Settings) -> None:
    opened(config, "c", 9, "sara")
    desk.merge(config, 2, [3], versions={}, actor="eva", now=ago(8))
    sent(config, to=[ANA])
    with pytest.raises(Refusal, match=f"{LUIS}, {EVA}"):
        sent(config)
    with pytest.raises(Refusal, match="no customer of ESC-000004-5"):
        sent(config, to=["ESC-000004-5"])


def test_answers_to_several_cases_at_once_are_to_everybody(config: Settings) -> None:
    desk.mark_sent_many(config, {2: read(config)[0].version}, {2: ANSWER}, "", actor="eva", now=NOW)
    assert waiting(config) == {}


def test_the_stage_that_goes_with_an_answer_answers_nobody_else(config: Settings) -> None:
    for stage in ("acknowledged", "assessed"):
        desk.move_case(config, 2, stage, version=read(config)[0].version, actor="eva", now=NOW)  # type: ignore[arg-type]
    version = read(config)[0].version
    done = desk.mark_sent(config, 2, ANSWER, "", version=version, actor="eva", now=NOW, to=[ANA], to_stage="answered")
    assert (done.case.stage, done.case.asked_at) == ("answered", ago(30))


def test_two_cases_of_one_person_are_one_wait(config: Settings) -> None:
    opened(config, "a2", 9, "@Ana")
    desk.merge(config, 2, [3], versions={}, actor="eva", now=ago(8))
    assert waiting(config) == {LUIS: ago(30), ANA: ago(20)}
    reply(config, "r1", 5, "a2", in_reply_to="a2")
    assert waiting(config) == {LUIS: ago(30)}


def test_who_left_again_waits_there(config: Settings) -> None:
    sent(config, to=[ANA])
    desk.undo_merge(config, 1, actor="eva", now=NOW)
    assert (read(config)[0].asked_at, read(config, 1)[0].asked_at) == (None, ago(30))


def test_a_word_to_the_one_before_the_merge_is_none_to_the_other(config: Settings) -> None:
    opened(config, "c", 9, "sara")
    sent(config, to=[ANA, LUIS])
    desk.merge(config, 2, [3], versions={}, actor="eva", now=NOW)
    assert waiting(config) == {EVA: ago(9)}
    assert read(config)[0].asked_at == ago(9)


def test_a_call_is_to_whom_the_person_says(config: Settings) -> None:
    desk.log_contact(config, 2, "phone", "out", "Llamada", actor="eva", now=NOW, to=[LUIS])
    assert waiting(config) == {ANA: ago(20)}
    desk.log_contact(config, 2, "phone", "in", "Llama él", actor="eva", now=NOW, to=[LUIS])
    assert waiting(config) == {ANA: ago(20), LUIS: NOW}


def test_an_edit_of_the_one_is_answered_by_no_word_to_the_other(config: Settings) -> None:
    sent(config, to=[ANA, LUIS])
    desk_store.edit(config, "b", "El pedido ha llegado roto y nadie contesta", NOW + timedelta(minutes=1))
    main_line.open_cases(config)
    assert list(waiting(config)) == [LUIS]
    reply(config, "r1", -0.1, "a", in_reply_to="a")
    assert list(waiting(config)) == [LUIS]
    assert "edited" in [event.kind for event in read(config, 1)[1]], "told where the post may go back to, too"


def test_a_renamed_customer_is_who_they_were(config: Settings) -> None:
    """In one thread of two customers, by the network's ids."""
    for post_id, author in (("c", "sara"), ("d", "teo")):
        facts = {"author": author, "author_id": f"id-{author}", "thread_id": "c"}
        mention_id = desk_store.post(config, post_id, "El pedido no llega", ago(9), **facts)
        desk_store.open_cases(config, [mention_id], ago(9))
    desk.merge(config, 3, [4], versions={}, actor="eva", now=ago(8))
    sent(config, to=[EVA, "ESC-000004-5"], case_id=3)
    facts = {"author": "sara_2", "author_id": "id-sara", "thread_id": "c"}
    mention_id = desk_store.post(config, "c2", "Sigue sin llegar", NOW, **facts)
    desk_store.open_cases(config, [mention_id], NOW)
    assert list(waiting(config, 3)) == [EVA]
    reply(config, "r1", -0.1, "c", in_reply_to="c2")
    assert waiting(config, 3) == {}


def nested(settings: Settings) -> None:
    """Case 3, of eva, took in case 2 of ana, which had taken in that of luis."""
    opened(settings, "e", 10, "eva")
    desk.merge(settings, 3, [2], versions={}, actor="eva", now=ago(8))


def test_who_came_within_a_case_that_was_merged_again_still_waits(config: Settings) -> None:
    nested(config)
    assert waiting(config, 3) == {LUIS: ago(30), ANA: ago(20), EVA: ago(10)}
    reply(config, "r1", 7, "e", in_reply_to="e")
    reply(config, "r2", 6, "a", in_reply_to="a")
    assert waiting(config, 3) == {LUIS: ago(30)}
    assert read(config, 3)[0].asked_at == ago(30)
    desk_store.post(config, "a2", "Sigue sin llegar", ago(5), author="ana", thread_id="a")
    main_line.open_cases(config)
    reply(config, "r3", 4, "b", in_reply_to="b")
    assert waiting(config, 3) == {ANA: ago(5)}


def test_a_nested_merge_undone_leaves_each_with_theirs(config: Settings) -> None:
    nested(config)
    desk.undo_merge(config, 2, actor="eva", now=ago(7))
    assert (waiting(config, 3), waiting(config, 2)) == ({EVA: ago(10)}, {LUIS: ago(30), ANA: ago(20)})
    desk.undo_merge(config, 1, actor="eva", now=ago(6))
    assert (waiting(config, 2), waiting(config, 1)) == ({ANA: ago(20)}, {LUIS: ago(30)})


def test_a_nested_merge_is_taken_back_as_an_action(config: Settings) -> None:
    opened(config, "e", 10, "eva")
    done = desk.merge(config, 3, [2], versions={}, actor="eva", now=ago(8))
    events_by_case = {change.case.case_id: [event.event_id for event in change.events] for change in done}
    desk.undo(config, events_by_case, actor="eva", now=ago(7))
    assert (waiting(config, 3), waiting(config, 2)) == ({EVA: ago(10)}, {LUIS: ago(30), ANA: ago(20)})
