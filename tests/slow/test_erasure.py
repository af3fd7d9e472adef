"""`escucha privacy erase` as people run it: beside all that works, killed anywhere, on a full disk."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil
import pytest

from monitor import store
from monitor.collect import restored
from monitor.privacy import erasure
from monitor.runs import no_progress
from monitor.settings import loading
from monitor.settings.loading import Settings
from monitor.store import backup
from monitor.store.cases import events
from monitor.store.erased import erased_list
from tests.conftest import NOW
from tests.killed_steps import killed_processes
from tests.polling import until
from tests.ports import free_ports
from tests.small_disks import small_disk
from tests.store.privacy import someone

pytestmark = [pytest.mark.slow, pytest.mark.duckdb_file("what lies beside the database's own file")]
CONFIG = """
language = "es"
store.url = "{folder}/data/escucha.duckdb"
[[brands]]
name = "Norvia"
queries = ["norvia"]
[networks.files]
folder = "{folder}/inbox"
[networks.mastodon]
base_url = "{url}"
access_token = "7b0c5d9e2f41a86c3d07"
[exports]
folder = "{folder}/out"
format = "{format}"
[schedule]
pipeline_minutes = 0.5
collect_minutes = 0.5
[log]
level = "debug"
"""
HEADER = "id,author,author_name,created_at,text,thread\n"
HERS = (
    "1,{handle},{name},2026-01-05T08:00:00Z,norvia: {words},\n"
    "2,{handle},{name},2026-01-05T08:05:00Z,norvia vivo en la calle Olmo y nadie contesta,1\n"
)
OTHERS = (
    "3,bruno,Bruno Alba,2026-01-05T08:09:00Z,norvia lo de @{handle} me pasó igual y no contestan,1\n"
    "4,carla,Carla,2026-01-05T09:00:00Z,RT @{handle}: norvia: {words},\n"
    "5,dario,Darío,2026-01-05T09:30:00Z,norvia mi pedido no llega y nadie contesta desde el lunes,\n"
)


class _Words:
    """What the network explains."""

    said = ""


@contextmanager
def refusing() -> Iterator[tuple[str, type[_Words]]]:
    """A server of Mastodon's that refuses everything in words of its own. Gives its address and the words."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f'{{"error": "{_Words.said}"}}'.encode()
            self.send_response(400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", _Words
    finally:
        server.shutdown()
        server.server_close()


def prepared(folder: Path, monkeypatch: pytest.MonkeyPatch, form: str, url: str = "http://127.0.0.1:9") -> Settings:
    (folder / "inbox" / "x").mkdir(parents=True)
    facts = {"handle": someone.HANDLE, "name": someone.NAME, "words": someone.WORDS}
    (folder / "inbox" / "x" / "posts.csv").write_text(HEADER + (HERS + OTHERS).format(**facts), encoding="utf-8")
    (folder / "escucha.toml").write_text(CONFIG.format(folder=folder, url=url, format=form), encoding="utf-8")
    monkeypatch.setenv("ESCUCHA_CONFIG", str(folder / "escucha.toml"))
    return loading.load()


def escucha(folder: Path, *words: object) -> str:
    """A command as people run it, in a process of its own. Returns what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "monitor", *map(str, words)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def served(folder: Path) -> Iterator[None]:
    """`escucha serve` without its dashboard, told to end at the end."""
    command = [sys.executable, "-m", "monitor", "serve", "--no-dashboard", "--prefect-port", str(free_ports(1)[0])]
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        yield
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0
    finally:
        with suppress(psutil.NoSuchProcess):
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
        process.kill()
        process.wait()


def passes(settings: Settings, step: str) -> int:
    """How many runs of a step have ended."""
    if not store.exists(settings.store):
        return 0
    with store.connect(settings.store, read_only=True) as connection:
        sql = "SELECT count(*) FROM runs WHERE step = ? AND ended_at IS NOT NULL"
        return int(connection.execute(sql, [step]).fetchall()[0][0])


def prefect_names_her(settings: Settings) -> bool:
    file = settings.store.path.parent / "prefect" / "prefect.db"
    with closing(sqlite3.connect(file)) as database:
        sql = "SELECT count(*) FROM task_run_state WHERE lower(message) LIKE ?"
        return bool(database.execute(sql, [f"%{someone.HANDLE.lower()}%"]).fetchall()[0][0])


def is_sound(settings: Settings) -> bool:
    with store.connect(settings.store, read_only=True) as connection:
        return events.verify(connection).is_sound


def counted(settings: Settings) -> list[object]:
    """Figures that must stay: posts by month and network, cases by stage, people."""
    with store.connect(settings.store, read_only=True) as connection:
        return [
            connection.execute(sql).fetchall()
            for sql in (
                "SELECT network, date_trunc('month', posted_at), count(*), count(DISTINCT coalesce(author_id, author)) "
                "FROM mentions GROUP BY ALL ORDER BY ALL",
                "SELECT brand, stage, opened_at, count(*) FROM cases GROUP BY ALL ORDER BY ALL",
                "SELECT decision, count(*) FROM classifications GROUP BY ALL ORDER BY ALL",
            )
        ]


@pytest.mark.parametrize("form", ["xlsx", "parquet"])
def test_nobody_comes_back_and_no_byte_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    with refusing() as (url, network):
        settings = prepared(tmp_path, monkeypatch, form, url)
        network.said = f"@{someone.HANDLE} is suspended"
        with served(tmp_path):
            until(lambda: passes(settings, "hand over") and prefect_names_her(settings), 300)
            escucha(tmp_path, "backup", tmp_path / "copies" / "before.duckdb")
            before = counted(settings)
            assert someone.traces(tmp_path / "data", tmp_path / "out")
            network.said = "try again later"
            escucha(tmp_path, "privacy", "erase", "--author", someone.HANDLE, "--yes")
            done = passes(settings, "collect")
            (tmp_path / "inbox" / "x" / "again.csv").write_bytes((tmp_path / "inbox" / "x" / "posts.csv").read_bytes())
            until(lambda: passes(settings, "collect") > done + 2, 300)
    kept = [tmp_path / name for name in ("data", "out")]  # what `escucha serve` printed is the terminal's
    assert someone.traces(*kept) == []
    assert counted(settings) == before
    escucha(tmp_path, "cases", "verify")
    escucha(tmp_path, "import", tmp_path / "inbox" / "x" / "again.csv", "--network", "x")
    escucha(tmp_path, "backup", tmp_path / "copies" / "later.duckdb")
    escucha(tmp_path, "restore", tmp_path / "copies" / "before.duckdb")
    assert someone.traces(*kept, tmp_path / "copies" / "later.duckdb") == []
    assert counted(settings) == before
    escucha(tmp_path, "cases", "verify")


KILLED = """
import os, pathlib, sys
from monitor.privacy import beside, erasure
from monitor.settings import loading
from monitor.store import rewriting
from monitor.store.privacy import handed_over, people
from tests.conftest import NOW
from tests.killed_steps import KilledSteps
from tests.store.privacy import someone

def act(moment):
    counted = KilledSteps(moment).counted
    os.fsync = counted(os.fsync)
    pathlib.Path.replace = counted(pathlib.Path.replace)
    for module, name in ((rewriting, "_copy_rows"), (handed_over, "note_unfinished"), (handed_over, "finish"),
                         (beside, "_write_deliveries"), (beside, "clean_journals")):
        setattr(module, name, counted(getattr(module, name)))
    settings = loading.load()
    find = lambda connection: people.by_author(connection, someone.HANDLE)
    erasure.erase(settings, find, actor="cli:eva", origin="cli", now=NOW)
    erasure.finish(settings, actor="cli:eva", now=NOW)
"""


def test_killed_anywhere_it_is_ended_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = prepared(tmp_path, monkeypatch, "csv")
    someone.fill(settings)
    backup.backup(settings.store, tmp_path / "copies" / "before.duckdb")
    with restored.prepare(settings, tmp_path / "copies" / "before.duckdb", no_progress, look_up=False) as made:
        backup.restore(settings.store, made.path, is_numbered=True)
    for name in ("data", "out"):
        shutil.copytree(tmp_path / name, tmp_path / "full" / name)
    begun = 0
    with killed_processes(KILLED) as killed_at:
        for moment in range(200):
            for name in ("data", "out"):
                shutil.rmtree(tmp_path / name)
                shutil.copytree(tmp_path / "full" / name, tmp_path / name)
            status = killed_at(moment)
            with store.connect(settings.store, read_only=True) as connection:
                is_begun = bool(erased_list.read(connection))
            begun += is_begun
            if is_begun:  # else the person is there still, whole, and the command is given again
                erasure.finish_if_due(settings, actor="cli:eva", now=NOW)
                assert someone.traces(tmp_path / "data", tmp_path / "out") == [], moment
            assert is_sound(settings)
            if status == 0:
                break
            assert status == -signal.SIGKILL
    assert begun > 10


def test_nothing_comes_back_while_posts_are_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = prepared(tmp_path, monkeypatch, "jsonl")
    file = tmp_path / "inbox" / "x" / "posts.csv"
    escucha(tmp_path, "import", file, "--network", "x")
    program = f"import os\nfor n in range(6): os.system({f'{sys.executable} -m monitor import {file} --network x'!r})"
    importing = subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path, stdout=subprocess.DEVNULL)
    escucha(tmp_path, "privacy", "erase", "--author", someone.HANDLE, "--yes")
    importing.wait(300)
    assert someone.traces(tmp_path / "data") == []
    assert is_sound(settings)


def test_a_full_disk_is_told_and_room_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with small_disk(tmp_path / "disk", 40) as folder:
        settings = prepared(folder, monkeypatch, "csv")
        someone.fill(settings)
        size = settings.store.path.stat().st_size
        (folder / "rest").write_bytes(bytes(shutil.disk_usage(folder).free - size // 2))
        command = [sys.executable, "-m", "monitor", "privacy", "erase", "--author", someone.HANDLE, "--yes"]
        told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=dict(os.environ))
        assert "escucha privacy compact" in told.stdout + told.stderr
        (folder / "rest").unlink()
        escucha(folder, "privacy", "compact")
        assert someone.traces(folder / "data", folder / "out") == []
        assert is_sound(settings)
