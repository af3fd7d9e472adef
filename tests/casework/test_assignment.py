"""New cases get their owner by the rule of the settings, told in their history."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.models.cases import Case
from monitor.settings.desk import Desk, Person
from monitor.settings.loading import Settings
from monitor.store.cases import cases, events
from tests import desk_store
from tests.conftest import NOW

TEAM = (Person(name="ana", team="norte"), Person(name="luis", languages=("es",)), Person(name="eva", capacity=0))


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return desk_store.configured(tmp_path, monkeypatch)


def with_rule(settings: Settings, **facts: object) -> Settings:
    """The settings with these of the desk."""
    return settings.model_copy(update={"desk": Desk.model_validate({"people": TEAM, **facts})})


def complain(settings: Settings, *names: str) -> list[Case]:
    """Opens a case for a complaint of each name; by the pipeline, all at once."""
    ids = [desk_store.post(settings, name, f"No llega el pedido {name}", NOW, author=name) for name in names]
    desk_store.open_cases(settings, ids, NOW)
    with store.connect(settings.store, read_only=True) as connection:
        return cases.get_many(connection, range(1_000))[-len(names) :]


def owners(found: list[Case]) -> list[tuple[str, str]]:
    return [(case.owner, case.team) for case in found]


def test_by_hand_leaves_cases_to_people(settings: Settings) -> None:
    assert owners(complain(with_rule(settings), "a", "b")) == [("", ""), ("", "")]


def test_in_turn_goes_on_where_it_was_the_last_time(settings: Settings) -> None:
    ruled = with_rule(settings, assign="round_robin")
    assert owners(complain(ruled, "a")) == [("ana", "norte")]
    assert owners(complain(ruled, "b", "c")) == [("luis", ""), ("ana", "norte")]


def test_capacity_counts_the_open_cases_that_people_have(settings: Settings) -> None:
    taken = complain(with_rule(settings), "a", "b")
    for case in taken:
        desk.take(settings, case.case_id, version=case.version, actor="ana", now=NOW)
    dismissed = complain(with_rule(settings), "c")[0]
    own = desk.take(settings, dismissed.case_id, version=1, actor="luis", now=NOW).case
    desk.move_case(settings, 3, "dismissed", version=own.version, reason="spam", actor="luis", now=NOW)
    assert owners(complain(with_rule(settings, assign="capacity"), "d", "e")) == [("luis", ""), ("luis", "")]


def test_the_many_cases_of_one_author_take_one_place(settings: Settings) -> None:
    ruled = with_rule(settings, assign="round_robin", people=[{"name": "ana", "capacity": 3}])
    for wave in ("p", "q"):
        ids = [
            desk_store.post(
                settings, f"{wave}{n}", f"No llega el pedido {n}", NOW, author="gritona", thread_id=f"{wave}{n}"
            )
            for n in range(6)
        ]
        desk_store.open_cases(ruled, ids, NOW)
    assert owners(complain(ruled, "pepa", "luz")) == [("ana", ""), ("ana", "")]
    assert owners(complain(ruled, "eva")) == [("", "")]
    with store.connect(settings.store, read_only=True) as connection:
        held = cases.get_many(connection, range(1_000))
    assert [case.owner for case in held].count("ana") == 14


def test_the_history_tells_that_escucha_assigned_it(settings: Settings) -> None:
    case = complain(with_rule(settings, assign="round_robin"), "a")[0]
    with store.connect(settings.store, read_only=True) as connection:
        told = events.of_cases(connection, [case.case_id])[case.case_id]
        assert events.verify(connection).is_sound
    assert [(event.actor, event.kind, event.field, event.became) for event in told[1:]] == [
        ("escucha", "field", "owner", "ana"),
        ("escucha", "field", "team", "norte"),
    ]


def test_a_case_opened_by_hand_is_shared_out_and_the_opening_can_be_undone(settings: Settings) -> None:
    ruled = with_rule(settings, assign="round_robin")
    mention_id = desk_store.post(settings, "p", "No llega", NOW, p_complaint=0.5)
    done = desk.open_case(ruled, mention_id, "Norvia", actor="marta", now=NOW)
    assert done.done[0].case.owner == "ana"
    ids = {one.case.case_id: [event.event_id for event in one.events] for one in done.done}
    desk.undo(ruled, ids, actor="marta", now=NOW + timedelta(minutes=1), corrections=done.corrections)
    with store.connect(settings.store, read_only=True) as connection:
        assert cases.get_many(connection, [1]) == []


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"assign": "capacity", "people": ()}, "needs people to assign to"),
        ({"people": (Person(name="ana"), Person(name="ana"))}, "people differ in name"),
        ({"people": (Person(name="ana", categories=("nada",)),)}, "a category that is not there: 'nada'"),
    ],
)
def test_settings_that_cannot_work_are_told(settings: Settings, facts: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        with_rule(settings, **facts)
