"""Whoever has a case hears what its customer and others did, once, and nothing of what they did themselves."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.errors import Refusal
from monitor.models.cases import Case
from monitor.settings.desk import Desk, Person
from monitor.settings.loading import Settings
from monitor.store.cases import cases, notices
from tests import desk_store
from tests.conftest import NOW

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Marta has answered two cases; one of them is closed."""
    configured = desk_store.configured(tmp_path, monkeypatch)
    people = {"people": (Person(name="Marta"), Person(name="Luis"))}
    made = configured.model_copy(update={"desk": Desk.model_validate(people)})
    posts = [desk_store.post(made, f"p-{name}", "No llega el pedido", NOW, author=name) for name in ("uno", "dos")]
    desk_store.open_cases(made, posts, NOW)
    for case_id in (1, 2):
        done = desk.take(made, case_id, version=1, actor="Marta", now=NOW)
        done = desk.mark_sent(made, case_id, "Hola, ya va.", "", version=done.case.version, actor="Marta", now=NOW)
    for stage in ("acknowledged", "assessed", "investigating", "answered"):
        done = desk.move_case(made, 2, stage, version=done.case.version, actor="Marta", now=NOW)  # type: ignore[arg-type]
    desk.move_case(made, 2, "closed", version=done.case.version, actor="Marta", now=NOW, agreement="no_answer")
    return made


def case(settings: Settings, case_id: int = 1) -> Case:
    with store.connect(settings.store, read_only=True) as connection:
        return cases.get(connection, case_id)


def write(settings: Settings, author: str, text: str, name: str = "q") -> None:
    facts = {"thread_id": f"p-{author}", "in_reply_to": f"p-{author}"}
    post = desk_store.post(settings, f"{name}-{author}", text, LATER, author=author, p_complaint=0.4, **facts)
    desk_store.open_cases(settings, [post], LATER + timedelta(minutes=1))


def heard(settings: Settings, person: str) -> tuple[list[tuple[str, int, str]], int]:
    with store.connect(settings.store, read_only=True) as connection:
        lines, count = notices.unseen(connection, person, 9)
    return [(line.subject, line.case_id, line.note) for line in lines], count


def test_nobody_hears_of_what_they_did_themselves(settings: Settings) -> None:
    assert heard(settings, "Marta") == ([], 0)


def test_who_has_a_case_hears_that_the_customer_wrote_again(settings: Settings) -> None:
    write(settings, "uno", "¿hay novedades?")
    assert heard(settings, "marta") == ([("wrote", 1, "¿hay novedades?")], 1)
    assert heard(settings, "Luis") == ([], 0)
    desk.see_notices(settings, "Marta", case_id=1, now=LATER)
    assert heard(settings, "Marta") == ([], 0)


def test_several_posts_of_one_customer_are_one_line(settings: Settings) -> None:
    write(settings, "uno", "¿hay novedades?")
    write(settings, "uno", "sigo esperando", name="r")
    assert heard(settings, "Marta") == ([("wrote", 1, "sigo esperando")], 1)


def test_a_reopened_case_is_told_once(settings: Settings) -> None:
    write(settings, "dos", "sigue sin llegar, otra vez igual")
    assert heard(settings, "Marta") == ([("reopened", 2, "")], 1)


def test_thanks_are_a_quiet_line(settings: Settings) -> None:
    write(settings, "uno", "¡Muchas gracias!")
    lines, count = heard(settings, "Marta")
    assert ([line[:2] for line in lines], count) == ([("thanked", 1)], 0)


def test_a_case_that_a_colleague_gives_and_takes_is_told_to_both(settings: Settings) -> None:
    desk.edit(settings, 1, {"owner": "luis"}, version=case(settings).version, actor="Eva", now=LATER)
    assert case(settings).owner == "Luis"
    assert heard(settings, "Luis") == ([("given", 1, "Luis")], 1)
    assert heard(settings, "Marta") == ([("lost", 1, "Luis")], 1)


def test_what_was_taken_back_is_not_told(settings: Settings) -> None:
    done = desk.edit(settings, 1, {"owner": "Luis"}, version=case(settings).version, actor="Eva", now=LATER)
    desk.undo(settings, {1: [event.event_id for event in done.events]}, actor="Eva", now=LATER)
    assert heard(settings, "Luis") == heard(settings, "Marta") == ([], 0)


def test_cases_that_the_rule_gave_are_one_line(settings: Settings) -> None:
    ruled = settings.model_copy(update={"desk": settings.desk.model_copy(update={"assign": "round_robin"})})
    posts = [desk_store.post(ruled, f"r{name}", "No llega", NOW, author=f"otra{name}") for name in range(4)]
    desk_store.open_cases(ruled, posts, NOW)
    with store.connect(ruled.store, read_only=True) as connection:
        (line,), count = notices.unseen(connection, "Luis", 9)
    assert (line.subject, line.cases, count) == ("given", 2, 2)


def test_who_acts_on_a_case_knows_that_she_has_it(settings: Settings) -> None:
    desk.edit(settings, 1, {"owner": "Luis"}, version=case(settings).version, actor="Eva", now=LATER)
    desk.add_note(settings, 1, "@Luis, mira esto", actor="Eva", now=LATER)
    desk.add_note(settings, 1, "en ello", actor="Luis", now=LATER)
    assert heard(settings, "Luis") == ([("named", 1, "@Luis, mira esto")], 1)


@pytest.mark.parametrize("owner", ["escucha", "\x00\x1b", "cli:ana"])
def test_a_case_goes_to_nobody_who_is_no_person(settings: Settings, owner: str) -> None:
    with pytest.raises(Refusal, match="no name of a person"):
        desk.edit(settings, 1, {"owner": owner}, version=case(settings).version, actor="Eva", now=LATER)
    assert case(settings).owner == "Marta"


def test_the_cases_of_somebody_who_left_go_to_a_person_or_to_the_rule_at_once(settings: Settings) -> None:
    done = desk.give_cases(settings, "Marta", "luis", actor="Eva", now=LATER)
    assert [change.case.owner for change in done.done] == ["Luis"]
    people = {"people": (Person(name="Nora"),), "assign": "capacity"}
    ruled = settings.model_copy(update={"desk": Desk.model_validate(people)})
    shared = desk.share_cases(ruled, "Luis", actor="Eva", now=LATER)
    assert [(change.case.owner, change.events[0].actor) for change in shared.done] == [("Nora", "Eva")]
    with pytest.raises(Refusal, match="assigned by hand"):
        desk.share_cases(settings, "Nora", actor="Eva", now=LATER)
