"""A child process and all that it starts, held by a leash (`monitor/cli/serving/leash.py`)."""

import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from monitor.cli import common

logger = logging.getLogger(__name__)

STOP_WITHIN = 20.0  # seconds for a child to end by itself
LEASH = (sys.executable, "-I", "-S", str(Path(__file__).with_name("leash.py")))
_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(slots=True)
class Child:
    """A process to keep running.

    `health` is a URL that answers 200 once it works; `shows` says which of its lines are worth showing. `repair` is
    called when it does not even start: it does away with what may be the cause, and says whether there was anything.
    The rest is what `processes.keep_running` notes of it: times are of `time.monotonic`, `start_at` is 0 while none is
    planned.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    health: str | None = None
    shows: Callable[[str], bool] = lambda _: False
    repair: Callable[[], bool] = lambda: False
    process: "subprocess.Popen[str] | None" = None
    started: float = 0.0
    deaths: int = 0
    start_at: float = 0.0
    has_worked: bool = False
    answered_at: float = 0.0
    last_lines: "deque[str]" = field(default_factory=lambda: deque(maxlen=15))

    def start(self) -> None:
        """Starts it in a process group of its own, which ends with this process."""
        self.process = subprocess.Popen(
            (*LEASH, *self.command),
            env=dict(self.environment),
            stdin=subprocess.PIPE,  # never written to: the leash sees it close
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            process_group=0,
        )
        self.started = self.answered_at = time.monotonic()
        logger.info("process started", extra={"command": self.name, "pid": self.process.pid})
        threading.Thread(target=self._read_output, args=(self.process,), daemon=True).start()

    def _read_output(self, process: "subprocess.Popen[str]") -> None:
        for raw_line in process.stdout or ():
            line = raw_line.rstrip()
            if line:
                self.last_lines.append(line)
                if self.shows(line):
                    common.stderr.print(common.plain(line), style="dim", soft_wrap=True)

    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def healthy(self) -> bool:
        """Whether it answers; a child without a health URL does as soon as it lives."""
        if self.health is None:
            return self.alive()
        return answers(self.health)

    def stop(self) -> None:
        """Asks it to end, waits, and ends by force what is left of its group."""
        if self.process is None:
            return
        if self.alive():
            logger.info("process stopped", extra={"command": self.name, "pid": self.process.pid})
        end(self.process)

    def kill(self) -> None:
        """Ends by force what is left of its group."""
        if self.process is not None:
            _kill_group(self.process.pid)


def is_about_work(line: str) -> bool:
    """Whether a line of Prefect's log is about the work, rather than its beginnings, its links or a traceback."""
    plumbing = r"Beginning |View at |Engine execution exited|Task run .* Finished in state Completed"
    return bool(re.match(r"\d\d:\d\d:\d\d\.\d+ \| ", line)) and not re.search(plumbing, line)


def answers(health: str) -> bool:
    """Whether the URL answers 200 within two seconds."""
    try:
        with _DIRECTLY.open(health, timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, HTTPException):
        return False


def end(process: "subprocess.Popen[str]") -> None:
    """Asks it to end, waits, and ends by force what is left of its group."""
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_WITHIN)
    _kill_group(process.pid)
    process.wait()
    if process.stdin is not None:
        process.stdin.close()


def _kill_group(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
