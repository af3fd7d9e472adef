"""prefect.yaml for real: a server, a work pool, `prefect deploy --all` and a worker on loopback, on real posts."""

import asyncio
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from monitor import store
from monitor.models.exports import CaseRow
from monitor.pipeline.hand_over import case_rows
from monitor.settings.loading import Settings, load
from monitor.store import status
from tests.polling import until
from tests.ports import free_ports

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
TEXTS = {
    1: "@norvia llevo dos semanas esperando mi pedido, nadie contesta y no me devuelven el dinero. Una vergüenza",
    2: "Norvia me cobró dos veces la misma factura y el teléfono de atención me cuelga. Exijo una solución",
    3: "Gracias a Norvia por el regalo, llegó rapidísimo y todo perfecto",
}
POSTS = "".join(f'{number},"{text}",ana{number},2026-03-01T10:00:00Z\n' for number, text in TEXTS.items())


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A machine's environment: settings, a Prefect of its own, loopback only."""
    drop = tmp_path / "drop" / "x"
    drop.mkdir(parents=True)
    (drop / "posts.csv").write_text("id,text,author,created_at\n" + POSTS, encoding="utf-8")
    config = tmp_path / "norvia.toml"
    config.write_text(
        f'store.url = "{tmp_path / "norvia.duckdb"}"\nnetworks.files.folder = "{drop.parent}"\n'
        f'exports.folder = "{tmp_path / "out"}"\n[[brands]]\nname = "Norvia"\nqueries = ["norvia"]\n',
    )
    monkeypatch.setenv("ESCUCHA_CONFIG", str(config))
    (port,) = free_ports(1)
    own = {
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_API_PORT": str(port),
        "DO_NOT_TRACK": "1",
    }
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    return dict(os.environ)


@pytest.fixture
def start(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Starts `prefect ...` in the background; all are ended, with their children, after the test."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(*arguments: str) -> None:
        with (tmp_path / f"{arguments[0]}.log").open("wb") as log:
            command = [sys.executable, "-m", "prefect", *arguments]
            running.append(
                subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
            )

    yield begin
    for process in reversed(running):
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_the_main_line_deploys_and_runs_from_a_clone(
    environment: dict[str, str], start: Callable[..., None], tmp_path: Path
) -> None:
    start("server", "start", "--host", "127.0.0.1")
    until(lambda: _answers(environment["PREFECT_API_URL"] + "/health"))
    _prefect(environment, "work-pool", "create", "escucha", "--type", "process")
    _prefect(environment, "--no-prompt", "deploy", "--all")
    start("worker", "start", "--pool", "escucha")
    _prefect(environment, "deployment", "run", "main-line/escucha")
    runs = asyncio.run(_finished_runs(environment["PREFECT_API_URL"]))
    log = (tmp_path / "worker.log").read_text(errors="replace")
    asked = [run for run in runs if not run.auto_scheduled]
    assert [run.state_name for run in asked] == ["Completed"], log
    assert [run for run in runs if run.auto_scheduled], "the schedule planned nothing"
    _check_store(load(), tmp_path)


def _check_store(settings: Settings, tmp_path: Path) -> None:
    with store.connect(settings.store, read_only=True) as connection:
        counts = status.read(connection)
    cases: list[CaseRow] = list(case_rows(settings))
    assert (counts.mentions, counts.classified) == (3, 3)
    assert {"1"} <= {case.post_id for case in cases} <= {"1", "2"}
    assert len(list((tmp_path / "out").glob("cases-*.csv"))) == 1


async def _finished_runs(url: str) -> list[Any]:
    """The main line's runs, once the one that was asked for has ended."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowFilter, FlowFilterName
    from prefect.settings import PREFECT_API_URL, temporary_settings

    only = FlowFilter(name=FlowFilterName(any_=["main-line"]))
    with temporary_settings({PREFECT_API_URL: url}):
        async with get_client() as client:
            deadline = time.monotonic() + 240
            while True:
                runs = await client.read_flow_runs(flow_filter=only)
                asked = [run for run in runs if not run.auto_scheduled]
                if all(run.state and run.state.is_final() for run in asked) or time.monotonic() > deadline:
                    return list(runs)
                await asyncio.sleep(1)


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
