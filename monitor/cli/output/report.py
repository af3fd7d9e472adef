"""`escucha report`."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer

from monitor.cli import common, usage
from monitor.cli.output import targets
from monitor.errors import SettingsError

reports = typer.Typer(cls=usage.Commands, help="Writes a report.", no_args_is_help=True)


@reports.callback()
def _group() -> None:
    """Writes a report."""


@reports.command()
def perception(
    to: Annotated[Path, typer.Option(help="HTML file to write.")],
    month: Annotated[str | None, typer.Option(help="Month, such as 2026-10. Default: the last full month.")] = None,
    language: Annotated[
        Literal["es", "en"] | None, typer.Option(help="Language of the report. Default: language of the settings.")
    ] = None,
    brand: Annotated[str | None, typer.Option(help="Only this brand. Default: all.")] = None,
) -> None:
    """Reports how customers perceived the brand in a month: one HTML file that prints well; replaces an older one."""
    from monitor import reporting, runs

    settings = common.current_settings()
    target = targets.target(to, settings, endings=(".html", ".htm"))
    if brand is not None and brand not in (names := [configured.name for configured in settings.brands]):
        raise SettingsError(
            f"there is no brand {brand!r} in the settings; name one of: {', '.join(names) or 'none yet'}"
        )
    now = runs.now()
    today = now.astimezone(settings.zone).date()
    month_start = _month(month) if month else (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    if month_start > today:
        raise SettingsError(f"{month_start:%Y-%m} has not begun; choose a month up to {today:%Y-%m}")
    html = reporting.perception(settings, month_start, language or settings.language, now=now, brand=brand)
    reporting.write(html, target)
    common.stdout.print(
        f"wrote the report on {month_start:%Y-%m} to {common.escape(str(target))}. Next: open it in a browser"
    )


def _month(text: str) -> date:
    match = re.fullmatch(r"(\d{4})-(\d{1,2})", text)
    if not match or not 1 <= int(match[2]) <= 12 or int(match[1]) < 1970:
        raise SettingsError(f"{text!r} is no month: write it as 2026-10")
    return date(int(match[1]), int(match[2]), 1)
