"""Keeps a handful of child processes running: started in order, restarted when they die, stopped together."""

import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from queue import SimpleQueue

from monitor.cli import common
from monitor.cli.serving import leash
from monitor.cli.serving.child import LEASH, Child, answers, end
from monitor.errors import EscuchaError

logger = logging.getLogger(__name__)

START_WITHIN = 600.0  # seconds for a child to answer, on a slow machine's first start
_WAITING_TOLD = 30.0  # seconds between two words on a child that does not answer yet
_DEATHS = 5  # deaths in a row after which a child that has never worked is not started again
_MOST_DOUBLINGS = 8  # of the pause before a child is started again: some four minutes
_SOUND = 60.0  # seconds a child must live for its earlier deaths to be forgotten
_SILENT_FOR = 180.0  # seconds without an answer after which a child that lives is as good as dead
_POLL = 0.3
_WATCH = 60.0  # seconds between two looks at the work


def run_until_stopped(command: Sequence[str], health: str, on_ready: Callable[[], None]) -> int:
    """Runs a command in the foreground until it ends, or a signal ends it and all that it started.

    `on_ready` is called once `health`, a URL, answers 200. Returns the exit code; 0 after a signal.
    """
    is_ready = False
    with stop_signals() as stop:
        process = subprocess.Popen((*LEASH, *command), stdin=subprocess.PIPE, text=True, process_group=0)
        try:
            while process.poll() is None and not stop.wait(_POLL):
                if not is_ready and answers(health):
                    is_ready = True
                    on_ready()
        finally:
            end(process)
    return 0 if stop.is_set() else process.returncode


def keep_running(
    children: Sequence[Child], on_ready: Callable[[], None], watch: Callable[[], None] = lambda: None
) -> None:
    """Starts the children in order, each when the one before is healthy, and keeps them running until a signal.

    `watch` is called every minute from then on.
    A child that dies, or answers no more, is started again after a growing pause; one that keeps dying before it has
    ever worked ends them all with EscuchaError.
    """
    leash.adopt_orphans()
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
                    _tend(child, children)
                leash.let_go(_own(children))
                if time.monotonic() >= watch_at:
                    watch_at = time.monotonic() + _WATCH
                    for child in children:
                        _end_silent(child)
                    watch()
        finally:
            if stop.is_set():
                common.stderr.print("stopping ...")
            for child in reversed(children):
                child.stop()
            _end_orphans(())
    common.stderr.print(common.tell("stopped"))


@contextmanager
def stop_signals() -> Iterator[threading.Event]:
    """An event that is set by Ctrl-C, SIGTERM and SIGHUP, in place of what they do else.

    A thread sets it: a handler runs in the midst of whatever the main thread does, and would wait for ever for the
    event's lock where that is just what it holds.
    """
    stopped, arrived = threading.Event(), SimpleQueue[int | None]()
    threading.Thread(target=_set_when_told, args=(arrived, stopped), name="signals", daemon=True).start()
    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {name: signal.signal(name, lambda number, _: arrived.put(number)) for name in names}
    try:
        yield stopped
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
        arrived.put(None)


def _set_when_told(arrived: "SimpleQueue[int | None]", stopped: threading.Event) -> None:
    if arrived.get() is not None:
        stopped.set()


def _await_health(child: Child, stop: threading.Event) -> None:
    began = time.monotonic()
    told_at, is_repaired = began + _WAITING_TOLD, False
    while not child.healthy():
        if not child.alive():
            if is_repaired or not child.repair():
                raise EscuchaError(_failure_message(child, "did not start"))
            is_repaired = True
            child.start()
        if (now := time.monotonic()) - began > START_WITHIN:
            raise EscuchaError(_failure_message(child, f"did not answer within {START_WITHIN:.0f} s"))
        if now >= told_at:
            told_at = now + _WAITING_TOLD
            common.stderr.print(f"waiting for {child.name}, {now - began:.0f} s so far ...")
        if stop.wait(_POLL):
            return


def _end_orphans(children: Sequence[Child]) -> None:
    """Ends what a leash that was killed had below it, outside its group."""
    own = _own(children)
    leash.end(lambda: leash.descendants(os.getpid(), but=own))


def _own(children: Sequence[Child]) -> set[int]:
    return {child.process.pid for child in children if child.process is not None}


def _tend(child: Child, children: Sequence[Child]) -> None:
    now = time.monotonic()
    if child.alive():
        if now - child.started > _SOUND:
            child.deaths, child.has_worked = 0, True
        return
    if child.start_at == 0.0:
        child.deaths += 1
        if child.deaths > _DEATHS:
            logger.error("process keeps stopping", extra={"command": child.name, "attempt": child.deaths})
            if not child.has_worked:
                raise EscuchaError(_failure_message(child, f"stopped {child.deaths} times in a row"))
        pause = 2.0 ** min(child.deaths, _MOST_DOUBLINGS)
        child.start_at = now + pause
        child.kill()
        _end_orphans(children)
        if child.deaths > 1:
            child.repair()
        logger.warning(
            "process stopped by itself", extra={"command": child.name, "attempt": child.deaths, "seconds": pause}
        )
        common.stderr.print(f"{child.name} stopped by itself; it restarts in {pause:.0f} s")
    elif now >= child.start_at:
        child.start_at = 0.0
        child.start()


def _end_silent(child: Child) -> None:
    """Ends a child that lives and has not answered for long, for `_tend` to start it again."""
    now = time.monotonic()
    if not child.alive() or child.healthy():
        child.answered_at = now
    elif now - child.answered_at > _SILENT_FOR:
        logger.error("process does not answer", extra={"command": child.name, "seconds": _SILENT_FOR})
        common.stderr.print(f"{child.name} has not answered for {_SILENT_FOR:.0f} s; it is ended")
        child.kill()


def _failure_message(child: Child, failure: str) -> str:
    lines = [f"  {line}" for line in child.last_lines]
    return "\n".join((f"{child.name} {failure}; its last lines:", *lines, "Next: correct that, then start again"))
