"""Processes that end themselves, as by a power cut, before and after each of the steps that are counted."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Importing takes longer than what is done, so it is done once, and each process is forked from the one that did it.
_FORKS = """
for _moment in sys.stdin:
    _process = os.fork()
    if not _process:
        act(int(_moment))
        sys.exit()
    print(os.waitstatus_to_exitcode(os.waitpid(_process, 0)[1]), flush=True)
"""


@contextmanager
def killed_processes(program: str, *arguments: str) -> Iterator[Callable[[int], int]]:
    """Gives what does the program's `act(moment)` in a process of its own, and says with which status that ended.

    The program imports what it needs, `os` and `sys` too, and opens nothing before it acts.
    """
    command = [sys.executable, "-c", program + _FORKS, *arguments]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, cwd=Path(__file__).parents[1], **pipes) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked, told = process.stdin, process.stdout

        def act(moment: int) -> int:
            print(moment, file=asked, flush=True)
            return int(told.readline())

        yield act


@dataclass
class KilledSteps:
    """Counts moments, two for each call of a step, and kills its process at the one of the number given."""

    moment: int
    passed: int = 0

    def counted(self, step: Callable[..., Any]) -> Callable[..., Any]:
        """The step, of which the moment before it and the one after it count."""

        def wrapped(*arguments: Any, **options: Any) -> Any:
            self._pass()
            result = step(*arguments, **options)
            self._pass()
            return result

        return wrapped

    def _pass(self) -> None:
        if self.passed == self.moment:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed += 1
