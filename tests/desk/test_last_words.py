"""Last words of the customer: bare thanks reopen nothing and start no clock, a problem always does."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor import desk, store
from monitor.casework.apply import AppliedChange
from monitor.errors import Refusal
from monitor.models.cases import Case, Event
from monitor.models.posts import Stage
from monitor.pipeline import main_line
from monitor.settings.desk import Person
from monitor.settings.loading import Settings
from monitor.store.cases import cases, events
from tests import desk_store

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
THANKS = ("gracias", "Ya me llegó, gracias", "Perfecto, muchas gracias Marta", "👍", "ok, thanks", "obrigada!", "merci")
PROBLEMS = (
    "gracias por nada", "Gracias, pero sigue sin llegar", "gracias, ¿y cuándo llega?", "thanks, still broken",
    "genial, otra vez igual 👏", "os mando la factura mañana, gracias",
    "gracias a ustedes perdí mi vuelo", "Gracias 😂", "Qué amables, me colgaron", "Espectacular, llegó abierto",
    "Ya Llegó Roto", "Gracias #Boicot", "ayuda, gracias", "Me han ingresado",
    "my order is here thanks, opened", "Bravo 👏👏👏", "Han devuelto mi pedido", "¡Qué maravilla de gente!",
)  # fmt: skip


@pytest.fixture
def config(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = desk_store.configured(tmp_path, monkeypatch)  # type: ignore[arg-type]
    one_case(settings)
    return settings


@desk_store.filled_once
def one_case(settings: Settings) -> None:
    began = NOW - timedelta(hours=50)
    first = desk_store.post(settings, "p1", "Me han cobrado dos veces el pedido", began)
    desk_store.open_cases(settings, [first], began)


def read(config: Settings) -> tuple[Case, tuple[Event, ...]]:
    with store.connect(config.store, read_only=True) as connection:
        return cases.get(connection, 1), events.of_cases(connection, [1])[1]


def answered(config: Settings, *further: Stage) -> None:
    done = desk.mark_sent(config, 1, "Ya está arreglado.", "", version=1, actor="Ana", now=NOW, to_stage="acknowledged")
    for stage in ("assessed", "answered", *further):
        version, agreement = done.case.version, "no_answer" if stage == "closed" else None
        done = desk.move_case(config, 1, stage, version=version, actor="Ana", now=NOW, agreement=agreement)  # type: ignore[arg-type]


def says(config: Settings, text: str, minutes: float = 1, **scores: float) -> int:
    """A post of the customer, so long after the desk's last act, comes in."""
    at = NOW + timedelta(minutes=minutes)
    mention_id = desk_store.post(config, f"r{minutes}", f"@norvia_ayuda {text}", at, thread_id="p1", **scores)
    main_line.open_cases(config)
    return mention_id


def needs_answer(config: Settings, mention_id: int) -> AppliedChange:
    later, version = NOW + timedelta(hours=1), read(config)[0].version
    return desk.needs_answer(config, 1, mention_id, version=version, actor="Ana", now=later)[0]


@pytest.mark.parametrize("text", THANKS)
def test_thanks_keep_a_closed_case_closed_and_are_told_as_thanks(config: Settings, text: str) -> None:
    answered(config, "closed")
    mention_id = says(config, text, p_complaint=0.95, p_negative=0.9)  # whatever the model makes of it
    case, history = read(config)

    assert (case.stage, case.asked_at) == ("closed", None)
    assert [event.mention_id for event in history if event.kind == "post" and event.became == "thanks"] == [mention_id]


def test_the_people_of_the_team_may_be_thanked_by_their_names(config: Settings) -> None:
    answered(config, "closed")
    people = (Person(name="Nekane Roa"),)
    says(config.model_copy(update={"desk": config.desk.model_copy(update={"people": people})}), "Gracias, Nekane")
    assert read(config)[0].stage == "closed"

    says(config, "Gracias, Zulema", 2)
    assert read(config)[0].stage == "reopened"


def test_thanks_start_no_clock_on_an_answered_case(config: Settings) -> None:
    answered(config)
    says(config, "Ya me llegó, gracias", p_complaint=0.95, p_negative=0.9)

    assert read(config)[0].asked_at is None


def test_thanks_do_not_end_the_wait_for_the_customer(config: Settings) -> None:
    answered(config)
    desk.wait(config, 1, version=read(config)[0].version, actor="Ana", now=NOW)
    says(config, "vale, gracias")
    assert read(config)[0].paused_at is not None

    says(config, "¿y ahora qué hago?", 2)
    assert read(config)[0].paused_at is None


def test_thanks_do_not_end_the_wait_of_a_customer_who_had_no_answer(config: Settings) -> None:
    waits_since = read(config)[0].asked_at
    says(config, "gracias")

    assert read(config)[0].asked_at == waits_since


@pytest.mark.parametrize("text", PROBLEMS)
def test_a_problem_reopens_and_starts_a_clock_even_if_a_model_takes_it_for_praise(config: Settings, text: str) -> None:
    answered(config, "closed")
    at = NOW + timedelta(minutes=1)
    mention_id = desk_store.post(config, "r1", f"@norvia_ayuda {text}", at, thread_id="p1", p_complaint=0.01)
    desk_store.thank(config, mention_id, at)
    main_line.open_cases(config)
    case, _ = read(config)

    assert case.stage == "reopened"
    assert case.asked_at == NOW + timedelta(minutes=1)


def test_a_problem_beside_thanks_reopens(config: Settings) -> None:
    answered(config, "closed")
    for minutes, text in ((1, "gracias"), (2, "pero sigue sin funcionar"), (3, "gracias de nuevo")):
        at = NOW + timedelta(minutes=minutes)
        desk_store.post(config, f"r{minutes}", text, at, thread_id="p1", p_complaint=0.1, p_negative=0.1)
    main_line.open_cases(config)

    assert read(config)[0].stage == "reopened"
    assert read(config)[0].asked_at == NOW + timedelta(minutes=2)


def test_thanks_that_speak_of_money_make_nothing_more_severe(config: Settings) -> None:
    answered(config)
    was = read(config)[0].severity
    says(config, "ya me han devuelto el dinero, gracias")

    assert read(config)[0].severity == was


def test_a_person_says_that_thanks_need_an_answer_and_takes_it_back(config: Settings) -> None:
    answered(config, "closed")
    mention_id = says(config, "gracias")
    done = needs_answer(config, mention_id)
    assert (done.case.stage, done.case.asked_at) == ("reopened", NOW + timedelta(minutes=1))

    ids = [event.event_id for event in done.events]
    desk.undo(config, {1: ids}, actor="Ana", now=NOW + timedelta(hours=2))
    assert (read(config)[0].stage, read(config)[0].asked_at) == ("closed", None)


def test_what_needs_an_answer_already_is_not_said_twice(config: Settings) -> None:
    answered(config)
    mention_id = says(config, "gracias")
    needs_answer(config, mention_id)

    assert needs_answer(config, mention_id).events == ()
    with pytest.raises(Refusal):
        needs_answer(config, 99)


def test_our_answer_after_thanks_is_not_overtaken_by_them(config: Settings) -> None:
    says(config, "gracias")
    at = NOW + timedelta(seconds=30)
    desk_store.post(config, "a1", "@ana Ya está", at, thread_id="p1", author="norvia_ayuda", p_complaint=0.0)
    main_line.open_cases(config)

    assert read(config)[0].asked_at is None


def test_thanks_that_a_person_calls_a_complaint_are_one(config: Settings) -> None:
    answered(config, "closed")
    mention_id = says(config, "gracias")
    desk.open_case(config, mention_id, desk_store.BRAND, actor="Ana", now=NOW + timedelta(hours=1))
    assert (read(config)[0].stage, read(config)[0].asked_at) == ("reopened", NOW + timedelta(minutes=1))


def test_thanks_that_have_no_case_and_are_called_a_complaint_join_as_one(config: Settings) -> None:
    answered(config, "closed")
    at = NOW + timedelta(minutes=1)
    mention_id = desk_store.post(config, "r1", "gracias", at, thread_id="p1", p_complaint=0.4)
    desk.open_case(config, mention_id, desk_store.BRAND, actor="Ana", now=NOW + timedelta(hours=1))
    assert (read(config)[0].stage, read(config)[0].asked_at) == ("reopened", at)
