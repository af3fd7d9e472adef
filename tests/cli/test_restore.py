"""`escucha restore` shows nothing that was deleted since the backup: a real backup, real HTTP on loopback."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from monitor import store
from monitor.cli import app
from monitor.settings import loading
from monitor.store.posts import collection_state, edits
from monitor.store.posts.collection_state import Pause
from tests.sources import fakes
from tests.sources.contract.server import Site, serving
from tests.sources.fakes import FakePost

pytestmark = pytest.mark.duckdb_file("backups of a PostgreSQL database are its own tools'")


def escucha(*arguments: object) -> Result:
    return CliRunner().invoke(
        app, [str(argument) for argument in arguments], catch_exceptions=True, env={"COLUMNS": "200", "NO_COLOR": "1"}
    )


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """X with six posts, which are stored."""
    with serving(fakes.of("x")) as site:
        monkeypatch.setenv("ESCUCHA_STORE__URL", str(tmp_path / "norvia.duckdb"))
        monkeypatch.setenv("ESCUCHA_BRANDS", '[{"name": "Norvia", "queries": ["norvia"]}]')
        monkeypatch.setenv("ESCUCHA_NETWORKS__X__BEARER_TOKEN", "made-up-token-of-x")
        monkeypatch.setenv("ESCUCHA_NETWORKS__X__BASE_URL", site.url)
        monkeypatch.setenv("ESCUCHA_NETWORKS__X__TIMEOUT", "5")
        at = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        site.posts.every += [FakePost(number, f"El pedido {number} de Norvia", at) for number in range(1, 7)]
        assert escucha("collect").exit_code == 0
        yield site


def delete(site: Site, number: int) -> None:
    post = site.posts.by_number(number)
    assert post is not None
    post.deleted = True


def shown() -> set[str]:
    with store.connect(loading.load().store, read_only=True) as connection:
        return {row[0] for row in connection.execute("SELECT text FROM mentions WHERE text <> ''").fetchall()}


def test_what_was_deleted_since_is_not_shown(site: Site, tmp_path: Path) -> None:
    copy = tmp_path / "copy.duckdb"
    escucha("backup", copy)
    delete(site, 2)
    with store.connect(loading.load().store) as connection:  # a stream told it; X itself no longer knows the post
        post = site.posts.by_number(5)
        assert post is not None
        edits.mark_deleted(connection, "x", [fakes.of("x").post_id(post)], datetime.now(UTC))
    done = escucha("restore", copy)
    assert done.exit_code == 0, done.output
    assert "2 posts that were deleted since were erased in it" in done.stdout
    numbers = "Numbers go on after the last that went out: the next case is ESC-000001-3, the next hand-over 000001."
    assert numbers in " ".join(done.stdout.split())
    assert shown() == {f"El pedido {number} de Norvia" for number in (1, 3, 4, 6)}
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".escucha")] == []


def test_a_lost_database_brings_no_deleted_post_back(site: Site, tmp_path: Path) -> None:
    copy = tmp_path / "copy.duckdb"
    escucha("backup", copy)
    delete(site, 2)
    loading.load().store.path.write_bytes(b"no database any more")
    done = escucha("restore", copy)
    assert done.exit_code == 0, done.output
    assert "deletions that only the present database knows are lost" in done.stdout
    assert "so they jump: the next case is ESC-" in " ".join(done.stdout.split())
    assert "El pedido 2 de Norvia" not in shown()


def test_nothing_is_restored_while_a_network_cannot_be_asked(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.duckdb"
    escucha("backup", copy)
    delete(site, 2)
    assert escucha("import", _file(tmp_path), "--network", "trustpilot").exit_code == 0
    monkeypatch.setenv("ESCUCHA_NETWORKS__X__DAILY_REQUESTS", "1")
    done = escucha("restore", copy)
    assert done.exit_code == 1
    assert "Nothing was restored" in str(done.exception)
    assert "--no-recheck" in str(done.exception)
    before = json.loads(escucha("status", "--json").stdout)
    assert before["mentions"] == 7
    done = escucha("restore", copy, "--no-recheck")
    assert done.exit_code == 0
    assert "not checked for deletions: x (--no-recheck)" in " ".join(done.stdout.split())
    state = json.loads(escucha("status", "--json").stdout)
    assert state["mentions"] == 6
    assert state["networks"]["x"]["spent"] == before["networks"]["x"]["spent"], "what was spent today is not forgotten"
    assert state["networks"]["x"]["spent"]["requests"] > 0


def test_what_nobody_can_look_up_is_named(site: Site, tmp_path: Path) -> None:
    copy = tmp_path / "copy.duckdb"
    for network in ("trustpilot", "reddit"):
        escucha("import", _file(tmp_path), "--network", network)
    escucha("backup", copy)
    done = escucha("restore", copy)
    words = "not checked for deletions: reddit (not set up), trustpilot (does not tell)"
    assert words in " ".join(done.stdout.split())


def test_a_restore_that_a_pause_refuses_says_how_to_ask_at_once(site: Site, tmp_path: Path) -> None:
    copy = tmp_path / "copy.duckdb"
    escucha("backup", copy)
    with store.connect(loading.load().store) as connection:
        pause = Pause(datetime.now(UTC) + timedelta(hours=5), 0, "x answered 429")
        collection_state.set_pause(connection, "x", pause, datetime.now(UTC))
    done = escucha("restore", copy)
    assert "Try again then, or now, after escucha resume --network x; or restore at once" in str(done.exception)
    escucha("resume", "--network", "x")
    done = escucha("restore", copy)
    assert done.exit_code == 0, done.output


def _file(folder: Path) -> Path:
    file = folder / "posts.csv"
    file.write_text("id,text,created_at\n1,Norvia no contesta,2026-03-02T09:00:00Z\n")
    return file


def test_a_backup_says_what_it_does_not_know(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ESCUCHA_STORE__URL", str(tmp_path / "norvia.duckdb"))
    done = escucha("backup", "norvia-{fecha}.duckdb")
    assert str(done.exception) == "{fecha} is not known; there are {date} and {time}"
    done = escucha("backup", "norvia-{date}.duckdb")
    assert "cd to Escucha's, or name them: escucha --config FILE backup" in str(done.exception)
    assert list(tmp_path.iterdir()) == []
