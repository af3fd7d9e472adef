"""How far a command is: bars on a terminal; lines where its output goes into a file, a pipe or a mail."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from monitor.cli.terminal import escape, stderr, told

if TYPE_CHECKING:
    from monitor.runs import Progress

_FIRST, _EVERY = 10.0, 60.0  # seconds


@contextmanager
def progress_bars() -> Iterator["Progress"]:
    """A Progress that draws one bar per step; on no terminal it says a line now and then (`ProgressLines`)."""
    if not stderr.is_terminal:
        yield ProgressLines(lambda line: stderr.print(line, soft_wrap=True))
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    with Bars(
        TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=stderr
    ) as bars:
        tasks = {}

        def draw(step: str, done: int, total: int) -> None:
            if not total:
                return
            if step not in tasks:
                tasks[step] = bars.add_task(told(step))
            bars.update(tasks[step], completed=done, total=total)

        yield draw


class ProgressLines:
    """A Progress that says how far a step is after ten seconds, and once a minute from then on.

    What is done sooner says nothing. `say` prints a line, `clock` counts seconds.
    """

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is done yet."""
        self._say, self._clock = say, clock
        self._due = clock() + _FIRST

    def __call__(self, step: str, done: int, total: int) -> None:
        """`done` of `total` are done."""
        at = self._clock()
        if at < self._due:
            return
        self._due = at + _EVERY
        self._say(f"still at work: {escape(step)}, {done:,} of {total:,}" if total > done else _so_far(step, done))


def _so_far(step: str, done: int) -> str:
    return f"still at work: {escape(step)}, {done:,} so far"
