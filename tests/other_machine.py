"""A process as on another machine: it shares nothing with the test but the server, and bears a host name of its own.

`python -m tests.other_machine HOST ACTION SECONDS`: settings come from the environment, its leases last so long. It
says `ready` before it stores what it has done, and goes on when it gets a line; the last thing it says is the outcome.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from monitor.collect import collector
from monitor.errors import BeingDone
from monitor.models.posts import Scores
from monitor.pipeline import classify, hand_over
from monitor.settings.loading import Settings, load
from monitor.store import leases

LENGTH = timedelta(seconds=5)
"""Of a lease in tests that wait for its end; that of the product lasts for half a minute."""
BATCH = 5
"""Posts that a classifier sets aside here."""


class Machine:
    """The process, as the test sees it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def says(self) -> str:
        """The next line it says."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def go_on(self) -> str:
        """Lets it go on to its end. Returns the outcome."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n" * 1_000)
        self.process.stdin.close()
        assert self.process.stdout is not None
        return self.process.stdout.read().strip().splitlines()[-1]


@contextmanager
def machine(
    host: str, action: str, folder: Path, store_url: str, length: timedelta = leases.LENGTH_ON_SERVER
) -> Iterator[Machine]:
    """Starts one in that folder, whose escucha.toml it reads; its leases last so long."""
    command = [sys.executable, "-m", "tests.other_machine", host, action, str(length.total_seconds())]
    environment = os.environ | {"ESCUCHA_STORE__URL": store_url, "PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Machine(process)
        finally:
            process.kill()


class OneWord:
    """A classifier that takes everything for a complaint, and says before whose turn it is."""

    heads = None

    def __init__(self, version: str, before: Callable[[], None] = lambda: None) -> None:
        self.version, self._before = version, before

    def scores(self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None) -> list[Scores]:
        """The same of each."""
        self._before()
        if on_batch is not None:
            on_batch(len(texts))
        return [Scores(0.9, 0.05, 0.05, 0.9, 0.9) for _ in texts]


def _wait() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


def _collect(settings: Settings) -> object:
    return collector.collect(settings, "x").saved.stored


def _classify(settings: Settings) -> object:
    classify.active_model = lambda _: OneWord("other machine", _wait)
    return classify.classify_pending(settings)


def _hand_over(settings: Settings) -> object:
    case_rows = hand_over.case_rows

    def waiting(*values: Any, **options: Any) -> Iterator[Any]:
        _wait()
        yield from case_rows(*values, **options)

    hand_over.case_rows = waiting
    return hand_over.hand_over(settings)


def _collect_on_and_on(settings: Settings) -> object:
    while True:
        for network in collector.configured_networks(settings):
            with suppress(BeingDone):
                collector.collect(settings, network)
        time.sleep(0.1)


def _classify_on_and_on(settings: Settings) -> object:
    classify.active_model = lambda _: OneWord("other machine", lambda: time.sleep(0.05))
    while True:
        classify.classify_pending(settings)
        time.sleep(0.1)


_ACTIONS = {
    "collect": _collect,
    "classify": _classify,
    "hand-over": _hand_over,
    "collect on": _collect_on_and_on,
    "classify on": _classify_on_and_on,
}

if __name__ == "__main__":
    socket.gethostname = lambda: sys.argv[1]
    leases.LENGTH_ON_SERVER = timedelta(seconds=float(sys.argv[3]))
    try:
        print(_ACTIONS[sys.argv[2]](load()), flush=True)
    except BeingDone as error:
        print(type(error).__name__, error, flush=True)
