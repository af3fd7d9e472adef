from datetime import timedelta
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.casework.apply import AppliedChange
from monitor.errors import EscuchaError, StoreConflict
from monitor.models.cases import Case, Event, NewEvent
from monitor.settings.loading import Brand, Settings, Store
from monitor.store.cases import cases, events
from tests import desk_store
from tests.conftest import NOW

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A complaint with a case (mention 1), an unsure post (mention 2)."""
    made = Settings(
        store=Store(url=str(tmp_path / "store.duckdb")), brands=(Brand(name=desk_store.BRAND, queries=("norvia",)),)
    )
    one_case(made)
    return made


@desk_store.filled_once
def one_case(made: Settings) -> None:
    first = desk_store.post(made, "p1", "El pedido no llega", NOW - timedelta(hours=1))
    desk_store.post(made, "p2", "¿Siempre es así?", NOW - timedelta(hours=1), author="luis", p_complaint=0.5)
    desk_store.open_cases(made, [first], NOW - timedelta(minutes=30))


def case(settings: Settings, case_id: int = 1) -> Case:
    with store.connect(settings.store, read_only=True) as connection:
        return cases.get(connection, case_id)


def history(settings: Settings, case_id: int = 1) -> tuple[Event, ...]:
    with store.connect(settings.store, read_only=True) as connection:
        return events.of_cases(connection, [case_id])[case_id]


def decisions(settings: Settings) -> dict[int, tuple[str, str]]:
    with store.connect(settings.store, read_only=True) as connection:
        rows = connection.execute("SELECT mention_id, decision, sentiment FROM labels ORDER BY mention_id").fetchall()
    return {row[0]: row[1:] for row in rows}


def take_back(settings: Settings, *done: AppliedChange, actor: str = "Ana") -> list[AppliedChange]:
    ids = {one.case.case_id: [event.event_id for event in one.events] for one in done}
    return desk.undo(settings, ids, actor=actor, now=LATER)


def same(one: Case, other: Case) -> bool:
    """Whether two states differ in nothing but that something happened in between."""
    aside = ("version", "changed_at")
    return all(getattr(one, name) == getattr(other, name) for name in Case.__slots__ if name not in aside)


def test_a_taken_case_is_free_again(settings: Settings) -> None:
    before = case(settings)
    take_back(settings, desk.take(settings, 1, version=1, actor="Ana", now=NOW))
    assert same(case(settings), before)
    assert case(settings).version == 3
    assert [event.kind for event in history(settings)] == ["opened", "field", "taken", "undone", "undone"]


@pytest.mark.parametrize(
    "fields",
    [
        {"remedy": "refund", "decision": "upheld", "lost_reason": "price"},
        {"cost": 12.5, "internal": True, "tags": "vip", "root_cause": "almacén", "owner": "Eva"},
        {"severity": "critical", "category": "billing", "complainant": "indirect", "channel": "phone"},
    ],
)
def test_fields_are_as_they_were_down_to_their_types(settings: Settings, fields: dict[str, object]) -> None:
    before = case(settings)
    take_back(settings, desk.edit(settings, 1, fields, version=1, actor="Ana", now=NOW))
    assert same(case(settings), before)


def test_a_field_that_was_emptied_is_full_again(settings: Settings) -> None:
    full = {"remedy": "refund", "cost": 12.5, "owner": "Eva", "tags": "vip"}
    before = desk.edit(settings, 1, full, version=1, actor="Ana", now=NOW).case
    empty = {"remedy": None, "cost": None, "owner": "", "tags": ""}
    take_back(settings, desk.edit(settings, 1, empty, version=2, actor="Ana", now=NOW))
    assert same(case(settings), before)


def test_a_closing_that_was_taken_back_leaves_the_earlier_agreement(settings: Settings) -> None:
    version = 1
    for stage in ("acknowledged", "assessed", "answered"):
        version = desk.move_case(settings, 1, stage, version=version, actor="Ana", now=NOW).case.version
    first = desk.move_case(settings, 1, "closed", version=version, actor="Ana", now=NOW, agreement="disagreed")
    again = desk.move_case(settings, 1, "reopened", version=first.case.version, actor="Ana", now=NOW)
    answered = desk.move_case(settings, 1, "answered", version=again.case.version, actor="Ana", now=NOW)
    closed = desk.move_case(
        settings, 1, "closed", version=answered.case.version, actor="Ana", now=LATER, agreement="agreed"
    )
    (undone,) = take_back(settings, closed)
    assert (undone.case.stage, undone.case.agreement, undone.case.resolved_at) == ("answered", "disagreed", None)


def test_clocks_run_on_as_if_nothing_had_been(settings: Settings) -> None:
    before = case(settings)
    call = desk.log_contact(settings, 1, "phone", "out", "hola", actor="Ana", now=NOW)
    assert call.case.first_answered_at == NOW
    waiting = desk.wait(settings, 1, version=call.case.version, actor="Ana", now=NOW)
    assert waiting.case.due_at != call.case.due_at
    take_back(settings, waiting)
    take_back(settings, call)
    assert same(case(settings), before)


def test_actions_are_taken_back_one_after_the_other(settings: Settings) -> None:
    before = case(settings)
    taken = desk.take(settings, 1, version=1, actor="Ana", now=NOW)
    noted = desk.add_note(settings, 1, "nota", actor="Ana", now=NOW)
    take_back(settings, noted)
    take_back(settings, taken)
    assert same(case(settings), before)
    with pytest.raises(StoreConflict):
        take_back(settings, taken)


def test_what_somebody_did_since_is_not_taken_back_with_it(settings: Settings) -> None:
    taken = desk.take(settings, 1, version=1, actor="Ana", now=NOW)
    desk.edit(settings, 1, {"severity": "serious"}, version=taken.case.version, actor="Luis", now=NOW)
    with pytest.raises(StoreConflict) as caught:
        take_back(settings, taken)
    assert (caught.value.meanwhile[0].actor, caught.value.meanwhile[0].field) == ("Luis", "severity")
    assert case(settings).owner == "Ana"


def test_all_cases_of_an_action_or_none(settings: Settings) -> None:
    other = desk.open_case(settings, 2, desk_store.BRAND, actor="Ana", now=NOW).done[0].case
    done = desk.take_many(settings, {1: 1, other.case_id: other.version}, actor="Ana", now=NOW).done
    desk.add_note(settings, other.case_id, "mía", actor="Luis", now=NOW)
    with pytest.raises(StoreConflict):
        take_back(settings, *done)
    assert case(settings).owner == "Ana"
    take_back(settings, done[0])
    assert case(settings).owner == ""


def test_a_hand_over_in_between_does_not_matter(settings: Settings) -> None:
    taken = desk.take(settings, 1, version=1, actor="Ana", now=NOW)
    with store.connect(settings.store) as connection:
        events.append(connection, [NewEvent(1, "exported")], "escucha", NOW)
    take_back(settings, taken)
    assert case(settings).stage == "received"


def test_a_dismissed_post_is_a_complaint_again_and_its_case_open(settings: Settings) -> None:
    before, labels = case(settings), decisions(settings)
    said = desk.dismiss_mention(settings, 1, actor="Ana", now=NOW)
    assert (case(settings).stage, decisions(settings)[1][0]) == ("dismissed", "other")
    ids = {one.case.case_id: [event.event_id for event in one.events] for one in said.done}
    desk.undo(settings, ids, actor="Ana", now=LATER, corrections=said.corrections)
    assert same(case(settings), before)
    assert decisions(settings) == labels


def test_an_unsure_post_is_unsure_again(settings: Settings) -> None:
    labels = decisions(settings)
    dismissed = desk.dismiss_mention(settings, 2, actor="Ana", now=NOW)
    desk.undo(settings, {}, actor="Ana", now=LATER, corrections=dismissed.corrections)
    corrected = desk.correct(settings, 2, actor="Ana", now=NOW, sentiment="positive")
    assert decisions(settings)[2] == ("unsure", "positive")
    desk.undo(settings, {}, actor="Ana", now=LATER, corrections=corrected.corrections)
    assert labels[2][0] == "unsure"
    assert decisions(settings) == labels


def test_a_label_that_was_given_again_since_stays(settings: Settings) -> None:
    said = desk.correct(settings, 2, actor="Ana", now=NOW, sentiment="positive")
    desk.correct(settings, 2, actor="Luis", now=LATER, sentiment="neutral")
    with pytest.raises(StoreConflict, match="mention 2 was corrected again"):
        desk.undo(settings, {}, actor="Ana", now=LATER, corrections=said.corrections)
    assert decisions(settings)[2][1] == "neutral"


def test_a_case_opened_by_mistake_goes_away_and_its_post_is_free(settings: Settings) -> None:
    labels = decisions(settings)
    said = desk.open_case(settings, 2, desk_store.BRAND, actor="Ana", now=NOW)
    (opened,) = said.done
    ids = {opened.case.case_id: [event.event_id for event in opened.events]}
    desk.undo(settings, ids, actor="Ana", now=LATER, corrections=said.corrections)
    assert decisions(settings) == labels
    with pytest.raises(EscuchaError, match=f"there is no case {opened.case.case_id}"):
        case(settings, opened.case.case_id)
    assert [event.kind for event in history(settings, opened.case.case_id)] == ["opened", "removed"]
    again = desk.open_case(settings, 2, desk_store.BRAND, actor="Ana", now=LATER)
    assert again.done[0].case.case_id not in (1, opened.case.case_id)
    with store.connect(settings.store, read_only=True) as connection:
        assert events.verify(connection).is_sound


def test_what_cannot_be_taken_back_is_told(settings: Settings) -> None:
    other = desk.open_case(settings, 2, desk_store.BRAND, actor="Ana", now=NOW).done[0].case
    merged = desk.merge(settings, 1, [other.case_id], versions={}, actor="Ana", now=NOW)
    with pytest.raises(EscuchaError, match="'merged' of ESC-000001-3 cannot be taken back"):
        take_back(settings, merged[0])
