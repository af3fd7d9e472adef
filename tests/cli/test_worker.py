"""`escucha worker`: what it says of a Prefect server that it cannot work for."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from monitor.cli.serving import processes
from monitor.cli.serving.child import Child
from tests.cli.command_line import error_text, escucha
from tests.ports import free_ports
from tests.postgres_server import PostgresServer

PASSWORD = "admin:tr3s-tristes-tigres"
POOL = {"type": "process", "is_paused": False, "concurrency_limit": None}


@contextmanager
def prefect(answers: Mapping[str, tuple[int, object]]) -> Iterator[str]:
    """A server's address; `answers` are status and JSON by path, and a pool is shown with the password alone."""

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers.get(self.path, (404, {}))
            if (
                "work_pools" in self.path
                and self.headers["Authorization"] != "Basic YWRtaW46dHIzcy10cmlzdGVzLXRpZ3Jlcw=="
            ):
                status, body = 401, {}
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api"
        server.shutdown()


@pytest.fixture(scope="module")
def place(postgres_server: PostgresServer) -> str:
    """The address of a database."""
    return postgres_server.create_database("of_workers")


@pytest.fixture
def refusal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: str) -> Callable[..., str]:
    """Why it does not start, given these variables."""
    monkeypatch.setenv("ESCUCHA_STORE__URL", place)

    def start(**variables: str) -> str:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return error_text(capsys, monkeypatch, "worker", "--role", "collect")

    return start


def test_a_file_is_for_one_machine(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    said = error_text(capsys, monkeypatch, "worker", "--role", "collect")
    assert "is a file, on which one machine alone can work: escucha serve does everything there" in said


def test_it_is_told_which_server_is_wanted(refusal: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    assert "PREFECT_API_URL is not set" in refusal()
    (port,) = free_ports(1)
    said = refusal(PREFECT_API_URL=f"http://127.0.0.1:{port}/api")
    assert f"the Prefect server at http://127.0.0.1:{port}/api does not answer (ConnectError)" in said
    assert "does not answer (UnsupportedProtocol)" in refusal(PREFECT_API_URL="prefect.example/api")


def test_a_server_that_is_another_or_does_not_know_the_machine_is_told(refusal: Callable[..., str]) -> None:
    with prefect({"/api/health": (200, True), "/health": (200, "<html>")}) as url:
        assert "is no Prefect server: PREFECT_API_URL ends in /api" in refusal(PREFECT_API_URL=url.removesuffix("/api"))
        said = refusal(PREFECT_API_URL=url, PREFECT_API_AUTH_STRING="admin:guessed-wrong")
    assert "does not know this machine: set PREFECT_API_AUTH_STRING" in said
    assert "guessed-wrong" not in said
    with prefect({"/api/health": (503, {})}) as url:
        assert "answers 503: look into its log" in refusal(PREFECT_API_URL=url)


def test_a_pool_of_another_type_is_told(refusal: Callable[..., str]) -> None:
    with prefect({"/api/health": (200, True), "/api/work_pools/collect": (200, POOL | {"type": "docker"})}) as url:
        said = refusal(PREFECT_API_URL=url, PREFECT_API_AUTH_STRING=PASSWORD)
    assert "is of the type docker, not process: prefect work-pool delete collect" in said


def test_each_role_has_a_worker_and_what_would_keep_runs_away_is_told(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Child] = []
    monkeypatch.setattr(processes, "keep_running", lambda children, on_ready: started.extend(children) or on_ready())
    stuck = POOL | {"is_paused": True, "concurrency_limit": 1}
    with prefect({"/api/health": (200, True), "/api/work_pools/desk": (200, stuck)}) as url:
        monkeypatch.setenv("ESCUCHA_STORE__URL", place)
        monkeypatch.setenv("PREFECT_API_URL", url)
        monkeypatch.setenv("PREFECT_API_AUTH_STRING", PASSWORD)
        done = escucha("worker", "--role", "collect", "--role", "desk", "--role", "collect")
    assert done.exit_code == 0
    assert [child.name for child in started] == ["collect", "desk"]
    assert not any("limit" in part for child in started for part in child.command)
    assert {child.environment["PREFECT_WORKER_QUERY_SECONDS"] for child in started} == {"5"}
    said = " ".join(done.stdout.split())
    assert "the work pool desk is paused, so that nothing runs: prefect work-pool resume desk" in said
    assert "prefect work-pool clear-concurrency-limit desk" in said
    assert "ready: collect, desk" in said
