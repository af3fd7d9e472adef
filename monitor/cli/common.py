"""What the commands share: the settings in force, and the terminal."""

import logging
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from monitor.cli.progress import progress_bars
from monitor.cli.terminal import (
    choose_language,
    decimal,
    escape,
    figure,
    percent,
    plain,
    print_wrapped,
    stderr,
    stdout,
    tell,
    told,
)
from monitor.cli.terminal import language as spoken_language
from monitor.errors import EscuchaError

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from monitor.classify.policy import Thresholds
    from monitor.models.languages import LanguageCode
    from monitor.settings.loading import Settings
    from monitor.settings.network import NetworkSettings
    from monitor.store.posts.collection_state import Spending

__all__ = [
    "decimal",
    "escape",
    "figure",
    "percent",
    "plain",
    "print_wrapped",
    "progress_bars",
    "stderr",
    "stdout",
    "tell",
    "told",
]

HeadOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="The head printed by an earlier check: proves that nothing before it was rewritten.", show_default=False
    ),
]

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Terminal:
    level: str | None = None  # from which log lines are shown on the terminal; None: not at all


_terminal = _Terminal()


def use_config(file: Path | None) -> None:
    """Makes `--config FILE` the settings file of this process and of those it starts; it may name a language."""
    if file is not None:
        os.environ["ESCUCHA_CONFIG"] = str(file)
        choose_language()


def use_log_level(level: str | None) -> None:
    """Makes `--log-level LEVEL` the log's level in this process and those it starts, and shows its lines here too."""
    if level is not None:
        os.environ["ESCUCHA_LOG__LEVEL"] = level
    _terminal.level = level


def current_settings(show_log: str | None = None) -> "Settings":
    """The settings in force, the log set up as they say. Raises SettingsError.

    `show_log` is the level from which a command shows the log here when nobody said one.
    """
    from monitor.logs import setup
    from monitor.settings import loading

    settings = loading.load()
    setup.configure(settings, _terminal.level or show_log)
    return settings


def format_time(at: "datetime", zone: "ZoneInfo") -> str:
    """A time as people read it, in the zone of the settings: `2026-11-29 16:32 CET`."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def plural(count: int, noun: str) -> str:
    """The noun as it follows the count: post, posts."""
    return noun if count == 1 else f"{noun}s"


def print_campaigns(waiting: tuple[int, int]) -> None:
    """Says how many campaigns wait for a decision, with how many posts; nothing without any."""
    count, posts = waiting
    if count:
        words = (
            f"{count:,} {plural(count, 'campaign')} of {posts:,} nearly equal posts: decide in the inbox, once for all"
        )
        print_warning(words)


def print_warning(words: str) -> None:
    """Says what a person should know, in the language of the terminal, broken into lines."""
    print_wrapped(tell(words), "[yellow]![/] ")


def print_no_brands() -> None:
    """Says what it means that no brand is set up, and how to set one up."""
    print_warning(
        "no brand is set up: every complaint opens a case, also those about others. Name yours with its searches in "
        "escucha.toml (see escucha.example.toml), or import with --brand NAME."
    )


def print_language(language: "LanguageCode") -> None:
    """Says in which language a file is, where the terminal speaks another."""
    other = spoken_language()
    if language != other:
        name = "Spanish" if language == "es" else "English"
        stdout.print(f'the file is in {name}, the language of the settings; another: language = "{other}" there')


def format_thresholds(limits: "Mapping[str, Thresholds]", about_at: float) -> str:
    """From which probability a post opens a case, and from which it waits for review, by language, in one line.

    Behind them, below which probability of being about a company it is put aside.
    """
    parts = (
        f"{language or 'others'}: case from {thresholds.complaint_at:.2f}, review from {thresholds.unsure_at:.2f}"
        + (f" (targets not reached: {', '.join(thresholds.missed)})" if thresholds.missed else "")
        for language, thresholds in limits.items()
    )
    about = (
        f"about no company below {about_at:.2f} (about_at)" if about_at else "about_at 0: about a company is not asked"
    )
    return " · ".join((*parts, about))


def network_names(names: Iterable[str] | None) -> list[str]:
    """The networks as they are called: " Mastodon" is mastodon."""
    return [name.strip().lower() for name in names or ()]


def requested_networks(settings: "Settings", names: list[str] | None) -> list[str]:
    """These networks, or all that are set up. Raises SettingsError when there is none."""
    from monitor.collect import collector
    from monitor.errors import SettingsError

    networks = list(dict.fromkeys(network_names(names) or collector.configured_networks(settings)))
    if not networks:
        raise SettingsError("no network is set up: fill in a section of [networks] in escucha.toml")
    return networks


def for_each_network(networks: Iterable[str], action: Callable[[str], None]) -> None:
    """Does it for each; one that fails does not stop the others. Raises EscuchaError with all that went wrong."""
    faults = []
    for network in networks:
        try:
            action(network)
        except EscuchaError as error:
            logger.error("network failed", extra={"network": network, "reason": type(error).__name__})  # noqa: TRY400
            faults.append(str(error))
    if faults:
        raise EscuchaError("\n".join(faults))


def print_resume_time(settings: "Settings", resumes_at: "datetime", network: str) -> None:
    """Says that a network was read in part, and from when on the rest can be read."""
    stdout.print(f"[yellow]![/] {network}: partial, resumes at {format_time(resumes_at, settings.zone)}")


def print_next(settings: "Settings", networks: Iterable[str], step: str) -> None:
    """The next step, and how to ask at once those of these networks that asked to wait."""
    options = network_options(paused_networks(settings, networks))
    stdout.print(f"Next: {step}" + (f"; to try now: escucha resume{options}" if options else ""))


def network_options(networks: Iterable[str]) -> str:
    """The networks as options of a command; '' for none."""
    return "".join(f" --network {network}" for network in networks)


def paused_networks(settings: "Settings", networks: Iterable[str]) -> list[str]:
    """Those of these networks that asked to wait, for themselves or one of their listings, and still do."""
    from monitor import store
    from monitor.runs import now
    from monitor.store.posts import collection_state

    with store.connect(settings.store, read_only=True) as connection:
        waiting = {pause.subject.partition(":")[0] for pause in collection_state.pauses(connection, now())}
    return [network for network in networks if network in waiting]


def format_spending(spent: "Spending", section: "NetworkSettings") -> str:
    """What a day has cost, in requests, reads and dollars, each beside its budget where there is one."""
    parts = (
        (f"{spent.requests:,}", section.daily_requests, plural(section.daily_requests or spent.requests, "request")),
        (f"{spent.reads:,}", section.daily_reads, plural(section.daily_reads or spent.reads, "read")),
        (f"${spent.dollars:,.2f}", section.daily_dollars and f"${section.daily_dollars:,.2f}", ""),
    )
    figures = (f"{used}{f' of {budget}' if budget else ''} {name}".strip() for used, budget, name in parts)
    return " · ".join(figures)
