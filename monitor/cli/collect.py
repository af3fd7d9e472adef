"""`escucha collect`: reads the networks now."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common

if TYPE_CHECKING:
    from monitor.collect.cost import Expected
    from monitor.models.listings import Window
    from monitor.runs import Progress
    from monitor.settings.loading import Settings

_DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]


def collect(
    network: Annotated[list[str] | None, typer.Option(help="x, reddit, ...; without it, all that are set up.")] = None,
    brand: Annotated[str | None, typer.Option(help="Only this brand; without it, all.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=_DATES, help="Backfill: posts from this day on.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=_DATES, help="Posts before this; else until now.")] = None,
    estimate: Annotated[bool, typer.Option("--estimate", help="Say what it would cost, and read nothing.")] = False,
) -> None:
    """Reads posts about the brands from the networks, each from where it was left."""
    settings = common.current_settings()
    window = _window(settings, since, until)
    wanted = common.networks_named(settings, network)
    if estimate:
        common.for_each(wanted, lambda one: _estimate(settings, one, brand, window))
        common.out.print("Next: the same without --estimate")
        return
    with common.progress_bars() as progress:
        common.for_each(wanted, lambda one: _collect(settings, one, brand, window, progress))
    common.out.print("Next: escucha run (classifies, opens cases)")


def _collect(
    settings: "Settings", network: str, brand: str | None, window: "Window | None", progress: "Progress"
) -> None:
    from monitor.collect import collector

    done = collector.collect(settings, network, brand, window, progress)
    saved = done.saved
    common.out.print(f"{network:<10} {saved.stored:>7,} new {saved.duplicates:>7,} known {saved.rejected:>5,} rejected")
    if done.resumes_at:
        common.tell_partial(settings, done.resumes_at, "escucha collect", network)


def _estimate(settings: "Settings", network: str, brand: str | None, window: "Window | None") -> None:
    from rich.table import Table

    from monitor.collect import cost

    found = cost.estimate(settings, network, brand, window)
    rows = Table(
        title=network, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0)
    )
    for name in ("listing", "posts", "dollars", "their authors, up to"):
        rows.add_column(name, justify="left" if name == "listing" else "right", header_style="dim")
    for one in found.listings:
        rows.add_row(*_row(common.plain(one.listing.key), one))
    whole = cost.total(found.listings)
    if whole and len(found.listings) > 1:
        rows.add_row(*_row("total", whole))
    common.out.print(rows)
    for one in found.listings:
        if one.fault:
            common.out.print(f"[yellow]![/] {common.plain(one.listing.key)}: {common.plain(one.fault)}")
    common.out.print(f"today so far: {common.spent_told(found.spent, found.section)}")
    if found.exceeds:
        common.out.print(
            "[yellow]![/] this may cost more than is left of the day's budget; reading stops there and goes on tomorrow"
        )


def _row(name: str, one: "Expected") -> tuple[str, ...]:
    if one.posts is None:
        return name, "?" if one.fault else "", "?" if one.fault else "free", ""
    return name, f"{one.posts:,}", f"{one.dollars:.2f}", f"{one.author_dollars:.2f}" if one.author_dollars else ""


def _window(settings: "Settings", since: datetime | None, until: datetime | None) -> "Window | None":
    """The times as the settings' zone means them."""
    from monitor.errors import SettingsError
    from monitor.models.listings import Window

    if since is None:
        if until is not None:
            raise SettingsError("--until needs --since: write where to begin")
        return None
    begin = since.replace(tzinfo=settings.zone)
    end = min(until.replace(tzinfo=settings.zone), _tonight(settings)) if until else _tonight(settings)
    if begin >= end:
        raise SettingsError("--since must lie before --until and before now")
    return Window(begin, end)


def _tonight(settings: "Settings") -> datetime:
    """A fixed end, so that the same command later the same day goes on where it was."""
    from monitor.runs import now

    tomorrow = now().astimezone(settings.zone) + timedelta(days=1)
    return tomorrow.replace(hour=0, minute=0, second=0, microsecond=0)
