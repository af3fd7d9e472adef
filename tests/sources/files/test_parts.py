"""Sheets and lists whose title says who wrote them: what the brand sent is its own, what it may have sent is asked."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from monitor.models.posts import OWN_REPLY
from monitor.runs import now
from monitor.sources.files.source import Layout, inspect, read, row_id
from monitor.tables.forms import sides
from tests.sources.files.read_mentions import mentions

HEADER = ["Fecha", "Usuario", "Texto"]
POSTS = [
    ["2026-03-01 10:00", "ana", "La caldera no enciende"],
    ["2026-03-02 10:00", "leo", "Nadie contesta al teléfono"],
]
ANSWERS = [["2026-03-01 12:00", "sonia", "Le llamamos hoy"], ["2026-03-02 12:00", "sonia", "Ya le hemos escrito"]]
OURS = [row[2] for row in ANSWERS]


def look(path: Path, columns: dict[str, str] | None = None) -> Layout:
    return inspect(path, network="forum", time_zone=ZoneInfo("Europe/Madrid"), columns=columns or {})


def own(layout: Layout) -> list[str]:
    return [mention.text for mention in mentions(layout) if mention.author == OWN_REPLY]


def workbook(path: Path, headed: bool = False, **sheets: list[list[str]]) -> Path:
    """Sheets of rows with our header, or `headed` themselves."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.replace("_", " "))
        for row in rows if headed else [HEADER, *rows]:
            sheet.append(row)
    book.save(path)
    return path


def written(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def complaint(number: int, **more: Any) -> dict[str, Any]:
    at = f"2026-03-0{number}T10:00:00Z"
    return {"id": f"p{number}", "user": f"ana{number}", "date": at, "text": f"La caldera {number} no enciende", **more}


def answer(number: int, user: str | None = "sonia") -> dict[str, Any]:
    signed = {"user": user} if user else {}
    return {"date": f"2026-03-0{number}T12:00:00Z", "text": f"Le llamamos hoy por la {number}", **signed}


@pytest.mark.parametrize(
    ("title", "side"),
    [
        *[(one, "own") for one in ("Respuestas enviadas", "Our replies", "Sent", "Enviados", "respuestas_empresa")],
        *[
            (one, "own")
            for one in ("replies_sent", "outbound", "Respuestas a clientes", "Nuestras respuestas", "sentMessages")
        ],
        *[(one, "own") for one in ("Mensajes salientes marzo", "Replies to complaints", "Respuestas del equipo 2026")],
        *[(one, "asked") for one in ("Respuestas", "replies", "Answers", "Enviadas a legal")],
        *[
            (one, "")
            for one in ("Quejas", "Respuestas de clientes", "Respuestas recibidas", "Quejas enviadas", "Inbox")
        ],
        *[
            (one, "")
            for one in ("Respuestas de formulario 1", "Survey responses", "Mensajes a la empresa", "Enero", "")
        ],
    ],
)
def test_a_title_says_who_wrote_what_is_below(title: str, side: str) -> None:
    assert sides.side_of(title) == side


@pytest.mark.parametrize("title", ["Respuestas_enviadas", "Our_replies", "Sent"])
def test_a_sheet_of_what_was_sent_is_our_own(tmp_path: Path, title: str) -> None:
    layout = look(workbook(tmp_path / "desk.xlsx", Quejas=POSTS, **{title: ANSWERS}))
    assert (layout.questions, own(layout), len(mentions(layout))) == ((), OURS, 4)
    told = f"your own messages, no posts of customers: rows with part of the file = {title.replace('_', ' ')}"
    assert told in layout.notes


def test_a_sheet_that_may_be_ours_is_asked_about(tmp_path: Path) -> None:
    path = workbook(tmp_path / "desk.xlsx", Quejas=POSTS, Respuestas=ANSWERS)
    [question] = look(path).questions
    assert [candidate for candidate, _ in question.candidates] == ["part of the file=Respuestas", "none"]
    assert question.candidates[0][1] == tuple(OURS)
    assert own(look(path, {"own": "part of the file=Respuestas"})) == OURS
    assert (look(path, {"own": "none"}).questions, own(look(path, {"own": "none"}))) == ((), [])


@pytest.mark.parametrize("titles", [("Respuestas_de_formulario_1", "Respuestas_de_formulario_2"), ("Enero", "Febrero")])
def test_other_sheets_are_read_as_before(tmp_path: Path, titles: tuple[str, str]) -> None:
    layout = look(workbook(tmp_path / "desk.xlsx", **dict(zip(titles, (POSTS, ANSWERS), strict=True))))
    assert (layout.questions, own(layout)) == ((), [])
    pages = read(layout.path, layout, received_at=now())
    assert not any("part of the file" in post.raw for page in pages for post in page.posts)


def test_the_only_sheet_is_ours_if_it_is_called_so_and_asked_about_if_only_sent(tmp_path: Path) -> None:
    assert own(look(workbook(tmp_path / "a.xlsx", Respuestas_enviadas=ANSWERS))) == OURS
    assert [question.role for question in look(workbook(tmp_path / "b.xlsx", Enviados=ANSWERS)).questions] == ["own"]
    assert look(workbook(tmp_path / "c.xlsx", Respuestas=POSTS)).questions == ()


def test_the_name_of_a_sheet_is_no_part_of_the_ids_of_its_rows(tmp_path: Path) -> None:
    first = look(workbook(tmp_path / "a.xlsx", Quejas=POSTS, Enviados=ANSWERS))
    second = look(workbook(tmp_path / "b.xlsx", Marzo=POSTS, Sent=ANSWERS))
    assert [one.post_id for one in mentions(first)] == [one.post_id for one in mentions(second)]
    assert mentions(first)[0].post_id == row_id(dict(zip(HEADER, POSTS[0], strict=True)), first)


@pytest.mark.parametrize("key", ["replies_sent", "respuestas_enviadas", "outbound", "sent", "ourReplies", "salientes"])
def test_a_list_in_a_post_that_says_so_is_ours(tmp_path: Path, key: str) -> None:
    layout = look(written(tmp_path / "a.json", [complaint(one, **{key: [answer(one)]}) for one in (1, 2)]))
    assert (layout.questions, len(own(layout))) == ((), 2)
    assert [mention.in_reply_to for mention in mentions(layout)] == [None, "p1", None, "p2"]


@pytest.mark.parametrize("user", ["sonia", None])
@pytest.mark.parametrize("key", ["respuestas", "replies"])
def test_answers_of_the_same_few_or_of_nobody_are_asked_about(tmp_path: Path, key: str, user: str | None) -> None:
    path = written(tmp_path / "a.json", [complaint(one, **{key: [answer(one, user)]}) for one in (1, 2, 3)])
    [question] = look(path).questions
    assert [candidate for candidate, _ in question.candidates] == [f"part of the file={key}", "none"]
    assert len(own(look(path, {"own": f"part of the file={key}"}))) == 3
    assert own(look(path, {"own": "none"})) == []


def test_answers_of_many_are_everybodys(tmp_path: Path) -> None:
    posts = [complaint(one, replies=[answer(one, f"vecino{one}")]) for one in (1, 2, 3)]
    layout = look(written(tmp_path / "a.json", posts))
    assert (layout.questions, own(layout)) == ((), [])
    assert not any("part of the file" in name for name in layout.form.header)


@pytest.mark.parametrize("key", ["enviados", "sent", "replies_sent"])
@pytest.mark.parametrize("posts", ["recibidos", "messages", "complaints"])
def test_a_list_beside_the_posts_is_ours_where_it_says_so(tmp_path: Path, posts: str, key: str) -> None:
    layout = look(written(tmp_path / "a.json", {posts: [complaint(1), complaint(2)], key: [answer(1), answer(2)]}))
    assert (layout.questions, len(own(layout)), len(mentions(layout))) == ((), 2, 4)


def test_a_list_of_answers_beside_the_posts_is_asked_about(tmp_path: Path) -> None:
    path = written(tmp_path / "a.json", {"quejas": [complaint(1), complaint(2)], "respuestas": [answer(1), answer(2)]})
    assert [question.role for question in look(path).questions] == ["own"]
    assert len(own(look(path, {"own": "part of the file=respuestas"}))) == 2
    assert look(written(tmp_path / "b.json", {"responses": [complaint(1), complaint(2)]})).questions == ()


CASES = [["ID", *HEADER], ["1007", *POSTS[0]], ["1014", *POSTS[1]]]


@pytest.mark.parametrize(
    ("title", "header"),
    [
        ("Respuestas enviadas", ["ID queja", "Fecha de respuesta", "Agente", "Respuesta"]),
        ("Our replies", ["complaint_id", "sent_at", "agent", "reply_text"]),
        ("Enviados", ["ID queja", "Fecha", "Respondido por", "Mensaje"]),
    ],
)
@pytest.mark.parametrize("form", ["sheet", "block.xlsx", "block.csv"])
def test_what_was_sent_may_have_columns_of_its_own(tmp_path: Path, title: str, header: list[str], form: str) -> None:
    sent = [header, ["1014", "2026-03-03 12:00", "sonia", OURS[0]], ["1007", "2026-03-04 12:00", "sonia", OURS[1]]]
    path = tmp_path / f"desk.{form.rpartition('.')[2]}"
    if form == "block.csv":
        path.write_text("\n".join(map(";".join, [*CASES, [title, "", "", ""], *sent])), encoding="utf-8")
    elif form == "block.xlsx":
        workbook(path, headed=True, Datos=[*CASES, [], [title], *sent])
    else:
        path = workbook(tmp_path / "desk.xlsx", headed=True, Quejas=CASES, **{title: sent})
    layout = look(path)
    assert (layout.questions, own(layout)) == ((), OURS)
    assert [mention.post_id for mention in mentions(layout)[:2]] == ["1007", "1014"]
    assert [mention.in_reply_to for mention in mentions(layout)] == [None, None, "1014", "1007"]
    assert mentions(layout)[2].author_name == "sonia"


def test_a_narrower_table_of_what_was_sent_is_read_and_told_to_answer_nothing(tmp_path: Path) -> None:
    path = tmp_path / "desk.csv"
    lines = [*CASES, [], ["Our replies"], ["Date", "Reply"], ["2026-03-03 12:00", OURS[0]]]
    path.write_text("\n".join(map(";".join, lines)), encoding="utf-8")
    layout = look(path)
    assert own(layout) == OURS[:1]
    assert "no column says which posts your own messages answer: each is kept by itself" in layout.notes


def test_a_sheet_with_other_columns_that_may_be_ours_is_told_and_not_read(tmp_path: Path) -> None:
    sent = [["ID queja", "Fecha de respuesta", "Agente", "Respuesta"], ["1007", *ANSWERS[0]]]
    layout = look(workbook(tmp_path / "desk.xlsx", headed=True, Quejas=CASES, Respuestas=sent))
    assert len(mentions(layout)) == 2
    assert any('their columns are others: "Respuestas"' in note for note in layout.form.notes)
