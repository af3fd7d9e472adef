"""Two machines with a worker of each role on one PostgreSQL, killed while they collect, classify, open and hand over.

`MACHINES_POSTS=200000 MACHINES_KILLS=20 MACHINES_RESTARTS=2` makes it large; `MACHINES_LOG` names a file for what is
seen meanwhile.
"""

import os
import random
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests import postgres_server
from tests.polling import until
from tests.slow.two_machines import balance
from tests.slow.two_machines.installation import DURABLE, HOSTS, ROLES, Installation, installed
from tests.slow.two_machines.posts import FAKES, ManyPosts, conversations, decisions_of_one_machine, texts
from tests.slow.two_machines.watch import Watch
from tests.sources.contract.server import Site, serving

POSTS = int(os.environ.get("MACHINES_POSTS", "2000"))
KILLS = int(os.environ.get("MACHINES_KILLS", "6"))
RESTARTS = int(os.environ.get("MACHINES_RESTARTS", "1"))
RHYTHM = float(os.environ.get("MACHINES_RHYTHM", "30"))
MINUTES = float(os.environ.get("MACHINES_MINUTES", "40"))
WAVES = max(2, KILLS // 2)
WORK = {"collect": ("collect ",), "classify": ("classify #",), "desk": ("open-cases", "hand-over")}
SETTINGS = """
[[brands]]
name = "Norvia"
queries = ["#norvia"]

[networks.x]
bearer_token = "{x_token}"
base_url = "{x}"
overlap_minutes = 0.1
first_days = 6

[networks.mastodon]
access_token = "{mastodon_token}"
base_url = "{mastodon}"
overlap_minutes = 0.1
first_days = 6

[exports]
format = "jsonl"

[desk.campaigns]
authors = 0
"""


@dataclass(slots=True)
class Misfortune:
    """Kills workers and crashes the database, spread over the work; lets posts appear meanwhile."""

    installation: Installation
    watch: Watch
    said: dict[str, ManyPosts]
    chance: random.Random = field(default_factory=lambda: random.Random(20261130))
    kills: int = 0
    crashes: int = 0
    waves: int = 0
    last: float = field(default_factory=time.monotonic)

    def publish(self) -> None:
        """The next posts, once most of those before are stored."""
        shown = sum(posts.shown for posts in self.said.values())
        is_ahead = self.kills < KILLS * (self.waves - 1) / WAVES
        if self.waves < WAVES and not is_ahead and self.watch.counts.collected >= 0.8 * shown:
            self.waves += 1
            for posts in self.said.values():
                posts.publish(len(posts.every) * self.waves // WAVES - posts.shown)

    def happen(self) -> None:
        """What is due by how much is done, or by how long nothing has happened."""
        now = self.watch.counts
        share = (now.collected + now.classified + now.placed) / (3 * POSTS)
        waited = time.monotonic() - self.last
        if self.crashes < RESTARTS and share > (self.crashes + 0.5) / RESTARTS * 0.9:
            self.crash()
        elif self.kills < KILLS and now.collected:
            busy = [lease.pid for lease in self.watch.held if lease.name.startswith(WORK[ROLES[self.kills % 3]])]
            if busy and (waited > RHYTHM or share > (self.kills + 0.5) / KILLS * 0.9):
                self.strike(busy)
            elif waited > 3 * RHYTHM:  # nobody is at that for long enough to be met
                self.strike([lease.pid for lease in self.watch.held])

    def crash(self) -> None:
        """Takes the database away for some seconds: in order, or as a crash."""
        mode = ("immediate", "fast")[self.crashes % 2]
        self.watch.tell(f"PostgreSQL is stopped ({mode})")
        self.installation.postgres.stop(mode)
        time.sleep(3)
        self.installation.postgres.start()
        self.crashes += 1
        self.watch.tell("PostgreSQL is back")

    def strike(self, busy: list[int]) -> None:
        """Kills the worker of one of these processes, at some moment."""
        time.sleep(self.chance.uniform(0, 1))
        found = self.installation.worker_of(self.chance.choice(busy)) if busy else None
        unit = found or self.installation.any_worker(self.chance)
        pids = {process.pid for process in unit.below()}
        is_alone = self.kills % 4 == 3
        self.installation.strike(unit, alone=is_alone)
        self.kills, self.last = self.kills + 1, time.monotonic()
        self.watch.look(count=False)
        names = self.watch.note_killed(pids, self.last)
        what = "without its runs" if is_alone else "with all below it"
        self.watch.tell(f"kill {self.kills}: {unit.name} {what}, at {', '.join(names) or 'nothing'}")

    def is_over(self) -> bool:
        """Whether all has happened, all is done, and nobody has anything left of the killed ones."""
        has_happened = (self.kills, self.crashes, self.waves) == (KILLS, RESTARTS, WAVES)
        is_taken_over = all(orphan.seconds is not None for orphan in self.watch.orphans)
        return has_happened and is_taken_over and self.watch.counts.is_whole(POSTS)


@pytest.mark.slow
def test_nothing_is_lost_nothing_twice_and_every_lease_taken_over(tmp_path: Path) -> None:
    decisions = decisions_of_one_machine(texts(max(60, min(3_000, POSTS // 20))), tmp_path)
    with ExitStack() as stack:
        server = stack.enter_context(postgres_server.running(DURABLE))
        sites = {network: stack.enter_context(serving(fake)) for network, fake in FAKES.items()}
        said = {network: ManyPosts(conversations(POSTS // 2, decisions, len(network))) for network in FAKES}
        for network, site in sites.items():
            site.posts = said[network]
        installation = stack.enter_context(installed(server, tmp_path, _settings(sites)))
        watch = Watch(installation.store_url, Path(os.environ.get("MACHINES_LOG", tmp_path / "machines.log")))
        stack.callback(watch.close)
        watch.tell(f"{POSTS:,} posts, {KILLS} kills, {RESTARTS} restarts of PostgreSQL, a run every {RHYTHM:g} s")
        installation.start(RHYTHM)
        watch.tell("all workers are there")
        misfortune = Misfortune(installation, watch, said)
        _work(misfortune)
        watch.spent()
        watch.warnings(tmp_path / host / "escucha.log" for host in HOSTS)
        until(lambda: watch.look(count=False) or not watch.held)
        installation.stop()
        watch.look(count=False)
        _check(watch, misfortune, decisions, tmp_path)


def _settings(sites: dict[str, Site]) -> str:
    return SETTINGS.format(
        x=sites["x"].url,
        mastodon=sites["mastodon"].url,
        x_token=FAKES["x"].section["bearer_token"],
        mastodon_token=FAKES["mastodon"].section["access_token"],
    )


def _work(misfortune: Misfortune) -> None:
    watch, looks = misfortune.watch, 0
    while not misfortune.is_over():
        assert time.monotonic() - watch.began < 60 * MINUTES, f"not done in time: {watch.counts}, {watch.held}"
        misfortune.publish()
        watch.look(count=looks % 20 == 0)
        if looks % 100 == 0:
            watch.progress(f"kills {misfortune.kills}, restarts {misfortune.crashes}")
        misfortune.happen()
        looks += 1
        time.sleep(0.1)
    watch.progress(f"kills {misfortune.kills}, restarts {misfortune.crashes}")


def _check(watch: Watch, misfortune: Misfortune, decisions: dict[str, str], folder: Path) -> None:
    said = misfortune.said
    balance.check_posts(watch, said)
    balance.check_decisions(watch, said, decisions)
    balance.check_cases(watch, balance.expected_cases(said, decisions))
    files = balance.check_deliveries(watch, folder / "complaint-team")
    environment = misfortune.installation.workers["one", "desk"].environment
    verify = [sys.executable, "-m", "monitor", "cases", "verify"]
    done = subprocess.run(verify, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    balance.check_nothing_left(watch)
    seconds = sorted(orphan.seconds or 0.0 for orphan in watch.orphans)
    waits = [(orphan.seconds or 0.0) - orphan.lasts for orphan in watch.orphans]
    watch.tell(f"sound: {files} files, {done.stdout.strip()}; taken over after {[round(one) for one in seconds]} s")
    watch.tell(f"ended though nobody had killed them: {misfortune.installation.restarts or 'none'}")
    assert max(orphan.lasts for orphan in watch.orphans) <= 30
    assert max(waits) < RHYTHM + 60, "somebody has to come; a process takes its time to start"
