"""`escucha audit`: who did what, as a list and a file, and the proof that nobody altered it."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest

from monitor import audit, store
from monitor.models.audit import NewEntry
from monitor.settings.loading import Settings
from tests import desk_store
from tests.cli.command_line import error_text, escucha
from tests.conftest import NOW

FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A store with three entries; one is by somebody with a hostile name."""
    settings = desk_store.configured(tmp_path, monkeypatch)
    audit.record(settings, NewEntry("login", "ana", "10.0.0.7", "account", "ana"), now=NOW)
    read = NewEntry("read", "ana", "10.0.0.7", "customer", "C-77")
    audit.record(settings, read, now=NOW + timedelta(days=1))
    audit.record(
        settings, NewEntry("download", FORMULA, "", "cases", field="csv", count=12), now=NOW + timedelta(days=2)
    )
    return settings


def kinds(*options: str) -> list[str]:
    """The kinds of the entries that are listed; that the settings were seen first is left out."""
    lines = escucha("audit", "list", *options).stdout.splitlines()
    named = [kind for line in lines for kind in ("login", "read", "download") if f"  {kind}  " in f"{line}  "]
    return named


def test_the_list_is_narrowed_down_by_person_kind_day_and_customer(settings: Settings) -> None:
    assert kinds() == ["download", "read", "login"]
    assert kinds("--who", "ana") == ["read", "login"]
    assert kinds("--kind", "read", "--kind", "download") == ["download", "read"]
    assert kinds("--since", "2026-03-03", "--until", "2026-03-03") == ["read"]
    assert kinds("--customer", "C-77") == ["read"]
    assert kinds("--customer", "C-78") == []
    assert kinds("--limit", "1") == ["download"]


def test_a_sound_log_is_told_with_its_head_and_an_altered_one_fails(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = escucha("audit", "verify").stdout
    head = said.split()[-1]
    assert "none altered" in said
    assert escucha("audit", "verify", "--head", head).exit_code == 0
    assert "no entry has that head" in error_text(capsys, monkeypatch, "audit", "verify", "--head", "0" * 64)
    with store.connect(settings.store) as connection:
        connection.execute("UPDATE audit_entries SET actor = 'luis' WHERE kind = 'read'")
    assert "was altered" in error_text(capsys, monkeypatch, "audit", "verify")


def test_the_export_holds_no_formula_every_hash_and_is_an_entry_itself(settings: Settings, tmp_path: Path) -> None:
    escucha("audit", "export", "--to", tmp_path / "log.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "log.csv").read_text(encoding="utf-8-sig"))))
    assert [row["actor"] for row in rows if row["kind"] == "download"] == [f"'{FORMULA}"]
    assert rows[-1]["kind"] == "export"
    escucha("audit", "export", "--to", tmp_path / "log.jsonl", "--kind", "read")
    (entry,) = map(json.loads, (tmp_path / "log.jsonl").read_text().splitlines())
    assert (entry["kind"], len(entry["hash"]), entry["happened_at"]) == ("read", 64, "2026-03-03T09:00:00+00:00")
    assert "C-77" not in (tmp_path / "log.csv").read_text(encoding="utf-8-sig")


def test_a_file_that_is_there_stays(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "log.csv").write_text("ours")
    assert "--overwrite" in error_text(capsys, monkeypatch, "audit", "export", "--to", tmp_path / "log.csv")
    assert (tmp_path / "log.csv").read_text() == "ours"
    assert escucha("audit", "export", "--to", tmp_path / "log.csv", "--overwrite").exit_code == 0


@pytest.mark.parametrize(
    "command",
    [
        "export cases --to FILE.csv",
        "report yearly --year 2026 --to FILE.csv",
        "cases record ESC-000001-3 --to FILE.html",
        "cases evidence ESC-000001-3 --out FILE",
    ],
)
def test_an_export_that_cannot_be_recorded_is_refused(
    settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    desk_store.fill(settings, NOW)
    with store.connect(settings.store) as connection:
        connection.execute("INSERT INTO audit_chain SELECT * FROM audit_chain")
    folder = tmp_path / "given"
    folder.mkdir()
    words = command.replace("FILE", str(folder / "file")).split()
    said = error_text(capsys, monkeypatch, *words)
    assert "audit log was edited" in said
    assert not list(folder.iterdir())


def of_commands(settings: Settings) -> list[tuple[str, str, str, int, str]]:
    """What commands have recorded, in its order."""
    with store.connect(settings.store, read_only=True) as connection:
        return connection.execute(
            """
            SELECT kind, about || about_id, field, count, origin FROM audit_entries WHERE origin = 'cli'
            ORDER BY entry_id
            """
        ).fetchall()


def test_exports_and_reports_are_recorded_with_their_counts(settings: Settings, tmp_path: Path) -> None:
    desk_store.fill(settings, NOW)
    escucha("export", "cases", "--to", tmp_path / "cases.csv")
    escucha("report", "perception", "--to", tmp_path / "report.html", "--month", "2026-02")
    escucha("report", "yearly", "--to", tmp_path / "year.csv", "--year", "2026")
    escucha("cases", "record", "ESC-000001-3", "--to", tmp_path / "record.html")
    escucha("cases", "evidence", "ESC-000001-3", "--out", tmp_path / "evidence")
    with store.connect(settings.store, read_only=True) as connection:
        (cases,) = connection.execute("SELECT count(*) FROM cases").fetchall()[0]
        (events,) = connection.execute("SELECT count(*) FROM case_events WHERE case_id = 1").fetchall()[0]
    assert of_commands(settings) == [
        ("export", "cases", "csv", cases, "cli"),
        ("report", "report", "html", 1, "cli"),
        ("report", "report", "csv", 1, "cli"),
        ("export", "caseESC-000001-3", "html", 1, "cli"),
        ("export", "caseESC-000001-3", "json", events, "cli"),
    ]


@pytest.mark.duckdb_file("backups of a PostgreSQL database are its own tools'")
def test_a_backup_is_recorded(settings: Settings, tmp_path: Path) -> None:
    escucha("backup", tmp_path / "copy.duckdb")
    assert of_commands(settings) == [("backup", "store", "", 1, "cli")]
