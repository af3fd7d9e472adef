"""The command line, as somebody types it: what it prints, its exit codes, its errors."""

import csv
import json
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.cli import app, checks
from tests import made_up_posts
from tests.cli.command_line import error_text, escucha


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Forty posts; the last row has no time."""
    path = made_up_posts.write(tmp_path / "posts.csv", 40, 1)
    with path.open("a") as rows:
        rows.write("999,ana,not a time,no se puede leer,\n")
    return path


def status() -> dict[str, object]:
    return dict(json.loads(escucha("status", "--json").stdout))


def test_help_names_every_command_and_imports_nothing_heavy() -> None:
    names = (
        "demo",
        "run",
        "collect",
        "listen",
        "recheck",
        "resume",
        "import",
        "classify",
        "predict",
        "learn",
        "versions",
        "explain",
        "evaluate",
        "status",
        "doctor",
        "backup",
        "restore",
        "dashboard",
        "serve",
        "export",
    )
    assert all(name in escucha("--help").stdout for name in names)
    heavy = "{'duckdb', 'pyarrow', 'transformers', 'onnxruntime', 'pydantic', 'prefect', 'streamlit'}"
    code = f"import sys, monitor.cli; sys.exit(str({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "set()"


def test_the_version_is_that_of_the_package() -> None:
    assert escucha("--version").stdout == f"escucha {version('escucha')}\n"


def test_import_counts_and_a_second_time_stores_nothing(file: Path) -> None:
    first = escucha("import", file, "--network", "x", "--brand", "Norvia")
    assert "read 41 · stored 40 · duplicates 0 · rejected 1" in first.stdout
    assert "read 41 · stored 0 · duplicates 40 · rejected 1" in escucha("import", file, "--network", "x").stdout
    assert (status()["mentions"], status()["rejects"], status()["pending"]) == (40, 1, 40)


def test_import_tells_what_is_of_no_brand_until_it_comes_again_with_one(file: Path, tmp_path: Path) -> None:
    (tmp_path / "escucha.toml").write_text('[[brands]]\nname = "Norvia"\nqueries = ["zzzz"]\n')
    first = escucha("import", file, "--network", "x").stdout
    assert "40 posts of no brand" in first
    assert "--brand NAME" in first
    assert (status()["unmatched"], "40 of no brand" in escucha("status").stdout) == (40, True)
    assert "of no brand" not in escucha("import", file, "--network", "x", "--brand", "Norvia").stdout
    assert status()["unmatched"] == 0


def test_a_network_is_the_same_however_it_is_written(file: Path) -> None:
    escucha("import", file, "--network", "x")
    assert "stored 0 · duplicates 40" in escucha("import", file, "--network", " X").stdout
    assert CliRunner().invoke(app, ["import", str(file), "--network", "x;drop"]).exit_code == 2


def test_import_says_what_it_guessed_and_a_dry_run_stores_nothing(file: Path) -> None:
    output = escucha("import", file, "--network", "x", "--dry-run").stdout
    assert "separated by comma" in output
    assert "text = text" in output
    assert output.count("— posts.csv, row") == 5
    assert status()["mentions"] == 0


def test_a_column_and_a_zone_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("n,dicho,cuando,voz\n1,no llega nada,2026-03-01 10:00,ana\n")
    named = ("--column", "text=dicho", "--column", "posted_at=cuando", "--column", "id=n", "--column", "author=voz")
    output = escucha(
        "import", tmp_path / "a.csv", "--network", "x", "--time-zone", "America/Bogota", *named, "--dry-run"
    )
    assert "1 · ana · 2026-03-01 16:00 CET" in output.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("missing.csv", "--network", "x"), "missing.csv"),
        (("posts.csv", "--network", "x", "--column", "text=nope"), "nope"),
        (("posts.csv", "--network", "x", "--time-zone", "Mars/Base"), "'Mars/Base' is no time zone"),
    ],
)
def test_what_cannot_be_imported_is_said_in_one_line(
    file: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    assert message in error_text(capsys, monkeypatch, "import", *arguments)


def test_a_page_without_one_readable_post_fails_and_keeps_the_rejects(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ["id,author,created_at,text"] + [f"{number},ana,1999-01-0{1 + number % 9},viejo" for number in range(30)]
    (tmp_path / "old.csv").write_text("\n".join(lines))
    assert "none of 30 posts in a row could be read" in error_text(
        capsys, monkeypatch, "import", "old.csv", "--network", "x"
    )
    assert (status()["mentions"], status()["rejects"]) == (0, 30)


def test_run_takes_the_drop_folder_to_exported_cases_once(tmp_path: Path, file: Path) -> None:
    (tmp_path / "inbox" / "x").mkdir(parents=True)
    file.rename(tmp_path / "inbox" / "x" / file.name)
    (tmp_path / "escucha.toml").write_text(
        '[[brands]]\nname = "Norvia"\nqueries = ["@norvia"]\n'
        '[networks.files]\nfolder = "inbox"\n[exports]\nfolder = "out"\n'
    )
    first = escucha("run").stdout
    assert "collected 40 new, 0 duplicates, 1 rejected · classified 40" in first
    again = " ".join(escucha("run").stdout.split())
    assert "collected 0 new" in again
    assert "nothing new: neither a post that your searches find" in again
    cases = status()["cases"]
    assert isinstance(cases, dict)
    (exported,) = (tmp_path / "out").iterdir()
    with exported.open(encoding="utf-8-sig", newline="") as lines:
        assert len(list(csv.DictReader(lines))) == sum(cases.values()) == status()["exported_cases"] > 0


def test_explain_names_the_words_that_count() -> None:
    lines = escucha("explain", "Llevo tres semanas esperando el reembolso [b]", "--words", "3").stdout.splitlines()
    at = next(at for at, line in enumerate(lines) if line.startswith("probability of a complaint 0."))
    assert len(lines[at:]) == 4
    words = {"Llevo", "tres", "semanas", "esperando", "el", "reembolso", "b"}
    assert {line.split()[1] for line in lines[at + 1 :]} <= words


def test_predict_answers_every_row_in_order(tmp_path: Path) -> None:
    texts = [
        "Excelente atención, gracias",
        "",
        "😡😡😡",
        "a" * 100_000,
        None,
        5,
        "mi pedido no ha llegado y nadie contesta",
    ]
    lines = [json.dumps({"text": text}) for text in texts] + ['{"other": 1}', "not json"]
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    assert escucha("predict", tmp_path / "in.jsonl", "--output", tmp_path / "out.jsonl").exit_code == 0
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert ["error" in answer for answer in answers] == [False, False, False, False, True, True, False, True, True]
    assert answers[0]["sentiment"] == "positive"
    assert answers[6] | {"sentiment": "negative", "complaint": True, "language": "es"} == answers[6]
    assert set(answers[0]) == {
        *("sentiment", "p_negative", "p_neutral", "p_positive", "complaint", "p_complaint"),
        *("complaint_at", "complaint_at_by", "unsure_at", "unsure_at_by", "p_about", "about_at"),
        *("decision", "reason", "category", "category_by", "severity", "cue", "language", "language_by", "model"),
    }


def test_predict_names_the_columns_there_are(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    message = error_text(capsys, monkeypatch, "predict", file, "--text-column", "texto", "--output", "out.jsonl")
    assert "no column 'texto'; it has id, author, created_at, text" in message


LATE = "mi pedido no ha llegado y nadie contesta en la tienda"


@pytest.mark.parametrize(
    ("written", "column"),
    [
        (f"id,Comentario,fecha\n1,{LATE},2026-03-01\n2,gracias por la ayuda de hoy,2026-03-01\n", "Comentario"),
        (f"Text,Text Language,Date,SOURCE\n{LATE},es,2026-03-01,x\n", "Text"),
        (json.dumps([{"id": 1, "mensaje": {"texto": LATE}}]), "mensaje.texto"),
    ],
)
def test_predict_finds_the_column_of_texts_as_import_does(tmp_path: Path, written: str, column: str) -> None:
    file = tmp_path / ("in.json" if written.startswith("[") else "in.csv")
    file.write_text(written)
    done = escucha("predict", file, "--output", tmp_path / "out.jsonl")
    assert f"the texts are those of the column {column}" in done.stderr
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert answers[0]["complaint"] is True
    assert not any("error" in answer for answer in answers)


def test_predict_asks_where_two_columns_may_hold_the_texts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in.csv").write_text(f"comentario,mensaje\n{LATE},{LATE} 1\n{LATE} 2,gracias por la ayuda de hoy\n")
    told = error_text(capsys, monkeypatch, "predict", tmp_path / "in.csv", "--output", tmp_path / "out.jsonl")
    assert "more than one column of in.csv may hold the texts: --text-column mensaje, --text-column com" in told
    (tmp_path / "in.csv").write_text("precio,fecha\n3,2026-03-01\n")
    told = error_text(capsys, monkeypatch, "predict", tmp_path / "in.csv", "--output", tmp_path / "out.jsonl")
    assert "no column of in.csv holds the texts: --text-column NAME (the file has: precio, fecha)" in told


def test_a_file_that_may_not_grow_is_told_in_one_line(file: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "monitor", "predict", str(file), "--output", str(tmp_path / "out.jsonl")]
    command = ["/bin/sh", "-c", 'ulimit -f 1 && exec "$@"', "sh", *words]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "ESCUCHA_LOG__LEVEL": "error"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "cannot be read or written (File too large)" in " ".join(done.stderr.split())


@pytest.mark.duckdb_file("another process opens the file, within its limit")
@pytest.mark.parametrize("words", [("cases", "verify"), ("status",), ("run",), ("explain", "El pedido no llega")])
@pytest.mark.parametrize("kilobytes", [600_000, 450_000])
def test_a_limit_of_memory_ends_no_command_without_a_word(file: Path, kilobytes: int, words: tuple[str, ...]) -> None:
    escucha("import", file, "--network", "x")
    command = ["/bin/sh", "-c", f'ulimit -v {kilobytes} && exec "$@"', "sh", sys.executable, "-m", "monitor", *words]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert "Traceback" not in done.stderr
    assert done.returncode == 0 or (done.returncode == 1 and "ulimit -v" in " ".join(done.stderr.split()))


def test_status_names_every_file_that_failed_and_was_not_read_since(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one.csv", "two.csv", "three.csv"):
        (tmp_path / name).write_text("id,author,created_at,text\n1,ana,1999-01-01,viejo\n", encoding="utf-8")
        error_text(capsys, monkeypatch, "import", name, "--network", "x")
    shown = " ".join(escucha("status").stdout.split())
    assert "one.csv" in shown
    assert "two.csv" in shown
    made_up_posts.write(tmp_path / "one.csv", 5, 1)
    escucha("import", "one.csv", "--network", "x")
    failed = status()["failed_runs"]
    assert isinstance(failed, list)
    assert [run["subject"].rpartition("/")[2] for run in failed] == ["three.csv", "two.csv"]


@pytest.mark.duckdb_file("backups of a PostgreSQL database are its own tools'")
def test_backup_and_restore(file: Path, tmp_path: Path) -> None:
    escucha("import", file, "--network", "x")
    assert "checked" in escucha("backup", tmp_path / "copy.duckdb").stdout
    escucha("import", made_up_posts.write(tmp_path / "more.csv", 5, 2), "--network", "x")
    assert status()["mentions"] == 45
    escucha("restore", tmp_path / "copy.duckdb")
    assert status()["mentions"] == 40


@pytest.mark.duckdb_file("backups of a PostgreSQL database are its own tools'")
def test_a_backup_is_named_by_the_day_and_replaces_nothing_unasked(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    escucha("import", file, "--network", "x")
    assert escucha("backup", tmp_path / "copies" / "{date}.duckdb").exit_code == 0
    (copy,) = (tmp_path / "copies").iterdir()
    assert re.fullmatch(r"20\d\d-\d\d-\d\d\.duckdb", copy.name)
    told = error_text(capsys, monkeypatch, "backup", copy)
    assert f"{copy} exists already and stays as it is" in told
    assert "--overwrite" in told
    assert escucha("backup", copy, "--overwrite").exit_code == 0
    told = error_text(capsys, monkeypatch, "backup", f"{tmp_path}/nuevas/")
    assert "is a folder's name: name a file in it" in told
    assert not (tmp_path / "nuevas").exists()


@pytest.mark.duckdb_file("backups of a PostgreSQL database are its own tools'")
@pytest.mark.parametrize("name", ["escucha.duckdb", "link.duckdb"])
def test_the_database_is_no_backup_of_itself(
    name: str, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    escucha("import", file, "--network", "x")
    (database,) = tmp_path.glob("**/*.duckdb")
    link = database.with_name(name)
    if not link.exists():
        link.symlink_to(database)
    assert "is the database itself, no backup of it" in error_text(capsys, monkeypatch, "restore", link)
    assert not list(tmp_path.glob("**/*.before-restore"))
    assert status()["mentions"] == 40


@pytest.mark.parametrize(
    ("command", "program"),
    [("backup", "pg_dump --format=custom --file FILE URL"), ("restore", "pg_restore --dbname URL FILE, into an empty")],
)
def test_a_server_is_backed_up_and_restored_by_its_own_programs(
    command: str, program: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESCUCHA_STORE__URL", "postgresql://escucha:guarded@db.example/escucha")
    said = error_text(capsys, monkeypatch, command, "copy.dump")
    assert (
        "postgresql://db.example/escucha is a PostgreSQL database, which its own programs back up and restore" in said
    )
    assert program in said
    assert "guarded" not in said


def test_wrong_settings_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "escucha.toml").write_text("[polcy]\n")
    assert "escucha.toml, line 1: polcy: no such key (did you mean policy?)" in error_text(
        capsys, monkeypatch, "status"
    )


def test_config_names_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_CONFIG", "overwritten-by-the-option")
    (tmp_path / "mine.toml").write_text('[[brands]]\nname = "Mine"\nqueries = ["mine"]\n')
    assert "Mine" in escucha("--config", tmp_path / "mine.toml", "doctor").stdout


def test_doctor_is_content() -> None:
    done = escucha("doctor")
    assert done.exit_code == 0
    assert done.stdout.count("✓") == len(checks.CHECKS)
    assert "Next: escucha demo" in done.stdout


def test_doctor_names_a_log_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("ESCUCHA_LOG__FILE", str(tmp_path / "file" / "escucha.log"))
    done = escucha("doctor")
    assert done.exit_code == 1
    assert "escucha.log cannot be written: name another file in [log] file" in " ".join(done.stdout.split())


def test_doctor_goes_on_with_the_own_brand(tmp_path: Path) -> None:
    (tmp_path / "escucha.toml").write_text('[[brands]]\nname = "Norvia"\nqueries = ["norvia"]\n')
    assert "Next: escucha run" in escucha("doctor").stdout


def test_a_run_that_found_nothing_new_says_what_was_read_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = " ".join(escucha("run").stdout.split())
    assert "nothing new, as nothing is read by itself: no network is set up, and no drop folder" in told
    assert "Next: escucha import FILE --network NAME, or set up a network in escucha.toml" in told
    (tmp_path / "drops").mkdir()
    monkeypatch.setenv("ESCUCHA_NETWORKS__FILES__FOLDER", str(tmp_path / "drops"))
    told = " ".join(escucha("run").stdout.split())
    assert "neither a post that your searches find and that is not stored yet, nor one that waits (" in told
    assert str(tmp_path) in told.replace(" ", "")  # a long path is broken at the line's end
    assert "Next: escucha dashboard; escucha status says when each network was last read" in told
    monkeypatch.setenv("ESCUCHA_LANGUAGE", "es")
    told = " ".join(escucha("run").stdout.split())
    assert "nada nuevo: ninguna publicación que encuentren tus consultas y no esté ya guardada, ni ninguna pend" in told
    assert "Siguiente: escucha dashboard; escucha status dice cuándo se leyó por última vez cada red" in told


def test_status_says_what_each_step_has_counted(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    escucha("import", file, "--network", "x", "--brand", "Norvia")
    escucha("run")
    told = escucha("status").stdout
    assert re.search(r"last import +done, .*, 40 posts stored", told)
    assert re.search(r"last classify +done, .*, \d+ posts classified", told)
    assert re.search(r"last open +done, .*, \d+ cases? opened", told)
    monkeypatch.setenv("ESCUCHA_LANGUAGE", "es")
    told = escucha("status").stdout
    assert re.search("última: importación +terminada, .*, 40 publicaciones guardadas", told)
    assert re.search(r"última: clasificación +terminada, .*, \d+ publicaciones clasificadas", told)
    assert re.search(r"última: apertura de casos +terminada, .*, \d+ casos? abiertos?", told)
