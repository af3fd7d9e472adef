"""A bot's replies are kept and are no answers; what people write, by hand or from a template, always is."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.casework import recompute
from monitor.models.cases import Case, Event
from monitor.pipeline import main_line
from monitor.settings.loading import Brand, Settings
from monitor.store.cases import cases, events
from monitor.text.series import series_of
from tests import desk_store

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
BOT = "¡Hola! Hemos recibido tu mensaje y en breve te atenderemos."
PROBLEMS = (
    "no llega",
    "llegó roto",
    "sin factura",
    "mal cobrado",
    "cerrado hoy",
    "sin técnico",
    "con retraso",
    "perdido",
)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return desk_store.configured(tmp_path, monkeypatch)


def wave(config: Settings, count: int, *, seconds: float = 180, text: str = BOT, begin: int = 0) -> None:
    """So many customers complain, each gets this reply so much later; in one pass."""
    for number in range(begin, begin + count):
        at = NOW + timedelta(minutes=number, seconds=7)
        problem = f"El pedido {PROBLEMS[number]}"
        desk_store.post(config, f"p{number}", problem, at, author=f"c{number}")
        ours(config, number, text, at + timedelta(seconds=seconds))
    main_line.open_cases(config)


def ours(config: Settings, number: int, text: str, at: datetime) -> int:
    """A reply of ours to that customer."""
    return desk_store.post(
        config, f"r{number}-{at.timestamp()}", f"@c{number} {text}", at, author="Norvia_Ayuda", thread_id=f"p{number}",
        in_reply_to=f"p{number}", p_complaint=0.0, p_negative=0.0,
    )  # fmt: skip


def read(config: Settings) -> tuple[list[Case], Mapping[int, tuple[Event, ...]]]:
    with store.connect(config.store, read_only=True) as connection:
        ids = [row[0] for row in connection.execute("SELECT case_id FROM cases ORDER BY case_id").fetchall()]
        return cases.get_many(connection, ids), events.of_cases(connection, ids)


def unanswered(config: Settings) -> int:
    return sum(case.first_answered_at is None and case.asked_at is not None for case in read(config)[0])


def with_brand(config: Settings, **facts: object) -> Settings:
    brand = Brand.model_validate(config.brands[0].model_dump() | facts)
    return config.model_copy(update={"brands": (brand,)})


def test_one_reply_under_many_cases_is_no_answer_and_is_kept_as_automatic(config: Settings) -> None:
    wave(config, 6)
    histories = read(config)[1]

    assert unanswered(config) == 6
    assert [event.became for history in histories.values() for event in history if event.kind == "reply"] == [
        "automatic"
    ] * 6
    assert {case.stage for case in read(config)[0]} == {"received"}


def test_the_first_of_a_series_turn_out_to_be_automatic_when_it_is_one(config: Settings) -> None:
    wave(config, 4)
    assert unanswered(config) == 0
    wave(config, 1, begin=4)

    assert unanswered(config) == 5


def test_names_handles_and_numbers_do_not_make_a_series_another() -> None:
    texts = (
        "@ana Hola Ana, hemos recibido tu mensaje. Tu número es 4711.",
        "@luis_9 Hola Luis Miguel, hemos recibido tu mensaje. Tu número es ESC-000123-4.",
        "Hola pepe, hemos recibido tu mensaje. Tu número es 12",
    )
    assert len({series_of(text) for text in texts}) == 1
    assert series_of("Hola Ana, hemos enviado tu paquete. Tu número es 4711.") not in {
        series_of(text) for text in texts
    }
    assert series_of("@ana ") == ""


@pytest.mark.parametrize(
    "texts",
    [
        (
            "Ana, hemos recibido tu mensaje.",
            "@luis Luis Miguel: hemos recibido tu mensaje",
            "¡eva! Hemos recibido tu mensaje",
        ),
        ("Hola, Ana, hemos recibido tu mensaje", "¡Hola, Luis! Hemos recibido tu mensaje"),
        ("@ana Mensaje recibido", "@luis mensaje recibido."),
        ("@ana 👍", "👍"),
    ],
)
def test_a_name_first_and_few_words_or_a_sign_are_a_series_too(texts: tuple[str, ...]) -> None:
    assert len({series_of(text) for text in texts} - {""}) == 1


NAMES = ("ana", "Luis", "EVA", "pedro", "Marta", "óscar")
DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "domingo")
TURNS = ("uno", "dos", "tres", "doce", "veintiuno", "treinta y dos")
CODES = ("abdcfa", "hgacbd", "cabfge", "ddahgc", "aabbcd", "gfcahb")


@pytest.mark.parametrize(
    "template",
    [
        "hola {name} hemos recibido tu mensaje",
        "Hemos recibido tu mensaje. un saludo, {name}",
        "Estimado Sr. {name}: hemos recibido tu mensaje",
        "Estimada Sra. Zabaleta-{code}: hemos recibido tu mensaje",
        "Hemos recibido tu mensaje. Hoy es {day}",
        "Recibido el {day} tres de noviembre. Un agente te contestará en breve",
        "Hemos recibido tu mensaje. Turno {turn}",
        "Hemos recibido tu mensaje. Ref {code}",
        "Tu consulta tiene el código {code}-{code}. Te contestaremos pronto.",
        "Has escrito: 'mi horno {code} no va'. Hemos recibido tu mensaje",
        "Nos dices «{code} no va». Lo miramos.",
        "HOLA {upper}, HEMOS RECIBIDO TU MENSAJE",
        "Hola {name}, te avisaremos cuando esté resuelto",
        "Hola {name}, ¿ya está resuelto? Escríbenos por privado",
        "Hi {name}, we have received your message and will reply shortly",
    ],
)
def test_what_a_template_says_to_each_does_not_make_a_series_another(template: str) -> None:
    texts = [
        template.format(name=name, upper=name.upper(), day=day, turn=turn, code=code)
        for name, day, turn, code in zip(NAMES, DAYS, TURNS, CODES, strict=True)
    ]
    assert len({series_of(text) for text in texts} - {""}) == 1
    assert all(series_of(text) for text in texts)


@pytest.mark.parametrize(
    "template",
    [
        "Ya está resuelto, {name}, te lo abonamos en cuenta el {number} de noviembre por {number}8 euros",
        "{name}, ya está solucionado, perdona las molestias",
        "{name}, te hemos devuelto 1{number},50 € a tu tarjeta. Un saludo, Marta",
        "Hola {name}, te abonaremos {number} euros. Cualquier duda escríbenos por privado",
        "Hola {name}, tu pedido sale el {day}",
        "Hi {name}, we have refunded £{number}.00 to your card",
        "Hi {name}, your line is now fixed, sorry about that",
    ],
)
def test_what_tells_something_of_the_one_case_is_no_series(config: Settings, template: str) -> None:
    for number, (name, day) in enumerate(zip(NAMES, DAYS, strict=True)):
        wave(config, 1, begin=number, text=template.format(name=name, day=day, number=number + 1))
    assert unanswered(config) == 0


def test_short_replies_that_differ_are_no_series() -> None:
    texts = (
        "Sale el lunes",
        "Llega mañana",
        "4711",
        "4712",
        "👍",
        "https://norvia.example/a",
        "https://norvia.example/b",
    )
    assert len({series_of(text) for text in texts}) == len(texts)


@pytest.mark.parametrize("text", ["Mensaje recibido", "¡Recibido, gracias!", "👍"])
def test_a_short_reply_under_many_cases_is_no_answer(config: Settings, text: str) -> None:
    wave(config, 6, text=text)
    assert unanswered(config) == 6


def test_a_reply_that_begins_with_the_name_of_each_customer_is_no_answer(config: Settings) -> None:
    for number, name in enumerate(("Ana", "Luis", "Eva", "Pedro", "Marta", "Óscar")):
        wave(config, 1, begin=number, text=f"{name}, hemos recibido tu mensaje y te atenderemos.")
    assert unanswered(config) == 6


def test_a_reply_within_seconds_is_no_answer_even_alone(config: Settings) -> None:
    wave(config, 1, seconds=5)
    assert unanswered(config) == 1


def test_a_person_who_answers_after_the_bot_stops_the_clock(config: Settings) -> None:
    wave(config, 1, seconds=5)
    answered_at = NOW + timedelta(minutes=30)
    ours(config, 0, "Hemos localizado el pedido: te llega mañana por la mañana.", answered_at)
    main_line.open_cases(config)

    assert unanswered(config) == 0
    assert read(config)[0][0].first_minutes is not None


def test_times_that_are_known_to_the_minute_tell_of_no_bot(config: Settings) -> None:
    at = NOW.replace(second=0)
    desk_store.post(config, "p0", "El pedido no llega", at, author="c0")
    ours(config, 0, BOT, at)
    main_line.open_cases(config)

    assert unanswered(config) == 0


def test_one_template_that_people_mark_as_sent_is_an_answer_under_any_number_of_cases(config: Settings) -> None:
    for number in range(7):
        at = NOW + timedelta(minutes=number, seconds=7)
        desk_store.post(config, f"p{number}", f"El pedido {PROBLEMS[number]}", at, author=f"c{number}")
    main_line.open_cases(config)
    for case in read(config)[0]:
        desk.mark_sent(config, case.case_id, BOT, "", version=case.version, actor="Ana", now=NOW + timedelta(hours=1))
    for number in range(7):
        ours(config, number, BOT, NOW + timedelta(hours=1, seconds=number))
    main_line.open_cases(config)

    assert unanswered(config) == 0
    assert not [event for history in read(config)[1].values() for event in history if event.became == "automatic"]


def test_marking_an_answer_as_sent_does_not_take_the_bots_post_for_it(config: Settings) -> None:
    wave(config, 1, seconds=5)
    case = read(config)[0][0]
    sent_at = NOW + timedelta(hours=2)
    desk.mark_sent(config, 1, "Tu pedido sale hoy mismo.", "", version=case.version, actor="Ana", now=sent_at)

    assert read(config)[0][0].first_answered_at == max(sent_at, case.opened_at)


def test_a_person_says_that_a_series_is_an_answer_and_takes_it_back(config: Settings) -> None:
    wave(config, 6)
    case, history = read(config)[0][2], read(config)[1][3]
    reply = next(event for event in history if event.kind == "reply")
    now = datetime.now(UTC)
    done = desk.is_answer(config, 3, reply.mention_id or 0, version=case.version, actor="Ana", now=now)
    assert (len(done), unanswered(config)) == (6, 0)

    wave(config, 1, begin=6)
    assert unanswered(config) == 0

    ids = {change.case.case_id: [event.event_id for event in change.events] for change in done}
    desk.undo(config, ids, actor="Ana", now=now)
    assert unanswered(config) == 6


@pytest.mark.parametrize(
    "facts", [{"automatic_accounts": ["norvia_ayuda"]}, {"automatic_replies": ["Recibido tu mensaje"]}]
)
def test_what_the_settings_call_automatic_is_no_answer_from_the_first_on(
    config: Settings, facts: dict[str, object]
) -> None:
    wave(config, 1)
    assert unanswered(config) == 0
    changed = with_brand(config, **facts)
    with store.connect(config.store, read_only=True) as connection:
        assert recompute.is_due(connection, changed)
    recompute.refresh(changed)

    assert unanswered(config) == 1


def test_it_can_be_switched_off(config: Settings) -> None:
    off = {"desk": config.desk.model_copy(update={"automatic_after": 0, "automatic_seconds": 0})}
    wave(config.model_copy(update=off), 6, seconds=5)

    assert unanswered(config) == 0
