"""What is guessed about a file: form, encoding, separator, columns, times; and the errors for what holds no posts."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from monitor.errors import UnexpectedAnswer
from monitor.sources.files.source import Layout, inspect

MADRID = ZoneInfo("Europe/Madrid")
ROWS = [
    ["id", "usuario", "fecha", "texto"],
    ["1", "ana", "2026-01-02 10:00:00", "La maleta perdió una rueda, ¿quién responde?"],
    ["2", "luis", "2026-01-02 11:00:00", "Mañana vuelvo; espero una señal de atención"],
]


def look(path: Path, columns: Mapping[str, str] | None = None, network: str = "forum") -> Layout:
    return inspect(path, network=network, time_zone=MADRID, columns=columns or {})


def put(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def joined(separator: str = ",", rows: Sequence[Sequence[str]] = ROWS) -> str:
    quoted = [[f'"{cell}"' if separator in cell else cell for cell in row] for row in rows]
    return "\r\n".join(separator.join(row) for row in quoted) + "\r\n"


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp1252", "cp1252"),
        ("mac_roman", "mac_roman"),
        ("cp850", "cp850"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, told: str) -> None:
    layout = look(put(tmp_path / "a.csv", joined(), encoding))
    assert layout.form.encoding == told
    assert layout.form.header == ("id", "usuario", "fecha", "texto")


def test_other_encodings_are_left_to_a_library(tmp_path: Path) -> None:
    text = "id;text;date\n" + "".join(
        f"{n};Это очень плохая компания, багаж потерян;2026-01-0{n}\n" for n in range(1, 9)
    )
    layout = look(put(tmp_path / "a.csv", text, "cp1251"))
    assert "Это".encode("cp1251").decode(layout.form.encoding) == "Это"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(tmp_path: Path, separator: str) -> None:
    layout = look(put(tmp_path / "a.txt", joined(separator)))
    assert layout.form.separator == separator
    assert layout.columns.text == "texto"


def test_commas_in_texts_do_not_make_a_semicolon_file_a_comma_file(tmp_path: Path) -> None:
    rows = "".join(f"{n};2026-01-01;uno, dos, tres, cuatro\n" for n in range(20))
    assert look(put(tmp_path / "a.csv", "id;fecha;texto\n" + rows)).form.separator == ";"


def test_a_separator_that_a_spreadsheet_declares_is_believed(tmp_path: Path) -> None:
    layout = look(put(tmp_path / "a.csv", "sep=;\r\n" + joined(";")))
    assert (layout.form.separator, layout.form.header[0]) == (";", "id")


def test_tab_files_are_read_without_quoting_unless_they_prove_it(tmp_path: Path) -> None:
    open_quote = 'id\tdate\ttext\n1\t2026-01-01\t"no cierra\n2\t2026-01-01\tdijo "hola" y se fue\n'
    assert look(put(tmp_path / "a.tsv", open_quote)).form.quoting == "none"
    proof = 'id\tdate\ttext\n1\t2026-01-01\t"dijo ""hola""\ny se fue"\n2\t2026-01-01\tb\n'
    assert look(put(tmp_path / "b.tsv", proof)).form.quoting == "doubled"


def test_quotes_escaped_by_backslashes(tmp_path: Path) -> None:
    text = "id,date,text\n" + "".join(f'{n},2026-01-01,"dijo \\"hola\\", y se fue"\n' for n in range(5))
    assert look(put(tmp_path / "a.csv", text)).form.quoting == "escaped"


@pytest.mark.parametrize(
    ("header", "roles"),
    [
        ("tweet_id,name,text,tweet_created,retweet_count", "id,author,text,posted_at,reposts"),
        ("ID,Usuario,Contenido,Fecha de publicación,Me gusta", "id,author,text,posted_at,likes"),
        ("id_str,user.screen_name,full_text,created_at,favorite_count", "id,author,text,posted_at,likes"),
        ("Identificador,Autor,Mensaje,Fecha y hora,Respuestas", "id,author,text,posted_at,replies"),
        ("postId,username,Body,publishedAt,public_metrics.like_count", "id,author,text,posted_at,likes"),
    ],
)
def test_columns_by_their_names(tmp_path: Path, header: str, roles: str) -> None:
    layout = look(put(tmp_path / "a.csv", f"{header}\n7,ana,Hola a todos,2026-01-01,3\n"))
    assert [getattr(layout.columns, role) for role in roles.split(",")] == header.split(",")


def test_a_name_with_spaces_is_no_handle(tmp_path: Path) -> None:
    layout = look(put(tmp_path / "a.csv", "id,name,usuario,text,date\n1,Ana Gil,anag,Hola,2026-01-01\n"))
    assert (layout.columns.author, layout.columns.author_name) == ("usuario", "name")
    layout = look(put(tmp_path / "b.csv", "id,name,text,date\n1,Ana Gil,Hola,2026-01-01\n"))
    assert (layout.columns.author, layout.columns.author_name) == (None, "name")


def test_columns_by_what_they_hold(tmp_path: Path) -> None:
    text = "id,a,b,c\n1,2026-01-01,x,esta es la opinión de alguien\n2,2026-01-02,y,y esta la de otra persona\n"
    layout = look(put(tmp_path / "a.csv", text))
    assert (layout.columns.posted_at, layout.columns.text) == ("a", "c")


def test_a_file_without_header_has_numbered_columns(tmp_path: Path) -> None:
    layout = look(
        put(tmp_path / "a.csv", "17,2026-01-01 10:00,esta es la opinión de alguien\n18,2026-01-01 11:00,otra cosa\n")
    )
    assert layout.form.header == ("column 1", "column 2", "column 3")
    assert (layout.columns.posted_at, layout.columns.text) == ("column 2", "column 3")


def test_header_names_are_made_unique_and_never_empty(tmp_path: Path) -> None:
    layout = look(put(tmp_path / "a.csv", "id,text,text,,date\n1,a b,c d,e,2026-01-01\n"))
    assert layout.form.header == ("id", "text", "text (2)", "column 4", "date")


def test_columns_named_by_hand_win(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv", "id,text,otra,date\n1,a,b,2026-01-01\n")
    assert look(path, {"text": "otra"}).columns.text == "otra"


@pytest.mark.parametrize(("named", "says"), [({"text": "nada"}, "--column text=NAME"), ({"texto": "b"}, "posted_at")])
def test_a_column_that_does_not_exist_is_refused_with_the_list(
    tmp_path: Path, named: dict[str, str], says: str
) -> None:
    path = put(tmp_path / "a.csv", "id,text,b,date\n1,a,b,2026-01-01\n")
    with pytest.raises(UnexpectedAnswer, match=says):
        look(path, named)


def test_no_column_of_texts_or_times_names_the_option_and_the_columns(tmp_path: Path) -> None:
    with pytest.raises(
        UnexpectedAnswer,
        match=r"no column of a\.csv holds the text.*escucha import FILE --column text=NAME .*id, fecha",
    ):
        look(put(tmp_path / "a.csv", "id,fecha\n1,2026-01-01\n"))
    with pytest.raises(
        UnexpectedAnswer, match=r"b\.csv holds the time.*escucha import FILE --column posted_at=NAME .*id, text"
    ):
        look(put(tmp_path / "b.csv", "id,text\n1,hola\n"))
    with pytest.raises(UnexpectedAnswer, match=r"cuando of c\.csv holds no times.*--column posted_at=NAME"):
        look(put(tmp_path / "c.csv", "id,text,cuando\n1,hola,ayer\n"), {"posted_at": "cuando"})


def test_ids_of_x_tell_the_time_when_no_column_does(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv", "id,text\n1500000000000000000,hola\n")
    assert look(path, network="x").times_from_ids
    with pytest.raises(UnexpectedAnswer):
        look(path, network="mastodon")


def test_ids_of_x_correct_the_time_zone_that_was_named(tmp_path: Path) -> None:
    made = [f"{1500000000000000001 + (n * 3_600_000 << 22)},2022-03-05 {n + 9:02}:47:23,hola" for n in range(6)]
    path = put(tmp_path / "a.csv", "\n".join(["id,date,text", *made]) + "\n")
    advice = [line for line in look(path, network="x").describe() if "by X's ids" in line]
    assert ["--time-zone Etc/GMT-3" in line for line in advice] == [True]
    right = inspect(path, network="x", time_zone=ZoneInfo("Etc/GMT-3"))
    assert not [line for line in right.describe() if "by X's ids" in line]


@pytest.mark.parametrize(
    ("dates", "day_first", "told"),
    [
        (["03/04/2026", "25/04/2026"], True, "day first"),
        (["03/04/2026", "04/25/2026"], False, "month first"),
        (["03/04/2026", "05/06/2026"], True, "fit both orders"),
    ],
)
def test_day_or_month_first(tmp_path: Path, dates: list[str], day_first: bool, told: str) -> None:
    rows = "".join(f"{n},{date},hola\n" for n, date in enumerate(dates))
    layout = look(put(tmp_path / "a.csv", "id,fecha,texto\n" + rows))
    assert layout.day_first is day_first
    assert any(told in line for line in layout.describe())


def test_a_late_date_settles_the_order_of_an_ambiguous_beginning(tmp_path: Path) -> None:
    rows = "".join(f"{n},03/04/2026,hola\n" for n in range(11_000)) + "x,04/25/2026,hola\n"
    assert look(put(tmp_path / "a.csv", "id,fecha,texto\n" + rows)).day_first is False


@pytest.mark.parametrize("ids", [["1.41234567890123E+18"] * 3, [f"14123456789012{n}00000" for n in range(5)]])
def test_ids_rounded_by_a_spreadsheet_are_noticed(tmp_path: Path, ids: list[str]) -> None:
    rows = "".join(f"{one},2026-01-01,hola {n}\n" for n, one in enumerate(ids))
    assert any("rounded" in line for line in look(put(tmp_path / "a.csv", "id,date,text\n" + rows)).describe())


def test_what_was_guessed_is_told(tmp_path: Path) -> None:
    told = "\n".join(look(put(tmp_path / "a.csv", joined(";", [[*row, "z"] for row in ROWS]), "cp1252")).describe())
    for part in ("semicolon", "cp1252", "text = texto", "author = usuario", "not interpreted: z", "Europe/Madrid"):
        assert part in told


def test_parquet_json_and_spreadsheets_are_told_by_their_content(tmp_path: Path) -> None:
    record = {"id": "1", "text": "hola", "date": "2026-01-01"}
    parquet.write_table(pa.Table.from_pylist([record]), tmp_path / "a.dat")
    put(tmp_path / "b.dat", json.dumps(record) + "\n")
    put(tmp_path / "c.dat", json.dumps([record]))
    book = openpyxl.Workbook()
    book.create_sheet("Datos").append(list(record))
    book["Datos"].append(list(record.values()))
    book.save(tmp_path / "d.dat")
    kinds = [look(path).form.kind for path in sorted(tmp_path.glob("*.dat"))]
    assert kinds == ["parquet", "jsonl", "json", "spreadsheet"]
    assert look(tmp_path / "d.dat").form.sheet == "Datos"


def broken(folder: Path) -> dict[str, Path]:
    parquet.write_table(pa.table({"id": ["1"], "text": ["a"], "date": ["2026-01-01"]}), folder / "whole.parquet")
    cut = (folder / "whole.parquet").read_bytes()[:-10]
    contents = {
        "cut.parquet": cut,
        "text.parquet": b"id,text,date\n1,a,2026-01-01\n",
        "text.xlsx": b"id,text,date\n1,a,2026-01-01\n",
        "zip.xlsx": b"PK\x03\x04" + bytes(200),
        "empty.csv": b"",
        "blank.csv": b"\n \n",
        "header.csv": b"id,text,date\n",
        "image.csv": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
        "packed.csv.gz": b"\x1f\x8b\x08" + bytes(50),
        "broken.jsonl": b'{"id": 1,\n{"id": 2,\n',
        "array.json": b"[]",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in [*contents, "missing.csv", "."]}


BROKEN = ["cut.parquet", "text.parquet", "text.xlsx", "zip.xlsx", "empty.csv", "blank.csv", "header.csv", "image.csv"]
BROKEN += ["packed.csv.gz", "broken.jsonl", "array.json", "missing.csv", "."]


@pytest.mark.parametrize("name", BROKEN)
def test_what_holds_no_posts_is_refused_with_a_fix(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnexpectedAnswer, match=r"export|save it|unpack|check the path|name one file") as caught:
        look(broken(tmp_path)[name])
    assert (tmp_path / name).name in str(caught.value)
