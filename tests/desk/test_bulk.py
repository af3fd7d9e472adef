from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.desk import bulk
from monitor.errors import EscuchaError
from monitor.models.cases import Case
from monitor.settings.loading import Settings
from monitor.store.cases import cases, events
from tests import desk_store

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return desk_store.configured(tmp_path, monkeypatch)


@pytest.fixture
def seen(config: Settings) -> dict[int, int]:
    """Three received cases with the versions they are at."""
    three_cases(config)
    return {case.case_id: case.version for case in all_of(config)}


@desk_store.filled_once
def three_cases(config: Settings) -> None:
    ids = [
        desk_store.post(config, f"p{n}", f"No llega el pedido {n}", NOW - timedelta(hours=n), author=f"a{n}")
        for n in range(3)
    ]
    desk_store.open_cases(config, ids, NOW)


def all_of(config: Settings) -> list[Case]:
    with store.connect(config.store, read_only=True) as connection:
        return cases.get_many(connection, range(1, 100))


def test_many_are_assigned_in_one_go_and_undone_in_one_go(config: Settings, seen: dict[int, int]) -> None:
    result = desk.assign_many(config, seen, " Luis ", actor="Ana", now=NOW)
    assert [case.owner for case in all_of(config)] == ["Luis"] * 3
    assert result.refused == ()
    desk.undo(config, result.undoable, actor="Ana", now=NOW)
    assert [case.owner for case in all_of(config)] == [""] * 3
    with store.connect(config.store, read_only=True) as connection:
        assert events.verify(connection).is_sound


def test_what_somebody_changed_meanwhile_is_left_alone_and_told_with_the_code(
    config: Settings, seen: dict[int, int]
) -> None:
    first, *others = seen
    desk.take(config, first, version=seen[first], actor="Luis", now=NOW)
    result = desk.take_many(config, seen, actor="Ana", now=NOW)
    assert [(one.code, one.why, one.reason) for one in result.refused] == [("ESC-000001-3", "changed", "Luis")]
    owners = {case.case_id: (case.owner, case.stage) for case in all_of(config)}
    assert owners[first] == ("Luis", "received")
    assert {owners[case_id] for case_id in others} == {("Ana", "received")}


def test_what_may_not_move_there_is_left_alone(config: Settings, seen: dict[int, int]) -> None:
    first = min(seen)
    done = desk.move_case(config, first, "acknowledged", version=seen[first], actor="Ana", now=NOW)
    now_seen = seen | {first: done.case.version}
    result = desk.move_many(config, now_seen, "assessed", actor="Ana", now=NOW, note="visto")
    assert [one.case.case_id for one in result.done] == [first]
    assert {one.why for one in result.refused} == {"unfit"}
    assert len(result.refused) == 2


def test_dismissing_many_asks_for_a_reason(config: Settings, seen: dict[int, int]) -> None:
    without = desk.move_many(config, seen, "dismissed", actor="Ana", now=NOW)
    assert (len(without.done), {one.why for one in without.refused}) == (0, {"unfit"})
    desk.move_many(config, seen, "dismissed", actor="Ana", now=NOW, reason="spam")
    assert {case.stage for case in all_of(config)} == {"dismissed"}


def test_what_is_so_already_gets_no_event(config: Settings, seen: dict[int, int]) -> None:
    desk.edit_many(config, seen, {"severity": "critical"}, actor="Ana", now=NOW)
    again = {case.case_id: case.version for case in all_of(config)}
    result = desk.edit_many(config, again, {"severity": "critical"}, actor="Ana", now=NOW)
    assert {one.why for one in result.refused} == {"unchanged"}
    assert again == {case.case_id: case.version for case in all_of(config)}


def test_severity_for_many_works_out_priority_and_clocks(config: Settings, seen: dict[int, int]) -> None:
    before = {case.case_id: case.due_at for case in all_of(config)}
    desk.edit_many(config, seen, {"severity": "critical"}, actor="Ana", now=NOW)
    for case in all_of(config):
        assert case.level == "urgent"
        assert case.due_at is not None
        assert case.due_at < before[case.case_id]  # type: ignore[operator]


def test_tags_are_added_and_taken_away_and_the_others_stay(config: Settings, seen: dict[int, int]) -> None:
    hostile = "<b>'; DROP TABLE cases;--"
    desk.tag_many(config, seen, add=["VIP", "prensa", hostile], actor="Ana", now=NOW)
    again = {case.case_id: case.version for case in all_of(config)}
    desk.tag_many(config, again, add=["urgente"], remove=["prensa"], actor="Ana", now=NOW)
    assert {case.tags for case in all_of(config)} == {" ".join(sorted(["vip", "urgente", *hostile.casefold().split()]))}


def test_a_note_goes_to_all_whatever_happened_meanwhile(config: Settings, seen: dict[int, int]) -> None:
    desk.take(config, 1, version=seen[1], actor="Luis", now=NOW)
    result = desk.note_many(config, seen, " llamar mañana ", actor="Ana", now=NOW)
    assert [one.events[0].note for one in result.done] == ["llamar mañana"] * 3


@pytest.mark.parametrize("count", [0, bulk.LIMIT + 1])
def test_none_or_too_many_at_once_are_refused(config: Settings, count: int) -> None:
    with pytest.raises(EscuchaError, match="choose from 1 to 10000 cases"):
        desk.take_many(config, dict.fromkeys(range(count), 1), actor="Ana", now=NOW)


def test_a_case_that_is_not_there_any_more_is_no_trouble(config: Settings, seen: dict[int, int]) -> None:
    result = desk.take_many(config, seen | {999: 1}, actor="Ana", now=NOW)
    assert len(result.done) == 3


def test_a_field_people_may_not_set_is_refused_for_all(config: Settings, seen: dict[int, int]) -> None:
    result = desk.edit_many(config, seen, {"base": 100.0}, actor="Ana", now=NOW)
    assert (len(result.done), len(result.refused)) == (0, 3)


def test_more_than_go_into_one_transaction_are_one_action_with_one_undo(
    config: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    ids = [desk_store.post(config, f"p{n}", f"No llega {n}", NOW, author=f"a{n}") for n in range(5)]
    desk_store.open_cases(config, ids, NOW)
    seen = {case.case_id: case.version for case in all_of(config)}
    steps: list[tuple[int, int]] = []
    result = desk.move_many(
        config, seen, "dismissed", reason="spam", actor="Ana", now=NOW,
        progress=lambda step, done, total: steps.append((done, total)),
    )  # fmt: skip
    assert (len(result.done), steps) == (5, [(2, 5), (4, 5), (5, 5)])
    desk.undo(config, result.undoable, actor="Ana", now=NOW)
    assert {case.stage for case in all_of(config)} == {"received"}


def test_what_was_done_before_something_failed_is_told_and_can_be_undone(
    config: Settings, seen: dict[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    real = bulk._apply_part

    def break_off(settings: Settings, part: dict[int, int], *further: object, **named: object) -> bulk.BulkDone:
        if 3 in part:
            raise EscuchaError("the disk is full")
        return real(settings, part, *further, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(bulk, "_apply_part", break_off)
    result = desk.take_many(config, seen, actor="Ana", now=NOW)
    assert [one.case.case_id for one in result.done] == [1, 2]
    assert [(one.code[:10], one.reason) for one in result.refused] == [("ESC-000003", "the disk is full")]
