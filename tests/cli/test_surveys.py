"""`escucha surveys`, and what `escucha backup` says of the secret."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor import store
from monitor.cli import app
from monitor.runs import now
from monitor.settings.loading import Settings, Store
from monitor.store.cases import cases
from monitor.surveys import links
from tests import desk_store
from tests.desk.closed_cases import closed_case


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return desk_store.configured(tmp_path, monkeypatch)


@pytest.fixture
def code(config: Settings) -> str:
    """The code of a closed case."""
    case_id = closed_case(config, now())
    with store.connect(config.store, read_only=True) as connection:
        return cases.get(connection, case_id).code


def escucha(*arguments: object) -> str:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_link_is_printed_alone(code: str) -> None:
    output = escucha("surveys", "link", code)
    assert output.startswith("http://localhost:8601/s/")
    assert len(output.splitlines()) == 1
    assert escucha("surveys", "link", code) == output


def test_an_import_tells_bad_lines_and_counts(code: str, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text(f"caso,satisfacción\n{code},9\n{code},4\n[b]no[/b],4\n", encoding="utf-8")
    output = escucha("surveys", "import", file)
    assert "line 2, column satisfacción: '9' is none; write a whole number from 1 to 5" in output
    assert "line 4, column caso: no link or token of ours, and no case code: '[b]no[/b]'" in output
    assert "stored 1 · already answered 0 · not stored 2" in output
    assert "stored 0 · already answered 1 · not stored 2" in escucha("surveys", "import", file)


@pytest.mark.duckdb_file("backups of a PostgreSQL database are its own tools'")
def test_backup_says_that_the_secret_is_apart(config: Settings, code: str, tmp_path: Path) -> None:
    assert "secret" not in escucha("backup", tmp_path / "first.duckdb")
    escucha("surveys", "link", code)
    output = escucha("backup", tmp_path / "second.duckdb")
    assert str(links.secret_file(config)) in output
    assert links.secret_file(config).read_text() not in output


def test_a_port_that_is_none_is_refused() -> None:
    done = CliRunner().invoke(app, ["surveys", "serve", "--port", "99999"])
    assert (done.exit_code, "65535" in done.stderr) == (2, True)


def test_status_counts_overdue_follow_ups(config: Settings, code: str) -> None:
    assert "follow-ups" not in escucha("status")
    with store.connect(config.store) as connection:
        connection.execute("UPDATE follow_ups SET due_at = due_at - INTERVAL '20 days'").fetchall()
    assert "follow-ups 1 overdue" in " ".join(escucha("status").split())
    assert json.loads(escucha("status", "--json"))["overdue_follow_ups"] == 1


def test_serve_answers_a_link_and_logs_no_token(
    config: Settings, code: str, tmp_path: Path, address_of: Callable[[Store], str]
) -> None:
    token = escucha("surveys", "link", code).strip().rpartition("/")[2]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path / "serve.log"
    with log.open("w") as opened:
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor", "surveys", "serve", "--port", str(port)],
            stdout=opened, stderr=opened, cwd=Path(__file__).parents[2],
            env={**os.environ, "ESCUCHA_STORE__URL": address_of(config.store)},
        )  # fmt: skip
    try:
        status, text = fetched(port, f"/s/{token}")
    finally:
        process.terminate()
        process.wait(20)
    assert status == 200
    assert "¿Qué tal te hemos atendido?" in text
    assert "GET 200" in log.read_text()
    assert token not in log.read_text()


def fetched(port: int, path: str) -> tuple[int, str]:
    """The page, once the server is up."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection, suppress(OSError):
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        time.sleep(0.2)
    raise AssertionError("the page did not come up")
