"""Reading files page by page: nothing lost, nothing shifted, resumable, and one bad row stays one bad row."""

import csv
import io
import json
import os
import subprocess
import tracemalloc
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from monitor.errors import RejectedPost, UnexpectedAnswer
from monitor.models.posts import Mention, Page, Post
from monitor.sources.files import source
from monitor.sources.files.source import DroppedFile, Layout, inspect, list_drop_folder, read, to_mention

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HEADER = "id,author,date,text\n"


def look(path: Path) -> Layout:
    return inspect(path, network="forum", time_zone=ZoneInfo("Europe/Madrid"))


def pages(path: Path, **options: object) -> list[Page]:
    return list(read(path, look(path), received_at=NOW, **options))  # type: ignore[arg-type]


def posts(path: Path, **options: object) -> list[Post]:
    return [post for page in pages(path, **options) for post in page.posts]


def sorted_out(path: Path) -> tuple[list[Mention], list[tuple[str, str]]]:
    layout, kept, rejected = look(path), [], []
    for post in posts(path):
        try:
            kept.append(to_mention(post, layout))
        except RejectedPost as error:
            rejected.append((post.place, str(error)))
    return kept, rejected


def put(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_a_post_is_its_row_with_the_place_a_person_finds_it_at(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv", HEADER + '1,ana,2026-01-01,"una\ndos"\n\n2,luis,2026-01-01,tres\n')
    first, second = posts(path)
    assert first == Post(
        "forum", {"id": "1", "author": "ana", "date": "2026-01-01", "text": "una\ndos"}, NOW, first.place
    )
    assert first.place == "a.csv, row 2"
    assert second.place == "a.csv, row 4 (line 5)"


def test_rows_that_do_not_fit_the_header_are_rejected_and_never_shifted(tmp_path: Path) -> None:
    rows = "1,ana,2026-01-01,hola\n2,ana,2026-01-01,hola, adiós\n3,ana,2026-01-01\n4,ana,2026-01-01,hola,,\n"
    kept, rejected = sorted_out(put(tmp_path / "a.csv", HEADER + rows))
    assert [one.post_id for one in kept] == ["1", "4"]
    assert rejected == [
        ("a.csv, row 3", "5 fields where the file has 4 columns"),
        ("a.csv, row 4", "3 fields where the file has 4 columns"),
    ]


@pytest.mark.parametrize("bad", ['2,"ana,2026-01-01,no cierra', '2,"ana" x,"2026-01-01,"no cierra'])
def test_a_quote_that_is_never_closed_costs_its_own_row_only(tmp_path: Path, bad: str) -> None:
    good = "".join(f'{n},ana,2026-01-01,"dice ""hola"", y\nse va"\n' for n in range(10, 4000))
    kept, rejected = sorted_out(put(tmp_path / "a.csv", f"{HEADER}{good}{bad}\n{good}"))
    assert len(kept) == 2 * 3990
    assert [place.split(" (")[0] for place, _ in rejected] == ["a.csv, row 3992"]


@pytest.mark.parametrize("cut", ["no me dev", "no me\ndev", "no me\n", "uno,\ndos, tres\ncua"])
def test_a_row_in_whose_midst_the_file_ends_is_no_post(tmp_path: Path, cut: str) -> None:
    """A file caught while it was written gave a post whose text ended there, for ever: a known post stays as it is."""
    row = f'2,ana,2026-01-01,"{cut}'
    path = put(tmp_path / "a.csv", f'{HEADER}1,ana,2026-01-01,"hola, tú"\n{row.rstrip()}')
    kept, rejected = sorted_out(path)
    assert [one.post_id for one in kept] == ["1"]
    assert rejected == [
        ("a.csv, row 3", "the file ends in the middle of this row: it was cut off, or is still being written")
    ]
    put(path, f'{HEADER}1,ana,2026-01-01,"hola, tú"\n{row}uelven nada"\n')
    kept, rejected = sorted_out(path)
    assert ([one.post_id for one in kept], rejected) == (["1", "2"], [])


def test_an_open_quote_among_unquoted_rows_or_at_the_end(tmp_path: Path) -> None:
    good = "".join(f"{n},ana,2026-01-01,hola y adiós a todos los que vuelan\n" for n in range(5000))
    kept, rejected = sorted_out(
        put(tmp_path / "a.csv", f'{HEADER}{good}x,"ana,2026-01-01,a\n{good}y,"ana,2026-01-01,a')
    )
    assert (len(kept), len(rejected)) == (10_000, 2)


def test_tab_files_without_quoting_keep_their_quotes(tmp_path: Path) -> None:
    rows = 'id\tdate\ttext\n1\t2026-01-01\t"no cierra\n2\t2026-01-01\tdijo "hola"\n'
    assert [one.text for one in sorted_out(put(tmp_path / "a.tsv", rows))[0]] == ['"no cierra', 'dijo "hola"']


def test_a_stray_byte_is_read_as_windows_1252(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    body = "".join(f"{n},ana,2026-01-01,señal ñandú\n" for n in range(500)).encode()
    path.write_bytes(HEADER.encode() + body + "x,ana,2026-01-01,mañana\n".encode("cp1252"))
    assert sorted_out(path)[0][-1].text == "mañana"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_line_ends_and_encodings(tmp_path: Path, newline: str, encoding: str) -> None:
    text = newline.join(
        [HEADER.strip(), "1,ana,2026-01-01,¿Mañana?", "2,ana,2026-01-01,Sí, ".replace("Sí, ", "Sí"), ""]
    )
    assert [one.text for one in sorted_out(put(tmp_path / "a.csv", text, encoding))[0]] == ["¿Mañana?", "Sí"]


def rows_of(count: int) -> list[dict[str, str]]:
    return [{"id": str(n), "author": "ana", "date": "2026-01-01", "text": f"texto {n}\n«fin» 😡"} for n in range(count)]


def write(path: Path, records: list[dict[str, str]]) -> Path:
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(records[0]))
            writer.writeheader()
            writer.writerows(records)
    elif path.suffix == ".parquet":
        parquet.write_table(pa.Table.from_pylist(records), path, row_group_size=7)
    elif path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for row in [list(records[0]), *(list(record.values()) for record in records)]:
            sheet.append(row)
        book.save(path)
    else:
        lines = [json.dumps(record) for record in records]
        path.write_text("\n".join(lines) if path.suffix == ".jsonl" else f"[{', '.join(lines)}]")
    return path


FORMATS = ["csv", "jsonl", "json", "parquet", "xlsx"]


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_gives_the_same_rows(tmp_path: Path, suffix: str) -> None:
    records = rows_of(23)
    assert [post.raw for post in posts(write(tmp_path / f"a.{suffix}", records))] == records


@pytest.mark.parametrize("suffix", FORMATS)
def test_reading_goes_on_behind_any_watermark(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path / f"a.{suffix}", rows_of(23))
    whole = posts(path)
    found = pages(path, page_size=5)
    assert [len(page.posts) for page in found] == [5, 5, 5, 5, 3]
    for index, page in enumerate(found):
        rest = posts(path, start_row=int(page.watermark or 0))
        assert rest == whole[(index + 1) * 5 :]


@pytest.mark.parametrize("suffix", FORMATS)
def test_bytes_are_reported_up_to_the_size(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path / f"a.{suffix}", rows_of(100))
    told: list[int] = []
    pages(path, page_size=10, on_bytes=told.append)
    assert told == sorted(told)
    assert told[-1] == path.stat().st_size


def test_typed_values_become_what_json_has(tmp_path: Path) -> None:
    when = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    table = {"id": [1], "text": ["a"], "date": [when], "n": [Decimal("1.5")], "b": [b"x"], "l": [[1.0, float("nan")]]}
    parquet.write_table(pa.table(table), tmp_path / "a.parquet")
    (post,) = posts(tmp_path / "a.parquet")
    assert post.raw == {"id": 1, "text": "a", "date": when.isoformat(), "n": "1.5", "b": "x", "l": [1.0, None]}
    assert json.dumps(post.raw)


def test_dates_and_numbers_of_a_spreadsheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["id", "fecha", "texto"],
        [17, datetime(2026, 1, 2, 10, 30), "hola"],  # noqa: DTZ001 -- spreadsheets know no zones
        [None, None, None],
        [1.31690183405809e18, datetime(2026, 1, 3), "adiós"],  # noqa: DTZ001
    ):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    kept, rejected = sorted_out(tmp_path / "a.xlsx")
    assert not rejected
    assert [one.posted_at.isoformat() for one in kept] == ["2026-01-02T09:30:00+00:00", "2026-01-02T23:00:00+00:00"]
    assert kept[0].post_id == "17"
    assert kept[1].post_id.startswith("h")
    assert [post.place for post in posts(tmp_path / "a.xlsx")] == ["a.xlsx, row 2", "a.xlsx, row 4"]


def test_a_bad_line_of_json_stays_one(tmp_path: Path) -> None:
    good = '{"id": 1, "date": "2026-01-01", "text": "a\\ud83d"}'
    path = put(tmp_path / "a.jsonl", f'{good}\n{{"id": 2, "te\n\n[1]\n{good}\n')
    kept, rejected = sorted_out(path)
    assert [one.text for one in kept] == ["a\ufffd", "a\ufffd"]
    assert [(place, reason.split(":")[0]) for place, reason in rejected] == [
        ("a.jsonl, line 2", "not JSON"),
        ("a.jsonl, line 4", "not a JSON object"),
    ]


def test_columns_inside_json_objects(tmp_path: Path) -> None:
    record = {"id": 5, "user": {"screen_name": "ana"}, "full_text": "hola", "created_at": "2026-01-01", "": 1}
    (one,), _ = sorted_out(put(tmp_path / "a.jsonl", json.dumps(record)))
    assert (one.author, one.text, one.raw["column"]) == ("ana", "hola", 1)


def test_a_cut_array_gives_what_it_holds_and_says_where_it_broke(tmp_path: Path) -> None:
    text = json.dumps(rows_of(3))
    kept, rejected = sorted_out(put(tmp_path / "a.json", text[:-20]))
    assert len(kept) == 2
    assert "broken here" in rejected[0][1]


def test_an_array_larger_than_one_piece(tmp_path: Path) -> None:
    records = [{"id": str(n), "date": "2026-01-01", "text": "x" * 700} for n in range(3000)]
    assert [post.raw for post in posts(put(tmp_path / "a.json", json.dumps(records, indent=1)))] == records


def test_a_parquet_file_that_breaks_while_it_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", rows_of(5000))
    layout = look(path)
    content = bytearray(path.read_bytes())
    content[len(content) // 3 : len(content) // 3 + 4000] = bytes(4000)
    path.write_bytes(bytes(content))
    with pytest.raises(UnexpectedAnswer, match="damaged"):
        list(read(path, layout, received_at=NOW))


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    line = "{},ana,2026-01-01,un texto de tamaño normal que se repite y se repite\n"
    path = put(tmp_path / "a.csv", HEADER + "".join(line.format(n) for n in range(60_000)))
    layout = look(path)
    tracemalloc.start()
    for page in read(path, layout, received_at=NOW, page_size=500):
        assert page
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30)


def as_csv(rows: Iterable[Iterable[str]], separator: str) -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(rows)
    return file.getvalue()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=6), st.sampled_from([",", ";", "\t"]))
def test_whatever_csv_was_written_is_read_back(tmp_path: Path, texts: list[str], separator: str) -> None:
    rows = [["id", "date", "text"], *([str(n), "2026-01-01", text] for n, text in enumerate(texts))]
    path = put(tmp_path / "a.csv", as_csv(rows, separator))
    assert [post.raw["text"] for post in posts(path)] == texts


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.one_of(st.binary(max_size=300), st.text("\"',;\t\n\r\0\\éa1-", max_size=80).map(str.encode)))
def test_any_file_is_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,date,text\n1,2026-01-01,hola\n" + content)
    try:
        sorted_out(path)
    except UnexpectedAnswer:
        return


def test_the_drop_folder(tmp_path: Path) -> None:
    for name in (
        "x/b.csv",
        "x/a.csv",
        "reddit/deep/c.jsonl",
        "loose.csv",
        "x/d.csv.part",
        "x/~$e.xlsx",
        "x/.f",
        ".g/h.csv",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    found = readable(tmp_path)
    assert [(one.network, one.path.name) for one in found] == [("reddit", "c.jsonl"), ("x", "a.csv"), ("x", "b.csv")]
    assert len({one.fingerprint for one in found}) == 3
    (tmp_path / "x/a.csv").rename(tmp_path / "x/z.csv")
    assert readable(tmp_path)[2].fingerprint == found[1].fingerprint
    (tmp_path / "x/z.csv").write_text("more")
    assert readable(tmp_path)[2].fingerprint != found[1].fingerprint


def readable(folder: Path) -> list[DroppedFile]:
    return [file for file in list_drop_folder(folder) if not file.fault]


def test_what_lies_in_the_drop_folder_and_is_not_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "x" / "deep").mkdir(parents=True)
    (tmp_path / "my posts").mkdir()
    for name in ("loose.csv", "x/good.csv", "my posts/a.csv"):
        (tmp_path / name).write_text(name)
    os.mkfifo(tmp_path / "x" / "pipe.csv")
    (tmp_path / "x" / "link.csv").symlink_to("/etc/passwd")
    (tmp_path / "x" / "dir.csv").symlink_to("/etc", target_is_directory=True)
    (tmp_path / "x" / "nowhere.csv").symlink_to(tmp_path / "none")
    assert [file.path.name for file in readable(tmp_path)] == ["good.csv"]
    assert {file.path.name: file.fault for file in list_drop_folder(tmp_path) if file.fault} == {
        "loose.csv": "loose.csv lies in the drop folder itself: put it in a folder there named after its network, such"
        " as x, reddit, app_store (letters a to z, digits, _)",
        "a.csv": "'my posts' in the drop folder: name the folder after its network, such as x, reddit, app_store"
        " (letters a to z, digits, _)",
        "pipe.csv": "pipe.csv in the drop folder is a pipe or a device: put a file there",
        **{
            f"{name}.csv": f"{name}.csv in the drop folder is a link: put the file itself there"
            for name in ("link", "dir", "nowhere")
        },
    }


@pytest.fixture
def deep_folder(tmp_path: Path) -> Iterator[Path]:
    """A drop folder with 3,000 folders in each other and a file in the 1,200th; pytest itself could not remove it."""
    (tmp_path / "drop" / "x").mkdir(parents=True)
    (tmp_path / "drop" / "x" / "good.csv").write_text("good")
    opened = os.open(tmp_path / "drop" / "x", os.O_RDONLY)
    for depth in range(3_000):
        if depth == 1_200:
            os.close(os.open("a.csv", os.O_CREAT | os.O_WRONLY, dir_fd=opened))
        os.mkdir("d", dir_fd=opened)
        below = os.open("d", os.O_RDONLY, dir_fd=opened)
        os.close(opened)
        opened = below
    os.close(opened)
    yield tmp_path / "drop"
    subprocess.run(["rm", "-rf", tmp_path / "drop"], check=True)


def test_folders_nested_however_deep_are_no_trouble_to_the_other_files(deep_folder: Path) -> None:
    files = list_drop_folder(deep_folder)
    assert sorted(file.path.name for file in files if not file.fault) == ["a.csv", "good.csv"]
    (fault,) = (file.fault for file in files if file.fault)
    assert fault.startswith("the folder d in the drop folder cannot be looked into (File name too long): ")


def test_a_drop_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    (file,) = list_drop_folder(tmp_path / "none")
    with pytest.raises(UnexpectedAnswer, match=r"the drop folder .*none is not there: create it, or change"):
        file.check()


def test_a_folder_in_capitals_is_that_of_the_same_network(tmp_path: Path) -> None:
    for folder in ("X", "Reddit"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.csv").write_text(folder)
    assert [file.network for file in list_drop_folder(tmp_path)] == ["reddit", "x"]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "json"])
def test_long_rows_make_short_pages(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "LARGEST_PAGE", 10_000)
    rows = [{"id": str(number), "text": "a" * 4_000, "created_at": "2026-02-02T09:00:00Z"} for number in range(10)]
    lines = {"csv": [",".join(row) for row in (rows[0], *(row.values() for row in rows))]}.get(suffix)
    written = json.dumps(rows) if suffix == "json" else "\n".join(lines or map(json.dumps, rows))
    path = put(tmp_path / f"a.{suffix}", written)
    found = pages(path)
    assert [len(page.posts) for page in found] == [3, 3, 3, 1]
    assert [post.raw["id"] for page in found for post in page.posts] == [row["id"] for row in rows]


def test_a_file_that_vanishes_while_it_is_read_is_told(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv", "id,text,created_at\n1,hola,2026-02-02T09:00:00Z\n")
    layout = look(path)
    path.unlink()
    with pytest.raises(UnexpectedAnswer, match=r"a\.csv can no longer be read: No such file or directory; look"):
        list(read(path, layout, received_at=NOW))


def test_nobody_waits_for_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(UnexpectedAnswer, match=r"a\.csv is a pipe or a device: save what it gives in a file"):
        look(tmp_path / "a.csv")


def test_a_number_that_none_can_hold_costs_itself_alone(tmp_path: Path) -> None:
    row = '{"id": "%d", "text": "hola", "created_at": "2026-02-02T09:00:00Z", "likes": %s}'
    rows = [row % pair for pair in enumerate(("9" * 5_000, "1e400", "NaN", "Infinity", "-1", "true", "7"))]
    for path in (put(tmp_path / "a.json", f"[{','.join(rows)}]"), put(tmp_path / "a.jsonl", "\n".join(rows))):
        kept, rejected = sorted_out(path)
        assert rejected == []
        assert [mention.raw["likes"] for mention in kept] == [None, None, None, None, -1, True, 7]


def test_an_id_of_thousands_of_digits_tells_no_time(tmp_path: Path) -> None:
    rows = [f"{number},norvia {number},ana,2026-02-02T09:00:00Z\n" for number in ("9" * 5_000, "1990000000000000001")]
    path = put(tmp_path / "a.csv", "id,text,author,created_at\n" + "".join(rows))
    layout = inspect(path, network="x", time_zone=ZoneInfo("Europe/Madrid"))
    (page,) = read(path, layout, received_at=NOW)
    assert [len(to_mention(post, layout).post_id) for post in page.posts] == [5_000, 19]


def test_a_large_file_is_told_by_its_ends(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    path = tmp_path / "x" / "a.csv"
    path.write_bytes(b"a" * 200_000)
    before = list_drop_folder(tmp_path)[0].fingerprint
    path.write_bytes(b"a" * 199_999 + b"b")
    assert list_drop_folder(tmp_path)[0].fingerprint != before


def test_date_and_clock_in_two_columns(tmp_path: Path) -> None:
    rows = "id;Fecha;Hora;Mensaje\n1;25/01/2026;10:30;hola\n2;25/01/2026;;hola\n3;25/01/2026;9:05 p. m.;hola\n"
    kept, _ = sorted_out(put(tmp_path / "a.csv", rows))
    assert [f"{one.posted_at:%d %H:%M}" for one in kept] == ["25 09:30", "24 23:00", "25 20:05"]


def test_nanoseconds(tmp_path: Path) -> None:
    when = pa.array([1_767_323_045_123_456_789], pa.timestamp("ns", "UTC"))
    parquet.write_table(pa.table({"id": ["1"], "text": ["a"], "date": when}), tmp_path / "a.parquet")
    assert sorted_out(tmp_path / "a.parquet")[0][0].posted_at == datetime(2026, 1, 2, 3, 4, 5, 123456, UTC)


def test_titles_above_the_header_of_a_spreadsheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Informe de enero"], [], ["desde", "2026-01-01"], ["ID", "Fecha", "Texto"], [1, "2026-01-02", "hola"]):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    (post,) = posts(tmp_path / "a.xlsx")
    assert (post.raw, post.place) == ({"ID": 1, "Fecha": "2026-01-02", "Texto": "hola"}, "a.xlsx, row 5")


def test_a_comma_in_a_text_without_quotes_shifts_no_row(tmp_path: Path) -> None:
    rows = "2026-02-01 10:00,eva,El router de Tamarel no va, ni me llaman,\n2026-02-02 10:00,pol,No hay señal,Perdón\n"
    path = put(tmp_path / "a.csv", "fecha,autor,texto,respuesta\n" + rows)
    kept, rejected = sorted_out(path)
    assert [mention.text for mention in kept] == ["No hay señal"]
    assert rejected == [("a.csv, row 2", "5 fields where the file has 4 columns")]


def test_separators_at_the_end_of_every_line_shift_nothing(tmp_path: Path) -> None:
    rows = "2026-02-01 10:00,eva,El router no va,,\n,,,,\n2026-02-02 10:00,pol,No hay, señal,,\n"
    path = put(tmp_path / "a.csv", "fecha,autor,texto,nota\n" + rows)
    kept, rejected = sorted_out(path)
    assert [mention.text for mention in kept] == ["El router no va"]
    assert ("a.csv, row 4", "6 fields where the file has 4 columns") in rejected


def test_line_breaks_that_a_database_writes_as_signs_are_line_breaks(tmp_path: Path) -> None:
    rows = "1\teva\t2026-01-01\tNo va\\nnada, ni\\tla app\n2\tNULL\t2026-01-02\t\\\\o/ por fin\n"
    kept, rejected = sorted_out(put(tmp_path / "a.tsv", "id\tautor\tfecha\ttexto\n" + rows))
    assert ([one.text for one in kept], rejected) == (["No va\nnada, ni\tla app", "\\o/ por fin"], [])


def test_paths_in_a_text_are_no_signs_of_a_database(tmp_path: Path) -> None:
    rows = "1\teva\t2026-01-01\tNo abre C:\\nuevo\\Datos\n2\tpol\t2026-01-02\tAquí tampoco\n"
    kept, _ = sorted_out(put(tmp_path / "a.tsv", "id\tautor\tfecha\ttexto\n" + rows))
    assert kept[0].text == "No abre C:\\nuevo\\Datos"
