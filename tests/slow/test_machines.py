"""Two machines with a collector and a classifier each over one server, killed and stopped at random moments."""

import os
import random
import signal
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import store
from monitor.collect import collector
from monitor.errors import BeingDone
from monitor.settings.loading import Store, load
from tests.other_machine import LENGTH, Machine, machine
from tests.polling import until
from tests.postgres_server import PostgresServer
from tests.sources import fakes
from tests.sources.contract.server import Site, serving
from tests.sources.fakes import FakePost

POSTS, KILLS = 600, 30
NETWORKS = ("x", "mastodon")
WORKERS = [(host, action) for host in ("one", "two") for action in ("collect on", "classify on")]
SETTINGS = """
[[brands]]
name = "Norvia"
queries = ["#norvia"]

[classifier]
batch = 20

[networks.x]
bearer_token = "{x_token}"
base_url = "{x}"

[networks.mastodon]
access_token = "{mastodon_token}"
base_url = "{mastodon}"
"""


def prepare(sites: dict[str, Site], folder: Path) -> None:
    newest = datetime.now(UTC).replace(microsecond=0)
    for site in sites.values():
        site.posts.every += [
            FakePost(number, f"El pedido {number} de #norvia no llega", newest - timedelta(seconds=POSTS - number))
            for number in range(1, POSTS + 1)
        ]
    tokens = {
        "x_token": sites["x"].fake.section["bearer_token"],
        "mastodon_token": sites["mastodon"].fake.section["access_token"],
    }
    urls = {network: site.url for network, site in sites.items()}
    (folder / "escucha.toml").write_text(SETTINGS.format(**tokens, **urls))


def rows(shared: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.connect(shared, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def strike(worker: Machine, moment: random.Random) -> bool:
    """Kills it, or stops it until its leases have ended. Returns whether it was killed."""
    if moment.random() < 0.8:
        worker.process.kill()
        worker.process.wait()
        return True
    os.kill(worker.process.pid, signal.SIGSTOP)
    time.sleep(1.5 * LENGTH.total_seconds())
    os.kill(worker.process.pid, signal.SIGCONT)
    return False


def is_read_to_its_end(network: str) -> bool:
    """Reads it once more, unless somebody may still be at it; there is nothing new."""
    try:
        return collector.collect(load(), network).saved.stored == 0
    except BeingDone:
        return False


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_done_twice(
    postgres_server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = Store(url=postgres_server.create_database("machines"))
    moment = random.Random(20261130)
    with ExitStack() as stack:
        sites = {network: stack.enter_context(serving(fakes.of(network))) for network in NETWORKS}
        prepare(sites, tmp_path)

        def start(number: int) -> Machine:
            return stack.enter_context(machine(*WORKERS[number], tmp_path, shared.url, LENGTH))

        workers = [start(number) for number in range(len(WORKERS))]
        until(lambda: store.exists(shared) and rows(shared, "SELECT 1 FROM mentions LIMIT 1"))
        for _ in range(KILLS):
            time.sleep(moment.uniform(0.2, 2.0))
            number = moment.randrange(len(workers))
            if strike(workers[number], moment):
                workers[number] = start(number)
        whole = len(NETWORKS) * POSTS
        until(lambda: rows(shared, "SELECT count(*) FROM classifications") == [(whole,)], 300)
        for worker in workers:
            worker.process.kill()
        monkeypatch.setenv("ESCUCHA_STORE__URL", shared.url)
        for network in NETWORKS:
            until(lambda network=network: is_read_to_its_end(network))
    for table, key in (("mentions", "network || post_id"), ("posts", "mention_id"), ("classifications", "mention_id")):
        assert rows(shared, f"SELECT count(*), count(DISTINCT {key}) FROM {table}") == [(whole, whole)]
    assert rows(shared, "SELECT count(*) FROM pending WHERE step = 'classify'") == [(0,)]
    assert rows(shared, "SELECT count(*) FROM received_pages") == [(0,)]
    asked = {network: len(site.firsts()) for network, site in sites.items()}
    print(f"\n{KILLS} kills and stops; pages given: {asked}")
