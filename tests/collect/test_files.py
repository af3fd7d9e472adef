"""Files of the drop folder: one that takes too long is cut off, told, and goes on with the next read."""

import json
import os
import socket
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from monitor import store
from monitor.collect import files
from monitor.pipeline import main_line
from monitor.runs import no_progress
from monitor.settings.loading import Settings
from monitor.store.posts.batches import LONGEST_RAW


def dropping(settings: Settings, folder: Path) -> Settings:
    """The settings with this drop folder, read two posts at a time."""
    section = settings.networks.files.model_copy(update={"folder": folder, "page_size": 2})
    return settings.model_copy(update={"networks": settings.networks.model_copy(update={"files": section})})


def drop(path: Path, count: int, **values: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    row = {"text": "Norvia no contesta", "created_at": "2026-03-01T10:00:00Z"} | values
    path.write_text("\n".join(json.dumps({"id": f"{path.stem}{number}", **row}) for number in range(count)))


def stored(settings: Settings) -> list[str]:
    with store.connect(settings.store, read_only=True) as connection:
        return [row[0] for row in connection.execute("SELECT post_id FROM mentions ORDER BY 1").fetchall()]


def test_a_file_that_takes_too_long_goes_on_with_the_next_read(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = dropping(settings, tmp_path / "drop")
    drop(tmp_path / "drop" / "x" / "long.jsonl", 5)
    monkeypatch.setattr(files, "_LONGEST_READ", -3_600.0)
    report = main_line.run(settings)
    assert report.faults == ("long.jsonl was read for -1 hours; the next read goes on where it was",)
    assert stored(settings) == ["long0", "long1"]
    with store.connect(settings.store, read_only=True) as connection:
        runs = connection.execute("SELECT status FROM runs WHERE subject = 'x: long.jsonl'").fetchall()
    assert runs == [("partial",)]
    monkeypatch.setattr(files, "_LONGEST_READ", 3_600.0)
    assert main_line.run(settings).faults == ()
    assert stored(settings) == [f"long{number}" for number in range(5)]


def test_files_that_take_hours_together_leave_the_others_to_the_next_pass(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = dropping(settings, tmp_path / "drop")
    for name in ("a", "b"):
        drop(tmp_path / "drop" / "x" / f"{name}.jsonl", 1)
    monkeypatch.setattr(main_line, "_LONGEST_FILES", -1.0)
    assert main_line.run(settings).faults == (
        "2 files of the drop folder wait for the next pass: the others took hours",
    )
    monkeypatch.setattr(main_line, "_LONGEST_FILES", 3_600.0)
    assert main_line.run(settings).faults == ()
    assert stored(settings) == ["a0", "b0"]


def test_a_file_that_another_process_reads_is_left_to_it(settings: Settings, tmp_path: Path) -> None:
    settings = dropping(settings, tmp_path / "drop")
    for name in ("a", "b"):
        drop(tmp_path / "drop" / "x" / f"{name}.jsonl", 1)
    [first, _] = files.dropped_files(settings)
    with files.sole_reader(settings, first):
        report = main_line.run(settings)
    assert report.faults == ()
    [line] = report.elsewhere
    assert line.startswith(f"a.jsonl: being read by {socket.gethostname()} since ")
    assert stored(settings) == ["b0"]
    assert main_line.run(settings).elsewhere == ()
    assert stored(settings) == ["a0", "b0"]
    with store.connect(settings.store, read_only=True) as connection:
        assert connection.execute("SELECT name FROM leases WHERE name LIKE 'file %'").fetchall() == []


@pytest.mark.parametrize("suffix", ["jsonl", "parquet", "xlsx"])
def test_a_file_and_a_folder_whose_names_are_not_utf_8_are_read_or_told(
    settings: Settings, tmp_path: Path, suffix: str
) -> None:
    settings = dropping(settings, tmp_path / "drop")
    path = tmp_path / "drop" / "x" / os.fsdecode(b"opini\xf3n\xff") / os.fsdecode(b"b_\xff\xfe." + suffix.encode())
    drop(tmp_path / "a.jsonl", 2)
    lines = [*(tmp_path / "a.jsonl").read_text().splitlines(), '{"id": "bad"}']
    path.parent.mkdir(parents=True)
    if suffix == "parquet":
        with path.open("wb") as file:
            parquet.write_table(pa.Table.from_pylist(list(map(json.loads, lines))), file)
    elif suffix == "xlsx":
        book = openpyxl.Workbook()
        for row in (["id", "text", "created_at"], *(list(json.loads(line).values()) for line in lines)):
            book.worksheets[0].append(row)
        with path.open("wb") as file:
            book.save(file)
    else:
        path.write_text("\n".join(lines))
    drop(tmp_path / "drop" / os.fsdecode(b"fac\xe9book") / "c.jsonl", 1)
    assert [fault.partition(":")[0] for fault in main_line.run(settings).faults] == ["'fac book' in the drop folder"]
    assert stored(settings) == ["a0", "a1"]
    with store.connect(settings.store, read_only=True) as connection:
        runs = connection.execute(
            "SELECT subject, status FROM runs WHERE contains(subject, ': ') ORDER BY 1"
        ).fetchall()
        places = connection.execute("SELECT place FROM rejects").fetchall()
    assert runs == [("fac\ufffdbook: c.jsonl", "failed"), (f"x: b_\ufffd\ufffd.{suffix}", "done")]
    assert [place.startswith(f"b_\ufffd\ufffd.{suffix}, ") for (place,) in places] == [True]
    assert main_line.run(settings).collected.stored == 0


def test_an_answer_of_megabytes_is_not_kept_beside_its_post(settings: Settings, tmp_path: Path) -> None:
    settings = dropping(settings, tmp_path / "drop")
    drop(tmp_path / "drop" / "x" / "fat.jsonl", 1, ballast="a" * LONGEST_RAW)
    (file,) = files.dropped_files(settings)
    files.collect_file(settings, file, no_progress)
    with store.connect(settings.store, read_only=True) as connection:
        rows = connection.execute("SELECT text, raw FROM mentions JOIN posts USING (mention_id)").fetchall()
    assert rows == [("Norvia no contesta", '{"cut": "an answer of 1,000,097 characters"}')]


def test_a_run_that_fails_names_network_and_file_in_the_log(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = dropping(settings, tmp_path / "drop")
    file = tmp_path / "drop" / "x" / "empty.csv"
    file.parent.mkdir(parents=True)
    file.write_text("nothing,of,use\n1,2,3\n")
    main_line.run(settings)
    ends = [vars(record) for record in caplog.records if (record.name, record.levelname) == ("monitor.runs", "ERROR")]
    assert [(end["network"], end["path_name"]) for end in ends] == [("x", "empty.csv")]


def test_a_sheet_of_a_dropped_workbook_that_is_not_read_is_told(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = dropping(settings, tmp_path / "drop")
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Informe", "de la semana", "9"])
    book.active.title = "Portada"
    for name in ("Facebook", "Instagram"):
        book.create_sheet(name).append(["id", "fecha", "usuario", "texto"])
        book[name].append([name, "2026-03-01 10:00", "ana", f"El pedido de {name} no llega"])
    (tmp_path / "drop" / "x").mkdir(parents=True)
    book.save(tmp_path / "drop" / "x" / "semana.xlsx")
    [file] = files.dropped_files(settings)
    assert files.collect_file(settings, file, no_progress).stored == 2
    assert sorted(stored(settings)) == ["Facebook", "Instagram"]
    [record] = [record for record in caplog.records if record.message == "part of a file is not read"]
    assert "Portada" in vars(record)["reason"]


def test_a_dropped_file_with_two_texts_is_named_with_what_to_type_and_the_others_are_read(
    settings: Settings, tmp_path: Path
) -> None:
    settings = dropping(settings, tmp_path / "drop")
    drop(tmp_path / "drop" / "x" / "a.jsonl", 2)
    rows = "".join(f"2026-03-0{day};Norvia no me llama {day};Fui a la tienda {day}\n" for day in range(1, 6))
    (tmp_path / "drop" / "x" / "b.csv").write_text(f"fecha;comentario;mensaje\n{rows}")
    [fault] = main_line.run(settings).faults
    assert "--column text=mensaje or --column text=comentario" in fault
    assert "no me llama" not in fault
    assert stored(settings) == ["a0", "a1"]
