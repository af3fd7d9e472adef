"""Taking a case: it is the person's own and out of the inbox, and nothing was said to the customer."""

from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import desk, store
from monitor.casework.apply import AppliedChange
from monitor.models.cases import Case, Event, EventKind
from monitor.settings.desk import Desk, Person
from monitor.settings.loading import Brand, Settings, Store
from monitor.store import consistency, hashing, migrate
from monitor.store.cases import cases, events
from tests import desk_store
from tests.conftest import NOW

LATER = NOW + timedelta(minutes=1)
CLOCKS = ("asked_at", "due_at", "due_clock", "warn_at", "first_due_at", "first_answered_at", "resolve_due_at")


def configured(folder: Path, **words: object) -> Settings:
    return Settings(
        store=Store(url=str(folder / "store.duckdb")),
        brands=(Brand(name=desk_store.BRAND, queries=("norvia",)),),
        desk=Desk(people=(Person(name="Ana"),), **words),  # type: ignore[arg-type]
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Two cases of two customers, the first with two posts, nobody's."""
    made = configured(tmp_path)
    opened(made)
    return made


@desk_store.filled_once
def opened(settings: Settings) -> None:
    posts = [
        desk_store.post(settings, name, "El pedido no llega", NOW - timedelta(hours=1), thread_id=thread, author=author)
        for name, thread, author in (("p1", "t1", "ana"), ("p2", "t1", "ana"), ("p3", "t3", "eva"))
    ]
    desk_store.open_cases(settings, posts, NOW - timedelta(minutes=30))


def case(settings: Settings, case_id: int = 1) -> Case:
    with store.connect(settings.store, read_only=True) as connection:
        assert consistency.inconsistent_cases(connection) == ()
        return cases.get(connection, case_id)


def history(settings: Settings, case_id: int = 1) -> list[Event]:
    with store.connect(settings.store, read_only=True) as connection:
        return [
            event for event in events.of_cases(connection, [case_id])[case_id] if event.kind not in ("opened", "post")
        ]


def take(settings: Settings, case_id: int = 1, actor: str = "Ana", now: object = NOW) -> AppliedChange:
    version = case(settings, case_id).version
    return desk.take(settings, case_id, version=version, actor=actor, now=now)  # type: ignore[arg-type]


def give(settings: Settings, owner: str, actor: str = "Ana", case_id: int = 1) -> AppliedChange:
    version = case(settings, case_id).version
    return desk.edit(settings, case_id, {"owner": owner}, version=version, actor=actor, now=LATER)


def take_back(settings: Settings, *done: AppliedChange) -> None:
    ids = {change.case.case_id: [event.event_id for event in change.events] for change in done}
    desk.undo(settings, ids, actor="Ana", now=LATER)


def test_a_taken_case_is_owned_and_still_received(settings: Settings) -> None:
    take(settings)
    taken = case(settings)
    assert (taken.owner, taken.taken_at, taken.stage) == ("Ana", NOW, "received")
    assert [(event.kind, event.became, event.stage) for event in history(settings)] == [
        ("field", "Ana", None),
        ("taken", None, None),
    ]


def test_taking_starts_and_stops_no_clock(settings: Settings) -> None:
    before = case(settings)
    take(settings)
    after = case(settings)
    assert {name: getattr(after, name) for name in CLOCKS} == {name: getattr(before, name) for name in CLOCKS}


def test_acknowledging_starts_and_stops_no_clock(settings: Settings) -> None:
    before = case(settings)
    desk.move_case(settings, 1, "acknowledged", version=1, actor="Ana", now=NOW)
    after = case(settings)
    assert {name: getattr(after, name) for name in CLOCKS} == {name: getattr(before, name) for name in CLOCKS}


def test_whoever_has_taken_a_case_takes_it_no_more(settings: Settings) -> None:
    take(settings)
    assert take(settings, now=LATER).events == ()
    assert case(settings).taken_at == NOW


def test_a_colleague_may_take_it_over(settings: Settings) -> None:
    take(settings)
    take(settings, actor="Luis", now=LATER)
    assert (case(settings).owner, case(settings).taken_at) == ("Luis", LATER)


def test_what_the_rule_gave_is_taken_by_its_owner(tmp_path: Path) -> None:
    settings = configured(tmp_path, assign="round_robin")
    opened(settings)
    assert (case(settings).owner, case(settings).taken_at) == ("Ana", None)
    done = take(settings)
    assert [event.kind for event in done.events] == ["taken"]
    assert (case(settings).owner, case(settings).taken_at) == ("Ana", NOW)


def test_a_case_that_was_given_to_a_colleague_waits_for_the_colleague(settings: Settings) -> None:
    give(settings, "Luis")
    assert case(settings).taken_at is None
    take(settings)
    handed = give(settings, "Luis")
    assert case(settings).taken_at is None
    take_back(settings, handed)
    assert (case(settings).owner, case(settings).taken_at) == ("Ana", NOW)


def test_a_case_that_is_nobodys_again_waits_again(settings: Settings) -> None:
    take(settings)
    give(settings, "")
    assert (case(settings).owner, case(settings).taken_at) == ("", None)


def test_who_gives_a_case_to_themself_takes_it(settings: Settings) -> None:
    give(settings, "ana")
    assert (case(settings).owner, case(settings).taken_at) == ("Ana", LATER)
    done = desk.assign_many(settings, {2: case(settings, 2).version}, " Ana ", actor="Ana", now=NOW)
    assert [event.kind for event in done.done[0].events] == ["field", "taken"]
    assert case(settings, 2).taken_at == NOW


def test_many_are_taken_at_once_and_given_back_at_once(settings: Settings) -> None:
    before = [case(settings, case_id) for case_id in (1, 2)]
    outcome = desk.take_many(settings, {1: 1, 2: 1}, actor="Ana", now=NOW)
    assert {(one.owner, one.stage, one.taken_at) for one in (case(settings, 1), case(settings, 2))} == {
        ("Ana", "received", NOW)
    }
    desk.undo(settings, outcome.undoable, actor="Ana", now=LATER)
    assert [(one.owner, one.stage, one.taken_at) for one in before] == [
        (one.owner, one.stage, one.taken_at) for one in (case(settings, 1), case(settings, 2))
    ]


def test_further_on_taking_only_says_whose_it_is(settings: Settings) -> None:
    desk.move_case(settings, 1, "acknowledged", version=1, actor="Luis", now=NOW)
    done = take(settings)
    assert [(event.kind, event.became) for event in done.events] == [("field", "Ana")]
    assert case(settings).stage == "acknowledged"


def test_from_received_who_took_it_goes_on_with_an_answer(settings: Settings) -> None:
    version = take(settings).case.version
    sent = desk.mark_sent(
        settings, 1, "Lo miramos hoy", "", version=version, actor="Ana", now=LATER, to_stage="acknowledged"
    )
    assert (sent.case.stage, sent.case.first_answered_at, sent.case.taken_at) == ("acknowledged", LATER, NOW)


def test_taking_back_a_take_leaves_nothing_of_it(settings: Settings) -> None:
    before = case(settings)
    take_back(settings, take(settings))
    after = case(settings)
    assert (after.owner, after.stage, after.taken_at) == (before.owner, "received", None)


def test_a_taken_case_stays_taken_when_another_is_merged_into_it(settings: Settings) -> None:
    take(settings)
    take(settings, 2, actor="Luis", now=LATER)
    desk.merge(settings, 1, [2], versions={}, actor="Ana", now=LATER)
    assert (case(settings).owner, case(settings).taken_at) == ("Ana", NOW)
    desk.undo_merge(settings, 2, actor="Ana", now=LATER)
    assert [case(settings, case_id).taken_at for case_id in (1, 2)] == [NOW, LATER]


def test_a_fresh_case_stays_fresh_when_a_taken_one_is_merged_into_it(settings: Settings) -> None:
    take(settings, 2)
    desk.merge(settings, 1, [2], versions={}, actor="Ana", now=LATER)
    assert case(settings).taken_at is None


@pytest.mark.parametrize(("actor", "taken_at"), [("Ana", LATER), ("Luis", None)])
def test_what_its_owner_splits_off_is_taken_too(settings: Settings, actor: str, taken_at: object) -> None:
    version = take(settings).case.version
    left, new = desk.split(settings, 1, [2], version=version, actor=actor, now=LATER)
    assert (left.case.taken_at, new.case.owner, new.case.taken_at) == (NOW, "Ana", taken_at)
    take_back(settings, left, new)
    assert (case(settings).owner, case(settings).taken_at) == ("Ana", NOW)


def test_a_case_that_comes_back_is_still_its_owners(settings: Settings) -> None:
    version = take(settings).case.version
    for stage in ("acknowledged", "assessed", "answered", "closed", "reopened"):
        version = desk.move_case(
            settings, 1, stage, version=version, actor="Ana", now=LATER, agreement="agreed"
        ).case.version  # fmt: skip
    assert (case(settings).owner, case(settings).taken_at) == ("Ana", NOW)


@pytest.mark.parametrize("value", ["NULL", "TIMESTAMPTZ '2020-01-01 00:00:00+00'"])
def test_a_row_that_says_otherwise_is_found(settings: Settings, value: str) -> None:
    take(settings)
    with store.connect(settings.store) as connection:
        assert consistency.inconsistent_cases(connection) == ()
        connection.execute(f"UPDATE cases SET taken_at = {value} WHERE case_id = 1")
        assert consistency.inconsistent_cases(connection) == (1,)


def test_a_store_from_before_keeps_its_cases_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, every = configured(tmp_path), migrate.versions()
    with monkeypatch.context() as older:
        older.setattr(migrate, "versions", lambda: {number: every[number] for number in range(1, 6)})
        with store.connect(settings.store) as connection:
            _as_version_5_wrote(connection)
    monkeypatch.setattr(migrate, "_current", set())
    with store.connect(settings.store) as connection:
        assert events.verify(connection).is_sound
        assert [(one.owner, one.stage, one.taken_at) for one in cases.get_many(connection, [1, 2])] == [
            ("Ana", "acknowledged", None),
            ("Ana", "received", None),
        ]
    take(settings, 2)
    assert (case(settings, 1).stage, case(settings, 2).taken_at) == ("acknowledged", NOW)


def _as_version_5_wrote(connection: store.Connection) -> None:
    """A case that Ana took, which acknowledged it, and one that somebody gave her."""
    for case_id, stage in ((1, "acknowledged"), (2, "received")):
        connection.execute(
            """
            INSERT INTO cases (case_id, code, brand, network, thread_id, author, language, stage, opened_at,
                opened_by, first_post_at, last_post_at, changed_at, version, owner)
            VALUES ($1, 'ESC', 'Norvia', 'x', 't', 'ana', 'es', $2, $3, 'escucha', $3, $3, $3, 2, 'Ana')
            """,
            [case_id, stage, NOW],
        )
        _tell(connection, case_id, "escucha", "opened", stage="received")
        _tell(connection, case_id, "Ana" if case_id == 1 else "Luis", "field", field="owner", was="", became="Ana")
    _tell(connection, 1, "Ana", "stage", stage="acknowledged")


def _tell(connection: store.Connection, case_id: int, actor: str, kind: EventKind, **words: Any) -> None:
    """Adds an event as version 5 did: its words themselves are in the hash of the chain."""
    count, head = events.recorded(connection)
    event_id = connection.execute("SELECT nextval('event_ids')").fetchall()[0][0]
    columns = [column.name for column in fields(Event)]
    none = dict.fromkeys(columns)
    told = Event(**none | {"event_id": event_id, "case_id": case_id, "happened_at": NOW, "actor": actor, "kind": kind,
                           "note": ""} | words)  # fmt: skip
    told = replace(told, hash=hashing.digest(head, told))
    places = ", ".join("?" * len(columns))
    connection.execute(
        f"INSERT INTO case_events ({', '.join(columns)}) VALUES ({places})", [getattr(told, name) for name in columns]
    )
    connection.execute("UPDATE chain SET events = ?, head = ?", [count + 1, told.hash])
