"""`escucha collect` killed with -9 at random moments and started again reads a faulty network completely and once."""

import json
import os
import random
import re
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor import store
from monitor.settings.loading import Store
from tests.sources import fakes
from tests.sources.contract import server
from tests.sources.contract.server import Fault, Site, serving
from tests.sources.fakes import FakePost

POSTS, PAGE, KILLS = 5_000, 50, 30
PAGES = POSTS // PAGE
MOST = 1.3 * PAGES
SETTINGS = """
[[brands]]
name = "Norvia"
queries = ["norvia"]

[networks.x]
bearer_token = "{token}"
base_url = "{url}"
timeout = 0.5
"""


def prepare(site: Site, folder: Path) -> None:
    newest = datetime.now(UTC).replace(microsecond=0)
    site.posts.every += [
        FakePost(number, f"El pedido {number} de Norvia no llega", newest - timedelta(seconds=10 * (POSTS - number)))
        for number in range(1, POSTS + 1)
    ]
    kinds: list[Fault] = ["hang", "reset", "short", server.html, server.malformed, server.truncated, server.empty]
    kinds += [lambda _: site.fake.error(500), lambda _: site.fake.error(503)]
    site.pages |= {tenth: kinds[tenth // 10 % len(kinds)] for tenth in range(10, 10 * PAGES, 10)}
    told = SETTINGS.format(url=site.url, token=site.fake.section["bearer_token"])
    (folder / "escucha.toml").write_text(told)


def start(folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "monitor", "collect", "--network", "x"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def finish(folder: Path) -> str:
    told, _ = (process := start(folder)).communicate(timeout=120)
    assert process.returncode == 0, told.decode()
    return told.decode()


def kill(process: "subprocess.Popen[bytes]", site: Site, moment: random.Random) -> bool:
    """Kills it while it starts or, three times in four, soon after its first request. Returns whether it had asked."""
    before = len(site.asked)
    if moment.random() < 0.25:
        time.sleep(moment.uniform(0.0, 1.5))
    else:
        while len(site.asked) == before and process.poll() is None:
            time.sleep(0.001)
        time.sleep(moment.uniform(0.0, 0.06))
    process.kill()
    process.communicate()
    return len(site.asked) > before


@pytest.mark.slow
def test_killed_at_random_moments_it_reads_everything_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = fakes.of("x")
    monkeypatch.setattr(fake, "page_size", PAGE, raising=False)
    moment = random.Random(20261122)
    with serving(fake) as site:
        prepare(site, tmp_path)
        while_reading = sum(kill(start(tmp_path), site, moment) for _ in range(KILLS))
        done = len(set(site.firsts()))
        finish(tmp_path)
        requests, faults = len(site.asked), sum(1 for one in site.asked if one.status in (0, 500, 503))
        twice = len(site.firsts()) - len(set(site.firsts()))
        again = finish(tmp_path)
    print(f"\n{KILLS} kills, {while_reading} while reading, which left {PAGES - done} pages to the last start")
    print(f"{requests} requests for {PAGES} pages: {faults} faults, {twice} answers lost to a kill")
    assert set(site.firsts()) == set(range(0, POSTS, PAGE))
    assert re.search(r"\b0 new\b.* 0 rejected", again), again
    with store.connect(Store(url=str(tmp_path / "data" / "escucha.duckdb")), read_only=True) as connection:
        for table, key in (("mentions", "post_id"), ("posts", "mention_id"), ("matches", "mention_id")):
            counted = connection.execute(f"SELECT count(*), count(DISTINCT {key}) FROM {table}").fetchall()
            assert counted == [(POSTS, POSTS)]
        ((position,),) = connection.execute("SELECT position FROM watermarks").fetchall()
        ((newest,),) = connection.execute("SELECT max(posted_at) FROM mentions").fetchall()
    assert json.loads(position)["walk"] is None
    assert datetime.fromisoformat(json.loads(position)["reached"]) == newest
    assert requests <= MOST
