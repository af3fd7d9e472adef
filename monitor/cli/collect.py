"""`escucha collect`: collects from the networks now."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common
from monitor.errors import BeingDone, RateLimited

if TYPE_CHECKING:
    from monitor.collect.cost import ListingEstimate, RecheckEstimate
    from monitor.models.listings import BackfillWindow
    from monitor.runs import Progress
    from monitor.settings.loading import Settings
    from monitor.settings.network import NetworkSettings


def _date(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M" if "T" in text else "%Y-%m-%d")  # noqa: DTZ007 (see _window)
    except ValueError:
        raise typer.BadParameter(f"{text!r}: write the date as 2026-11-29, or 2026-11-29T16:30") from None


def collect(
    network: Annotated[
        list[str] | None, typer.Option(help="Network (x, reddit, ...), repeatable. Default: all that are set up.")
    ] = None,
    brand: Annotated[str | None, typer.Option(help="Only this brand. Default: all.")] = None,
    since: Annotated[
        datetime | None, typer.Option(parser=_date, metavar="DATE", help="Backfill: posts from this time on.")
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(parser=_date, metavar="DATE", help="Backfill: posts before this time. Default: now."),
    ] = None,
    estimate: Annotated[bool, typer.Option("--estimate", help="Only estimate the cost; collect nothing.")] = False,
) -> None:
    """Collects new posts about the brands from the networks, each from where the last collection ended."""
    settings = common.current_settings()
    window = _window(settings, since, until)
    networks = common.requested_networks(settings, network)
    if estimate:
        common.for_each_network(networks, lambda name: _estimate(settings, name, brand, window))
        common.stdout.print("Next: the same command without --estimate")
        return
    with common.progress_bars() as progress:
        common.for_each_network(networks, lambda name: _collect(settings, name, brand, window, progress))
    common.print_next(settings, networks, "escucha run (classifies the new posts and opens cases)")


def _collect(
    settings: "Settings", network: str, brand: str | None, window: "BackfillWindow | None", progress: "Progress"
) -> None:
    from monitor.collect import collector

    try:
        report = collector.collect(settings, network, brand, window, progress)
    except BeingDone as other:
        common.print_warning(str(other))
        return
    saved = report.saved
    common.stdout.print(
        f"{network:<10} {saved.stored:>7,} new {saved.duplicates:>7,} duplicates {saved.rejected:>5,} rejected"
    )
    if report.resumes_at:
        common.print_resume_time(settings, report.resumes_at, network)


def _estimate(settings: "Settings", network: str, brand: str | None, window: "BackfillWindow | None") -> None:
    from rich.table import Table

    from monitor.collect import cost

    try:
        estimate = cost.estimate(settings, network, brand, window)
    except RateLimited as limited:
        raise _waiting_error(settings, network, limited) from None
    rows = Table(
        title=network, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0)
    )
    for name in ("search or page", "posts", "dollars", "author lookups, up to"):
        rows.add_column(common.tell(name), justify="left" if name == "search or page" else "right", header_style="dim")
    for listing in estimate.listings:
        rows.add_row(*_row(common.escape(listing.listing.key), listing))
    total = cost.total(estimate.listings)
    if total and len(estimate.listings) > 1:
        rows.add_row(*_row(common.tell("total"), total))
    common.stdout.print(rows)
    for listing in estimate.listings:
        if listing.fault:
            common.stdout.print(f"[yellow]![/] {common.escape(listing.listing.key)}: {common.told(listing.fault)}")
    if estimate.recheck:
        common.stdout.print(_recheck_cost(estimate.recheck, estimate.section))
    common.stdout.print(f"today so far: {common.format_spending(estimate.spent, estimate.section)}")
    if estimate.exceeds:
        common.stdout.print(
            "[yellow]![/] this may cost more than is left of the day's budget: "
            "collection stops there and goes on tomorrow"
        )


def _waiting_error(settings: "Settings", network: str, limited: RateLimited) -> RateLimited:
    """Why there is no estimate, and how to ask at once where the network asked to wait: a budget is not waited out."""
    from monitor import store
    from monitor.store.posts import collection_state

    with store.connect(settings.store, read_only=True) as connection:
        pause = collection_state.pause(connection, network)
    if pause is None or not common.paused_networks(settings, [network]):
        return limited
    until, reason = common.format_time(pause.until, settings.zone), pause.reason.removeprefix(f"{network} ")
    remedy = f"To try now: escucha resume --network {network}"
    return RateLimited(f"{network} asks to wait until {until} ({reason}). {remedy}", pause.until)


def _recheck_cost(recheck: "RecheckEstimate", section: "NetworkSettings") -> str:
    """What comes later: posts are looked up again."""
    looks = f"{recheck.looks:.0f} times in {section.recheck_days:g} days"
    limit = "" if recheck.most_a_day is None else f"; at most ${recheck.most_a_day:,.2f} a day"
    share = f" (recheck_share = {section.recheck_share:g} of daily_dollars)" if limit else "; daily_dollars limits it"
    return f"checking again: each post about {looks}, up to ${recheck.dollars:.3f} a post{limit}{share}"


def _row(name: str, estimate: "ListingEstimate") -> tuple[str, ...]:
    if estimate.posts is None:
        return name, "?" if estimate.fault else "", "?" if estimate.fault else common.tell("free"), ""
    authors = f"{estimate.author_dollars:.2f}" if estimate.author_dollars else ""
    return name, common.figure(estimate.posts), f"{estimate.dollars:.2f}", authors


def _window(settings: "Settings", since: datetime | None, until: datetime | None) -> "BackfillWindow | None":
    """The backfill's times, in the settings' time zone."""
    from monitor.errors import SettingsError
    from monitor.models.listings import BackfillWindow

    if since is None:
        if until is not None:
            raise SettingsError("--until needs --since: name the first day too")
        return None
    begin = since.replace(tzinfo=settings.zone)
    end = min(until.replace(tzinfo=settings.zone), _tonight(settings)) if until else _tonight(settings)
    if begin >= end:
        raise SettingsError("--since must lie before --until and before now: choose an earlier --since")
    return BackfillWindow(begin, end)


def _tonight(settings: "Settings") -> datetime:
    """A fixed end, so that the same command later the same day resumes where it stopped."""
    from monitor.runs import now

    tomorrow = now().astimezone(settings.zone) + timedelta(days=1)
    return tomorrow.replace(hour=0, minute=0, second=0, microsecond=0)
