"""`escucha recheck`: checks stored posts for edits and deletions."""

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common

if TYPE_CHECKING:
    from monitor.runs import Progress
    from monitor.settings.loading import Settings


def recheck(
    network: Annotated[
        list[str] | None, typer.Option(help="Network (x, reddit, ...), repeatable. Default: all that are set up.")
    ] = None,
) -> None:
    """Checks recent posts again: edited ones are updated, deleted ones lose text and author."""
    settings = common.current_settings()
    networks = common.requested_networks(settings, network)
    with common.progress_bars() as progress:
        common.for_each_network(networks, lambda name: _recheck(settings, name, progress))
    common.stdout.print("Next: escucha run (classifies the edited posts)")


def _recheck(settings: "Settings", network: str, progress: "Progress") -> None:
    from monitor.collect import recheck as collect_recheck

    report = collect_recheck.recheck(settings, network, progress)
    common.stdout.print(
        f"{network:<10} {report.checked:>7,} checked {report.edited:>7,} edited {report.gone:>7,} deleted"
    )
    if report.resumes_at:
        common.print_resume_time(settings, report.resumes_at, "escucha recheck", network)
