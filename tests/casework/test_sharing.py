"""The rule catches up: what waited for room, and what comes back to somebody who is not there, is given by it."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.casework import assignment, staffing
from monitor.models.cases import Case
from monitor.pipeline import main_line
from monitor.settings.desk import Desk, Person
from monitor.settings.loading import Settings
from monitor.store import consistency
from monitor.store.cases import cases, notices
from tests import desk_store
from tests.conftest import NOW
from tests.flood import arrive, copy, mention

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return desk_store.configured(tmp_path, monkeypatch)


def ruled(settings: Settings, *people: Person, assign: str = "round_robin") -> Settings:
    values = {"people": people, "assign": assign}
    return settings.model_copy(update={"desk": Desk.model_validate(values)})


def complain(settings: Settings, *authors: str, text: str = "No llega el pedido", **facts: object) -> None:
    posts = [desk_store.post(settings, f"p-{name}", text, NOW, author=name, **facts) for name in authors]
    desk_store.open_cases(settings, posts, NOW)


def all_cases(settings: Settings) -> list[Case]:
    with store.connect(settings.store, read_only=True) as connection:
        assert consistency.inconsistent_cases(connection) == ()
        return cases.get_many(connection, range(1_000))


def owners(settings: Settings) -> dict[str, str]:
    return {str(case.author): case.owner for case in all_cases(settings)}


def close(settings: Settings, author: str, actor: str) -> None:
    case = next(case for case in all_cases(settings) if case.author == author)
    done = desk.mark_sent(settings, case.case_id, "Hola", "", version=case.version, actor=actor, now=NOW)
    for stage in ("acknowledged", "assessed", "investigating", "answered"):
        done = desk.move_case(settings, case.case_id, stage, version=done.case.version, actor=actor, now=NOW)  # type: ignore[arg-type]
    version = done.case.version
    desk.move_case(settings, case.case_id, "closed", version=version, actor=actor, now=NOW, agreement="no_answer")


def write_again(settings: Settings, author: str) -> None:
    facts = {"thread_id": f"p-{author}", "in_reply_to": f"p-{author}"}
    post = desk_store.post(settings, f"q-{author}", "sigue sin llegar, otra vez igual", LATER, author=author, **facts)
    desk_store.open_cases(settings, [post], LATER + timedelta(minutes=1))


def test_a_full_team_is_told_in_numbers_and_the_rule_catches_up_when_room_appears(settings: Settings) -> None:
    full = ruled(settings, Person(name="Luis", capacity=1))
    complain(full, "a", "b", "c")
    assert owners(full) == {"a": "Luis", "b": "", "c": ""}
    with store.connect(full.store, read_only=True) as connection:
        (line,) = staffing.sentences(staffing.read(connection, full, NOW))
    assert line.startswith("2 cases have no owner: nobody has room (1 open cases for 1 places)")
    assert assignment.share_waiting(full, LATER) == 0
    roomy = ruled(settings, Person(name="Luis", capacity=1), Person(name="Eva", capacity=5))
    main_line.open_cases(roomy)
    assert owners(roomy) == {"a": "Luis", "b": "Eva", "c": "Eva"}
    with store.connect(full.store, read_only=True) as connection:
        assert staffing.sentences(staffing.read(connection, roomy, NOW)) == []


def test_who_presses_most_is_given_first_new_or_waiting(settings: Settings) -> None:
    two = ruled(settings, Person(name="Luis", capacity=1))
    mild = desk_store.post(two, "p-mild", "No me gusta", NOW, author="mild")
    grave = desk_store.post(two, "p-grave", "Explotó y estamos en el hospital", NOW, author="grave")
    desk_store.open_cases(two, [mild, grave], NOW)
    assert owners(two) == {"mild": "", "grave": "Luis"}
    complain(two, "late", text="Se incendió el cargador, hay heridos")
    assignment.share_waiting(ruled(settings, Person(name="Luis", capacity=2)), LATER)
    assert owners(two) == {"mild": "", "grave": "Luis", "late": "Luis"}


def test_money_missing_has_an_owner_when_the_team_is_full_up_to_a_told_share(settings: Settings) -> None:
    full = ruled(settings, Person(name="Luis", capacity=2))
    complain(full, "a", "b", "c")
    complain(full, "robada", text="Me han cobrado dos veces el recibo, devolvedme el dinero")
    assert owners(full) == {"a": "Luis", "b": "Luis", "c": "", "robada": "Luis"}
    complain(full, "herida", text="Explotó el cargador y estamos en el hospital")
    assert owners(full)["herida"] == ""
    with store.connect(full.store, read_only=True) as connection:
        (line,) = staffing.sentences(staffing.read(connection, full, NOW))
    assert line.startswith("2 cases have no owner: nobody has room (3 open cases for 2 places)")
    assert assignment.share_waiting(full, LATER) == 0
    assert assignment.share_waiting(ruled(settings, Person(name="Luis", capacity=2), Person(name="Eva")), LATER) == 2


@pytest.mark.parametrize(
    "later",
    [
        (Person(name="Luis"),),
        (Person(name="Marta", capacity=0), Person(name="Luis")),
        (Person(name="Marta", away_from=NOW.date(), away_until=NOW.date() + timedelta(days=3)), Person(name="Luis")),
    ],
)
def test_a_reopened_case_of_somebody_who_is_not_there_is_given_by_the_rule(
    settings: Settings, later: tuple[Person, ...]
) -> None:
    before = ruled(settings, Person(name="Marta"))
    complain(before, "open", "closed")
    close(before, "closed", "Marta")
    after = ruled(settings, *later)
    write_again(after, "open")
    write_again(after, "closed")
    assert owners(after) == {"open": "Marta", "closed": "Luis"}
    with store.connect(after.store, read_only=True) as connection:
        told = staffing.sentences(staffing.read(connection, after, LATER))
        assert [notice.subject for notice in notices.unseen(connection, "Luis", 9)[0]] == ["given"]
    assert len(told) == 1
    assert told[0].startswith("1 open case belongs to Marta, who is")
    assert "in 1 the customer waits" in told[0]


def test_with_nobody_who_has_room_the_reopened_case_is_nobodys(settings: Settings) -> None:
    before = ruled(settings, Person(name="Marta"))
    complain(before, "closed")
    close(before, "closed", "Marta")
    after = ruled(settings, Person(name="Marta", capacity=0))
    write_again(after, "closed")
    assert owners(after) == {"closed": ""}


def test_cases_reopened_by_whatever_way_are_given_at_the_next_pass(settings: Settings) -> None:
    before = ruled(settings, Person(name="Marta"))
    complain(before, "closed")
    close(before, "closed", "Marta")
    after = ruled(settings, Person(name="Luis"))
    version = all_cases(after)[0].version
    desk.move_case(after, 1, "reopened", version=version, actor="Eva", now=LATER)
    main_line.open_cases(after)
    assert owners(after) == {"closed": "Luis"}


def test_by_hand_nothing_is_given_and_it_is_told_all_the_same(settings: Settings) -> None:
    before = ruled(settings, Person(name="Marta"))
    complain(before, "closed")
    close(before, "closed", "Marta")
    after = ruled(settings, Person(name="Luis"), assign="by_hand")
    write_again(after, "closed")
    main_line.open_cases(after)
    assert owners(after) == {"closed": "Marta"}
    with store.connect(after.store, read_only=True) as connection:
        assert "Marta" in staffing.sentences(staffing.read(connection, after, LATER))[0]


@pytest.mark.parametrize(
    ("person", "words"),
    [
        (Person(name="Luis", languages=("pt",)), "nobody of desk.people has the language 'es'"),
        (Person(name="Luis", categories=("billing",)), "nobody of desk.people has the category 'delivery'"),
        (Person(name="Luis", capacity=0), "nobody who is there may have them"),
    ],
)
def test_what_nobody_covers_is_told_with_its_name(settings: Settings, person: Person, words: str) -> None:
    alone = ruled(settings, person)
    complain(alone, "a", text="El pedido no llega, el repartidor no vino")
    with store.connect(alone.store, read_only=True) as connection:
        lines = staffing.sentences(staffing.read(connection, alone, NOW))
    assert [line for line in lines if words in line]


def test_a_team_that_was_renamed_is_told(settings: Settings) -> None:
    north = ruled(settings, Person(name="Luis", team="norte"))
    complain(north, "a")
    version = all_cases(north)[0].version
    desk.edit(north, 1, {"owner": ""}, version=version, actor="Eva", now=NOW)
    renamed = ruled(settings, Person(name="Luis", team="zona norte"))
    with store.connect(renamed.store, read_only=True) as connection:
        (line,) = staffing.sentences(staffing.read(connection, renamed, NOW))
    assert "nobody of desk.people is in the team 'norte'" in line


def test_cases_under_another_spelling_of_a_name_fill_the_same_person(settings: Settings) -> None:
    by_hand = ruled(settings, Person(name="Lucía", capacity=1), assign="by_hand")
    complain(by_hand, "a")
    with store.connect(by_hand.store) as connection:
        connection.execute("UPDATE cases SET owner = 'lucia'")
    complain(ruled(settings, Person(name="Lucía", capacity=1)), "b")
    with store.connect(by_hand.store, read_only=True) as connection:
        assert [case.owner for case in cases.get_many(connection, (1, 2))] == ["lucia", ""]


def test_people_whose_names_differ_in_spelling_only_are_told(settings: Settings) -> None:
    twice = ruled(settings, Person(name="Ana"), Person(name="ANA"))
    complain(twice, "a")
    with store.connect(twice.store, read_only=True) as connection:
        (line,) = staffing.sentences(staffing.read(connection, twice, NOW))
    assert "'Ana' and 'ANA' differ in capitals or accents only" in line


def test_what_stands_behind_a_campaign_is_shared_out_to_nobody(settings: Settings) -> None:
    by_hand = ruled(settings, Person(name="Luis"), assign="by_hand")
    arrive(by_hand, [mention(f"w{n}", f"vocero{n}", copy(n), NOW) for n in range(60)], NOW, "complaint")
    main_line.open_cases(by_hand)
    assert {case.incident_id for case in all_cases(by_hand)} == {1}
    complain(by_hand, "otra")
    in_turn = ruled(settings, Person(name="Luis"))
    assert assignment.share_waiting(in_turn, LATER) == 1
    assert owners(in_turn)["otra"] == "Luis"
    full = ruled(settings, Person(name="Luis", capacity=1))
    with store.connect(full.store, read_only=True) as connection:
        assert staffing.sentences(staffing.read(connection, full, LATER)) == []
