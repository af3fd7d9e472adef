"""`escucha recheck`: looks stored posts up again."""

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common

if TYPE_CHECKING:
    from monitor.runs import Progress
    from monitor.settings.loading import Settings


def recheck(
    network: Annotated[list[str] | None, typer.Option(help="x, reddit, ...; without it, all that are set up.")] = None,
) -> None:
    """Looks young posts up again: edited ones are brought up to date, deleted ones lose text and author."""
    settings = common.current_settings()
    wanted = common.networks_named(settings, network)
    with common.progress_bars() as progress:
        common.for_each(wanted, lambda one: _recheck(settings, one, progress))
    common.out.print("Next: escucha run (classifies what was edited)")


def _recheck(settings: "Settings", network: str, progress: "Progress") -> None:
    from monitor.collect import recheck as collect_recheck

    done = collect_recheck.recheck(settings, network, progress)
    common.out.print(f"{network:<10} {done.checked:>7,} looked up {done.edited:>7,} edited {done.gone:>7,} deleted")
    if done.resumes_at:
        common.tell_partial(settings, done.resumes_at, "escucha recheck", network)
