"""Runs one command and outlives nobody: whatever becomes of the parent, what it started ends with it.

Run as a file of its own, `python leash.py COMMAND ...`, as the head of a process group, with a pipe from the parent as
standard input. The pipe closes when the parent ends, however that happens; then the whole group is ended. A child that
ignores SIGTERM is killed, and so is what it put into a session of its own (a Prefect worker does with each run) or left
behind when it died. Imports nothing but the standard library, to be there at once and to stay small.
"""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path

TERM_WITHIN = 5.0  # seconds for the group to end by itself once the parent is gone
_POLL = 0.3  # seconds between two looks
_PIPE = 0  # standard input
_LOOK = os.WEXITED | os.WNOHANG | os.WNOWAIT if sys.platform == "linux" else 0
_SET_CHILD_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux
_SET_CHILD_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: what its descendants leave behind becomes its own


def main(command: list[str]) -> int:
    """Runs the command until it ends or the parent does. Returns its exit code, 128 + n if signal n ended it."""
    adopt_orphans()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=_die_with_leash)  # noqa: PLW1509 (no thread yet)
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda number, _: _forward(process, number))
    while (code := process.poll()) is None:
        let_go({process.pid})
        is_readable = select.select([_PIPE], [], [], _POLL)[0]
        if is_readable and not os.read(_PIPE, 1024):
            _end_group(process)
    end(lambda: descendants(os.getpid()))
    return code if code >= 0 else 128 - code


def _die_with_leash() -> None:
    """Where the kernel can: the command is killed when this process is. What it started is its group's."""
    _control(_SET_CHILD_DEATH_SIGNAL, signal.SIGKILL)


def _control(option: int, value: int) -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(option, value)


def _forward(process: "subprocess.Popen[bytes]", number: int) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(number)


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    """Ends everything in the group, this process too: SIGTERM, then SIGKILL for what is left."""
    group = os.getpgrp()
    os.killpg(group, signal.SIGTERM)  # this process has a handler, and waits
    with suppress(subprocess.TimeoutExpired):
        process.wait(TERM_WITHIN)
    end(lambda: descendants(os.getpid()))
    os.killpg(group, signal.SIGKILL)


def end(found: Callable[[], Sequence[int]]) -> None:
    """Ends the processes that `found` gives until it gives none: SIGTERM, then SIGKILL for what is left."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in found():
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        deadline = time.monotonic() + TERM_WITHIN
        while found() and time.monotonic() < deadline:
            time.sleep(_POLL / 10)


def descendants(of: int, but: Collection[int] = ()) -> Sequence[int]:
    """All processes below this one that run, without those of these numbers and what is below them.

    None where the system does not tell (macOS).
    """
    parents = {}
    processes = Path("/proc")
    for folder in processes.iterdir() if processes.is_dir() else ():
        with suppress(OSError, ValueError):  # no process, or one that has ended meanwhile
            state, parent = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(folder.name)] = int(parent)
    found = [of]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid and child not in but]
    return found[1:]


def adopt_orphans() -> None:
    """Makes what descendants leave behind, when they die, this process's own, where the kernel can: see `let_go`."""
    _control(_SET_CHILD_SUBREAPER, 1)


def let_go(own: Collection[int]) -> None:
    """Takes note that adopted processes have ended, which stay in the list else; `own` are not adopted."""
    if sys.platform == "linux":
        with suppress(ChildProcessError):  # there are none
            while (ended := os.waitid(os.P_ALL, 0, _LOOK)) is not None and ended.si_pid not in own:
                os.waitpid(ended.si_pid, os.WNOHANG)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
