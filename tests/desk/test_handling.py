import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.errors import EscuchaError, StoreConflict
from monitor.models.cases import Case
from monitor.settings.desk import Desk, Person
from monitor.settings.loading import Brand, Settings, Store
from monitor.store.cases import cases, events, notices
from tests import desk_store
from tests.conftest import NOW


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """One case, at version 1, in a store of its own; Ana, Eva Gil and Luis work at the desk."""
    people = tuple(Person(name=name) for name in ("Ana", "Eva Gil", "Luis"))
    made = Settings(
        store=Store(url=str(tmp_path / "store.duckdb")),
        brands=(Brand(name=desk_store.BRAND, queries=("norvia",)),),
        desk=Desk(people=people),
    )
    one_case(made)
    return made


@desk_store.filled_once
def one_case(made: Settings) -> None:
    mention_id = desk_store.post(made, "p1", "El pedido no llega", NOW - timedelta(hours=1))
    desk_store.open_cases(made, [mention_id], NOW - timedelta(minutes=30))


@dataclass
class At:
    """Somebody who always acts on the case as it is."""

    settings: Settings
    actor: str = "Ana"

    def case(self) -> Case:
        with store.connect(self.settings.store, read_only=True) as connection:
            return cases.get(connection, 1)

    def __call__(self, act: Callable[..., object], *arguments: object, **named: object) -> Case:
        now: datetime = named.pop("now", NOW)  # type: ignore[assignment]
        act(self.settings, 1, *arguments, version=self.case().version, actor=self.actor, now=now, **named)
        return self.case()


def history(settings: Settings) -> list[tuple[str, str | None, str | None, str]]:
    """Kind, field, `became` and note of the events after the opening."""
    with store.connect(settings.store, read_only=True) as connection:
        return [(e.kind, e.field, e.became, e.note) for e in events.of_cases(connection, [1])[1][1:]]


def test_a_case_goes_its_way_to_the_end(settings: Settings) -> None:
    ana = At(settings)
    for stage in ("acknowledged", "assessed", "investigating", "answered"):
        assert ana(desk.move_case, stage, note=f"a {stage}").stage == stage
    closed = ana(desk.move_case, "closed", agreement="agreed")
    assert (closed.stage, closed.agreement, closed.resolved_at) == ("closed", "agreed", NOW)


@pytest.mark.parametrize("stage", ["assessed", "closed", "reopened", "received"])
def test_a_case_takes_no_step_that_is_not_listed(settings: Settings, stage: str) -> None:
    with pytest.raises(EscuchaError, match=f"is received; from there it cannot become {stage}"):
        At(settings)(desk.move_case, stage)


@pytest.mark.parametrize("reason", [None, "because"])
def test_dismissing_asks_for_a_reason(settings: Settings, reason: str | None) -> None:
    with pytest.raises(EscuchaError, match="say why ESC-000001-3 is dismissed: not_a_complaint, duplicate"):
        At(settings)(desk.move_case, "dismissed", reason=reason)
    assert At(settings)(desk.move_case, "dismissed", reason="spam", note=" un bot ").stage == "dismissed"
    assert history(settings) == [("stage", "reason", "spam", "un bot")]


def test_closing_asks_whether_the_customer_agreed(settings: Settings) -> None:
    ana = At(settings)
    for stage in ("acknowledged", "assessed", "answered"):
        ana(desk.move_case, stage)
    with pytest.raises(EscuchaError, match="agreed: agreed, disagreed, no_answer"):
        ana(desk.move_case, "closed")
    assert ana(desk.move_case, "closed", agreement="no_answer").agreement == "no_answer"
    assert history(settings)[3][:3] == ("stage", "agreement", "no_answer")


def test_each_field_that_changes_is_told_and_the_others_are_not(settings: Settings) -> None:
    case = At(settings)(desk.edit, {"owner": "Luis", "severity": "serious", "channel": "network", "cost": 12.5})
    assert (case.owner, case.severity, case.cost, case.version) == ("Luis", "serious", 12.5, 2)
    assert [(field, became) for _, field, became, _ in history(settings)] == [
        ("owner", "Luis"), ("severity", "serious"), ("cost", "12.5"),
    ]  # fmt: skip


def test_setting_what_is_set_changes_nothing(settings: Settings) -> None:
    assert At(settings)(desk.edit, {"channel": "network"}).version == 1
    assert history(settings) == []


def test_only_the_fields_of_people_can_be_set(settings: Settings) -> None:
    with pytest.raises(EscuchaError, match="no field 'stage' to set; there are: category"):
        At(settings)(desk.edit, {"stage": "closed"})


def test_taking_a_case_does_not_acknowledge_it(settings: Settings) -> None:
    case = At(settings)(desk.take)
    assert (case.owner, case.stage) == ("Ana", "received")
    case = At(settings, "Luis")(desk.take)
    assert (case.owner, case.stage) == ("Luis", "received")


def test_the_clocks_rest_while_the_customer_has_to_answer(settings: Settings) -> None:
    ana = At(settings)
    with pytest.raises(EscuchaError, match="nobody has answered the customer"):
        ana(desk.wait)
    desk.log_contact(settings, 1, "phone", "out", "¿Qué número de pedido es?", actor="Ana", now=NOW)
    assert ana(desk.wait, note="pedimos el número").paused_at == NOW
    with pytest.raises(EscuchaError, match="is not one whose clocks run"):
        ana(desk.wait)
    later = NOW + timedelta(hours=1)
    assert ana(desk.resume, now=later).paused_at is None
    with pytest.raises(EscuchaError, match="does not wait for the customer"):
        ana(desk.resume, now=later)


def test_a_contact_of_ours_answers_the_customer(settings: Settings) -> None:
    called = NOW - timedelta(minutes=10)
    desk.log_contact(settings, 1, "phone", "out", " Lo miramos ", actor="Ana", now=NOW, took_place_at=called)
    assert At(settings).case().first_answered_at == called
    assert history(settings) == [("contact", "phone", "out", "Lo miramos")]


def test_a_contact_of_the_customer_waits_for_an_answer(settings: Settings) -> None:
    desk.log_contact(settings, 1, "phone", "out", "Lo miramos", actor="Ana", now=NOW)
    assert At(settings).case().asked_at is None
    desk.log_contact(settings, 1, "email", "in", "¿Y bien?", actor="Ana", now=NOW + timedelta(minutes=5))
    assert At(settings).case().asked_at == NOW + timedelta(minutes=5)


def test_a_note_tells_those_it_names(settings: Settings) -> None:
    desk.add_note(settings, 1, "@luis y @Eva, mirad esto; @nadie no", actor="Ana", now=NOW)
    with store.connect(settings.store, read_only=True) as connection:
        told = {name: notices.unseen(connection, name, 5)[1] for name in ("Ana", "Eva Gil", "Luis")}
    assert told == {"Ana": 0, "Eva Gil": 1, "Luis": 1}


def test_a_note_needs_words_but_no_version(settings: Settings) -> None:
    with pytest.raises(EscuchaError, match="a note needs words"):
        desk.add_note(settings, 1, "  ", actor="Ana", now=NOW)
    At(settings)(desk.take)
    assert desk.add_note(settings, 1, "ya está", actor="Luis", now=NOW).case.owner == "Ana"


def test_who_comes_second_hears_what_the_first_did_and_writes_nothing(settings: Settings) -> None:
    At(settings, "Luis")(desk.take)
    with pytest.raises(StoreConflict, match="ESC-000001-3 was changed by somebody else") as caught:
        desk.take(settings, 1, version=1, actor="Ana", now=NOW)
    assert (caught.value.meanwhile[0].actor, caught.value.meanwhile[0].kind) == ("Luis", "taken")
    assert At(settings).case().owner == "Luis"
    assert len(history(settings)) == 2


def test_who_looked_long_ago_hears_the_gravest_first(settings: Settings) -> None:
    luis = At(settings, "Luis")
    luis(desk.take)
    luis(desk.edit, {"severity": "serious"})
    luis(desk.move_case, "dismissed", reason="not_a_complaint")
    desk.add_note(settings, 1, "no era nuestro", actor="Luis", now=NOW)
    with pytest.raises(StoreConflict) as caught:
        desk.take(settings, 1, version=1, actor="Ana", now=NOW)
    assert [event.kind for event in caught.value.meanwhile][:2] == ["stage", "taken"]
    assert caught.value.meanwhile[0].stage == "dismissed"


def test_a_case_that_is_not_there_is_named(settings: Settings) -> None:
    with pytest.raises(EscuchaError, match="there is no case 9"):
        desk.take(settings, 9, version=1, actor="Ana", now=NOW)


@pytest.mark.parametrize(
    ("field", "value"),
    [("severity", "dire"), ("remedy", "cake"), ("channel", None), ("internal", "no"), ("cost", -1), ("cost", math.nan)],
)
def test_a_field_takes_no_value_that_is_none_of_its_own(settings: Settings, field: str, value: object) -> None:
    with pytest.raises(EscuchaError, match=rf"{field} is"):
        At(settings)(desk.edit, {field: value})
    assert At(settings).case().version == 1


def test_an_answered_case_is_not_answered_once_more(settings: Settings) -> None:
    act = At(settings)
    for stage in ("acknowledged", "assessed", "answered"):
        act(desk.move_case, stage)
    before = act.case()
    with pytest.raises(EscuchaError, match="it cannot become answered"):
        act(desk.move_case, "answered")
    with pytest.raises(EscuchaError, match="it cannot become answered"):
        act(desk.mark_sent, "Lo miramos hoy", "", to_stage="answered")
    assert act.case() == before
