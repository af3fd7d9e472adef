"""`escucha store copy`: everything goes over, in both directions, also when it is cut off."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from monitor import store
from monitor.cli.commands import app
from monitor.errors import StoreError
from monitor.settings.loading import Settings, Store
from monitor.store.cases import events
from monitor.store.moves import moving, ranges
from tests import desk_store
from tests.conftest import NOW, about, mention
from tests.postgres_server import PostgresServer

ROWS_SENT = ("copied", 0)
"""All rows are there, and no index that was set aside."""


def _ignore(_step: str, _done: int, _total: int) -> None:
    pass


@pytest.fixture
def filled(settings: Settings, five_posts: tuple[Callable[[Store], None], dict[str, int]]) -> Store:
    """A file with posts in all states, a case, and more rows of one table than go over at once."""
    five_posts[0](settings.store)
    return settings.store


def _content(place: Store) -> dict[str, list[str]]:
    with store.connect(place, read_only=True) as connection:
        statements = {
            table.name: f"SELECT * FROM {table.name}{ranges.Range(table).condition()[0]}"
            for table in moving._tables(connection)
            if table.name != "mentions"  # the hostile one holds a NUL
        }
        rows = {table: connection.execute(sql).fetchall() for table, sql in statements.items()}
    return {table: sorted(repr(row).replace("datetime.timezone.utc", "<UTC>") for row in rows[table]) for table in rows}


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
    monkeypatch.setattr(ranges, "_ROWS", 2)
    steps: list[int] = []

    def stop(_step: str, done: int, _total: int) -> None:
        steps.append(done)
        if len(steps) == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        moving.copy(filled, server, stop)
    steps.clear()
    copied = moving.copy(filled, server, lambda step, done, _total: steps.append(done) if step == "copied" else None)
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


def _cut_off(source: Store, target: Store, after: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy that ends after so many parts of a step."""
    monkeypatch.setattr(ranges, "_ROWS", 2)
    done = Counter[str]()

    def stop(step: str, count: int, total: int) -> None:
        done[step] += 1
        if (step, done[step]) == after or (after == ROWS_SENT and count == total):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        moving.copy(source, target, stop)


def test_what_changed_since_a_copy_was_cut_off_arrives_too(
    filled: Store, new_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server, back = new_store(), Store(url=str(tmp_path / "back.duckdb"))
    _cut_off(filled, server, ROWS_SENT, monkeypatch)
    with store.connect(filled) as connection:
        connection.execute("UPDATE mentions SET text = '', deleted_at = now() WHERE mention_id = 1")
        connection.execute("DELETE FROM corrections")
        connection.execute("DELETE FROM posts WHERE mention_id = 5")
    moving.copy(filled, server, _ignore)
    moving.copy(server, back, _ignore)
    assert _content(back) == _content(filled)
    with store.connect(server, read_only=True) as connection:
        assert connection.execute("SELECT text FROM mentions WHERE mention_id = 1").fetchall() == [("",)]


def test_what_changed_on_a_server_arrives_in_the_file_too(
    filled: Store, new_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server, back = new_store(), Store(url=str(tmp_path / "back.duckdb"))
    moving.copy(filled, server, _ignore)
    _cut_off(server, back, ROWS_SENT, monkeypatch)
    for place in (filled, server):
        with store.connect(place) as connection:
            connection.execute("UPDATE cases SET tags = 'vip' WHERE case_id = 1")
            connection.execute("DELETE FROM posts WHERE mention_id = 5")
    moving.copy(server, back, _ignore)
    assert _content(back) == _content(filled)


def _indexes(place: Store) -> set[str]:
    with psycopg.connect(place.url) as session:
        rows = session.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema()").fetchall()
        return {made for (made,) in rows}


@pytest.mark.parametrize("after", [("copied", 9), ROWS_SENT, ("indexed", 1), ("indexed", 3)])
def test_all_indexes_are_there_in_the_end(
    filled: Store, new_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch, after: tuple[str, int]
) -> None:
    fresh, server = new_store(), new_store()
    with store.connect(fresh):
        pass
    _cut_off(filled, server, after, monkeypatch)
    assert len(_indexes(server)) < len(_indexes(fresh))
    moving.copy(filled, server, _ignore)
    assert _indexes(server) == _indexes(fresh)
    with store.connect(server, read_only=True) as connection:
        assert connection.execute("SELECT name FROM desk_marks WHERE name LIKE 'copied%'").fetchall() == []


_KILLED = """
import sys
from monitor.settings.loading import Store
from monitor.store.moves import moving, ranges
ranges._ROWS = 2
moving.copy(Store(url=sys.argv[1]), Store(url=sys.argv[2]), lambda step, *_: print(step, flush=True))
"""


@pytest.mark.parametrize("lines", [5, 40])
def test_a_copy_whose_process_was_killed_goes_on(filled: Store, new_store: Callable[[], Store], lines: int) -> None:
    server = new_store()
    with subprocess.Popen(
        [sys.executable, "-c", _KILLED, filled.url, server.url], stdout=subprocess.PIPE, text=True
    ) as copying:
        assert copying.stdout is not None
        for _ in range(lines):
            assert copying.stdout.readline() == "copied\n"
        copying.kill()
    with pytest.raises(StoreError, match="is a copy that was cut off"), store.connect(server, read_only=True):
        pass
    copied = moving.copy(filled, server, _ignore)
    assert copied.rows["mentions"] == 5
    assert _content(server) == _content(filled)


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize("after", [("copied", 2), ROWS_SENT])
def test_nobody_opens_a_copy_that_is_not_whole(
    filled: Store,
    new_store: Callable[[], Store],
    monkeypatch: pytest.MonkeyPatch,
    *,
    read_only: bool,
    after: tuple[str, int],
) -> None:
    server = new_store()
    _cut_off(filled, server, after, monkeypatch)
    with pytest.raises(StoreError, match="is a copy that was cut off"), store.connect(server, read_only=read_only):
        pass
    moving.copy(filled, server, _ignore)
    with store.connect(server, read_only=read_only):
        pass


def test_nobody_opens_a_file_that_is_not_whole(
    filled: Store, new_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server, back = new_store(), Store(url=str(tmp_path / "back.duckdb"))
    moving.copy(filled, server, _ignore)
    _cut_off(server, back, ("copied", 30), monkeypatch)
    with pytest.raises(StoreError, match="is a copy that was cut off"), store.connect(back, read_only=True):
        pass


def test_who_may_not_see_the_numbers_does_not_copy(
    filled: Store, new_store: Callable[[], Store], postgres_server: PostgresServer, tmp_path: Path
) -> None:
    server = new_store()
    moving.copy(filled, server, _ignore)
    with postgres_server.admin() as admin:
        admin.execute(f"CREATE ROLE reader LOGIN PASSWORD '{postgres_server.password}'")
    with psycopg.connect(server.url, autocommit=True) as session:
        session.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    reader = Store(url=server.url.replace("//escucha:", "//reader:"))
    with pytest.raises(StoreError, match="permission denied for sequence"):
        moving.copy(reader, Store(url=str(tmp_path / "back.duckdb")), _ignore)


def test_a_store_is_not_copied_onto_itself(filled: Store) -> None:
    with pytest.raises(StoreError, match="is the source and the target"):
        moving.copy(filled, filled.model_copy(), _ignore)


def test_tables_of_others_in_the_database_stay_theirs(filled: Store, new_store: Callable[[], Store]) -> None:
    server = new_store()
    with psycopg.connect(server.url, autocommit=True) as session:
        session.execute("CREATE SCHEMA old")
        session.execute("CREATE TABLE old.mentions (something integer)")
        session.execute("CREATE TABLE old.invoices (amount integer)")
    assert moving.copy(filled, server, _ignore).rows["mentions"] == 5


def test_numbers_jump_only_when_asked_to(
    filled: Store, new_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = new_store()
    moving.copy(filled, server, _ignore)
    monkeypatch.setenv("ESCUCHA_STORE__URL", server.url)
    assert CliRunner().invoke(app, ["store", "restored"]).exit_code == 1
    done = CliRunner().invoke(app, ["store", "restored", "--yes"])
    assert done.exit_code == 0, done.output
    with store.connect(server) as connection:
        assert connection.execute("SELECT nextval('case_ids')").fetchall()[0][0] > 100_000
