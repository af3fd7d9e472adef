from datetime import UTC, datetime, timedelta

import pytest

from monitor.cases import reply_matching as matching
from monitor.cases.reply_matching import CandidateCase, OwnReply, UnmatchedAnswer

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OWN = {"norvia_ayuda"}
TEXT = "Gracias por avisarnos. Lo revisamos y te respondemos mañana antes de las 11:00."
ANA = CandidateCase(1, "ana", NOW - timedelta(hours=2), True)
LUIS = CandidateCase(2, "Luis", NOW - timedelta(hours=1), True)


def post(text: str = "Lo miramos", **facts: object) -> OwnReply:
    return OwnReply(**({"mention_id": 9, "text": text, "posted_at": NOW} | facts))  # type: ignore[arg-type]


def sent(answer_id: int, text: str, case_id: int = 1, hours: float = 0) -> UnmatchedAnswer:
    return UnmatchedAnswer(answer_id, case_id, text, NOW - timedelta(hours=hours))


@pytest.mark.parametrize(
    "seen",
    [
        f"@ana {TEXT}",
        TEXT.upper(),
        f"{TEXT} https://norvia.example/ayuda?x=1",
        "Gracias por avisarnos... lo revisamos  y te respondemos manana antes de las 11:00 ^Ana",
        "Gracias por avisarnos. Lo revisamos y te respondemos (1/2)",
    ],
)
def test_the_same_answer_is_recognised_as_it_comes_back(seen: str) -> None:
    assert matching.similarity(seen, TEXT) >= 0.85


@pytest.mark.parametrize(
    "other", ["", "@ana https://norvia.example", "Gracias", "Hemos devuelto el importe a tu cuenta."]
)
def test_another_text_is_not(other: str) -> None:
    assert matching.similarity(other, TEXT) < 0.5


@pytest.mark.parametrize(
    ("seen", "case_id"),
    [
        (post(answers="LUIS"), 2),
        (post("@ana lo miramos"), 1),
        (post("Hola, @Luis, lo miramos"), 2),
        (post("@ana @luis lo miramos"), None),
        (post(TEXT), 1),
        (post(), None),
        (post(follows=2), 2),
        (post(answers="eva"), None),
        (post(answers="luis", text=TEXT), 2),
        (post(answers="ana", posted_at=NOW - timedelta(hours=3)), None),
        (post(answers="norvia_ayuda", text="@luis sigue"), 2),
    ],
)
def test_whose_case_a_post_is_in_a_thread_with_two(seen: OwnReply, case_id: int | None) -> None:
    assert matching.match_case(seen, [ANA, LUIS], [sent(1, TEXT)], OWN) == case_id


@pytest.mark.parametrize(
    ("text", "case_id"),
    [("Lo miramos", 1), ("@eva lo miramos", None), ("@norvia_ayuda lo mira", 1), ("Hemos avisado a @correos", 1)],
)
def test_a_single_open_case_gets_what_is_addressed_to_nobody_else(text: str, case_id: int | None) -> None:
    assert matching.match_case(post(text), [ANA], [], OWN) == case_id


def test_of_two_cases_of_one_customer_the_open_one_is_answered() -> None:
    closed = CandidateCase(3, "ana", NOW - timedelta(minutes=5), False)
    assert matching.match_case(post(answers="ana"), [ANA, closed], [], OWN) == 1


def test_the_only_answer_near_in_time_is_taken_whatever_it_says_and_a_far_one_is_not() -> None:
    near, far = sent(1, "Algo muy distinto", hours=20), sent(1, "Algo muy distinto", hours=30)
    assert matching.match_answer(post(), [near]) == near
    assert matching.match_answer(post(), [far]) is None
    assert matching.match_answer(post(), [near, sent(2, "Otra cosa")]) is None


def test_a_reply_that_stood_there_before_is_no_answer_of_other_words() -> None:
    answer = sent(1, "Algo muy distinto")
    just_before, before = post(posted_at=NOW - timedelta(minutes=5)), post(posted_at=NOW - timedelta(minutes=40))
    assert matching.match_post(answer, [just_before]) == just_before
    assert matching.match_post(answer, [before]) is None
    assert matching.match_post(sent(1, "Lo miramos"), [before]) == before


def test_among_equal_texts_the_nearest_in_time_is_taken() -> None:
    early, late = sent(1, TEXT, hours=5), sent(2, TEXT, hours=1)
    assert matching.match_answer(post(TEXT), [early, late]) == late
