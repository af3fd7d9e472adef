"""What the commands share: the settings in force, the terminal, and progress bars."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from monitor.errors import EscuchaError

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.classify.policy import Thresholds
    from monitor.runs import Progress
    from monitor.settings.loading import Settings
    from monitor.settings.networks import Network
    from monitor.store.posts.collection_state import Spent

console = Console(stderr=True, highlight=False)
out = Console(highlight=False, soft_wrap=True)


def use_config(file: Path | None) -> None:
    """Makes `--config FILE` the settings file of this process and of those it starts."""
    if file is not None:
        os.environ["ESCUCHA_CONFIG"] = str(file)


def current_settings() -> "Settings":
    """The settings in force. Raises SettingsError."""
    from monitor.settings import loading

    return loading.load()


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


def networks_named(settings: "Settings", names: list[str] | None) -> list[str]:
    """These networks, or all that are set up. Raises SettingsError when there is none."""
    from monitor.collect import collector
    from monitor.errors import SettingsError

    found = list(dict.fromkeys(names or collector.configured(settings)))
    if not found:
        raise SettingsError("no network is set up: fill in a section of [networks] in escucha.toml")
    return found


def for_each(names: Iterable[str], do: Callable[[str], None]) -> None:
    """Does it for each; one that fails does not stop the others. Raises EscuchaError with all that went wrong."""
    faults = []
    for one in names:
        try:
            do(one)
        except EscuchaError as error:
            faults.append(str(error))
    if faults:
        raise EscuchaError("\n".join(faults))


def tell_partial(settings: "Settings", resumes_at: "datetime", command: str, network: str) -> None:
    """Says that a network asks to wait, and until when."""
    local = resumes_at.astimezone(settings.zone)
    out.print(
        f"[yellow]![/] {network}: partial, resumes at {local:%Y-%m-%d %H:%M}; then again: {command} --network {network}"
    )


def spent_told(spent: "Spent", section: "Network") -> str:
    """What a day has cost, each beside its budget where there is one."""
    parts = (
        (f"{spent.requests:,}", section.daily_requests, "requests"),
        (f"{spent.reads:,}", section.daily_reads, "reads"),
        (f"${spent.dollars:,.2f}", section.daily_dollars and f"${section.daily_dollars:,.2f}", ""),
    )
    told = (f"{used}{f' of {budget}' if budget else ''} {name}".strip() for used, budget, name in parts)
    return " · ".join(told)


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
            if not total:
                return
            if step not in tasks:
                tasks[step] = bars.add_task(plain(step))
            bars.update(tasks[step], completed=done, total=total)

        yield draw
