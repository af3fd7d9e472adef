"""`escucha serve` while its processes are killed at random moments: it comes back by itself, and no post is lost.

SOAK_MINUTES and SOAK_KILLS make it longer: 60 and 30 is an hour's proof.
"""

import csv
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from monitor import store
from monitor.errors import StoreError
from monitor.settings.loading import Store
from monitor.store import leases
from tests import made_up_posts
from tests.polling import until
from tests.ports import free_ports

MINUTES = float(os.environ.get("SOAK_MINUTES", "5"))
KILLS = int(os.environ.get("SOAK_KILLS", "3"))
SEED = int(os.environ.get("SOAK_SEED", "20261129"))
FILE_POSTS = 40
RHYTHM, DELAY = timedelta(minutes=1), timedelta(seconds=10)
"""From one start of a pass to the next, by the settings; how much later the schedules may begin one."""
RECOVERY = timedelta(minutes=3)
"""From a kill to the end of the next pass."""
SETTINGS = """
[[brands]]
name = "Norvia"
queries = ["@norvia"]

[networks.files]
folder = "inbox"

[exports]
folder = "exports"

[schedule]
collect_minutes = 1
pipeline_minutes = 1
"""
# What a victim's command line holds; "parent" is `escucha serve` itself, "all" a power cut.
VICTIMS = {
    "parent": "monitor serve",
    "server": "flows.server",
    "worker": "-m flows --alone",
    "pass": "-m prefect.engine",
    "dashboard": "streamlit",
    "leash": "leash.py",
    "all": "",
}


class Pass(NamedTuple):
    """A pass that came to its end."""

    started_at: datetime
    ended_at: datetime


@dataclass
class Serving:
    """`escucha serve`, started again at once when it ends, as an init system does."""

    folder: Path
    ports: tuple[int, ...]
    process: "subprocess.Popen[bytes] | None" = None
    starts: int = 0
    all_pids: set[int] = field(default_factory=set)

    def keep(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.all_pids.update(child.pid for child in self.family())
            return
        self.starts += 1
        command = [sys.executable, "-m", "monitor", "serve"]
        command += ["--port", str(self.ports[0]), "--prefect-port", str(self.ports[1])]
        with (self.folder / "serve.log").open("ab") as log:
            environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
            self.process = subprocess.Popen(command, cwd=self.folder, env=environment, stdout=log, stderr=log)

    def family(self) -> list[psutil.Process]:
        if self.process is None:
            return []
        with suppress(psutil.NoSuchProcess):
            head = psutil.Process(self.process.pid)
            return [head, *head.children(recursive=True)]
        return []

    def kill(self, victim: str, moment: random.Random) -> int:
        """Kills one process of that kind, or all of them; returns how many."""
        hit = [process for process in self.family() if VICTIMS[victim] in _command(process)]
        if victim != "all" and hit:
            hit = [hit[0] if victim == "parent" else moment.choice(hit)]
        for process in hit:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        return len(hit)


def _command(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    """It, ended with the test."""
    (tmp_path / "escucha.toml").write_text(SETTINGS)
    serving = Serving(tmp_path, free_ports(2))
    yield serving
    serving.kill("all", random.Random())


@pytest.mark.slow
def test_passes_go_on_and_no_post_is_lost_whatever_is_killed(serving: Serving, tmp_path: Path) -> None:
    moment = random.Random(SEED)
    serving.keep()
    until(lambda: "ready: dashboard" in (tmp_path / "serve.log").read_text(errors="replace"))
    began = time.time()
    kill_times = sorted(moment.uniform(20, MINUTES * 60 - 60) for _ in range(KILLS))
    kills: list[tuple[datetime, str]] = []
    passes: set[Pass] = set()
    file_count = 0
    while time.time() - began < MINUTES * 60:
        serving.keep()
        seconds = time.time() - began
        if seconds > 30 * file_count:
            _drop(tmp_path, file_count)
            file_count += 1
        if kill_times and seconds > kill_times[0]:
            victim = moment.choice(list(VICTIMS))
            if serving.kill(victim, moment):
                kill_times.pop(0)
                kills.append((datetime.now(UTC), victim))
                print(f"{seconds:6.0f} s: {victim} killed", flush=True)
        passes |= _last_pass(tmp_path)
        time.sleep(1)
    last = max(passes).ended_at

    def two_more_passes() -> bool:
        passes.update(_last_pass(tmp_path))
        return len([one for one in passes if one.started_at > last]) >= 2

    until(two_more_passes, seconds=900)
    assert serving.process is not None
    serving.process.send_signal(signal.SIGTERM)
    assert serving.process.wait(120) == 0

    print(f"{len(kills)} kills {Counter(victim for _, victim in kills)}, {serving.starts} starts of serve")
    late = _late_passes(passes, [at for at, _ in kills])
    print(f"{len(passes)} passes, the longest {max(one.ended_at - one.started_at for one in passes)}; late: {late}")
    left = [pid for pid in serving.all_pids if psutil.pid_exists(pid) and "defunct" not in _state(pid)]
    assert not left
    _assert_nothing_lost(tmp_path, file_count * FILE_POSTS)
    assert not late


def _state(pid: int) -> str:
    with suppress(psutil.Error):
        return "defunct" if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE else "alive"
    return "defunct"


def _drop(folder: Path, number: int) -> None:
    part = folder / "part.csv"
    made_up_posts.write(part, FILE_POSTS, seed=7, first=number * FILE_POSTS)
    (folder / "inbox" / "x").mkdir(parents=True, exist_ok=True)
    part.rename(folder / "inbox" / "x" / f"{number:04d}.csv")


def _last_pass(folder: Path) -> set[Pass]:
    with (
        suppress(StoreError),
        store.connect(Store(url=str(folder / "data" / "escucha.duckdb")), read_only=True) as connection,
    ):
        lease = leases.read(connection, leases.MAIN_LINE)
        if lease and lease.finished_at and not lease.holder:
            return {Pass(lease.since, lease.finished_at)}
    return set()


def _late_passes(passes: set[Pass], kills: list[datetime]) -> list[str]:
    """Passes that began later than a rhythm after the one before, or lasted longer, though nothing was killed then.

    The minutes of a clock would not do: of passes that end at its turn now two fall into one, now none.
    """
    late = []
    for before, one in pairwise(sorted(passes)):
        killed = [at for at in kills if before.started_at <= at <= one.ended_at]
        in_time = (
            one.ended_at - max(killed) <= RECOVERY
            if killed
            else one.started_at - before.started_at <= RHYTHM + DELAY and one.ended_at - one.started_at <= RHYTHM
        )
        if not in_time:
            late.append(f"{before.started_at:%H:%M:%S} -> {one.started_at:%H:%M:%S} to {one.ended_at:%H:%M:%S}")
    return late


def _assert_nothing_lost(folder: Path, expected: int) -> None:
    with store.connect(Store(url=str(folder / "data" / "escucha.duckdb")), read_only=True) as connection:
        counts = connection.execute(
            """
            SELECT (SELECT count(*) FROM mentions), (SELECT count(DISTINCT post_id) FROM mentions),
            (SELECT count(*) FROM classifications WHERE current), (SELECT count(*) FROM pending),
            (SELECT count(*) FROM runs WHERE status = 'running'),
            (SELECT count(*) FROM (SELECT mention_id FROM case_mentions GROUP BY ALL HAVING count(*) > 1))
            """
        ).fetchall()[0]
        cases = connection.execute("SELECT count(*) FROM cases").fetchall()[0][0]
    assert counts == (expected, expected, expected, 0, 0, 0)
    exported: Counter[str] = Counter()
    for file in (folder / "exports").glob("cases-*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            exported.update(row["post_id"] for row in csv.DictReader(lines))
    print(f"{expected} posts, {cases} cases, {len(exported)} posts exported")
    assert exported
    assert set(exported.values()) == {1}
    assert not [path for path in folder.rglob("*") if path.name.endswith((".part", ".tmp"))]
