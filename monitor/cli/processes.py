"""Keeps a handful of child processes running: started in order, restarted when they die, stopped together.

Each is held by a leash (`monitor/cli/leash.py`), which ends it and all that it started when this process is gone.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from monitor.cli import common
from monitor.errors import EscuchaError

logger = logging.getLogger(__name__)

START_WITHIN = 180.0  # seconds for a child to answer, on a slow machine's first start
STOP_WITHIN = 20.0  # seconds for a child to end by itself
_DEATHS = 5  # deaths in a row after which it is of no use to start it again
_SOUND = 300.0  # seconds a child must live for its earlier deaths to be forgotten
_POLL = 0.3
_WATCH = 60.0  # seconds between two looks at the work
_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_LEASH = (sys.executable, "-I", "-S", str(Path(__file__).with_name("leash.py")))


@dataclass(slots=True)
class Child:
    """A process to keep running.

    `health` is a URL that answers 200 once it works; `shows` says which of its lines are worth showing.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    health: str | None = None
    shows: Callable[[str], bool] = lambda _: False
    process: "subprocess.Popen[str] | None" = None
    started: float = 0.0
    deaths: int = 0
    start_at: float = 0.0
    last_lines: "deque[str]" = field(default_factory=lambda: deque(maxlen=15))

    def start(self) -> None:
        """Starts it in a process group of its own, which ends with this process."""
        self.process = subprocess.Popen(
            (*_LEASH, *self.command),
            env=dict(self.environment),
            stdin=subprocess.PIPE,  # never written to: the leash sees it close
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            process_group=0,
        )
        self.started = time.monotonic()
        logger.info("process started", extra={"command": self.name, "pid": self.process.pid})
        threading.Thread(target=self._read_output, args=(self.process,), daemon=True).start()

    def _read_output(self, process: "subprocess.Popen[str]") -> None:
        for raw_line in process.stdout or ():
            line = raw_line.rstrip()
            if line:
                self.last_lines.append(line)
                if self.shows(line):
                    common.stderr.print(common.escape(line), style="dim", soft_wrap=True)

    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def healthy(self) -> bool:
        """Whether it answers; a child without a health URL does as soon as it lives."""
        if self.health is None:
            return self.alive()
        return _answers(self.health)

    def stop(self) -> None:
        """Asks it to end, waits, and ends by force what is left of its group."""
        if self.process is None:
            return
        if self.alive():
            logger.info("process stopped", extra={"command": self.name, "pid": self.process.pid})
        _end(self.process)


def run_until_stopped(command: Sequence[str], health: str, on_ready: Callable[[], None]) -> int:
    """Runs a command in the foreground until it ends, or a signal ends it and all that it started.

    `on_ready` is called once `health`, a URL, answers 200. Returns the exit code; 0 after a signal.
    """
    is_ready = False
    with stop_signals() as stop:
        process = subprocess.Popen((*_LEASH, *command), stdin=subprocess.PIPE, text=True, process_group=0)
        try:
            while process.poll() is None and not stop.wait(_POLL):
                if not is_ready and _answers(health):
                    is_ready = True
                    on_ready()
        finally:
            _end(process)
    return 0 if stop.is_set() else process.returncode


def _answers(health: str) -> bool:
    try:
        with _DIRECTLY.open(health, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def keep_running(
    children: Sequence[Child], on_ready: Callable[[], None], watch: Callable[[], None] = lambda: None
) -> None:
    """Starts the children in order, each when the one before is healthy, and keeps them running until a signal.

    `watch` is called every minute from then on.
    A child that dies is started again after a growing pause; one that keeps dying ends them all with EscuchaError.
    """
    with stop_signals() as stop:
        try:
            for child in children:
                child.start()
                _await_health(child, stop)
                if stop.is_set():
                    break
            else:
                on_ready()
            watch_at = time.monotonic() + _WATCH
            while not stop.wait(_POLL):
                for child in children:
                    _tend(child)
                if time.monotonic() >= watch_at:
                    watch_at = time.monotonic() + _WATCH
                    watch()
        finally:
            if stop.is_set():
                common.stderr.print("stopping ...")
            for child in reversed(children):
                child.stop()
    common.stderr.print("stopped")


@contextmanager
def stop_signals() -> Iterator[threading.Event]:
    """An event that is set by Ctrl-C, SIGTERM and SIGHUP, in place of what they do else."""
    stopped = threading.Event()
    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {name: signal.signal(name, lambda *_: stopped.set()) for name in names}
    try:
        yield stopped
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _await_health(child: Child, stop: threading.Event) -> None:
    deadline = time.monotonic() + START_WITHIN
    while not child.healthy():
        if not child.alive():
            raise EscuchaError(_failure_message(child, "did not start"))
        if time.monotonic() > deadline:
            raise EscuchaError(_failure_message(child, f"did not answer within {START_WITHIN:.0f} s"))
        if stop.wait(_POLL):
            return


def _tend(child: Child) -> None:
    now = time.monotonic()
    if child.alive():
        if child.deaths and now - child.started > _SOUND:
            child.deaths = 0
        return
    if child.start_at == 0.0:
        child.deaths += 1
        if child.deaths > _DEATHS:
            logger.error("process keeps stopping", extra={"command": child.name, "attempt": child.deaths})
            raise EscuchaError(_failure_message(child, f"stopped {child.deaths} times in a row"))
        pause = 2.0**child.deaths
        child.start_at = now + pause
        if child.process is not None:
            _kill_group(child.process.pid)
        logger.warning(
            "process stopped by itself", extra={"command": child.name, "attempt": child.deaths, "seconds": pause}
        )
        common.stderr.print(f"{child.name} stopped by itself; it restarts in {pause:.0f} s")
    elif now >= child.start_at:
        child.start_at = 0.0
        child.start()


def _end(process: "subprocess.Popen[str]") -> None:
    """Asks it to end, waits, and ends by force what is left of its group."""
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_WITHIN)
    _kill_group(process.pid)
    process.wait()
    if process.stdin is not None:
        process.stdin.close()


def _failure_message(child: Child, failure: str) -> str:
    lines = [f"  {line}" for line in child.last_lines]
    return "\n".join((f"{child.name} {failure}; its last lines:", *lines, "Next: correct that, then start again"))


def _kill_group(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
