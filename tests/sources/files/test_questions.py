"""Questions and answers in one row: of a forum the answer is the post, of a shop the question; else it is asked."""

from pathlib import Path

import pytest

from tests.sources.files.tables_of_texts import ANSWERS, COMPLAINTS, DAYS, LATER, OTHERS, asked, look

SAME = ["¿Es fiable Norvia?"] * 3
WHO = ["rosa", "leo", "eva"]


def test_on_a_network_of_questions_the_answer_is_the_post(tmp_path: Path) -> None:
    columns = {"Question": OTHERS, "Answer": COMPLAINTS, "Author": WHO, "Answer Date": LATER}
    layout = look(tmp_path, columns, "quora")
    assert (layout.columns.text, layout.columns.posted_at, layout.questions) == ("Answer", "Answer Date", ())


@pytest.mark.parametrize("votes", ["Upvotes", "answer_upvotes"])
def test_one_question_with_several_answers_and_votes_is_a_forums(tmp_path: Path, votes: str) -> None:
    layout = look(tmp_path, {"Question": SAME, "Answer": COMPLAINTS, "Date": DAYS, votes: list("123")})
    assert (layout.columns.text, layout.questions) == ("Answer", ())


def test_what_belongs_to_the_answer_is_the_posts_and_what_to_the_question_is_not(tmp_path: Path) -> None:
    columns = {
        "question_id": ["q1"] * 3, "question": SAME, "question_date": DAYS, "question_author": ["lola"] * 3,
        "answer_id": ["a1", "a2", "a3"], "answer": COMPLAINTS, "answer_author": WHO, "answer_date": LATER,
    }  # fmt: skip
    layout = look(tmp_path, columns)
    assert asked(layout) == {"text": ["answer", "question"]}
    found = look(tmp_path, columns, text="answer").columns
    assert (found.id, found.thread, found.author) == ("answer_id", "question_id", "answer_author")
    assert found.posted_at == "answer_date"
    said = look(tmp_path, columns, text="question").columns
    assert (said.posted_at, said.author) == ("question_date", "question_author")


def test_a_customers_question_keeps_its_place_before_the_shops_answer(tmp_path: Path) -> None:
    columns = {"pregunta": COMPLAINTS, "respuesta": ANSWERS, "fecha pregunta": DAYS, "fecha respuesta": LATER}
    layout = look(tmp_path, columns)
    assert (layout.columns.text, layout.columns.posted_at) == ("pregunta", "fecha pregunta")
    assert layout.questions == ()


def test_the_same_question_with_other_answers_is_asked_about(tmp_path: Path) -> None:
    layout = look(tmp_path, {"id": list("123"), "Pregunta": SAME, "Respuesta": COMPLAINTS, "Fecha": DAYS})
    assert asked(layout) == {"text": ["Respuesta", "Pregunta"]}
