"""`escucha run`."""

from typing import TYPE_CHECKING

from monitor.cli import common
from monitor.errors import EscuchaError

if TYPE_CHECKING:
    from monitor.settings.loading import Settings


def run() -> None:
    """Runs every step once: collects, classifies, opens cases and hands them over."""
    from monitor import store
    from monitor.pipeline import main_line
    from monitor.store.cases import campaigns

    settings = common.current_settings()
    with common.progress_bars() as progress:
        report = main_line.run(settings, progress)
    collected = report.collected
    duplicates, posts = common.plural(collected.duplicates, "duplicate"), common.plural(report.joined, "post")
    common.stdout.print(
        f"collected {collected.stored:,} new, {collected.duplicates:,} {duplicates}, {collected.rejected:,} rejected · "
        f"classified {report.classified:,} · cases {report.opened:,} opened, {report.joined:,} {posts} joined · "
        f"handed over {report.handed_over:,}"
    )
    if report.opened and not settings.brands:
        common.print_no_brands()
    if store.exists(settings.store):
        with store.connect(settings.store, read_only=True) as connection:
            common.print_campaigns(campaigns.undecided(connection))
    for line in report.elsewhere:
        common.print_warning(line)
    for network, resumes_at in report.partial:
        common.print_resume_time(settings, resumes_at, network)
    if report.faults:
        raise EscuchaError("\n".join(report.faults))
    step = "escucha dashboard"
    if not (collected.stored or report.classified or report.opened or report.joined or report.handed_over):
        words, step = _nothing_new(settings)
        common.print_wrapped(common.tell(words))
    common.print_next(settings, [network for network, _ in report.partial], step)


def _nothing_new(settings: "Settings") -> tuple[str, str]:
    """What it means that a run found nothing to do, and what to do next."""
    from monitor.collect import collector

    folder = settings.networks.files.folder
    sources = [*collector.configured_networks(settings), *([str(folder)] if folder else [])]
    if sources:
        return (
            "nothing new: neither a post that your searches find and that is not stored yet, nor one that waits "
            f"({', '.join(sources)})",
            "escucha dashboard; escucha status says when each network was last read",
        )
    return (
        "nothing new, as nothing is read by itself: no network is set up, and no drop folder",
        "escucha import FILE --network NAME, or set up a network in escucha.toml",
    )
