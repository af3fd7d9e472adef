"""`escucha report`."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer

from monitor.cli import common
from monitor.errors import SettingsError

reports = typer.Typer(help="Write a report.", no_args_is_help=True)


@reports.callback()
def _group() -> None:
    """Write a report."""


@reports.command()
def perception(
    to: Annotated[Path, typer.Option(help="File to write; its name ends in .html.")],
    month: Annotated[str | None, typer.Option(help="Such as 2026-10; else the last full month.")] = None,
    language: Annotated[Literal["es", "en"] | None, typer.Option(help="Else the one of the settings.")] = None,
    brand: Annotated[str | None, typer.Option(help="A brand of the settings; else all.")] = None,
) -> None:
    """Writes how customers perceived the brand in a month: one HTML file that prints well. FILE is replaced whole."""
    from monitor import reporting, runs

    settings = common.current_settings()
    if to.suffix.lower() not in (".html", ".htm"):
        raise SettingsError(f"cannot write {to}: the file's name must end in .html")
    if brand is not None and brand not in (names := [one.name for one in settings.brands]):
        raise SettingsError(f"there is no brand {brand!r}; the settings have {', '.join(names) or 'none'}")
    now = runs.now()
    today = now.astimezone(settings.zone).date()
    first = _month(month) if month else (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    if first > today:
        raise SettingsError(f"{first:%Y-%m} has not begun; choose a month up to {today:%Y-%m}")
    html = reporting.perception(settings, first, language or settings.language, now=now, brand=brand)
    target = to.expanduser().absolute()
    reporting.write(html, target)
    common.out.print(f"wrote the report on {first:%Y-%m} to {common.plain(str(target))}; open it in a browser")


def _month(text: str) -> date:
    found = re.fullmatch(r"(\d{4})-(\d{1,2})", text)
    if not found or not 1 <= int(found[2]) <= 12 or int(found[1]) < 1970:
        raise SettingsError(f"{text!r} is no month: write it as 2026-10")
    return date(int(found[1]), int(found[2]), 1)
