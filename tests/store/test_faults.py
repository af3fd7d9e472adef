"""What the engine and the system say about the database, told as what it is: real files, real limits, real locks."""

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest

from monitor import store
from monitor.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull, StoreInterrupted, StoreOutOfMemory
from monitor.settings.loading import Settings, Store
from monitor.store import faults, holders
from monitor.store.posts import mentions
from tests.conftest import NOW, about, mention
from tests.small_disks import small_disk

pytestmark = pytest.mark.duckdb_file("the file's engine, its limits and its locks")
ROOT = Path(__file__).parents[2]
NOBODY = 65534
BLOCK = 262_144  # bytes of a block of DuckDB's
HEADERS = 12_288  # bytes before the first

TOLD = """
import os, sys
from monitor import store
from monitor.errors import StoreError
from monitor.settings.loading import Store
path, statement = sys.argv[1:]
if "user" in os.environ:
    import duckdb, monitor.store.posts.mentions  # what is loaded later may not be readable to another user
    os.setgid(int(os.environ["user"])); os.setuid(int(os.environ["user"]))
try:
    with store.connect(Store(url=path, busy_timeout=0.2), read_only=statement.startswith("SELECT")) as connection:
        print("went through", connection.execute(statement).fetchall())
except StoreError as error:
    print(type(error).__name__, error)
"""


def fill(path: Path, count: int = 400) -> Store:
    """A database with mentions whose write-ahead log is in the file."""
    kept = Store(url=str(path))
    with store.connect(kept) as connection:
        mentions.save(connection, 1, about("Norvia", *(mention(str(n), f"texto {n} " * 9) for n in range(count))), NOW)
    return kept


def told(path: Path, statement: str, limit: str = "", user: int | None = None) -> str:
    """What another process says that does this to the database, within a limit of the shell, as a user."""
    command = f'{limit or "true"} && exec "$@"'
    environment = {**os.environ, "PYTHONPATH": str(ROOT)} | ({"user": str(user)} if user is not None else {})
    done = subprocess.run(
        ["/bin/sh", "-c", command, "sh", sys.executable, "-c", TOLD, str(path), statement],
        capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, (done.returncode, done.stdout, done.stderr[-1_000:])
    return done.stdout.strip().splitlines()[-1]  # before it may stand how far the engine is


def grow_statement(path: Path) -> str:
    """A statement that adds some 24 MB to a table of the database."""
    with store.connect(Store(url=str(path)), read_only=True) as connection:
        columns = connection.execute("SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'rejects'")
        values = {"VARCHAR": "repeat(md5(i::VARCHAR), 12)", "BIGINT": "i", "TIMESTAMP WITH TIME ZONE": "now()"}
        parts = [f"{values.get(kind, 'NULL')} AS {name}" for name, kind in columns.fetchall()]
    return f"INSERT INTO rejects BY NAME SELECT {', '.join(parts)} FROM range(60000) t(i)"


def read_all(kept: Store) -> None:
    """Opens it for writing, reads every column of every table, and writes a row."""
    with store.connect(kept) as connection:
        names = [row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        for name in names:
            connection.execute(f'SELECT count(*), bit_xor(hash(t)) FROM "{name}" t').fetchall()
        connection.execute("INSERT INTO watermarks VALUES ('x', 'q', '1', now())")


def damages(content: bytes, count: int, seed: int) -> Iterator[bytes]:
    """The file with one bit turned, a stretch of zeros, or its end cut off: at its head, anywhere, at its end."""
    pick = random.Random(seed)
    for number in range(count):
        damaged = bytearray(content)
        places = ((0, min(HEADERS, len(content))), (0, len(content)), (max(0, len(content) - BLOCK), len(content)))
        place = pick.randrange(*places[number % 3])
        if number % 5 == 0:
            del damaged[place:]
        elif number % 7 == 0:
            damaged[place : place + 4_096] = bytes(len(damaged[place : place + 4_096]))
        else:
            damaged[place] ^= 1 << pick.randrange(8)
        yield bytes(damaged)


def verdicts(folder: Path, files: Iterator[bytes], write: Callable[[Path, bytes], None]) -> set[str]:
    """What becomes of opening, reading and writing each: '' for nothing wrong, else the error's name."""
    names = set()
    for number, content in enumerate(files):
        path = folder / f"block{number}.duckdb"  # a name with "lock" in it is no evidence of a lock
        write(path, content)
        try:
            read_all(Store(url=str(path), busy_timeout=0.2))
            names.add("")
        except StoreError as error:
            names.add(type(error).__name__)
        for file in folder.glob(f"{path.name}*"):
            file.unlink()
    return names


def test_a_damaged_file_is_told_as_damaged_and_nothing_else(tmp_path: Path) -> None:
    content = fill(tmp_path / "store.duckdb").path.read_bytes()
    names = verdicts(tmp_path, damages(content, 45, 1), Path.write_bytes)
    assert names == {"", "StoreCorrupt"}


@contextmanager
def left_log(kept: Store) -> Iterator[bytes]:
    """The write-ahead log of a process that was killed after its commit."""
    script = (
        "import os, sys, duckdb\nc = duckdb.connect(sys.argv[1])\n"
        "for n in range(40): c.execute(\"INSERT INTO watermarks VALUES ('x', ?, repeat('y', 900), now())\", [str(n)])\n"
        "os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", script, str(kept.path)], check=False).returncode == -signal.SIGKILL
    yield kept.path.with_name(kept.path.name + ".wal").read_bytes()


def test_a_damaged_log_is_told_as_damaged_and_nothing_else(tmp_path: Path) -> None:
    kept = fill(tmp_path / "store.duckdb")
    with left_log(kept) as log:
        content = kept.path.read_bytes()

        def write(path: Path, damaged: bytes) -> None:
            path.write_bytes(content)
            path.with_name(path.name + ".wal").write_bytes(damaged)

        assert verdicts(tmp_path, damages(log, 30, 2), write) == {"", "StoreCorrupt"}


def test_a_limit_on_files_is_told_and_what_was_there_stays(tmp_path: Path) -> None:
    kept = fill(tmp_path / "store.duckdb")
    blocks = kept.path.stat().st_size // 512 + 64
    answer = told(kept.path, grow_statement(kept.path), f"ulimit -f {blocks}")
    assert answer.startswith("StoreFull a file may not grow any further at ")
    assert str(tmp_path) in answer
    assert told(kept.path, "SELECT count(*) FROM mentions") == "went through [(400,)]"


def test_a_full_disk_is_told_and_what_was_there_stays(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 12) as folder:
        kept = fill(folder / "store.duckdb")
        (folder / "rest").write_bytes(bytes(4 << 20))
        answer = told(kept.path, grow_statement(kept.path))
        assert answer.startswith(f"StoreFull the disk is full at {folder} ")
        with (folder / "rest").open("ab", buffering=0) as rest, suppress(OSError):
            while True:
                rest.write(b"x" * 4_096)
        assert told(kept.path, "INSERT INTO watermarks VALUES ('x', 'q', '1', now())").startswith("StoreFull ")
        assert told(kept.path, "SELECT count(*) FROM mentions") == "went through [(400,)]"
        (folder / "rest").unlink()
        assert told(kept.path, "INSERT INTO watermarks VALUES ('x', 'q', '1', now())") == "went through [(1,)]"


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that other users can enter, which those of pytest are not."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may become somebody else")
@pytest.mark.parametrize("barred", ["", ".gate", ".lock", "folder"])
def test_what_another_user_may_not_touch_is_told_with_its_place(public: Path, barred: str) -> None:
    place = public / "data"
    kept = fill(place / "store.duckdb")
    place.chmod(0o777 if barred != "folder" else 0o755)
    for file in place.iterdir():
        file.chmod(0o666)
    if barred == "folder":
        for suffix in (".gate", ".lock"):
            kept.path.with_name(kept.path.name + suffix).unlink()
    else:
        kept.path.with_name(kept.path.name + barred).chmod(0o600)
    answer = told(kept.path, "SELECT count(*) FROM mentions", user=NOBODY)
    name = kept.path.name + (barred if barred != "folder" else ".gate")
    assert answer.startswith(f"StoreUnwritable {place / name} cannot be read and written: Permission denied")
    assert "belongs to root" in answer


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    answer = told(tmp_path / "file" / "store.duckdb", "SELECT 1")
    assert answer.startswith(f"StoreForeign {tmp_path / 'file'} is a file, so that no database can lie in it: ")
    assert told(tmp_path, "SELECT 1").startswith(f"StoreForeign {tmp_path} is a folder")


@pytest.mark.parametrize("kilobytes", [600_000, 450_000, 400_000])
def test_a_limit_of_memory_ends_no_process(tmp_path: Path, kilobytes: int) -> None:
    kept = fill(tmp_path / "store.duckdb")
    answer = told(kept.path, "SELECT count(*) FROM mentions", f"ulimit -v {kilobytes}")
    assert re.match(r"went through \[\(400,\)\]|StoreOutOfMemory .*ulimit -v", answer), answer


def test_memory_that_runs_out_is_told(settings: Settings) -> None:
    query = "SELECT list(i ORDER BY hash(i)) FROM range(9000000) t(i)"
    with pytest.raises(StoreOutOfMemory, match="not enough memory"), store.connect(settings.store) as connection:
        connection.execute(f"SET memory_limit = '20MB'; SET temp_directory = ''; {query}")


def test_ctrl_c_while_the_engine_works_is_ctrl_c(settings: Settings) -> None:
    code = (
        "import sys, threading, _thread\nfrom monitor import store\nfrom monitor.settings.loading import Store\n"
        "try:\n    with store.connect(Store(url=sys.argv[1])) as connection:\n"
        "        threading.Timer(1, _thread.interrupt_main).start()\n"
        "        while True: connection.execute('SELECT sum(hash(i)) FROM range(300000) t(i)').fetchall()\n"
        "except KeyboardInterrupt: print('stopped')"
    )
    command = [sys.executable, "-c", code, str(settings.store.path)]
    for _ in range(3):
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        assert done.stdout == "stopped\n", done.stderr


def test_work_that_is_interrupted_is_told(settings: Settings) -> None:
    with pytest.raises(StoreInterrupted, match="nothing of it was written"), store.connect(settings.store):
        raise duckdb.InterruptException("INTERRUPT Error: Interrupted!")


def test_a_mistake_in_sql_is_no_damage(settings: Settings) -> None:
    with pytest.raises(duckdb.CatalogException), store.connect(settings.store) as connection:
        connection.execute("SELECT * FROM nowhere")


def test_an_error_of_the_body_is_left_alone(settings: Settings) -> None:
    with pytest.raises(FileNotFoundError), store.connect(settings.store):
        raise FileNotFoundError


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (duckdb.FatalException("FATAL Error: invalidated. Original error: No space left on device"), StoreFull),
        (duckdb.TransactionException("Failed to commit: Disk quota exceeded"), StoreFull),
        (duckdb.TransactionException("Failed to commit: Failed to allocate block of 3145728 bytes"), StoreOutOfMemory),
        (duckdb.TransactionException("Failed to commit: checksum 1 does not match stored checksum 2"), StoreCorrupt),
        (duckdb.InternalException("INTERNAL Error: Attempted to access index 9 within vector of size 2"), StoreCorrupt),
        (duckdb.Error("Corrupt database file: checksum 1 does not match stored checksum 2 in block"), StoreCorrupt),
    ],
)  # fmt: skip
def test_what_the_engine_wraps_is_told_as_its_cause(error: Exception, kind: type[StoreError]) -> None:
    assert type(faults.engine_fault(error, Path("/data/block.duckdb"))) is kind


def test_a_folder_named_like_an_error_is_none() -> None:
    error = duckdb.Error("Corrupt database file: checksum in /No space left on device/a.duckdb does not match")
    assert type(faults.engine_fault(error, Path("/No space left on device/a.duckdb"))) is StoreCorrupt


def foreign_holder(path: Path) -> "subprocess.Popen[str]":
    """A process that has the database open with DuckDB alone."""
    script = "import sys, time, duckdb\nc = duckdb.connect(sys.argv[1])\nprint('held', flush=True)\ntime.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="the system lists no locks")
def test_another_program_that_holds_the_database_is_named(settings: Settings) -> None:
    kept = fill(settings.store.path)
    process = foreign_holder(kept.path)
    try:
        with pytest.raises(StoreBusy) as caught, store.connect(kept):
            pass
        assert re.search(rf"without Escucha's lock: python\S* \(process {process.pid} on .*since 20", str(caught.value))
    finally:
        process.kill()
        process.communicate()


HOLD = """
import sys, time
from monitor import store
from monitor.settings.loading import Store
with store.connect(Store(url=sys.argv[1]), read_only=sys.argv[2] == "read"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("mode", ["read", "write"])
@pytest.mark.parametrize("with_list", [True, False])
def test_who_holds_the_lock_is_named_and_since_when(
    settings: Settings, mode: str, with_list: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = fill(settings.store.path)
    if not with_list:
        monkeypatch.setattr(holders, "_LOCKS", tmp_path / "nowhere")
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(kept.path), mode], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        impatient = kept.model_copy(update={"busy_timeout": 0.2})
        with pytest.raises(StoreBusy) as caught, store.connect(impatient):
            pass
        words = (
            rf"held by (last taken by )?python\S* \(process {process.pid} on {re.escape(socket.gethostname())}\) since "
        )
        assert re.search(words + r"20\d\d-", str(caught.value))
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def _in_madrid(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine's clock is Madrid's."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Madrid")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_in_madrid")
def test_a_lock_of_another_machine_is_told_as_the_last_record_says(tmp_path: Path) -> None:
    lock = tmp_path / "store.duckdb.lock"
    lock.write_text(json.dumps(["elsewhere", 7, "escucha run", datetime(2026, 3, 2, 9, tzinfo=UTC).isoformat()]))
    words = holders.describe(lock, holders.read_record(lock))
    assert words == "last taken by escucha run (process 7 on elsewhere) since 2026-03-02 10:00:00 CET"
    lock.write_text("{half a")
    assert holders.describe(lock, holders.read_record(lock)) == ""
