"""Prefect's files beside the database hold nothing that is not made again: what is wrong with them stops nobody."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from monitor.cli.serving import prefect_state


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder of Prefect's with a sound database, and what is not Prefect's."""
    with closing(sqlite3.connect(tmp_path / "prefect.db")) as database:
        database.execute("CREATE TABLE runs (number INTEGER)")
        database.executemany("INSERT INTO runs VALUES (?)", [(number,) for number in range(9_999)])
        database.commit()
    for name in ("serve.lock", "password.txt", "memo_store.toml"):
        (tmp_path / name).write_text(name)
    return tmp_path


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_sound_state_stays(home: Path) -> None:
    assert not prefect_state.set_aside_damaged(home)
    assert _names(home) == {"prefect.db", "serve.lock", "password.txt", "memo_store.toml"}


def _no_database(file: Path) -> None:
    file.write_bytes(b"\x07" * 50_000)


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-5_000])


def _zeroed(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[8_192:20_480] = bytes(12_288)
    file.write_bytes(content)


@pytest.mark.parametrize("damage", [_no_database, _cut, _zeroed])
def test_a_damaged_database_is_set_aside_with_what_belongs_to_it(home: Path, damage: Callable[[Path], None]) -> None:
    damage(home / "prefect.db")
    assert prefect_state.set_aside_damaged(home)
    assert _names(home) == {"serve.lock", "password.txt", prefect_state.ASIDE}
    assert _names(home / prefect_state.ASIDE) == {"prefect.db", "memo_store.toml"}
    assert (home / prefect_state.ASIDE).stat().st_mode & 0o777 == 0o700


def test_only_the_latest_is_kept_aside(home: Path) -> None:
    assert prefect_state.set_aside(home)
    assert not prefect_state.set_aside(home), "nothing is left to blame"
    (home / "profiles.toml").write_bytes(b"\xff")
    assert prefect_state.set_aside(home)
    assert _names(home / prefect_state.ASIDE) == {"profiles.toml"}
