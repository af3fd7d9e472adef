"""Files of the drop folder: one that takes too long is cut off, told, and goes on with the next read."""

import json
from pathlib import Path

import pytest

from monitor import store
from monitor.collect import files
from monitor.pipeline import main_line
from monitor.runs import no_progress
from monitor.settings.loading import Settings
from monitor.store.posts import mentions as stored_mentions


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


def test_an_answer_of_megabytes_is_not_kept_beside_its_post(settings: Settings, tmp_path: Path) -> None:
    settings = dropping(settings, tmp_path / "drop")
    drop(tmp_path / "drop" / "x" / "fat.jsonl", 1, ballast="a" * stored_mentions.LONGEST_RAW)
    (file,) = files.dropped_files(settings)
    files.collect_file(settings, file, no_progress)
    with store.connect(settings.store, read_only=True) as connection:
        rows = connection.execute("SELECT text, raw FROM mentions JOIN posts USING (mention_id)").fetchall()
    assert rows == [("Norvia no contesta", '{"cut": "an answer of 1,000,097 characters"}')]
