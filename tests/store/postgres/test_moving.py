"""`escucha store copy`: everything goes over, in both directions, also when it is cut off."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor import store
from monitor.cli.commands import app
from monitor.errors import StoreError
from monitor.settings.loading import Settings, Store
from monitor.store.cases import events
from monitor.store.moves import moving
from tests import desk_store
from tests.conftest import NOW, about, mention


def _ignore(_step: str, _done: int, _total: int) -> None:
    pass


@pytest.fixture
def filled(settings: Settings) -> Store:
    """A file with posts in all states, a case, and more rows of one table than go over at once."""
    desk_store.fill(settings, NOW)
    return settings.store


def _content(place: Store) -> dict[str, list[str]]:
    with store.connect(place, read_only=True) as connection:
        tables = moving._tables(connection)
        return {
            table: sorted(map(repr, connection.execute(f"SELECT * FROM {table}{moving._condition(table)}").fetchall()))
            for table in tables
            if table != "mentions"  # the hostile one holds a NUL
        }


def test_there_and_back_again(filled: Store, new_store: Callable[[], Store], tmp_path: Path) -> None:
    server, back = new_store(), Store(url=str(tmp_path / "back.duckdb"))
    there = moving.copy(filled, server, _ignore)
    again = moving.copy(server, back, _ignore)
    assert there.rows["mentions"] == 5
    assert there == again
    assert _content(filled) == _content(back)
    with store.connect(server, read_only=True) as connection:
        assert events.verify(connection).head == there.head
        assert connection.execute("SELECT text FROM mentions WHERE post_id = 'p4'").fetchall() == [
            (desk_store.HOSTILE.replace("\x00", "\ufffd"),)
        ]


def test_numbers_go_on(filled: Store, new_store: Callable[[], Store]) -> None:
    server = new_store()
    moving.copy(filled, server, _ignore)
    with store.connect(server) as connection:
        before = connection.execute("SELECT max(mention_id) FROM mentions").fetchall()[0][0]
        assert connection.execute("SELECT nextval('mention_ids')").fetchall() == [(before + 1,)]


def test_what_was_cut_off_goes_on(
    filled: Store, new_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = new_store()
    monkeypatch.setattr(moving, "_ROWS", 2)
    steps: list[int] = []

    def stop(_step: str, done: int, _total: int) -> None:
        steps.append(done)
        if len(steps) == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        moving.copy(filled, server, stop)
    steps.clear()
    copied = moving.copy(filled, server, lambda _step, done, _total: steps.append(done))
    assert steps[-1] == sum(copied.rows.values())
    with store.connect(server, read_only=True) as connection:
        assert connection.execute("SELECT count(*), count(DISTINCT mention_id) FROM mentions").fetchall() == [(5, 5)]


def test_a_target_with_something_else_is_left_alone(filled: Store, new_store: Callable[[], Store]) -> None:
    server = new_store()
    with store.connect(server) as connection:
        from monitor.store.posts import mentions

        mentions.save(connection, 1, about("Norvia", mention("1")), NOW)
    with pytest.raises(StoreError, match="is not empty: nothing was copied"):
        moving.copy(filled, server, _ignore)
    with store.connect(server, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM mentions").fetchall() == [(1,)]


def test_a_second_source_does_not_go_on_with_the_first_ones_copy(
    filled: Store, new_store: Callable[[], Store], tmp_path: Path
) -> None:
    server, other = new_store(), Store(url=str(tmp_path / "other.duckdb"))
    with store.connect(other):
        pass

    def stop(_step: str, _done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        moving.copy(filled, server, stop)
    with pytest.raises(StoreError, match="is not empty"):
        moving.copy(other, server, _ignore)


def test_there_is_nothing_to_copy(new_store: Callable[[], Store], tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no database at"):
        moving.copy(Store(url=str(tmp_path / "none.duckdb")), new_store(), _ignore)


def test_the_command(filled: Store, new_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_LANGUAGE", "en")
    server = new_store()
    done = CliRunner().invoke(app, ["store", "copy", filled.url, server.url])
    assert done.exit_code == 0, done.output
    assert "each compared" in " ".join(done.output.split())
    assert server.url.partition("@")[0] not in done.output
