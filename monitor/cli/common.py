"""What the commands share: the settings in force, the terminal, and progress bars."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    from monitor.classify.policy import Thresholds
    from monitor.running import Progress
    from monitor.settings import Settings

console = Console(stderr=True, highlight=False)
out = Console(highlight=False, soft_wrap=True)


def use_config(file: Path | None) -> None:
    """Makes `--config FILE` the settings file of this process and of those it starts."""
    if file is not None:
        os.environ["ESCUCHA_CONFIG"] = str(file)


def current_settings() -> "Settings":
    """The settings in force. Raises SettingsError."""
    from monitor import settings

    return settings.load()


def plain(text: str) -> str:
    """Text from outside, fit for the terminal: no markup, no control characters."""
    return escape("".join(c if c.isprintable() or c in "\n\t" else "�" for c in text))


def limits_told(limits: "Mapping[str, Thresholds]") -> str:
    """From which probability a post opens a case, and from which it waits in the Inbox, by language, in one line."""
    told = (
        f"{language or 'others'} {one.complaint_at:.2f} / {one.unsure_at:.2f}"
        + (f" ({' and '.join(one.missed)} not reached)" if one.missed else "")
        for language, one in limits.items()
    )
    return f"{' · '.join(told)} (case / Inbox)"


@contextmanager
def progress_bars() -> Iterator["Progress"]:
    """A Progress that draws one bar per step; on no terminal it draws nothing."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    with Bars(
        TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console
    ) as bars:
        tasks = {}

        def draw(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(plain(step))
            bars.update(tasks[step], completed=done, total=total)

        yield draw
