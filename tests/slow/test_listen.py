"""`escucha listen` as a user has it: a process, a Mastodon server on loopback, posts, a signal that ends it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from mastodon_mock.config import SeedAccount, SeedConfig
from mastodon_mock.testing import MockServer

from monitor import store
from monitor.settings.loading import Store
from tests.polling import until

pytestmark = pytest.mark.slow
COMPLAINT = "Llevo tres semanas esperando el reembolso y nadie contesta, una vergüenza #norvia"


@pytest.fixture
def server() -> Iterator[MockServer]:
    accounts = [SeedAccount(username=name, access_token=f"{name}-token") for name in ("norvia", "ana")]
    with MockServer(seed=SeedConfig(accounts=accounts), shutdown_timeout=0.5) as running:
        yield running


@pytest.fixture
def listening(server: MockServer, tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """The command, listening to the server; what it tells is in listen.log."""
    config = tmp_path / "norvia.toml"
    config.write_text(
        f'store.url = "{tmp_path / "norvia.duckdb"}"\n[[brands]]\nname = "Norvia"\nqueries = ["#norvia"]\n'
        f'own_accounts = ["norvia"]\n[networks.mastodon]\nbase_url = "{server.base_url}"\n',
    )
    environment = {
        **os.environ,
        "ESCUCHA_CONFIG": str(config),
        "ESCUCHA_NETWORKS__MASTODON__ACCESS_TOKEN": "norvia-token",
    }
    with (tmp_path / "listen.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor", "listen"], env=environment, cwd=tmp_path, stdout=log, stderr=log
        )
    until(lambda: b"mastodon: listening" in (tmp_path / "listen.log").read_bytes())
    yield process
    process.kill()
    process.wait()


def test_a_complaint_becomes_a_case_and_a_signal_ends_it_whole(
    listening: "subprocess.Popen[bytes]", server: MockServer, tmp_path: Path
) -> None:
    post_id = write(server, COMPLAINT)
    until(lambda: bool(rows(tmp_path, "SELECT 1 FROM cases")))
    mention = write(server, "@norvia ¿hay alguien ahí?")
    until(lambda: len(rows(tmp_path, "SELECT 1 FROM mentions")) == 2)
    requests.delete(
        f"{server.base_url}/api/v1/statuses/{post_id}", headers={"Authorization": "Bearer ana-token"}, timeout=5
    )
    until(lambda: bool(rows(tmp_path, "SELECT 1 FROM mentions WHERE deleted_at IS NOT NULL")))
    last = write(server, "Sigo esperando #norvia")
    time.sleep(1)
    listening.send_signal(signal.SIGTERM)
    code = listening.wait(180)
    assert code == 0, (tmp_path / "listen.log").read_text()
    assert [row[0] for row in rows(tmp_path, "SELECT post_id FROM mentions ORDER BY post_id")] == sorted(
        [post_id, mention, last]
    )
    assert rows(tmp_path, "SELECT DISTINCT status FROM runs") == [("done",)]


def write(server: MockServer, text: str) -> str:
    """Ana posts."""
    reply = requests.post(
        f"{server.base_url}/api/v1/statuses",
        data={"status": text},
        headers={"Authorization": "Bearer ana-token"},
        timeout=5,
    )
    reply.raise_for_status()
    return str(reply.json()["id"])


def rows(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with store.connect(Store(url=str(folder / "norvia.duckdb")), read_only=True) as connection:
        return connection.execute(sql).fetchall()
