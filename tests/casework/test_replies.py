"""Replies of ours, seen in whatever order: through the real store and the step that opens cases."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor import desk, store
from monitor.casework import replies
from monitor.models.cases import Case, Event
from monitor.pipeline import main_line
from monitor.settings.loading import Settings
from monitor.store.cases import answers, cases, events
from tests import desk_store

NOW = datetime.now(UTC).replace(microsecond=0)
ANSWER = "Gracias por avisarnos. Lo revisamos y te respondemos mañana antes de las 11:00."


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


@pytest.fixture
def config(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return desk_store.configured(tmp_path, monkeypatch)  # type: ignore[arg-type]


def customer(config: Settings, post_id: str, minutes: float, **facts: object) -> int:
    return desk_store.post(config, post_id, "El pedido no llega y nadie contesta", ago(minutes), **facts)


def ours(config: Settings, post_id: str, minutes: float, text: str = ANSWER, **facts: object) -> int:
    values: dict[str, object] = {"author": "Norvia_Ayuda", "thread_id": "p1", "p_complaint": 0.0, "p_negative": 0.0}
    return desk_store.post(config, post_id, text, ago(minutes), **(values | facts))


def read(config: Settings, case_id: int = 1) -> tuple[Case, tuple[Event, ...]]:
    with store.connect(config.store, read_only=True) as connection:
        return cases.get(connection, case_id), events.of_cases(connection, [case_id])[case_id]


def told(config: Settings, case_id: int = 1) -> list[int | None]:
    return [event.mention_id for event in read(config, case_id)[1] if event.kind == "reply"]


def kept(config: Settings, case_id: int = 1) -> list[answers.SentAnswer]:
    with store.connect(config.store, read_only=True) as connection:
        return answers.of_cases(connection, [case_id])


def sent(config: Settings, case_id: int = 1, text: str = ANSWER) -> None:
    version = read(config, case_id)[0].version
    desk.mark_sent(config, case_id, text, "other.first_contact", version=version, actor="Ana", now=ago(2))


def test_a_reply_after_the_case_was_opened_stops_the_clock(config: Settings) -> None:
    customer(config, "p1", 60)
    main_line.open_cases(config)
    reply = ours(config, "r1", 0, in_reply_to="p1")
    main_line.open_cases(config)
    case, history = read(config)
    assert told(config) == [reply]
    assert case.first_answered_at is not None
    assert case.asked_at is None
    assert history[-1].actor == "escucha"


def test_a_reply_is_told_once(config: Settings) -> None:
    customer(config, "p1", 60)
    reply = ours(config, "r1", 50, in_reply_to="p1")
    main_line.open_cases(config)
    with store.connect(config.store) as connection:
        assert replies.record_replies(connection, config, [reply, 1], NOW) == 0
    assert told(config) == [reply]


def test_a_reply_that_was_there_before_its_case_is_told_when_the_case_is_opened(config: Settings) -> None:
    complaint = customer(config, "p1", 60, p_complaint=0.5)
    reply = ours(config, "r1", 50, in_reply_to="p1")
    main_line.open_cases(config)
    triaged = desk.open_case(config, complaint, "Norvia", actor="Ana", now=NOW)
    assert told(config) == [reply]
    assert read(config)[0].first_minutes == 0
    assert triaged.done[0].events[-1].kind == "reply"


def test_what_we_wrote_before_the_complaint_answers_nothing(config: Settings) -> None:
    ours(config, "r0", 90)
    customer(config, "p1", 60)
    main_line.open_cases(config)
    assert told(config) == []
    assert read(config)[0].asked_at is not None


def test_a_customer_who_wrote_again_after_our_reply_still_waits_though_all_came_at_once(config: Settings) -> None:
    customer(config, "p1", 60)
    ours(config, "r1", 50, in_reply_to="p1")
    customer(config, "p2", 40, thread_id="p1", in_reply_to="r1")
    main_line.open_cases(config)
    case, history = read(config)
    assert [event.became for event in history if event.kind == "reply"] == ["overtaken"]
    assert case.first_answered_at is not None
    assert case.asked_at is not None
    assert case.due_clock in ("next_response", "resolution")


def test_a_reply_between_two_posts_that_were_learned_of_together_leaves_the_later_waiting(config: Settings) -> None:
    customer(config, "p1", 60)
    main_line.open_cases(config)
    sent(config)
    customer(config, "p2", 50, thread_id="p1")
    ours(config, "r1", 40, in_reply_to="p2")
    customer(config, "p3", 30, thread_id="p1")
    main_line.open_cases(config)
    case, history = read(config)
    assert [event.became for event in history if event.kind == "reply"] == ["overtaken"]
    assert case.asked_at is not None


def test_a_reply_collected_late_does_not_answer_what_came_after_it(config: Settings) -> None:
    customer(config, "p1", 60)
    main_line.open_cases(config)
    customer(config, "p2", 40, thread_id="p1")
    main_line.open_cases(config)
    ours(config, "r1", 50, in_reply_to="p1")
    main_line.open_cases(config)
    assert read(config)[0].asked_at is not None


def test_a_reply_to_the_last_word_leaves_nobody_waiting_though_all_came_at_once(config: Settings) -> None:
    customer(config, "p1", 60)
    customer(config, "p2", 40, thread_id="p1")
    ours(config, "r1", 30, in_reply_to="p2")
    main_line.open_cases(config)
    assert read(config)[0].asked_at is None


def test_each_of_two_customers_in_a_thread_gets_their_own_reply(config: Settings) -> None:
    customer(config, "p1", 60)
    customer(config, "p2", 55, thread_id="p1", author="luis")
    to_luis = ours(config, "r1", 50, in_reply_to="p2")
    to_ana = ours(config, "r2", 45, "@ana lo miramos contigo ahora")
    main_line.open_cases(config)
    assert (told(config, 1), told(config, 2)) == ([to_ana], [to_luis])


def test_a_reply_to_neither_of_two_customers_is_told_in_no_case(config: Settings) -> None:
    customer(config, "p1", 60)
    customer(config, "p2", 55, thread_id="p1", author="luis")
    desk_store.post(config, "p3", "Yo también", ago(52), thread_id="p1", author="eva", p_complaint=0.0)
    ours(config, "r1", 50, in_reply_to="p3")
    ours(config, "r2", 49, "Hay una avería general, lo sentimos.")
    main_line.open_cases(config)
    assert (told(config, 1), told(config, 2)) == ([], [])


def test_the_marked_text_decides_between_two_customers(config: Settings) -> None:
    customer(config, "p1", 60)
    customer(config, "p2", 55, thread_id="p1", author="luis")
    main_line.open_cases(config)
    sent(config, 2)
    reply = ours(config, "r1", 1, f"{ANSWER} https://norvia.example/ayuda")
    main_line.open_cases(config)
    assert told(config, 2) == [reply]
    assert kept(config, 2)[0].mention_id == reply


def test_the_second_part_of_a_reply_goes_where_the_first_went(config: Settings) -> None:
    customer(config, "p1", 60)
    customer(config, "p2", 55, thread_id="p1", author="luis")
    first = ours(config, "r1", 50, "Primera parte", in_reply_to="p2")
    second = ours(config, "r2", 49, "Segunda parte", in_reply_to="r1")
    main_line.open_cases(config)
    assert told(config, 2) == [first, second]


def test_a_marked_answer_finds_its_post(config: Settings) -> None:
    customer(config, "p1", 60)
    main_line.open_cases(config)
    sent(config)
    reply = ours(config, "r1", 1, f"@ana {ANSWER.upper()}", in_reply_to="p1")
    main_line.open_cases(config)
    assert [one.mention_id for one in kept(config)] == [reply]


def test_an_answer_marked_after_its_post_was_seen_finds_it_too(config: Settings) -> None:
    customer(config, "p1", 60)
    main_line.open_cases(config)
    version = read(config)[0].version
    reply = ours(config, "r1", 1, in_reply_to="p1")
    main_line.open_cases(config)
    desk.mark_sent(config, 1, ANSWER, "", version=version, actor="Ana", now=datetime.now(UTC))
    assert [one.mention_id for one in kept(config)] == [reply]
    assert read(config)[1][-1].kind == "sent"


def test_two_answers_and_two_posts_find_each_other_out_of_order(config: Settings) -> None:
    customer(config, "p1", 60)
    main_line.open_cases(config)
    sent(config, text="La causa fue un error de dirección en la etiqueta del paquete.")
    sent(config)
    second = ours(config, "r2", 1, in_reply_to="p1")
    main_line.open_cases(config)
    first = ours(config, "r1", 2, "La causa fue un error de dirección en la etiqueta del paquete", in_reply_to="p1")
    main_line.open_cases(config)
    assert [one.mention_id for one in kept(config)] == [first, second]


def test_another_brands_account_answers_nothing(config: Settings) -> None:
    customer(config, "p1", 60, brands=("Aguas del Faro",))
    ours(config, "r1", 50, in_reply_to="p1")
    main_line.open_cases(config)
    assert told(config) == []


def test_a_reply_in_the_thread_of_a_case_just_closed_is_told(config: Settings) -> None:
    customer(config, "p1", 60)
    main_line.open_cases(config)
    for stage in ("acknowledged", "assessed", "answered", "closed"):
        version = read(config)[0].version
        agreement = "agreed" if stage == "closed" else None
        desk.move_case(config, 1, stage, version=version, actor="Ana", now=NOW, agreement=agreement)  # type: ignore[arg-type]
    reply = ours(config, "r1", 0, in_reply_to="p1")
    main_line.open_cases(config)
    assert told(config) == [reply]


def test_without_own_accounts_nothing_is_asked(config: Settings) -> None:
    customer(config, "p1", 60)
    main_line.open_cases(config)
    alone = config.model_copy(update={"brands": ()})
    with store.connect(config.store) as connection:
        assert replies.record_replies(connection, alone, [1], NOW) == 0


def test_a_reply_collected_long_after_its_case_was_closed_is_told_if_it_was_written_before(config: Settings) -> None:
    config = config.model_copy(update={"desk": config.desk.model_copy(update={"reopen_days": 7})})
    complaint = desk_store.post(config, "p1", "El pedido no llega", ago(50_000))
    desk_store.open_cases(config, [complaint], ago(49_000))
    for stage in ("acknowledged", "assessed", "answered", "closed"):
        version = read(config)[0].version
        agreement = "agreed" if stage == "closed" else None
        desk.move_case(config, 1, stage, version=version, actor="Ana", now=ago(40_000), agreement=agreement)  # type: ignore[arg-type]
    reply = ours(config, "r1", 48_000, in_reply_to="p1")
    ours(config, "r2", 10, "Un aviso para todos", in_reply_to="p1")
    main_line.open_cases(config)
    assert told(config) == [reply]
    assert read(config)[0].first_answered_at == ago(48_000)
