"""`escucha collect` killed with -9 at random moments and started again reads a faulty network completely and once."""

import json
import os
import random
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor import store
from monitor.settings.loading import Store
from tests.sources import fakes
from tests.sources.contract import server
from tests.sources.contract.server import Fault, Site, serving
from tests.sources.fakes import FakePost

KILLS = 30
SETTINGS = """
[[brands]]
name = "Norvia"
queries = {queries}

[networks.{network}]
base_url = "{url}"
timeout = 2.0
{keys}
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What a network holds, and how much of it a page."""

    network: str
    posts: int
    page: int

    @property
    def pages(self) -> int:
        """Pages that hold posts."""
        return self.posts // self.page

    @property
    def most(self) -> int:
        """Pages that may be asked for: each once, and again after a kill, after a fault, and at the end."""
        return self.pages + KILLS + self.pages // 10 + 5


LOADS = [Load("x", 5_000, 50), Load("reddit", 900, 10), Load("mastodon", 7_200, 40)]


def prepare(site: Site, load: Load, folder: Path) -> None:
    newest, fake = datetime.now(UTC).replace(microsecond=0), site.fake
    site.posts.every += [
        FakePost(
            number, f"El pedido {number} de #Norvia no llega", newest - timedelta(seconds=10 * (load.posts - number))
        )
        for number in range(1, load.posts + 1)
    ]
    kinds: list[Fault] = ["hang", "reset", "short", server.html, server.malformed, server.truncated, server.empty]
    kinds += [lambda _: fake.error(500), lambda _: fake.error(503)]
    site.pages |= {tenth: kinds[tenth // 10 % len(kinds)] for tenth in range(10, 10 * load.pages, 10)}
    keys = "\n".join(f"{name} = {json.dumps(value)}" for name, value in fake.section.items())
    queries = json.dumps(fake.queries)
    told = SETTINGS.format(queries=queries, network=load.network, url=site.url, keys=keys)
    (folder / "escucha.toml").write_text(told)


def start(folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "monitor", "collect"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def finish(folder: Path) -> str:
    told, _ = (process := start(folder)).communicate(timeout=600)
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
@pytest.mark.parametrize("load", LOADS, ids=[load.network for load in LOADS])
def test_killed_at_random_moments_it_reads_everything_once(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = fakes.of(load.network)
    monkeypatch.setattr(fake, "page_size", load.page, raising=False)
    moment = random.Random(20261122)
    with serving(fake) as site:
        prepare(site, load, tmp_path)
        while_reading = sum(kill(start(tmp_path), site, moment) for _ in range(KILLS))
        left = load.pages - len(set(site.firsts()))
        finish(tmp_path)
        asked = [one.status for one in site.asked if one.first is not None]
        firsts = site.firsts()
        again = finish(tmp_path)
    faults = sum(status in (0, 500, 503) for status in asked)
    print(f"\n{load.network}: {KILLS} kills, {while_reading} while reading, which left {left} pages to the last start")
    print(f"{len(asked)} requests for {load.pages} pages, {faults} faults, {len(firsts) - len(set(firsts))} read again")
    assert {first for first in firsts if first < load.posts} == set(range(0, load.posts, load.page))
    assert re.search(r"\b0 new\b.* 0 rejected", again), again
    check(load, tmp_path, sorted(map(fake.post_id, site.posts.every)))
    assert len(asked) <= load.most


def check(load: Load, folder: Path, expected: list[str]) -> None:
    """Every post is stored once, and no read is left open."""
    with store.connect(Store(url=str(folder / "data" / "escucha.duckdb")), read_only=True) as connection:
        stored = connection.execute("SELECT post_id FROM mentions").fetchall()
        for table in ("posts", "matches"):
            counted = connection.execute(f"SELECT count(*), count(DISTINCT mention_id) FROM {table}").fetchall()
            assert counted == [(load.posts, load.posts)]
        ((position,),) = connection.execute(
            "SELECT position FROM watermarks WHERE query ILIKE '%norvia%'"  # and Reddit's threads have one
        ).fetchall()
        ((newest,),) = connection.execute("SELECT max(posted_at) FROM mentions").fetchall()
    assert sorted(post_id for (post_id,) in stored) == expected
    assert json.loads(position)["walk"] is None
    assert datetime.fromisoformat(json.loads(position)["reached"]) == newest
