"""Taking back what stands beside the history: follow-ups and answers to surveys."""

from datetime import date, timedelta

import pytest

from monitor import desk, store
from monitor.casework.apply import AppliedChange
from monitor.desk import follow_ups as desk_follow_ups
from monitor.desk.follow_ups import Contact
from monitor.errors import StoreConflict
from monitor.models.cases import Case
from monitor.settings.loading import Settings
from monitor.store.cases import cases, events, follow_ups, notices, surveys
from monitor.surveys import answers
from monitor.surveys.answers import SurveyAnswer
from tests.conftest import NOW
from tests.desk.closed_cases import AGAIN, FINE, closed_case, planned

CLOSED = NOW + timedelta(microseconds=123_456)  # as the clock gives it
SOON, LATER = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
_ASIDE = ("version", "changed_at")
State = tuple[dict[str, object], list[follow_ups.FollowUp], list[surveys.Survey]]


@pytest.fixture
def case_id(settings: Settings) -> int:
    """A closed case with its two contacts planned."""
    return closed_case(settings, CLOSED)


def state(settings: Settings, case_id: int) -> State:
    with store.connect(settings.store, read_only=True) as connection:
        assert events.verify(connection).is_sound
        found = cases.get(connection, case_id)
        row = {name: getattr(found, name) for name in Case.__slots__ if name not in _ASIDE}
        return row, follow_ups.of_case(connection, case_id), surveys.of_case(connection, case_id)


def take_back(settings: Settings, done: AppliedChange) -> None:
    ids = [event.event_id for event in done.events]
    desk.undo(settings, {done.case.case_id: ids}, actor="Eva", now=LATER)


def act(settings: Settings, case_id: int, name: str) -> AppliedChange:
    first = planned(settings, case_id)[0].follow_up_id
    if name == "done":
        return desk_follow_ups.complete(settings, first, FINE, actor="Eva", now=SOON)
    if name == "reopened":
        return desk_follow_ups.complete(settings, first, AGAIN, actor="Eva", now=SOON, reopen=True)
    if name == "logged":
        return desk_follow_ups.log(settings, case_id, Contact("in_person", "fine", "Vino"), actor="Eva", now=SOON)
    if name == "logged and reopened":
        return desk_follow_ups.log(settings, case_id, AGAIN, actor="Eva", now=SOON, reopen=True)
    if name == "postponed":
        return desk_follow_ups.postpone(settings, first, date(2026, 3, 31), actor="Eva", now=SOON)
    return desk_follow_ups.drop(settings, first, "Pidió que no le llamemos", actor="Eva", now=SOON)


ACTS = ("done", "reopened", "logged", "logged and reopened", "postponed", "dropped")


@pytest.mark.parametrize("name", ACTS)
def test_a_follow_up_is_as_it_was(settings: Settings, case_id: int, name: str) -> None:
    before = state(settings, case_id)
    done = act(settings, case_id, name)
    assert state(settings, case_id) != before
    take_back(settings, done)
    assert state(settings, case_id) == before
    with pytest.raises(StoreConflict):
        take_back(settings, done)
    assert act(settings, case_id, name).events


@pytest.mark.parametrize("name", ACTS)
def test_a_follow_up_is_not_taken_back_over_somebody_elses_change(settings: Settings, case_id: int, name: str) -> None:
    done = act(settings, case_id, name)
    desk.add_note(settings, case_id, "Llamó su hermana", actor="Luis", now=SOON)
    before = state(settings, case_id)
    with pytest.raises(StoreConflict) as caught:
        take_back(settings, done)
    assert caught.value.meanwhile[0].actor == "Luis"
    assert state(settings, case_id) == before


def test_of_two_follow_ups_settled_one_is_taken_back(settings: Settings, case_id: int) -> None:
    act(settings, case_id, "done")
    before = state(settings, case_id)
    take_back(settings, act(settings, case_id, "done"))
    assert state(settings, case_id) == before


@pytest.mark.parametrize("asked", [True, False])
def test_an_answer_typed_by_mistake_is_no_answer(settings: Settings, case_id: int, asked: bool) -> None:
    if asked:
        answers.ask(settings, case_id, actor="Ana", now=NOW)
    before = state(settings, case_id)
    done = answers.save_answer_by_hand(settings, case_id, SurveyAnswer(1, 0, "Fatal"), actor="Eva", now=SOON)
    take_back(settings, done)
    assert state(settings, case_id) == before
    again = answers.save_answer_by_hand(settings, case_id, SurveyAnswer(5), actor="Eva", now=SOON)
    assert [event.became for event in again.events if event.field == "answered"] == ["5"]


def test_a_bad_answer_that_was_taken_back_gives_no_notice(settings: Settings, case_id: int) -> None:
    with store.connect(settings.store) as connection:
        connection.execute("UPDATE cases SET owner = 'Ana'").fetchall()
    done = answers.save_answer_by_hand(settings, case_id, SurveyAnswer(1), actor="Eva", now=SOON)
    take_back(settings, done)
    with store.connect(settings.store, read_only=True) as connection:
        assert notices.unseen(connection, "Ana", 5) == ([], 0)
