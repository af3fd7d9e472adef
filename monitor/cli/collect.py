"""`escucha collect`: reads the networks now."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common

if TYPE_CHECKING:
    from monitor.listings import Window
    from monitor.settings import Settings

_DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]


def collect(
    network: Annotated[list[str] | None, typer.Option(help="x, reddit, ...; without it, all that are set up.")] = None,
    brand: Annotated[str | None, typer.Option(help="Only this brand; without it, all.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=_DATES, help="Backfill: posts from this day on.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=_DATES, help="Posts before this; else until now.")] = None,
    estimate: Annotated[bool, typer.Option("--estimate", help="Say what it would cost, and read nothing.")] = False,
) -> None:
    """Reads posts about the brands from the networks, each from where it was left."""
    from monitor import collecting
    from monitor.errors import EscuchaError, SettingsError

    settings = common.current_settings()
    window = _window(settings, since, until)
    wanted = network or collecting.configured(settings)
    if not wanted:
        raise SettingsError("no network is set up: fill in a section of [networks] in escucha.toml")
    faults = []
    for one in wanted:
        try:
            if estimate:
                _estimate(settings, one, brand, window)
            else:
                _collect(settings, one, brand, window)
        except EscuchaError as error:
            faults.append(str(error))
    if faults:
        raise EscuchaError("\n".join(faults))
    common.out.print(f"Next: {'the same without --estimate' if estimate else 'escucha run (classifies, opens cases)'}")


def _collect(settings: "Settings", network: str, brand: str | None, window: "Window | None") -> None:
    from monitor import collecting

    with common.progress_bars() as progress:
        done = collecting.collect(settings, network, brand, window, progress)
    saved = done.saved
    told = f"{network}: {saved.stored:,} new, {saved.duplicates:,} known, {saved.rejected:,} rejected"
    if done.resumes_at:
        told += f" · partial, resumes at {done.resumes_at.astimezone(settings.zone):%Y-%m-%d %H:%M}"
    common.out.print(told)


def _estimate(settings: "Settings", network: str, brand: str | None, window: "Window | None") -> None:
    from monitor import estimating

    for line in estimating.estimate(settings, network, brand, window):
        common.out.print(common.plain(line))


def _window(settings: "Settings", since: datetime | None, until: datetime | None) -> "Window | None":
    """The times as the settings' zone means them."""
    from monitor.errors import SettingsError
    from monitor.listings import Window

    if since is None:
        if until is not None:
            raise SettingsError("--until needs --since: write where to begin")
        return None
    begin = since.replace(tzinfo=settings.zone)
    end = until.replace(tzinfo=settings.zone) if until else _tonight(settings)
    if begin >= end:
        raise SettingsError("--since must lie before --until and before now")
    return Window(begin, end)


def _tonight(settings: "Settings") -> datetime:
    """A fixed end, so that the same command later the same day goes on where it was."""
    from monitor.running import now

    tomorrow = now().astimezone(settings.zone) + timedelta(days=1)
    return tomorrow.replace(hour=0, minute=0, second=0, microsecond=0)
