"""Runs one command and outlives nobody: whatever becomes of the parent, what it started ends with it.

Run as a file of its own, `python leash.py COMMAND ...`, as the head of a process group, with a pipe from the parent as
standard input. The pipe closes when the parent ends, however that happens; then the whole group is ended. A child that
ignores SIGTERM is killed. Imports nothing but the standard library, to be there at once and to stay small.
"""

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress

TERM_WITHIN = 5.0  # seconds for the group to end by itself once the parent is gone
_POLL = 0.3  # seconds between two looks
_PIPE = 0  # standard input
_SET_CHILD_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux


def main(command: list[str]) -> int:
    """Runs the command until it ends or the parent does. Returns its exit code, 128 + n if signal n ended it."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=_die_with_leash)  # noqa: PLW1509 (no thread yet)
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda number, _: _forward(process, number))
    while (code := process.poll()) is None:
        is_readable = select.select([_PIPE], [], [], _POLL)[0]
        if is_readable and not os.read(_PIPE, 1024):
            _end_group(process)
    return code if code >= 0 else 128 - code


def _die_with_leash() -> None:
    """Where the kernel can: the command is killed when this process is. What it started is its group's."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_SET_CHILD_DEATH_SIGNAL, signal.SIGKILL)


def _forward(process: "subprocess.Popen[bytes]", number: int) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(number)


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    """Ends everything in the group, this process too: SIGTERM, then SIGKILL for what is left."""
    group = os.getpgrp()
    os.killpg(group, signal.SIGTERM)  # this process has a handler, and waits
    with suppress(subprocess.TimeoutExpired):
        process.wait(TERM_WITHIN)
    os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
