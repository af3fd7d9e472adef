"""The forms in which exports come: titles above the header, several sheets, archives, HTML that is called Excel."""

import gzip
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from monitor.errors import UnexpectedAnswer, UnfitFile
from monitor.tables import encoding, workbooks
from monitor.tables.columns import ColumnFinder
from monitor.tables.file_format import FAULT, FileFormat, FormOptions, ReadProgress
from monitor.tables.forms import archives, html_tables
from monitor.tables.forms.totals import is_total
from monitor.tables.rows import place, rows
from monitor.tables.table import Table, read_table
from tests.slow.fuzz.files import compound

NAMES = {"id": ("id",), "text": ("text", "texto"), "posted_at": ("date", "fecha"), "author": ("author", "autor")}
FINDER = ColumnFinder(NAMES)
HEADER = ["id", "fecha", "autor", "texto"]
POSTS = [["1", "2026-03-01", "ana", "El paquete llegó roto"], ["2", "2026-03-02", "leo", "Nadie contesta, llevo días"]]
AS_ROWS = [dict(zip(HEADER, post, strict=True)) for post in POSTS]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    yield
    workbooks._spool.cache_clear()
    archives._unpack.cache_clear()


def put(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def table(path: Path, **options: Any) -> Table:
    return read_table(path, FINDER, FormOptions(**options))


def held(path: Path, **options: Any) -> list[dict[str, Any]]:
    return [dict(row.cells) for row in table(path, **options).rows]


def separated(separator: str = ",", rows: Sequence[Sequence[str]] = (HEADER, *POSTS)) -> str:
    quoted = [[f'"{cell}"' if separator in cell else cell for cell in row] for row in rows]
    return "".join(separator.join(row) + "\r\n" for row in quoted)


def book(path: Path, **sheets: Sequence[Sequence[Any]]) -> Path:
    whole = openpyxl.Workbook()
    whole.remove(whole.worksheets[0])
    for name, listed in sheets.items():
        sheet = whole.create_sheet(name)
        for row in listed:
            sheet.append(list(row))
    whole.save(path)
    return path


@pytest.mark.parametrize(
    ("above", "header_row"),
    [
        ("\n", 2),
        ("\r\n  \r\n\r\n", 4),
        (",,,\n", 2),
        ("Report:,Everything\nFrom:,Sun Mar 01 00:00:00 UTC 2026\n\n", 4),
        ("Informe semanal\n", 2),
        ('"Informe, semanal",,,\n,,,\n', 3),
        ("# -----------\n# All the data, of all\n# 20260301-20260307\n# -----------\n\n", 6),
        ("\ufeffsep=,\n", 2),
        ("sep=,\nInforme;marzo\n\n", 4),
    ],
)
@pytest.mark.parametrize("header", [HEADER, ["clave", "momento", "quien", "que"]])
def test_the_header_is_found_below_what_reports_put_above_it(
    tmp_path: Path, above: str, header_row: int, header: list[str]
) -> None:
    read = table(put(tmp_path / "a.csv", above + separated(rows=[header, *POSTS])))
    assert [tuple(row.cells.values()) for row in read.rows] == [tuple(post) for post in POSTS]
    assert read.header == tuple(header)
    assert read.file_format.header_row == header_row
    shown = header_row - ("sep=" in above)
    assert [row.number for row in read.rows] == [shown + 1, shown + 2]


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_titles_with_commas_do_not_make_a_comma_file(tmp_path: Path, separator: str) -> None:
    path = put(tmp_path / "a.csv", "Marca: Norte, Sur, Este y Oeste\nDel 1, al 7\n\n" + separated(separator))
    assert held(path) == AS_ROWS


def test_a_header_that_nobody_knows_is_no_title(tmp_path: Path) -> None:
    header = ["uno", "dos", "tres"]
    lines = [["a", "b", "c"], ["date", "text", "z"], ["d", "e, f, g", "h"]]
    assert table(put(tmp_path / "a.csv", separated(";", [header, *lines]))).header == tuple(header)
    assert table(put(tmp_path / "b.csv", "#,uno,dos\nx,y,z\nu,v,w\n")).header == ("#", "uno", "dos")


OWN_NAMES = ["Momento", "Testigo", "Sus palabras"]
OWN_ROWS = [["01/10/2026", "ana", "El paquete llegó roto"], ["02/10/2026", "leo", "Nadie contesta, llevo días"]]


@pytest.mark.parametrize(
    "titles", [[["Lista de octubre", None, None]], [["Lista"], ["hecha por", "Marta"]], [["Uno"], []]]
)
@pytest.mark.parametrize("is_csv", [False, True])
def test_names_of_ones_own_are_found_below_titles_by_the_shape_of_the_table(
    tmp_path: Path, titles: list[list[str | None]], is_csv: bool
) -> None:
    listed = [*titles, OWN_NAMES, *OWN_ROWS]
    if is_csv:
        filled = [[*(cell or "" for cell in row), "", "", ""][:3] for row in listed]
        path = put(tmp_path / "a.csv", separated(rows=filled))
    else:
        path = book(tmp_path / "a.xlsx", Hoja=listed)
    assert held(path) == [dict(zip(OWN_NAMES, row, strict=True)) for row in OWN_ROWS]


def test_a_first_row_that_names_few_columns_is_no_title_above_rows_without_values(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx", Hoja=[["Sus palabras", None, None], ["roto", "leve", "sí"], ["tarde", "grave", "no"]]
    )
    assert table(path).header[0] == "Sus palabras"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["Total", None, "10"], True), (["TOTAL:", "1.234,50 €"], True), (["Total de quejas", 3, 7.5], True),
        (["", "Suma", 4], True), (["Total", "nunca más vuelvo"], False), (["Total", None, None], False),
        (["12", "Total", "3"], False), (["Totalmente", "3"], False), ([], False),
    ],
)  # fmt: skip
def test_a_row_that_only_adds_up_is_a_total(cells: list[Any], expected: bool) -> None:
    assert is_total({str(number): cell for number, cell in enumerate(cells)}) is expected


def test_a_row_of_groups_is_no_header(tmp_path: Path) -> None:
    groups = ["Text", "", "Author", ""]
    assert held(put(tmp_path / "a.csv", separated(rows=[groups, HEADER, *POSTS]))) == AS_ROWS
    assert held(book(tmp_path / "a.xlsx", hoja=[groups, HEADER, *POSTS])) == AS_ROWS


def test_a_person_names_the_row_that_names_the_columns(tmp_path: Path) -> None:
    rows_above = [["a", "b", "c", "d"], [], ["id", "fecha", "autor", "nada"]]
    path = put(tmp_path / "a.csv", separated(rows=[*rows_above, HEADER, *POSTS]))
    assert held(path, header_row=4) == AS_ROWS
    whole = book(tmp_path / "a.xlsx", hoja=[*rows_above, HEADER, *POSTS])
    assert held(whole, header_row=4) == AS_ROWS
    far = [*([["z", str(number)] for number in range(60)]), HEADER, *POSTS]
    assert held(book(tmp_path / "far.xlsx", hoja=far), header_row=61) == AS_ROWS
    assert held(put(tmp_path / "far.csv", separated(rows=far)), header_row=61) == AS_ROWS
    bare = put(tmp_path / "b.csv", separated(rows=POSTS))
    assert [list(row.values()) for row in held(bare, header_row=0)] == POSTS
    for file, row in ((path, 99), (whole, 99), (path, 2), (whole, 2)):
        told = rf"names no columns in row {row}: --header-row .* 4: id,\s?fecha,\s?autor,\s?texto"
        with pytest.raises(UnfitFile, match=told):
            table(file, header_row=row)


def test_a_person_names_separator_and_encoding(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv", "id~texto\n1~¿Está, aquí; o no?\n", "cp850")
    assert held(path, separator="~", encoding="cp850") == [{"id": "1", "texto": "¿Está, aquí; o no?"}]
    for named in ("tab", "\\t", "\t"):
        assert held(put(tmp_path / "b.csv", "id\ttexto\n1\ta,b\n"), separator=named) == [{"id": "1", "texto": "a,b"}]
    with pytest.raises(UnfitFile, match=r"no column separated by \"\|\": --separator .*comma \(1\), semicolon \(1\)"):
        table(path, separator="|")
    for wrong in ("utf-16", "nothing", "rot13", "zip", "utf-8"):
        with pytest.raises(UnfitFile, match=rf"cannot be read as {wrong}: --encoding .*utf-8, cp1252"):
            table(path, encoding=wrong)


@pytest.mark.parametrize(
    ("name", "content", "options", "told"),
    [
        ("a.csv", separated(), {"sheet": "x"}, "--sheet"),
        ("a.json", '[{"id": 1}]', {"separator": ";"}, "--separator"),
        ("a.json", '[{"id": 1}]', {"header_row": 2}, "--header-row"),
        ("a.xls", "<table><tr><td>id<td>texto<tr><td>1<td>a</table>", {"separator": ","}, "--separator"),
    ],
)
def test_an_option_that_says_nothing_of_a_file_is_refused(
    tmp_path: Path, name: str, content: str, options: dict[str, Any], told: str
) -> None:
    with pytest.raises(UnfitFile, match=f"leave out {told}"):
        table(put(tmp_path / name, content), **options)


def test_all_sheets_with_one_header_are_read_whatever_their_order_of_columns(tmp_path: Path) -> None:
    turned = [["Texto", "Autor", "ID", "Fecha"], *([post[3], post[2], post[0], post[1]] for post in POSTS)]
    path = book(
        tmp_path / "a.xlsx",
        Portada=[["Informe de marzo"], ["Total", 4]],
        Facebook=[["Facebook"], [], HEADER, *POSTS],
        Instagram=turned,
        Notas=[["palabra", "otra"], ["a", "b"]],
    )
    read = table(path)
    assert [dict(row.cells) for row in read.rows] == AS_ROWS * 2
    assert [sheet.name for sheet in read.file_format.sheets] == ["Facebook", "Instagram"]
    assert read.file_format.notes == (
        'sheets not read, for their columns are others: "Portada", "Notas"; --sheet NAME reads one',
    )
    numbered = list(rows(path, read.file_format, 0, ReadProgress()))
    assert [place(path, read.file_format, number, line) for number, line, _ in numbered] == [
        "a.xlsx, sheet Facebook, row 4",
        "a.xlsx, sheet Facebook, row 5",
        "a.xlsx, sheet Instagram, row 2",
        "a.xlsx, sheet Instagram, row 3",
    ]
    for start in range(5):
        left = [number for number, _, _ in rows(path, read.file_format, start, ReadProgress())]
        assert left == [number for number, _, _ in numbered if number >= start]


def test_a_person_names_the_sheet(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", Enero=[HEADER, POSTS[0]], Febrero=[HEADER, POSTS[1]], Otra=[["x"], ["y"]])
    assert held(path, sheet="febrero") == AS_ROWS[1:]
    assert held(path, sheet="Otra") == [{"x": "y"}]
    with pytest.raises(UnfitFile, match=r'no sheet "Marzo": --sheet names one of "Enero", "Febrero", "Otra"'):
        table(path, sheet="Marzo")


def test_a_person_names_several_sheets(tmp_path: Path) -> None:
    turned = [HEADER[::-1], POSTS[1][::-1]]
    path = book(tmp_path / "a.xlsx", Enero=[HEADER, POSTS[0]], Febrero=turned, Otra=[["x"], ["y"]])
    read = table(path, sheet=["FEBRERO", "Enero"])
    assert [dict(row.cells) for row in read.rows] == AS_ROWS
    assert [sheet.name for sheet in read.file_format.sheets] == ["Enero", "Febrero"]
    assert held(path, sheet=[]) == held(path)
    with pytest.raises(UnfitFile, match=r'columns of "Otra" are others than those of "Enero": import each by itself'):
        table(path, sheet=["Enero", "Otra"])
    with pytest.raises(UnfitFile, match=r'no sheet "Marzo": --sheet names one of "Enero", "Febrero", "Otra"'):
        table(path, sheet=["Enero", "Marzo"])


def test_the_sheet_of_posts_is_read_and_not_the_summary_before_it(tmp_path: Path) -> None:
    wide = [*HEADER, "likes", "url"]
    finder = ColumnFinder({**NAMES, "likes": ("likes",), "url": ("url",)})
    path = book(tmp_path / "a.xlsx", Resumen=[["fecha", "likes"], ["2026-03-01", 3]], Datos=[wide, [*POSTS[0], 1, "u"]])
    assert read_table(path, finder).file_format.sheet == "Datos"


def test_hidden_sheets_are_told_and_not_read(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", Visto=[HEADER, POSTS[0]], Oculto=[HEADER, POSTS[1]])
    whole = openpyxl.load_workbook(path)
    whole["Oculto"].sheet_state = "hidden"
    whole.save(path)
    assert held(path) == AS_ROWS[:1]
    assert any("hidden" in note and "Oculto" in note for note in table(path).file_format.notes)
    assert held(path, sheet="Oculto") == AS_ROWS[1:]


@pytest.mark.parametrize("packed", ["gz", "zip"])
def test_the_one_table_in_an_archive_is_read(tmp_path: Path, packed: str) -> None:
    content = separated().encode()
    if packed == "gz":
        path = tmp_path / "a.csv.gz"
        path.write_bytes(gzip.compress(content))
    else:
        path = archive(
            tmp_path / "a.zip", {"x/posts.csv": content, "__MACOSX/x/._posts.csv": b"\0" * 9, "léeme.txt": b"a"}
        )
    assert held(path) == AS_ROWS
    assert table(path).file_format.packed == ("a.csv" if packed == "gz" else "posts.csv")
    assert (packed == "zip") == any("léeme.txt" in note for note in table(path).file_format.notes)


def archive(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, content in files.items():
            whole.writestr(name, content)
    return path


def test_a_workbook_in_an_archive_is_read(tmp_path: Path) -> None:
    inner = book(tmp_path / "a.xlsx", hoja=[HEADER, *POSTS]).read_bytes()
    assert held(archive(tmp_path / "a.zip", {"../../a.xlsx": inner})) == AS_ROWS


def test_an_archive_with_more_than_one_table_names_them(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"enero.csv": b"id\n1", "febrero.csv": b"id\n2"})
    with pytest.raises(UnfitFile, match=r'a\.zip holds more than one file: "enero\.csv", "febrero\.csv"\. Unpack it'):
        table(path)


def test_what_is_packed_twice_damaged_or_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = archive(tmp_path / "inner.zip", {"a.csv": b"id,texto\n1,a"}).read_bytes()
    with pytest.raises(UnfitFile, match=r"packed \(ZIP\)"):
        table(archive(tmp_path / "outer.zip", {"inner.zip": inner}))
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress(separated().encode())[:-12])
    with pytest.raises(UnfitFile, match=r"cut\.csv\.gz is damaged or cut"):
        table(cut)
    monkeypatch.setattr(archives, "MOST_BYTES", 1 << 20)
    bomb = tmp_path / "bomb.gz"
    bomb.write_bytes(gzip.compress(bytes(1 << 22)))
    for path in (bomb, archive(tmp_path / "bomb.zip", {"a.csv": bytes(1 << 22)})):
        with pytest.raises(UnfitFile, match=r"is larger inside than a file may be"):
            table(path)


ODS_PASSWORD = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry'
    ' manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>'
)
XLS_PASSWORD = bytes.fromhex("0908 1000 0006 0500 bb0d cc07 00000000 06000000 2f00 0600 0100 0100 0100 0a00 0000")


def locked(folder: Path) -> Iterator[Path]:
    """Files that open with a password only, of each kind."""
    for name, content in {
        "a.xlsx": compound(b"x", "EncryptedPackage"),
        "a.xls": compound(XLS_PASSWORD),
        "a.parquet": b"PARE" + bytes(99) + b"PARE",
    }.items():
        (folder / name).write_bytes(content)
        yield folder / name
    ods = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"\xff\0"}
    yield archive(folder / "a.ods", {**ods, "META-INF/manifest.xml": ODS_PASSWORD.encode()})
    yield archive(folder / "b.zip", {"a.xlsx": (folder / "a.xlsx").read_bytes()})


def test_a_file_with_a_password_says_so(tmp_path: Path) -> None:
    for path in locked(tmp_path):
        with pytest.raises(UnfitFile, match=r"a\.\w+ is protected with a password"):
            table(path)


def test_a_zip_with_a_password_says_so(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"a.csv": b"id,texto\n1,a"})
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    path.write_bytes(content)
    with pytest.raises(UnfitFile, match="password"):
        table(path)


HTML = "<table><tr><th>id</th><th>fecha</th><th>autor</th><th>texto</th></tr>{}</table>"
HTML_ROWS = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in post) + "</tr>" for post in POSTS)


@pytest.mark.parametrize(
    "content",
    [
        "<html><head><meta charset=utf-8><style>td {width: 1px}</style></head><body>" + HTML.format(HTML_ROWS),
        "<!-- x --><!DOCTYPE html>\n<TABLE><TR><TD>menu</TD><TD>" + HTML.format(HTML_ROWS) + "</TD></TR></TABLE>",
        HTML.format(HTML_ROWS.replace("</td>", "").replace("</tr>", "").replace("roto", "ro<!-- <td> -->to")),
        "<table><tr><td>a</td><td>b</td></tr></table>" + HTML.format(HTML_ROWS),
        "<table><tr><td colspan=4>Informe</td></tr>" + HTML.format(HTML_ROWS).removeprefix("<table>"),
    ],
)
def test_html_that_is_called_excel_is_read_by_its_largest_table(tmp_path: Path, content: str) -> None:
    assert held(put(tmp_path / "a.xls", content)) == AS_ROWS


def test_cells_that_span_rows_and_columns_shift_nothing(tmp_path: Path) -> None:
    body = (
        "<tr><td rowspan=2>1</td><td>2026-03-01</td><td>ana</td><td>a&amp;b<br>c</td></tr>"
        "<tr><td>2026-03-02</td><td colspan=2>leo</td></tr>"
    )
    assert [list(row.values()) for row in held(put(tmp_path / "a.xls", HTML.format(body)))] == [
        ["1", "2026-03-01", "ana", "a&b\nc"],
        ["", "2026-03-02", "leo", ""],
    ]


def test_what_a_cell_of_html_that_spans_rows_says_holds_for_them(tmp_path: Path) -> None:
    body = (
        "<tr><td>1</td><td rowspan=2>2026-03-01</td><td>ana</td><td rowspan=2>El calentador no va desde ayer</td></tr>"
        "<tr><td>2</td><td rowspan=2>Eva Gil</td></tr><tr><td>3</td><td>2026-03-02</td><td>Sigue igual</td></tr>"
    )
    assert [list(row.values()) for row in held(put(tmp_path / "a.xls", HTML.format(body)))] == [
        ["1", "2026-03-01", "ana", "El calentador no va desde ayer"],
        ["2", "2026-03-01", "Eva Gil", ""],
        ["3", "2026-03-02", "Eva Gil", "Sigue igual"],
    ]


def test_what_the_last_cell_of_a_row_of_html_says_holds_below_it_too(tmp_path: Path) -> None:
    rows = "<tr><td>No va</td><td rowspan=2>Eva Gil</td></tr><tr><td>Sigue sin ir</td></tr>"
    content = f"<table><tr><th>texto</th><th>autor</th></tr>{rows}</table>"
    assert [row["autor"] for row in held(put(tmp_path / "a.xls", content))] == ["Eva Gil", "Eva Gil"]


def test_the_xml_of_excel_2003_is_read(tmp_path: Path) -> None:
    def row(cells: Sequence[str]) -> str:
        return "<Row>" + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in cells) + "</Row>"

    sheet = "<Row/>" + row(HEADER) + row(POSTS[0]) + f'<Row><Cell ss:Index="4"><Data>{POSTS[1][3]}</Data></Cell></Row>'
    content = (
        '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook><Styles><Style ss:ID="a"/></Styles>'
        f'<Worksheet ss:Name="A"><Table>{sheet}</Table></Worksheet></Workbook>'
    )
    assert [list(cells.values()) for cells in held(put(tmp_path / "a.xls", content))] == [
        POSTS[0],
        ["", "", "", POSTS[1][3]],
    ]


def test_text_that_is_called_excel_is_read(tmp_path: Path) -> None:
    assert held(put(tmp_path / "a.xls", separated(";"), "cp1252")) == AS_ROWS


@pytest.mark.parametrize("suffix", [".xlsx", ".ods", ".parquet"])
def test_text_under_a_name_that_nobody_reads_as_text_is_called_so(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(UnfitFile, match=rf"is text inside, though its name says {suffix}: rename it"):
        table(put(tmp_path / f"a{suffix}", separated()))


def test_html_larger_than_is_held_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path / "a.html", HTML.format(HTML_ROWS))
    monkeypatch.setattr(html_tables, "MOST_CELLS", 5)
    with pytest.raises(UnfitFile, match="5 cells of HTML"):
        table(path)


@pytest.mark.parametrize("content", ["<table>", "<html><table></table>"])
def test_html_without_rows_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(UnexpectedAnswer, match=r"a\.xls"):
        table(put(tmp_path / "a.xls", content))


@pytest.mark.parametrize(
    "content", ["<!--", "<td rowspan=9999>", "<table>", "<tr>", "<td", "<style>", "<a <", "<td colspan=2000>"]
)
def test_html_that_means_ill_ends(tmp_path: Path, content: str) -> None:
    path = put(tmp_path / "a.xls", "<table><tr><td>a<td>b<tr>" + content * 20_000)
    with suppress(UnfitFile):
        table(path)


@pytest.mark.parametrize("block", [1, 2, 7, 1 << 15])
def test_rows_are_the_same_wherever_a_block_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(encoding, "_BLOCK", block)
    path = put(tmp_path / "a.csv", 'id,text\r\n1,"a\r\nb"\r\n"2,c\r\n3,d\r4,"e\n\rf"\n5,ñ')
    found = list(rows(path, FileFormat("separated", ("id", "text"), encoding="utf-8"), 0, ReadProgress()))
    assert [(number, line) for number, line, _ in found] == [(0, 2), (1, 4), (2, 5), (3, 6), (4, 9)]
    assert [row.get("text") for _, _, row in found] == ["a\r\nb", None, "d", "e\n\rf", "ñ"]
    assert FAULT in found[1][2]


def test_a_cell_that_is_merged_downwards_stands_for_the_rows_below_it(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    written = [["fecha", "autor", "texto"], ["2026-03-01", "ana", POSTS[0][3]], ["", "", POSTS[1][3]], ["", "leo", "x"]]
    for number, cells in enumerate(written, 3):
        for column, cell in enumerate(cells, 2):
            book.active.cell(number, column, cell or None)
    book.active.merge_cells("B4:B6")
    book.active.merge_cells("C4:C5")
    book.save(tmp_path / "f.xlsx")
    table = read_table(tmp_path / "f.xlsx", FINDER)
    assert [(row.number, row.cells["fecha"], row.cells["autor"]) for row in table.rows] == [
        (4, "2026-03-01", "ana"), (5, "2026-03-01", "ana"), (6, "2026-03-01", "leo"),
    ]  # fmt: skip


def test_the_words_of_a_post_are_not_repeated_where_its_cell_is_merged(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for cells in (["texto", "autor", "foto"], [POSTS[1][3], "leo", "a.jpg"], [None, None, "b.jpg"]):
        book.active.append(cells)
    book.active.merge_cells("A2:A3")
    book.save(tmp_path / "f.xlsx")
    table = read_table(tmp_path / "f.xlsx", FINDER)
    assert [row.cells["texto"] for row in table.rows] == [POSTS[1][3], ""]
