"""`escucha cases record`, `evidence`, `check`: whole, escaped, verifiable without Escucha; alterations are found."""

import hashlib
import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import desk, store
from monitor.errors import EscuchaError
from monitor.law import evidence
from monitor.settings.loading import Settings
from monitor.store.cases import events
from monitor.store.privacy import redaction
from monitor.store.privacy.redaction import LeftWords
from tests import desk_store
from tests.cli.command_line import error_text, escucha
from tests.conftest import NOW
from tests.desk.closed_cases import move
from tests.reporting.html_pages import parsed, words

NAME = "ESC-000002-1-evidence"
GUIDE = Path(__file__).parents[2] / "docs" / "ley-10-2025.md"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Two cases whose events alternate; the second is of a hostile post."""
    found = desk_store.configured(tmp_path, monkeypatch)
    desk_store.fill(found, NOW)
    desk_store.open_cases(found, [desk_store.mention_id(found, "p4")], NOW)
    desk.add_note(found, 2, "<img src=x> nota ñ", actor="Ana", now=NOW)
    desk.add_note(found, 1, "de otro caso", actor="Ana", now=NOW)
    move(found, 2, "acknowledged", NOW + timedelta(hours=1))
    return found


@pytest.fixture
def folder(config: Settings, tmp_path: Path) -> Path:
    """Where the evidence of the second case was written."""
    done = escucha("cases", "evidence", "ESC-000002-1", "--out", tmp_path / "evidence")
    assert done.exit_code == 0, done.output
    return tmp_path / "evidence"


def document(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / f"{NAME}.json").read_text(encoding="utf-8"))
    return found


def test_it_holds_the_case_its_posts_and_its_part_of_the_chain(config: Settings, folder: Path) -> None:
    found = document(folder)
    assert (found["case"]["code"], found["case"]["stage"]) == ("ESC-000002-1", "acknowledged")
    assert [post["post_id"] for post in found["posts"]] == ["p4"]
    with store.connect(config.store, read_only=True) as connection:
        kept = events.of_cases(connection, [2])[2]
        assert found["chain"] == dict(zip(("events", "head"), events.recorded(connection), strict=True))
    assert [event["hash"] for event in found["events"]] == [event.hash for event in kept]
    assert "de otro caso" not in json.dumps(found, ensure_ascii=False)


def test_its_page_is_well_formed_and_escaped(folder: Path) -> None:
    html = (folder / f"{NAME}.html").read_text(encoding="utf-8")
    tree = parsed(html)
    assert tree.names.isdisjoint({"script", "img", "a", "i", "u"})
    assert "<img src=x> nota ñ" in words(html)
    assert document(folder)["chain"]["head"] in words(html)


def test_its_sums_are_those_of_its_files(folder: Path) -> None:
    for line in (folder / f"{NAME}.sha256").read_text().splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_it_is_verified_alone_and_against_the_database(folder: Path) -> None:
    done = escucha("cases", "check", folder / f"{NAME}.json")
    assert (done.exit_code, "none altered" in done.stdout) == (0, True)
    done = escucha("cases", "check", folder / f"{NAME}.json", "--database")
    assert (done.exit_code, "the database says the same" in done.stdout) == (0, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [("note", "otra"), ("actor", "Eva"), ("happened_at", "2026-03-02T09:00:01+00:00"), ("stage", "closed")],
)
def test_an_altered_event_is_found(folder: Path, name: str, value: str) -> None:
    found = document(folder)
    found["events"][1][name] = value
    with pytest.raises(EscuchaError, match=f"event {found['events'][1]['event_id']} does not fit its hash"):
        evidence.check(json.dumps(found).encode())


def test_events_in_another_order_are_found(folder: Path) -> None:
    found = document(folder)
    found["events"].reverse()
    with pytest.raises(EscuchaError, match="does not follow"):
        evidence.check(json.dumps(found).encode())


def test_an_event_left_out_is_found_by_the_database(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = document(folder)
    del found["events"][1]
    file = folder / "cut.json"
    file.write_text(json.dumps(found))
    assert escucha("cases", "check", file).exit_code == 0
    assert "other events of this case" in error_text(capsys, monkeypatch, "cases", "check", file, "--database")


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"format": "escucha-evidence-1"}', b"\xff", b"[" * 100_000, b'{"format": 1, "events": [[]]}'],
)
def test_what_is_no_evidence_is_told(content: bytes) -> None:
    with pytest.raises(EscuchaError, match="no evidence"):
        evidence.check(content)


@pytest.mark.parametrize("values", [{"event_id": "a"}, {"happened_at": "2026-03-02T09:00:00"}, {"note": None}])
def test_events_of_other_kinds_of_value_are_told(folder: Path, values: dict[str, Any]) -> None:
    found = document(folder)
    found["events"][0] |= values
    with pytest.raises(EscuchaError):
        evidence.check(json.dumps(found).encode())


def recipe(file: Path) -> "subprocess.CompletedProcess[str]":
    """What the guide's program says of a file, without Escucha."""
    found = re.search(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    whole = [sys.executable, "-I", "-c", found[1], str(file)]
    return subprocess.run(whole, check=False, capture_output=True, text=True)


def test_the_recipe_of_the_guide_verifies_it_without_escucha(folder: Path) -> None:
    file = folder / f"{NAME}.json"
    assert recipe(file).stdout == "4 events, none altered\n"
    file.write_text(file.read_text(encoding="utf-8").replace("nota", "NOTA"), encoding="utf-8")
    assert recipe(file).returncode != 0


def erase_words(config: Settings) -> int:
    """Erases the note of the second case, and says which event it is."""
    with store.connect(config.store) as connection:
        note = next(event for event in events.of_cases(connection, [2])[2] if event.kind == "note")
        redaction.redact(connection, {note.event_id: LeftWords("", note.was, note.became)}, "Ana", NOW)
    return note.event_id


def test_words_that_were_erased_are_verified_by_their_seal(config: Settings, folder: Path) -> None:
    before = folder / f"{NAME}.json"
    older = before.rename(folder / "before.json")
    event_id = erase_words(config)
    assert escucha("cases", "evidence", "ESC-000002-1", "--out", folder).exit_code == 0
    found = document(folder)
    erased = next(event for event in found["events"] if event["event_id"] == event_id)
    assert (erased["note"], erased["salt"]) == ("", None)
    assert [(one["event_id"], bool(one["seal"])) for one in found["erasures"]] == [(event_id, True)]
    assert "nota" not in before.read_text(encoding="utf-8")
    assert recipe(before).stdout == "5 events, none altered\n"
    for file in (before, older):
        assert escucha("cases", "check", file, "--database").exit_code == 0


@pytest.mark.parametrize("name", ["seal", "form", "marker_id"])
@pytest.mark.parametrize("value", ["0" * 64, "", "1"])
def test_an_erasure_that_was_made_up_is_found(config: Settings, folder: Path, name: str, value: str) -> None:
    erase_words(config)
    escucha("cases", "evidence", "ESC-000002-1", "--out", folder)
    found = document(folder)
    found["erasures"][0][name] = value
    file = folder / "made-up.json"
    file.write_text(json.dumps(found), encoding="utf-8")
    with pytest.raises(EscuchaError):
        evidence.check(file.read_bytes())
    assert recipe(file).returncode != 0


def test_words_put_in_place_of_erased_ones_are_found(config: Settings, folder: Path) -> None:
    event_id = erase_words(config)
    escucha("cases", "evidence", "ESC-000002-1", "--out", folder)
    found = document(folder)
    next(event for event in found["events"] if event["event_id"] == event_id)["note"] = "another"
    file = folder / "made-up.json"
    file.write_text(json.dumps(found), encoding="utf-8")
    with pytest.raises(EscuchaError, match=f"event {event_id} does not fit"):
        evidence.check(file.read_bytes())
    assert recipe(file).returncode != 0


def test_a_record_is_printed_as_a_link_or_written_as_a_file(config: Settings, tmp_path: Path) -> None:
    link = escucha("cases", "record", "ESC-000002-1")
    assert link.stdout.startswith("http://localhost:8601/r/")
    assert escucha("cases", "record", "ESC-000002-1").stdout == link.stdout
    done = escucha("cases", "record", "ESC-000002-1", "--to", tmp_path / "record.html", "--language", "en")
    assert done.exit_code == 0, done.output
    assert "Record of your complaint" in (tmp_path / "record.html").read_text(encoding="utf-8")
    del config
