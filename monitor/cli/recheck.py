"""`escucha recheck`: checks stored posts for edits and deletions; `escucha resume`: ends the waiting for a network."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from monitor.collect.recheck import RecheckResult
    from monitor.runs import Progress
    from monitor.settings.loading import Settings
    from monitor.store.status import NetworkRow


def recheck(
    network: Annotated[
        list[str] | None, typer.Option(help="Network (x, reddit, ...), repeatable. Default: all that are set up.")
    ] = None,
    believe: Annotated[
        bool, typer.Option("--believe", help="What a network calls gone now is gone, though it is everything.")
    ] = False,
) -> None:
    """Checks recent posts again: edited ones are updated, deleted ones lose text and author."""
    from monitor.errors import SettingsError

    settings = common.current_settings()
    if believe and not network:
        raise SettingsError("--believe needs --network: name the network that is to be believed")
    networks = common.requested_networks(settings, network)
    edited: list[str] = []
    with common.progress_bars() as progress:
        common.for_each_network(networks, lambda name: edited.extend(_recheck(settings, name, progress, believe)))
    step = "escucha run (classifies the edited posts)" if edited else "escucha status"
    common.print_next(settings, networks, step)


def _recheck(settings: "Settings", network: str, progress: "Progress", believe: bool) -> list[str]:
    """Returns the network if posts of it were edited."""
    from monitor.collect import recheck as collect_recheck

    _require_known(network)
    report = collect_recheck.recheck(settings, network, progress, believe=believe)
    _print_report(settings, network, report)
    return [network] if report.edited else []


def _require_known(network: str) -> None:
    """Raises SettingsError for a name of no network, with those there are."""
    from monitor import networks
    from monitor.sources import registry

    if network not in networks.profiles():
        registry.module(network)


def _print_report(settings: "Settings", network: str, report: "RecheckResult") -> None:
    """What a pass over a network's posts has found; of one that does not tell what became of posts, that."""
    if not report.is_able:
        common.stdout.print(f"[yellow]![/] {network}: cannot be checked: it does not tell what became of a post")
        return
    common.stdout.print(
        f"{network:<10} {report.checked:>7,} checked {report.edited:>7,} edited {report.gone:>7,} deleted"
    )
    if report.resumes_at:
        common.print_resume_time(settings, report.resumes_at, network)


def resume(
    network: Annotated[
        list[str] | None, typer.Option(help="Network (x, reddit, ...), repeatable. Default: all that are set up.")
    ] = None,
) -> None:
    """Ends the waiting that networks asked for: the next collection asks them again."""
    from monitor import store
    from monitor.store.posts import collection_state

    settings = common.current_settings()
    networks = common.requested_networks(settings, network)
    for name in networks:
        _require_known(name)
    with store.connect(settings.store) as connection:
        pauses = [pause for name in networks for pause in collection_state.end_pauses(connection, name)]
    for pause in pauses:
        until = common.format_time(pause.until, settings.zone)
        common.stdout.print(common.told(f"{pause.subject}: no longer waits until {until} ({pause.reason})"))
    if not pauses:
        common.stdout.print(f"nothing waits: {', '.join(networks)}")
    common.stdout.print("Next: escucha collect")


def warnings(row: "NetworkRow", zone: "ZoneInfo") -> Iterator[str]:
    """What somebody should know of a network: who waits, and what is not believed. Times are told in `zone`."""
    for pause in (*((row.pause,) if row.pause else ()), *row.part_pauses):
        waits = f"{pause.subject} waits until {common.format_time(pause.until, zone)} ({pause.reason})"
        yield f"{waits}. To try now: escucha resume --network {row.network}"
    if row.absences:
        count, since = row.absences.posts, common.format_time(row.absences.since, zone)
        posts, pronoun = ("1 post is", "it is") if count == 1 else (f"{count:,} posts are", "they are")
        yield (
            f"{row.network}: {posts} said to be gone since {since}, which is not believed: "
            f"nothing was erased. Check base_url and credentials; if {pronoun} gone: "
            f"escucha recheck --network {row.network} --believe"
        )


def unnoticed(configured: Sequence[str], stored: Sequence[str]) -> Iterator[str]:
    """Of which networks, set up or only stored from files, nobody learns that a post was edited or deleted."""
    from monitor import networks

    for name in networks.unchecked([*configured, *stored]):
        yield f"{name} does not tell what became of a post: edits and deletions there go unnoticed"
    for name in networks.unread(configured, stored):
        yield f"{name} is not set up: edits and deletions there go unnoticed"
