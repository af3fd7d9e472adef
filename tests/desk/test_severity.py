"""The severity of a case as its words tell it, and when a person has said otherwise."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.models.cases import Case, Event
from monitor.settings.loading import Settings
from monitor.store.cases import cases, events
from tests import desk_store
from tests.conftest import NOW


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return desk_store.configured(tmp_path, monkeypatch)


def say(config: Settings, name: str, text: str, hours: float = 0, **facts: object) -> tuple[Case, tuple[Event, ...]]:
    """Another post of Ana in her thread; gives the case and its history."""
    at = NOW + timedelta(hours=hours)
    facts = {"thread_id": "t1"} | facts
    desk_store.open_cases(config, [desk_store.post(config, name, text, at, **facts)], at + timedelta(minutes=5))
    with store.connect(config.store, read_only=True) as connection:
        return cases.get(connection, 1), events.of_cases(connection, [1])[1]


def test_a_later_post_that_tells_of_worse_lifts_the_severity(config: Settings) -> None:
    first, _ = say(config, "p1", "Muy mal trato en la tienda")
    later, history = say(config, "p2", "Y además me han cobrado dos veces", 2)
    assert (first.severity, later.severity, later.cue) == ("moderate", "serious", "money")
    told = history[-1]
    assert (told.kind, told.actor, told.field, told.was, told.became) == (
        "field", "escucha", "severity", "moderate", "serious",
    )  # fmt: skip
    assert told.mention_id == history[-2].mention_id
    assert later.base > first.base


def test_a_later_post_that_tells_of_less_lowers_nothing(config: Settings) -> None:
    say(config, "p1", "Me han cobrado dos veces")
    later, history = say(config, "p2", "Sería bueno que contestaran", 2)
    assert (later.severity, later.cue) == ("serious", "money")
    assert [event.kind for event in history] == ["opened", "post"]


def test_the_severity_that_a_person_set_stays(config: Settings) -> None:
    case, _ = say(config, "p1", "Muy mal trato en la tienda")
    desk.edit(config, 1, {"severity": "minor"}, version=case.version, actor="marta", now=NOW + timedelta(hours=1))
    later, _ = say(config, "p2", "Mi abogada ya lo sabe", 2)
    assert later.severity == "minor"


def test_once_that_was_undone_the_words_count_again(config: Settings) -> None:
    case, _ = say(config, "p1", "Muy mal trato en la tienda")
    at = NOW + timedelta(hours=1)
    done = desk.edit(config, 1, {"severity": "minor"}, version=case.version, actor="marta", now=at)
    desk.undo(config, {1: [event.event_id for event in done.events]}, actor="marta", now=at)
    later, _ = say(config, "p2", "Mi abogada ya lo sabe", 2)
    assert later.severity == "serious"


def test_a_post_that_answers_one_of_ours_addresses_us(config: Settings) -> None:
    desk_store.post(config, "ours", "¿En qué ayudamos?", NOW, author="norvia_ayuda", p_complaint=0.0)
    case, _ = say(config, "p1", "En nada, la lavadora sigue rota", 1, in_reply_to="ours")
    assert case.service == "reactive"


def test_a_post_that_only_speaks_of_us_does_not(config: Settings) -> None:
    case, _ = say(config, "p1", "La lavadora de Norvia sigue rota", in_reply_to="someone")
    assert case.service == "proactive"


ACCIDENT = "La freidora ha explotado y mi hija está en el hospital con quemaduras"


def opened(config: Settings, name: str, text: str) -> None:
    desk_store.open_cases(config, [desk_store.post(config, name, text, NOW, author=name)], NOW)


def read(config: Settings, case_id: int = 1) -> tuple[str, str]:
    with store.connect(config.store, read_only=True) as connection:
        case = cases.get(connection, case_id)
    return case.severity, case.cue


def merge(config: Settings, *absorbed: int, into: int = 1, hours: float = 1) -> dict[int, list[int]]:
    done = desk.merge(config, into, absorbed, versions={}, actor="eva", now=NOW + timedelta(hours=hours))
    return {change.case.case_id: [event.event_id for event in change.events] for change in done}


def test_an_accident_that_is_taken_in_makes_the_case_critical_and_undo_takes_it_back(config: Settings) -> None:
    opened(config, "p1", "Muy mal trato en la tienda")
    opened(config, "p2", ACCIDENT)
    done = merge(config, 2)
    assert read(config) == ("critical", "health")
    with store.connect(config.store, read_only=True) as connection:
        told = events.of_cases(connection, [1])[1][-1]
        assert cases.get(connection, 1).level == "urgent"
    assert (told.field, told.was, told.became, told.mention_id) == ("severity", "moderate", "critical", 2)
    desk.undo(config, done, actor="eva", now=NOW + timedelta(hours=2))
    assert (read(config), read(config, 2)) == (("moderate", ""), ("critical", "health"))


def test_what_a_person_said_of_the_taker_stays_in_a_merge(config: Settings) -> None:
    opened(config, "p1", "Muy mal trato en la tienda")
    opened(config, "p2", ACCIDENT)
    desk.edit(config, 1, {"severity": "minor"}, version=1, actor="marta", now=NOW + timedelta(minutes=9))
    merge(config, 2)
    assert read(config)[0] == "minor"


def test_what_a_person_said_of_the_case_that_is_taken_in_counts(config: Settings) -> None:
    opened(config, "p1", "Muy mal trato en la tienda")
    opened(config, "p2", "Muy mal trato en la otra")
    desk.edit(config, 2, {"severity": "critical"}, version=1, actor="marta", now=NOW + timedelta(minutes=9))
    merge(config, 2)
    assert read(config)[0] == "critical"
    desk.undo_merge(config, 2, actor="eva", now=NOW + timedelta(hours=2))
    assert read(config)[0] == "moderate"


def test_of_two_taken_in_the_other_still_counts_once_the_worse_has_gone(config: Settings) -> None:
    opened(config, "p1", "Muy mal trato en la tienda")
    opened(config, "p2", ACCIDENT)
    opened(config, "p3", "Me han cobrado dos veces")
    merge(config, 2)
    merge(config, 3, hours=2)
    desk.undo_merge(config, 2, actor="eva", now=NOW + timedelta(hours=3))
    assert read(config) == ("serious", "money")
