"""`escucha rejects`: why a post could not be read, where it stood and what it was; and what must not be shown."""

import csv
import json
from pathlib import Path

import pytest

from monitor import store
from monitor.cli.output import rejects
from monitor.models.posts import Reject
from monitor.settings.loading import Settings, load
from monitor.store import runs
from monitor.store.posts import edits, mentions
from tests.cli.command_line import escucha
from tests.conftest import NOW


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Three rejects: of a file, and of two posts of X, one of which tells its id in another way."""
    monkeypatch.setenv("ESCUCHA_STORE__URL", str(tmp_path / "store.duckdb"))
    settings = load()
    told = [
        Reject("reviews", "a.csv, row 3", "no text", json.dumps({"autor": "Eva", "texto": ""})),
        Reject("x", "search, post 1", "no time", json.dumps({"id": "1800000000000000001", "text": "=HOLA Norvia"})),
        Reject(
            "x", "search, post 2", "no time", json.dumps({"post": {"id": 1800000000000000002}, "text": "b" * 40_000})
        ),
    ]
    with store.connect(settings.store) as connection:
        run = runs.start(connection, "import", "a.csv", NOW)
        mentions.save_rejects(connection, run, told[:1], NOW)
        mentions.save_rejects(connection, runs.start(connection, "collect", "x", NOW), told[1:], NOW)
    return settings


def written(file: Path) -> list[dict[str, str]]:
    """The rows of the CSV."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def raws(file: Path) -> dict[str, str]:
    """What was received, by place."""
    return {row["Where"]: row["As it came"] for row in written(file)}


def test_rejects_are_listed_with_reason_place_and_row(setup: Settings) -> None:
    said = " ".join(escucha("rejects").stdout.split())
    assert "1 no text" in said
    assert "2 no time" in said
    assert 'a.csv, row 3: no text {"autor": "Eva", "texto": ""}' in said
    assert "b" * 300 not in said
    assert "personal data" in said
    assert "search" not in escucha("rejects", "--run", 1).stdout
    assert "a.csv" not in escucha("rejects", "--network", "X").stdout
    assert escucha("rejects", "--network", "reddit").stdout == "No post was rejected.\n"


def test_all_are_written_to_a_private_csv_that_a_spreadsheet_opens(
    setup: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "out" / "rejects.csv"
    said = escucha("rejects", "--csv", file).stdout
    assert "wrote 3 rejected rows" in said
    assert "personal data" in said
    rows = written(file)
    assert set(rows[0]) == {"Reason", "Where", "Network", "When (Europe/Madrid)", "Run", "As it came"}
    assert json.loads(raws(file)["a.csv, row 3"])["autor"] == "Eva"
    assert raws(file)["search, post 2"].endswith("… [cut]")
    assert file.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("ESCUCHA_LANGUAGE", "es")
    assert "3 filas rechazadas escritas" in escucha("rejects", "--csv", file).stdout
    assert {"Motivo", "Dónde", "Tal como llegó"} <= set(written(file)[0])


@pytest.mark.duckdb_file("the bytes of the database's own file")
def test_what_is_deleted_on_its_network_leaves_the_rejects(setup: Settings, tmp_path: Path) -> None:
    with store.connect(setup.store) as connection:
        edits.mark_deleted(connection, "x", ["1800000000000000001", "1"], NOW)
        edits.mark_deleted(connection, "x", [f"{n}" for n in range(100)] + ["at://x/1800000000000000002"], NOW)
        edits.mark_deleted(connection, "reviews", ["3", "a.csv"], NOW)
    escucha("rejects", "--csv", tmp_path / "rejects.csv")
    found = raws(tmp_path / "rejects.csv")
    assert found["search, post 1"] == found["search, post 2"] == ""
    assert "Eva" in found["a.csv, row 3"]
    assert b"HOLA Norvia" not in setup.store.path.read_bytes()


def test_of_some_networks_nothing_that_was_received_is_written(
    setup: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESCUCHA_EXPORTS__ONLY_LINKS", '["x"]')
    escucha("rejects", "--csv", tmp_path / "rejects.csv")
    assert "HOLA" not in (tmp_path / "rejects.csv").read_text(encoding="utf-8")
    assert "HOLA" not in escucha("rejects").stdout


def test_without_a_database_nothing_was_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_STORE__URL", str(tmp_path / "none.duckdb"))
    assert escucha("rejects").stdout == "No post was rejected.\n"


def test_letters_are_shown_as_they_were_written_and_what_cannot_be_seen_as_numbers() -> None:
    kept = r'{"N\u00ba": "t\u00e9cnico \ud83d\ude00 \u202e \\u00e9 \ud83d"}'
    assert rejects.as_written(kept) == r'{"Nº": "técnico 😀 \u202e \\u00e9 \ud83d"}'
