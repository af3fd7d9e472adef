"""A part of the main line that fails as nobody foresaw is told by name and place; the others go on."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from monitor import store
from monitor.collect.ingest import IngestSpec, parse
from monitor.models.posts import MatchedMention, Post
from monitor.pipeline import main_line
from monitor.settings.loading import Settings
from monitor.settings.networks import Networks
from tests.conftest import NOW, mention

HEADER = "id,text,author,created_at\n"
ROW = "{0},Norvia no responde {0},ana,2026-02-27 10:00:00\n"


@pytest.fixture
def dropping(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with a drop folder, and no classifier to wait for."""
    monkeypatch.setattr(main_line, "classify_pending", lambda *_: 0)
    (tmp_path / "drop" / "x").mkdir(parents=True)
    networks = Networks.model_validate({"files": {"folder": str(tmp_path / "drop")}})
    return settings.model_copy(update={"networks": networks})


def drop(settings: Settings, name: str, content: str) -> Path:
    assert settings.networks.files.folder is not None
    path = settings.networks.files.folder / "x" / name
    path.write_text(content, encoding="utf-8")
    return path


def stored(settings: Settings) -> int:
    with store.connect(settings.store, read_only=True) as connection:
        return int(connection.execute("SELECT count(*) FROM mentions").fetchall()[0][0])


def runs(settings: Settings) -> list[tuple[Any, ...]]:
    with store.connect(settings.store, read_only=True) as connection:
        return connection.execute("SELECT subject, status, message FROM runs ORDER BY run_id").fetchall()


def test_a_file_that_lies_in_the_folder_twice_is_read_once(dropping: Settings) -> None:
    for name in ("a.csv", "copy of a.csv"):
        drop(dropping, name, HEADER + ROW.format(1))
    report = main_line.run(dropping)
    assert report.faults == ()
    assert stored(dropping) == 1


def test_json_that_is_nested_too_deep_stops_no_other_file(dropping: Settings) -> None:
    drop(dropping, "1.json", '[{"a":' + "[" * 100_000 + "]" * 100_000 + "}]")
    drop(dropping, "2.csv", HEADER + ROW.format(2))
    report = main_line.run(dropping)
    assert len(report.faults) == 1
    assert "1.json" in report.faults[0]
    assert "nested too deep" in report.faults[0]
    assert stored(dropping) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_stops_no_other(dropping: Settings) -> None:
    drop(dropping, "1.csv", HEADER + ROW.format(1)).chmod(0)
    drop(dropping, "2.csv", HEADER + ROW.format(2))
    report = main_line.run(dropping)
    assert len(report.faults) == 1
    assert "permissions" in report.faults[0]
    assert stored(dropping) == 1


def test_a_link_in_the_folder_is_told_and_not_followed(dropping: Settings, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.csv").write_text("secret line\n" + ROW.format(1), encoding="utf-8")
    assert dropping.networks.files.folder is not None
    (dropping.networks.files.folder / "x" / "1.csv").symlink_to(tmp_path / "elsewhere.csv")
    (tmp_path / "more").mkdir()
    (dropping.networks.files.folder / "mastodon").symlink_to(tmp_path / "more")
    drop(dropping, "2.csv", HEADER + ROW.format(2))
    report = main_line.run(dropping)
    assert len(report.faults) == 2
    assert all("is a link" in fault and "the file itself" in fault for fault in report.faults)
    assert "secret" not in str((report.faults, runs(dropping)))
    assert stored(dropping) == 1


@pytest.mark.parametrize("name", ["a b;c", "x" * 60, "x\u202ey"])
def test_a_folder_that_is_no_network_name_is_told(dropping: Settings, name: str) -> None:
    assert dropping.networks.files.folder is not None
    (dropping.networks.files.folder / name).mkdir()
    (dropping.networks.files.folder / name / "1.csv").write_text(HEADER + ROW.format(1), encoding="utf-8")
    drop(dropping, "2.csv", HEADER + ROW.format(2))
    report = main_line.run(dropping)
    assert len(report.faults) == 1
    assert "name the folder after its network" in report.faults[0]
    assert stored(dropping) == 1


def test_a_step_that_fails_unforeseen_is_told_by_name_and_place_without_its_text(
    dropping: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def burst(*_: Any) -> int:
        raise KeyError("what a post said")

    monkeypatch.setattr(main_line, "classify_pending", burst)
    monkeypatch.setattr(main_line, "dropped_files", burst)
    handed_over: list[bool] = []
    monkeypatch.setattr(main_line, "hand_over", lambda _: handed_over.append(True))
    report = main_line.run(dropping)
    assert [fault.partition(":")[0] for fault in report.faults] == ["drop folder", "classify"]
    assert all("KeyError in test_main_line.py:" in fault for fault in report.faults)
    assert "what a post said" not in str(report.faults)
    assert handed_over


def test_who_stops_the_program_stops_it(dropping: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: Any) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(main_line, "classify_pending", interrupt)
    with pytest.raises(KeyboardInterrupt):
        main_line.run(dropping)


def test_a_post_that_breaks_its_reading_is_rejected_alone() -> None:
    def to_mention(post: Post) -> Any:
        raise OverflowError(json.dumps(post.raw))

    spec = IngestSpec(to_mention, lambda _: None)
    rejects = parse([Post("x", {"text": "what a post said"}, NOW, "here")], spec).rejects
    assert "OverflowError in test_main_line.py:" in rejects[0].reason
    assert "what a post said" not in rejects[0].reason


def test_what_is_too_long_of_a_post_is_cut_and_says_so() -> None:
    long = mention("1", "x" * 100_500, author="a" * 900, permalink="https://x.com/" + "p" * 9_000)
    spec = IngestSpec(lambda _: long, lambda one: MatchedMention(one, ()))
    kept = parse([Post("x", {}, NOW)], spec).mentions[0].mention
    assert kept.text == "x" * 100_000 + " […] (+500)"
    assert kept.raw == {"cut": "a text of 100,500 characters"}
    assert (len(kept.author or ""), kept.permalink) == (500, None)


def test_a_post_with_an_endless_id_is_rejected() -> None:
    spec = IngestSpec(lambda _: mention("8" * 100_000), lambda one: MatchedMention(one, ()))
    parsed = parse([Post("x", {"id": "8" * 2_000_000}, NOW)], spec)
    assert [reject.reason for reject in parsed.rejects] == ["an id of more than 1,000 characters"]
    assert len(parsed.rejects[0].raw) < 200_000
