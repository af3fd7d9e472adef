"""What Escucha writes is for its owner alone, also where it was not before."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from monitor import atomic_files, store
from monitor.collect.journal import open_journal
from monitor.errors import StoreError
from monitor.settings.loading import Settings, Store
from monitor.store import backup
from monitor.surveys import links

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.duckdb_file("the modes of the database's own files")


def run(folder: Path, *words: object) -> str:
    """What a command prints that is run in the folder by somebody whose new files everybody may read."""
    command = ["/bin/sh", "-c", 'umask 000 && exec "$@"', "sh", sys.executable, "-m", "monitor", *map(str, words)]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(folder)}
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, env=environment).stdout


def mode(path: Path) -> str:
    """What may be done with it, by owner, group and others, in octal."""
    return f"{stat.S_IMODE(path.stat().st_mode):o}"


def open_to_others(folder: Path) -> list[str]:
    """Everything in the folder that anybody but its owner may read or write."""
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.lstat().st_mode & 0o077 and not path.is_symlink()
    )


def test_all_that_the_commands_write_is_for_their_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "posts.csv").write_text("id,text,author,date\n1,El pedido no llega,ana,2026-03-01T10:00:00Z\n")
    (folder / "posts.csv").chmod(0o644)
    run(folder, "import", "posts.csv", "--network", "x")
    run(folder, "export", "cases", "--to", "out/cases.csv")
    run(folder, "report", "perception", "--month", "2026-03", "--to", "out/report.html")
    run(folder, "backup", "copies/copy.duckdb")
    run(folder, "restore", "copies/copy.duckdb")
    assert open_to_others(folder) == ["posts.csv"]
    assert {path.name: mode(path) for path in folder.iterdir() if path.is_dir()} == {
        "copies": "700", "data": "700", "out": "700",
    }  # fmt: skip
    assert mode(folder / "out" / "cases.csv") == mode(folder / "copies" / "copy.duckdb") == "600"


def test_a_folder_in_the_place_of_a_file_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with pytest.raises(StoreError), store.connect(Store(url=str(tmp_path))):
        pass
    assert mode(tmp_path) == "755"


@pytest.mark.parametrize("suffix", ["", ".lock", ".gate", ".wal"])
def test_a_database_that_others_could_read_is_theirs_no_more(
    settings: Settings, suffix: str, caplog: pytest.LogCaptureFixture
) -> None:
    with store.connect(settings.store):
        pass
    file = settings.store.path.with_name(settings.store.path.name + suffix)
    file.touch()
    file.chmod(0o666)
    with store.connect(settings.store):
        assert not file.exists() or mode(file) == "600"  # an empty log is gone
    if suffix in ("", ".wal"):
        assert "database made private" in caplog.text


def test_a_file_written_anew_is_closed_to_those_who_could_read_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("old")
    (tmp_path / "cases.csv").chmod(0o644)
    with atomic_files.replacing(tmp_path / "cases.csv") as file:
        file.write(b"new")
    assert mode(tmp_path / "cases.csv") == "600"


def test_a_device_is_not_replaced_by_a_file(settings: Settings) -> None:
    with pytest.raises(OSError, match="is a device or a pipe"), atomic_files.replacing(Path("/dev/null")):
        pass
    with store.connect(settings.store):
        pass
    with pytest.raises(StoreError, match="is a folder or a device"):
        backup.backup(settings.store, Path("/dev/null"), overwrite=True)
    assert Path("/dev/null").is_char_device()


def test_a_secret_and_a_journal_that_others_could_read_are_closed(settings: Settings) -> None:
    with store.connect(settings.store):
        pass
    token = links.token(settings, 1)
    secret = links.secret_file(settings)
    secret.chmod(0o644)
    assert links.token(settings, 1) == token
    assert mode(secret) == "600"
    with open_journal(settings.store, "x"):
        pass
    journal = next(settings.store.path.parent.glob("*.reading/x.jsonl"))
    journal.chmod(0o644)
    with open_journal(settings.store, "x"):
        assert mode(journal) == "600"
    assert mode(journal.parent) == "700"


def test_what_an_earlier_restore_kept_is_closed(settings: Settings, tmp_path: Path) -> None:
    with store.connect(settings.store):
        pass
    kept = tmp_path / "store.duckdb.before-restore"
    kept.write_bytes(settings.store.path.read_bytes())
    kept.chmod(0o644)
    backup.backup(settings.store, tmp_path / "copy.duckdb")
    assert mode(kept) == "600"


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with store.connect(Store(url=str(tmp_path / "store.duckdb"))):
        assert mode(tmp_path) == "755"
