"""`escucha serve` as a user has it: one command, everything up, a dead child comes back, one signal ends it all."""

import base64
import http.client
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from tests.polling import until
from tests.ports import free_ports

pytestmark = pytest.mark.slow


@pytest.fixture
def ports() -> tuple[int, int]:
    """Two free ports of this machine."""
    dashboard, prefect = free_ports(2)
    return dashboard, prefect


@pytest.fixture
def variables() -> dict[str, str]:
    """What else the operator has set in the environment."""
    return {}


@pytest.fixture
def served(tmp_path: Path, ports: tuple[int, int], variables: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """`escucha serve` with a pass every half minute, its words in serve.log."""
    environment = {
        **os.environ,
        "ESCUCHA_STORE__URL": str(tmp_path / "store" / "norvia.duckdb"),
        "ESCUCHA_SCHEDULE__PIPELINE_MINUTES": "0.5",
        "ESCUCHA_SCHEDULE__COLLECT_MINUTES": "0.5",
        "PREFECT_API_KEY": "of another server",
        **variables,
    }
    command = [sys.executable, "-m", "monitor", "serve", "--port", str(ports[0]), "--prefect-port", str(ports[1])]
    with (tmp_path / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=log, stderr=log)
    yield process
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(process.pid).children(recursive=True):
            child.kill()
    process.kill()
    process.wait()


def _command(process: psutil.Process) -> list[str]:
    with suppress(psutil.ZombieProcess, psutil.NoSuchProcess):
        return process.cmdline()
    return []


def _zeroed(file: Path) -> None:
    """Blocks that a disk has lost."""
    with file.open("r+b") as database:
        database.seek(8192)
        database.write(bytes(65536))


def _of_another_version(file: Path) -> None:
    """What a newer Prefect leaves to an older one."""
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = 'ffffffffffff'")


def test_serve_runs_what_is_due_mends_itself_and_stops_whole(
    served: "subprocess.Popen[bytes]", tmp_path: Path, ports: tuple[int, int]
) -> None:
    def said(words: str, times: int = 1) -> Callable[[], bool]:
        return lambda: (tmp_path / "serve.log").read_text(errors="replace").count(words) >= times

    until(said("ready: dashboard"))
    for url in (f"http://127.0.0.1:{ports[0]}/", f"http://127.0.0.1:{ports[1]}/api/health"):
        with urllib.request.urlopen(url, timeout=10) as answer:
            assert answer.status == 200
    until(said("collect: nothing to do", 2))
    home = tmp_path / "store" / "prefect"
    modes = {file.name: f"{file.stat().st_mode & 0o777:o}" for file in (home, *home.glob("prefect.db*"))}
    assert modes == {"prefect": "700"} | dict.fromkeys(modes.keys() - {"prefect"}, "600")
    assert "prefect.db" in modes
    for kills, program in enumerate(("leash.py", "flows"), 1):
        commands = {child: _command(child) for child in psutil.Process(served.pid).children(recursive=True)}
        part = next(child for child, words in commands.items() if "flows" in words and program in " ".join(words[:4]))
        part.kill()
        until(said("flows stopped by itself", kills))
        until(said("collect: nothing to do", 2 + kills))
    children = psutil.Process(served.pid).children(recursive=True)
    served.send_signal(signal.SIGTERM)
    assert served.wait(90) == 0
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]


def test_prefect_answers_nobody_without_the_password_of_this_start(
    served: "subprocess.Popen[bytes]", tmp_path: Path, ports: tuple[int, int]
) -> None:
    until(lambda: "ready: dashboard" in (tmp_path / "serve.log").read_text(errors="replace"))
    file = tmp_path / "store" / "prefect" / "password.txt"
    password = file.read_text().strip()
    assert file.stat().st_mode & 0o777 == 0o600
    assert f"its password is in {file}" in (tmp_path / "serve.log").read_text()
    assert _filter_deployments(ports[1]) == (401, None)
    assert _filter_deployments(ports[1], Authorization=_basic("guessed")) == (401, None)
    assert _filter_deployments(ports[1], Origin="http://evil.example", Host="evil.example") == (403, None)
    assert _filter_deployments(ports[1], Authorization=_basic(password)) == (200, None)
    foreign = _filter_deployments(ports[1], Authorization=_basic(password), Origin="http://evil.example")
    assert foreign == (403, None), "no page of another site may ask, nor read the answer"
    for page in ("", "api/health"):
        with urllib.request.urlopen(f"http://127.0.0.1:{ports[1]}/{page}", timeout=10) as answer:
            assert answer.status == 200
            assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    served.send_signal(signal.SIGTERM)
    assert served.wait(90) == 0
    logs = [
        path
        for path in tmp_path.rglob("*")
        if path.is_file() and path != file and password.encode() in path.read_bytes()
    ]
    assert not logs


@pytest.mark.parametrize("variables", [{"PREFECT_SERVER_API_AUTH_STRING": "operator:of-norvia"}])
def test_the_operators_own_password_is_prefects(
    served: "subprocess.Popen[bytes]", tmp_path: Path, ports: tuple[int, int], variables: dict[str, str]
) -> None:
    (password,) = variables.values()
    until(lambda: "collect: nothing to do" in (tmp_path / "serve.log").read_text(errors="replace"))
    assert _filter_deployments(ports[1], Authorization=_basic(password)) == (200, None)
    assert _filter_deployments(ports[1], Authorization=_basic("guessed")) == (401, None)
    assert (tmp_path / "store" / "prefect" / "password.txt").read_text().strip() == password
    served.send_signal(signal.SIGTERM)
    assert served.wait(90) == 0
    assert password not in (tmp_path / "serve.log").read_text(errors="replace")


def _basic(password: str) -> str:
    return "Basic " + base64.b64encode(password.encode()).decode()


def _filter_deployments(port: int, **headers: str) -> tuple[int, str | None]:
    """The status of a request that a web page would begin with, and which sites may read the answer."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("POST", "/api/deployments/filter", "{}", {"Content-Type": "application/json", **headers})
        with connection.getresponse() as answer:
            return answer.status, answer.headers["Access-Control-Allow-Origin"]


@contextmanager
def _started_again(command: list[str], environment: dict[str, str], folder: Path) -> Iterator[None]:
    """The same once more, its words in again.log; ended by a signal."""
    with (folder / "again.log").open("wb") as log:
        again = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
    try:
        yield
    finally:
        again.send_signal(signal.SIGTERM)
        assert again.wait(90) == 0


@pytest.mark.parametrize("damage", [_zeroed, _of_another_version], ids=["damaged", "of another version"])
def test_a_database_of_prefects_that_cannot_be_used_stops_nothing(
    damage: Callable[[Path], None], served: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    def words(log: str) -> str:
        return (tmp_path / log).read_text(errors="replace")

    until(lambda: "collect: nothing to do" in words("serve.log"))
    command, environment = psutil.Process(served.pid).cmdline(), psutil.Process(served.pid).environ()
    served.send_signal(signal.SIGTERM)
    assert served.wait(90) == 0
    damage(tmp_path / "store" / "prefect" / "prefect.db")
    with _started_again(command, environment, tmp_path):
        until(lambda: "collect: nothing to do" in words("again.log"))
        assert "Prefect's own notes cannot be used" in words("again.log")
        assert (tmp_path / "store" / "prefect" / "set-aside" / "prefect.db").exists()
        assert "Traceback" not in words("again.log")


def test_serve_starts_again_at_once_after_it_was_killed(
    served: "subprocess.Popen[bytes]", tmp_path: Path, ports: tuple[int, int]
) -> None:
    until(lambda: "ready: dashboard" in (tmp_path / "serve.log").read_text(errors="replace"))
    children = psutil.Process(served.pid).children(recursive=True)
    command = psutil.Process(served.pid).cmdline()
    environment = psutil.Process(served.pid).environ()
    served.kill()
    served.wait()
    with _started_again(command, environment, tmp_path):
        until(lambda: "ready: dashboard" in (tmp_path / "again.log").read_text(errors="replace"))
        assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]


def test_a_signal_ends_the_dashboard_and_its_streamlit(tmp_path: Path, ports: tuple[int, int]) -> None:
    environment = {**os.environ, "ESCUCHA_HEADLESS": "1", "ESCUCHA_STORE__URL": str(tmp_path / "norvia.duckdb")}
    command = [sys.executable, "-m", "monitor", "dashboard", "--port", str(ports[0])]
    with (tmp_path / "dashboard.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=log, stderr=log)
    try:
        until(lambda: _answers(ports[0]))
        children = psutil.Process(process.pid).children(recursive=True)
        assert any("streamlit" in " ".join(child.cmdline()) for child in children)
        process.send_signal(signal.SIGTERM)
        assert process.wait(90) == 0
        assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
        assert not _answers(ports[0])
    finally:
        process.kill()


def _answers(port: int) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=10) as answer:
        return bool(answer.status == 200)
    return False


def test_a_port_in_use_is_said_with_the_option_that_helps(tmp_path: Path, ports: tuple[int, int]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ports[1]))
        taken.listen()
        command = [sys.executable, "-m", "monitor", "serve", "--prefect-port", str(ports[1])]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert f"--prefect-port {ports[1] + 1}" in done.stderr
    assert "Traceback" not in done.stderr
