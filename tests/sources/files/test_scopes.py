"""Ids that count anew in each sheet or chat: what rows answer is in the same one, what cannot be resolved is told."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from monitor.models.posts import OWN_REPLY
from monitor.sources.files.source import Layout, inspect
from tests.sources.files.read_mentions import mentions

HEADER = ["ID", "Responde a", "Fecha", "Usuario", "Texto"]


def look(path: Path) -> Layout:
    return inspect(path, network="forum", time_zone=ZoneInfo("Europe/Madrid"))


def links(layout: Layout) -> list[tuple[str, str | None]]:
    return [(mention.post_id, mention.in_reply_to) for mention in mentions(layout)]


def row(own_id: int, answered: int | None, day: int, words: str) -> list[Any]:
    return [own_id, answered, f"2026-03-{day:02} 10:0{own_id % 10}", f"ana{day}", f"{words} {own_id}"]


def workbook(path: Path, *, header: list[str] | None = None, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.replace("_", " "))
        for cells in [header or HEADER, *rows]:
            sheet.append(cells)
    book.save(path)
    return path


def test_what_a_row_answers_is_in_its_sheet(tmp_path: Path) -> None:
    january = [row(1, None, 1, "La caldera no enciende"), row(2, 1, 2, "La mía tampoco"), row(3, 2, 3, "Ya va")]
    layout = look(
        workbook(tmp_path / "a.xlsx", enero=january, febrero=[row(1, None, 4, "No llega"), row(2, 1, 5, "Ni a mí")])
    )
    right = [("enero:1", None), ("enero:2", "enero:1"), ("enero:3", "enero:2")]
    assert links(layout) == [*right, ("febrero:1", None), ("febrero:2", "febrero:1")]
    assert "ID counts anew in each part of the file: it is an id only together with it" in layout.notes


def test_a_short_sheet_beside_a_long_one_takes_no_answers_from_it(tmp_path: Path) -> None:
    """Its few ids are others' there too, though most ids of the file are one post's."""
    long = [row(one, None if one < 20 else one - 18, 1 + one % 9, "La caldera no enciende") for one in range(1, 25)]
    layout = look(
        workbook(tmp_path / "a.xlsx", enero=long, febrero=[row(1, None, 14, "No llega"), row(2, 1, 15, "Ni a mí")])
    )
    assert dict(links(layout))["enero:20"] == "enero:2"
    assert dict(links(layout))["febrero:2"] == "febrero:1"


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    def sheet(day: int) -> list[list[Any]]:
        return [row(one, None if one < 6 else one - 5, day + one, f"La caldera {day}") for one in range(1, 11)]

    second = sheet(12)
    second[-1][1] = 99
    layout = look(workbook(tmp_path / "a.xlsx", A=sheet(0), B=second))
    assert "1 of the ids looked at in Responde a name no row of the same part of the file" in layout.notes


def test_answers_to_another_sheet_join_nothing_and_are_told(tmp_path: Path) -> None:
    posts = [row(one, None, one, "Oferta") for one in (1, 2, 3)]
    comments = [row(one, 1 + one % 3, 10 + one, "La caldera no enciende") for one in (1, 2, 3, 4)]
    layout = look(workbook(tmp_path / "a.xlsx", Publicaciones=posts, Comentarios=comments))
    assert {reply for _, reply in links(layout)} == {None}
    assert any(note.startswith("Responde a refers to ID") for note in layout.notes)


@pytest.mark.parametrize("column", ["chat", "archivo", "topic_id", "ID de la conversación"])
@pytest.mark.parametrize("newest_first", [False, True])
def test_what_a_row_answers_is_below_the_same_holder(tmp_path: Path, column: str, newest_first: bool) -> None:
    lines = [f"{holder};{one};{one - 1 or ''};2026-03-0{day} 10:0{one};ana{day}{one};La caldera {day} {one} no va"
             for day, holder in enumerate(("ab", "cd", "ef"), 1) for one in (1, 2)]  # fmt: skip
    path = tmp_path / "a.csv"
    ordered = lines[::-1] if newest_first else lines
    path.write_text("\n".join([f"{column};id;respuesta a;fecha;autor;texto", *ordered]), encoding="utf-8")
    right = [link for holder in ("ab", "cd", "ef") for link in ((f"{holder}:1", None), (f"{holder}:2", f"{holder}:1"))]
    assert links(look(path)) == (right[::-1] if newest_first else right)


def test_the_same_columns_named_once_more_begin_what_counts_anew(tmp_path: Path) -> None:
    header = "id,fecha,usuario,texto,responde a"
    first = ["1,2026-03-01 10:00,ana,La caldera no enciende,", "2,2026-03-01 11:00,eva,La mía tampoco,1"]
    second = ["1,2026-03-02 10:00,leo,No llega el pedido,", "2,2026-03-02 11:00,pau,Ni el mío,1"]
    path = tmp_path / "a.csv"
    path.write_text("\n".join([header, *first, header, *second]), encoding="utf-8")
    assert links(look(path)) == [("1:1", None), ("1:2", "1:1"), ("2:1", None), ("2:2", "2:1")]


def test_ids_that_are_one_posts_in_all_sheets_stay(tmp_path: Path) -> None:
    january = [row(1001, None, 1, "La caldera no enciende"), row(1002, 1001, 2, "La mía tampoco")]
    layout = look(workbook(tmp_path / "a.xlsx", enero=january, febrero=[row(1003, 1001, 3, "Ya va")]))
    assert links(layout) == [("1001", None), ("1002", "1001"), ("1003", "1001")]


@pytest.mark.parametrize("column", ["Responde a", "Queja", "Nº de reclamación", "complaint_id"])
def test_what_the_brand_sent_answers_the_posts_that_a_column_names(tmp_path: Path, column: str) -> None:
    posts = [row(one, None, one, "La caldera no enciende") for one in (1, 2, 3, 4)]
    sent = [row(one, 5 - one, 10 + one, "Le llamamos hoy") for one in (1, 2, 3)]
    header = ["ID", column, *HEADER[2:]]
    found = mentions(look(workbook(tmp_path / "a.xlsx", header=header, Quejas=posts, Respuestas_enviadas=sent)))
    assert [mention.post_id for mention in found[:4]] == ["1", "2", "3", "4"]
    assert [(one.author, one.in_reply_to, one.thread_id) for one in found[4:]] == [
        (OWN_REPLY, answered, answered) for answered in ("4", "3", "2")
    ]
    assert len({mention.post_id for mention in found}) == 7


def test_what_the_brand_sent_may_have_the_ids_of_what_it_answers(tmp_path: Path) -> None:
    posts = [row(1000 + 3 * one, None, one, "La caldera no enciende") for one in (1, 2, 3, 4)]
    sent = [row(1000 + 3 * one, None, 10 + one, "Le llamamos hoy") for one in (1, 2, 4)]
    found = mentions(look(workbook(tmp_path / "a.xlsx", Quejas=posts, Respuestas_enviadas=sent)))
    assert [(one.author, one.in_reply_to) for one in found[4:]] == [
        (OWN_REPLY, one) for one in ("1003", "1006", "1012")
    ]


def test_numbers_of_rows_say_nothing_of_what_is_answered_and_that_is_told(tmp_path: Path) -> None:
    posts = [row(one, None, one, "La caldera no enciende") for one in (1, 2, 3, 4)]
    sent = [row(one, None, 10 + one, "Le llamamos hoy") for one in (1, 2, 3)]
    layout = look(workbook(tmp_path / "a.xlsx", Quejas=posts, Respuestas_enviadas=sent))
    assert links(layout)[4:] == [(f"Respuestas enviadas:{one}", None) for one in (1, 2, 3)]
    assert "no column says which posts your own messages answer: each is kept by itself" in layout.notes


def test_what_the_brand_sent_beside_posts_of_json_answers_them(tmp_path: Path) -> None:
    def one(number: int, **more: Any) -> dict[str, Any]:
        at = f"2026-03-0{number}T10:00:00Z"
        return {"id": number, "user": f"ana{number}", "date": at, "text": f"La caldera {number} no va", **more}

    sent = [{**one(number, complaint_id=4 - number), "text": f"Le llamamos {number}"} for number in (1, 2, 3)]
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"complaints": [one(1), one(2), one(3)], "replies_sent": sent}), encoding="utf-8")
    assert links(look(path))[:3] == [("1", None), ("2", None), ("3", None)]
    assert [reply for _, reply in links(look(path))[3:]] == ["3", "2", "1"]
