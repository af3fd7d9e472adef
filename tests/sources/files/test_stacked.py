"""Tables below each other in one sheet: the first is read, and no row of another under its columns."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from monitor.errors import RejectedPost
from monitor.models.posts import OWN_REPLY
from monitor.sources.files import source
from monitor.tables.file_format import FormOptions
from monitor.tables.layout import Layout

NOW = datetime(2026, 8, 1, tzinfo=UTC)
POSTS = [
    ["Fecha", "Usuario", "Comentario"],
    ["2026-03-01 10:00", "ana", "El paquete llegó roto y nadie contesta"],
    ["2026-03-02 10:00", "leo", "Llevo una semana sin servicio"],
]
ANSWERS = [
    ["Fecha", "Agente", "Respuesta"],
    ["2026-03-03 10:00", "Pía Soto", "Hola Ana, lo revisamos hoy"],
    ["2026-03-04 10:00", "Pía Soto", "Hola Leo, lo revisamos mañana"],
]
READ = [("ana", POSTS[1][2]), ("leo", POSTS[2][2])]


def layout_of(path: Path, options: FormOptions | None = None) -> Layout:
    return source.inspect(path, network="forum", time_zone=ZoneInfo("UTC"), options=options or FormOptions())


def read(layout: Layout) -> list[tuple[str | None, str]]:
    found: list[tuple[str | None, str]] = []
    for page in source.read(layout.path, layout, received_at=NOW):
        for post in page.posts:
            try:
                mention = source.to_mention(post, layout)
            except RejectedPost as error:
                found.append((None, str(error)))
            else:
                found.append((mention.author or mention.author_name, mention.text))
    return found


def sheet(path: Path, rows: list[list[str]]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("between", [[], [[]], [[], ["RESPUESTAS"]], [["Respuestas"], []]])
def test_another_table_below_is_told_and_not_read_under_these_columns(tmp_path: Path, between: list[list[str]]) -> None:
    path = sheet(tmp_path / "f.xlsx", [*POSTS, *between, *ANSWERS])
    layout = layout_of(path)
    assert read(layout) == READ
    row = len(POSTS) + len(between) + 1
    told = f"another table, with other columns, begins in row {row}: it is not read; --header-row {row} reads it"
    assert told in layout.describe()
    title = next((cell for cells in between for cell in cells), None)
    assert (f"a row above it says {title!r}: it is told here alone" in layout.describe()) == (title is not None)


@pytest.mark.parametrize("header", [["Fecha", "Agente", "Respuesta"], ["Fecha", "Respuesta"], ["Comentario", "Fecha"]])
def test_of_a_file_of_lines_too(tmp_path: Path, header: list[str]) -> None:
    path = tmp_path / "f.csv"
    answers = [header, *([row[0], *row[1 : len(header)]] for row in ANSWERS[1:])]
    path.write_text("\n".join(";".join(row) for row in [*POSTS, [], *answers]), encoding="utf-8")
    layout = layout_of(path)
    assert read(layout) == READ
    assert any("begins in row 5: it is not read; --header-row 5 reads it" in line for line in layout.describe())


def test_the_second_is_read_where_its_header_is_named(tmp_path: Path) -> None:
    second = [["Fecha", "Autor", "Mensaje"], ["2026-03-05 10:00", "eva", "La app no abre desde ayer"]]
    path = sheet(tmp_path / "f.xlsx", [*POSTS, [], *second])
    assert read(layout_of(path)) == READ
    assert read(layout_of(path, FormOptions(header_row=5))) == [("eva", "La app no abre desde ayer")]


def test_the_same_header_once_more_is_no_post(tmp_path: Path) -> None:
    layout = layout_of(sheet(tmp_path / "f.xlsx", [*POSTS[:2], POSTS[0], POSTS[2]]))
    assert read(layout) == READ
    assert not any("another table" in line for line in layout.describe())


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_same_header_under_a_title_of_answers_begins_what_the_brand_wrote(tmp_path: Path, form: str) -> None:
    answers = [POSTS[0], ["2026-03-05 10:00", "sonia", "Le llamamos hoy mismo"]]
    more = [["Más quejas"], POSTS[0], ["2026-03-06 10:00", "eva", "La app no abre desde ayer"]]
    rows = [*POSTS, [], ["Respuestas enviadas por la mesa"], *answers, *more]
    path = tmp_path / f"f.{form}"
    if form == "xlsx":
        sheet(path, rows)
    else:
        path.write_text("\n".join(";".join([*row, "", "", ""][:3]) for row in rows if row), encoding="utf-8")
    layout = layout_of(path)
    read_rows = [*READ, (OWN_REPLY, "Le llamamos hoy mismo"), ("eva", "La app no abre desde ayer")]
    assert (layout.questions, read(layout)) == ((), read_rows)
    told = "your own messages, no posts of customers: rows with part of the file = Respuestas enviadas por la mesa"
    assert told in layout.describe()


def test_answers_of_customers_are_customers(tmp_path: Path) -> None:
    answers = [POSTS[0], ["2026-03-05 10:00", "sonia", "Le llamamos hoy mismo"]]
    layout = layout_of(sheet(tmp_path / "g.xlsx", [*POSTS, ["Respuestas de clientes"], *answers]))
    assert (layout.questions, read(layout)) == ((), [*READ, ("sonia", "Le llamamos hoy mismo")])


def test_words_of_posts_and_of_people_end_no_table(tmp_path: Path) -> None:
    rows = [*POSTS, ["2026-03-05 10:00", "Usuario", "Mensaje"], ["", "Cliente", "Comentario"], POSTS[1]]
    assert POSTS[1][2] in [text for _, text in read(layout_of(sheet(tmp_path / "f.xlsx", rows)))][3:]
