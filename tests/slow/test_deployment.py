"""prefect.yaml and `escucha worker` for real: a server on loopback, `prefect deploy --all`, workers, real posts."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from monitor import store
from monitor.models.exports import CaseRow
from monitor.pipeline.hand_over import case_rows
from monitor.settings.loading import Settings, load
from monitor.store import leases, status
from monitor.store.schedules import planned
from tests.polling import until
from tests.ports import free_ports
from tests.postgres_server import PostgresServer

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
TEXTS = {
    1: "@norvia llevo dos semanas esperando mi pedido, nadie contesta y no me devuelven el dinero. Una vergüenza",
    2: "Norvia me cobró dos veces la misma factura y el teléfono de atención me cuelga. Exijo una solución",
    3: "Gracias a Norvia por el regalo, llegó rapidísimo y todo perfecto",
}
POSTS = "".join(f'{number},"{text}",ana{number},2026-03-01T10:00:00Z\n' for number, text in TEXTS.items())
# What the first versions deployed: one pool for everything, and the main line on a schedule.
EARLIER = f"""
name: escucha
pull:
  - prefect.deployments.steps.set_working_directory:
      directory: {ROOT}
deployments:
  - name: escucha
    entrypoint: flows/main_line.py:main_line
    work_pool:
      name: escucha
    schedules:
      - cron: "*/15 * * * *"
"""
ROLES = ("collect", "classify", "desk")


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A machine's environment: settings, a Prefect of its own with a password, loopback only."""
    drop = tmp_path / "drop" / "x"
    drop.mkdir(parents=True)
    (drop / "posts.csv").write_text("id,text,author,created_at\n" + POSTS, encoding="utf-8")
    config = tmp_path / "norvia.toml"
    config.write_text(
        f'store.url = "{tmp_path / "norvia.duckdb"}"\nnetworks.files.folder = "{drop.parent}"\n'
        f'exports.folder = "{tmp_path / "out"}"\n[[brands]]\nname = "Norvia"\nqueries = ["norvia"]\n',
    )
    (port,) = free_ports(1)
    own = {
        "ESCUCHA_CONFIG": str(config),
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_API_AUTH_STRING": "admin:tres-tristes-tigres",
        "PREFECT_SERVER_API_AUTH_STRING": "admin:tres-tristes-tigres",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_API_PORT": str(port),
        "DO_NOT_TRACK": "1",
        "PYTHONPATH": str(ROOT),
    }
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    return dict(os.environ)


@pytest.fixture
def on_server(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, postgres_server: PostgresServer) -> None:
    """The store is a database of that server."""
    url = postgres_server.create_database(f"deployed_{os.urandom(4).hex()}")
    environment["ESCUCHA_STORE__URL"] = url
    monkeypatch.setenv("ESCUCHA_STORE__URL", url)


@pytest.fixture
def start(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    """Starts `python -m ...` in the background; all are ended, with their children, after the test."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(*arguments: str) -> "subprocess.Popen[bytes]":
        with (tmp_path / f"{arguments[1]}.log").open("ab") as log:
            command = [sys.executable, "-m", *arguments]
            running.append(
                subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=log, stderr=log, start_new_session=True)
            )
        return running[-1]

    yield begin
    for process in reversed(running):
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def server(environment: dict[str, str], start: Callable[..., "subprocess.Popen[bytes]"]) -> None:
    """The Prefect server runs."""
    start("prefect", "server", "start", "--host", "127.0.0.1")
    until(lambda: _answers(environment["PREFECT_API_URL"] + "/health"))


@pytest.mark.usefixtures("server")
def test_what_an_earlier_version_deployed_goes_on_until_it_is_deployed_by_role(
    environment: dict[str, str], start: Callable[..., "subprocess.Popen[bytes]"], tmp_path: Path
) -> None:
    _prefect(environment, "work-pool", "create", "escucha", "--type", "process")
    (tmp_path / "earlier.yaml").write_text(EARLIER, encoding="utf-8")
    _prefect(environment, "--no-prompt", "deploy", "--all", "--prefect-file", str(tmp_path / "earlier.yaml"))
    start("prefect", "worker", "start", "--pool", "escucha")
    assert _run(environment, "main-line") == "Completed", (tmp_path / "worker.log").read_text(errors="replace")
    _check_store(load(), tmp_path)
    for role in ROLES:
        _prefect(environment, "work-pool", "create", role, "--type", "process")
    _prefect(environment, "--no-prompt", "deploy", "--all")
    pools, scheduled = asyncio.run(_deployed(environment))
    assert pools == {
        "main-line": "desk", "collect": "collect", "recheck": "collect", "listen": "collect", "classify": "classify",
        "open-cases": "desk", "hand-over": "desk", "retention": "desk",
    }  # fmt: skip
    assert scheduled == pools.keys() - {"main-line"}


@pytest.mark.usefixtures("server", "on_server")
def test_each_role_does_its_part(
    environment: dict[str, str], start: Callable[..., "subprocess.Popen[bytes]"], tmp_path: Path
) -> None:
    for role in ROLES:
        (port,) = free_ports(1)
        environment["PREFECT_WORKER_WEBSERVER_PORT"] = str(port)
        start("monitor", "worker", "--role", role)
        until(lambda port=port: _answers(f"http://127.0.0.1:{port}/health"))
    _deploy(environment)
    flows = ("collect", "classify", "open-cases", "hand-over")
    for flow in flows:
        assert _run(environment, flow) == "Completed", (tmp_path / "worker.log").read_text(errors="replace")
    _check_store(load(), tmp_path)
    with store.connect(load().store, read_only=True) as connection:
        assert {work.flow for work in planned.read(connection)} >= set(flows), "if they end, that will be noticed"


@pytest.mark.usefixtures("server", "on_server")
def test_a_worker_leaves_nothing_behind_however_it_ends(
    environment: dict[str, str], start: Callable[..., "subprocess.Popen[bytes]"], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        environment |= _silent_network(silent)
        worker = start("monitor", "worker", "--role", "collect", "--role", "desk", "--role", "classify")
        _deploy(environment)
        below = _reading(environment, worker)
        next(process for process in below if "worker start --pool collect" in " ".join(process.cmdline())).kill()
        until(lambda: not any("prefect.engine" in " ".join(one.cmdline()) for one in _running(below)), 60)
        assert worker.poll() is None, "one that dies is started again"
        below = _reading(environment, worker)
        worker.kill()
        until(lambda: not _running(below), 60)  # each gets SIGTERM and some seconds first
        worker = start("monitor", "worker", "--role", "collect")
        below = _reading(environment, worker)
        worker.terminate()
        assert worker.wait(60) == 0, (tmp_path / "worker.log").read_text(errors="replace")
        assert not _running(below)


@pytest.mark.usefixtures("server", "on_server")
def test_what_a_killed_worker_was_doing_another_machine_goes_on_with_within_a_minute(
    environment: dict[str, str], start: Callable[..., "subprocess.Popen[bytes]"], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        environment |= _silent_network(silent)
        workers = {}
        for host in (
            "one",
            "two",
        ):  # names of their own: none sees whether a process of the other lives
            (tmp_path / host).mkdir()
            (tmp_path / host / "sitecustomize.py").write_text(f"import socket\nsocket.gethostname = lambda: {host!r}\n")
            environment["PYTHONPATH"] = f"{tmp_path / host}{os.pathsep}{ROOT}"
            workers[host] = start("monitor", "worker", "--role", "collect")
        until(lambda: "collect" in asyncio.run(_pools(environment)))
        for role in ("classify", "desk"):
            _prefect(environment, "work-pool", "create", role, "--type", "process")
        _prefect(environment, "--no-prompt", "deploy", "--all")
        _prefect(environment, "deployment", "run", "collect/escucha")
        until(lambda: _reader() is not None)
        killed = _reader()
        assert killed is not None
        _kill(workers[killed])
        seconds = until(lambda: _reader() not in (None, killed))
        print(f"taken over after {seconds:.1f} s")
        assert seconds < 60


def _silent_network(silent: socket.socket) -> dict[str, str]:
    """Settings of a network that never answers: reading it lasts."""
    return {
        "ESCUCHA_NETWORKS__MASTODON__BASE_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
        "ESCUCHA_NETWORKS__MASTODON__ACCESS_TOKEN": "a-token-of-mastodon",
        "ESCUCHA_NETWORKS__MASTODON__TIMEOUT": "600",
    }


def _reader() -> str | None:
    """Which machine reads the network."""
    with store.connect(load().store, read_only=True) as connection:
        lease = leases.read(connection, "collect mastodon")
    return lease.process.host if lease and lease.holder else None


def _kill(worker: "subprocess.Popen[bytes]") -> None:
    """Ends it with all below it at once, as when the machine loses its power."""
    processes = [psutil.Process(worker.pid), *psutil.Process(worker.pid).children(recursive=True)]
    for number in (signal.SIGSTOP, signal.SIGKILL):  # stopped first, so that nothing can be tidied up
        for process in processes:
            process.send_signal(number)
    worker.wait()


def _reading(environment: dict[str, str], worker: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    """All processes below a worker, which has begun to read."""
    parent = psutil.Process(worker.pid)
    _prefect(environment, "deployment", "run", "collect/escucha")
    until(lambda: any("prefect.engine" in " ".join(one.cmdline()) for one in _running(parent.children(recursive=True))))
    time.sleep(5)
    return parent.children(recursive=True)


def _running(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def _deploy(environment: dict[str, str]) -> None:
    """Deploys once the workers have made their pools."""
    for role in ROLES:
        until(lambda role=role: role in asyncio.run(_pools(environment)))
    _prefect(environment, "--no-prompt", "deploy", "--all")


def _check_store(settings: Settings, tmp_path: Path) -> None:
    with store.connect(settings.store, read_only=True) as connection:
        counts = status.read(connection)
    cases: list[CaseRow] = list(case_rows(settings))
    assert (counts.mentions, counts.classified) == (3, 3)
    assert {"1"} <= {case.post_id for case in cases} <= {"1", "2"}
    assert len(list((tmp_path / "out").glob("cases-*.csv"))) == 1


def _run(environment: dict[str, str], flow: str) -> str | None:
    """Asks for a run of a deployment, and waits for its end. Returns its state."""
    _prefect(environment, "deployment", "run", f"{flow}/escucha")
    return asyncio.run(_end_of(environment, flow))


@asynccontextmanager
async def _client(environment: dict[str, str]) -> AsyncIterator[Any]:
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

    own = {setting: environment[setting.name] for setting in (PREFECT_API_URL, PREFECT_API_AUTH_STRING)}
    with temporary_settings(own):
        async with get_client() as client:
            yield client


async def _end_of(environment: dict[str, str], flow: str) -> str | None:
    from prefect.client.schemas.filters import FlowFilter, FlowFilterName

    only = FlowFilter(name=FlowFilterName(any_=[flow]))
    async with _client(environment) as client:
        deadline = time.monotonic() + 240
        while True:
            runs: list[Any] = await client.read_flow_runs(flow_filter=only)
            (asked,) = [run for run in runs if not run.auto_scheduled and not run.parent_task_run_id]
            if (asked.state and asked.state.is_final()) or time.monotonic() > deadline:
                return str(asked.state_name)
            await asyncio.sleep(1)


async def _pools(environment: dict[str, str]) -> set[str]:
    async with _client(environment) as client:
        return {pool.name for pool in await client.read_work_pools()}


async def _deployed(environment: dict[str, str]) -> tuple[dict[str, str], set[str]]:
    """The work pool of each flow's deployment, and which of them have a schedule."""
    async with _client(environment) as client:
        deployments = await client.read_deployments()
        names = {one.id: (await client.read_flow(one.flow_id)).name for one in deployments}
    pools = {names[one.id]: str(one.work_pool_name) for one in deployments}
    return pools, {names[one.id] for one in deployments if any(schedule.active for schedule in one.schedules)}


def _prefect(environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "-m", "prefect", *arguments]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
