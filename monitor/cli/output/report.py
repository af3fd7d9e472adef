"""`escucha report`."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from monitor.cli import common, usage
from monitor.cli.acting import recorded
from monitor.cli.output import targets
from monitor.errors import SettingsError

if TYPE_CHECKING:
    from monitor.models.languages import LanguageCode
    from monitor.reporting.yearly import Year
    from monitor.settings.loading import Settings

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
    _check_brand(settings, brand)
    now = runs.now()
    today = now.astimezone(settings.zone).date()
    month_start = _month(month) if month else (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    if month_start > today:
        raise SettingsError(f"{month_start:%Y-%m} has not begun; choose a month up to {today:%Y-%m}")
    html = reporting.perception(settings, month_start, language or settings.language, now=now, brand=brand)
    recorded.record(settings, "report", "report", 1, "html")
    reporting.write(html, target)
    common.stdout.print(
        f"wrote the report on {month_start:%Y-%m} to {common.escape(str(target))}. Next: open it in a browser"
    )


@reports.command()
def yearly(
    to: Annotated[Path, typer.Option(help="File to write: .html to read, .xlsx with the cases, .csv.")],
    year: Annotated[int, typer.Option(min=1970, max=9998, help="Calendar year, such as 2026.")],
    language: Annotated[
        Literal["es", "en"] | None, typer.Option(help="Language of the report. Default: language of the settings.")
    ] = None,
    brand: Annotated[str | None, typer.Option(help="Only this brand. Default: all.")] = None,
    list_cases: Annotated[
        bool, typer.Option("--cases", help="With .csv: the cases behind the figures instead of the figures.")
    ] = False,
) -> None:
    """Reports the complaints received in a year: answered on time, by cause and channel, satisfaction.

    Each figure says what it counts, and .xlsx and .csv list the tracking codes counted. Replaces an older file.
    """
    from monitor import reporting, runs
    from monitor.reporting import yearly as year_figures

    settings = common.current_settings()
    target = targets.target(to, settings, endings=(".html", ".htm", ".xlsx", ".csv"))
    _check_brand(settings, brand)
    now = runs.now()
    if year > (this_year := now.astimezone(settings.zone).year):
        raise SettingsError(f"{year} has not begun; choose a year up to {this_year}")
    found = year_figures.read(settings, year, now=now, brand=brand)
    content = _year_file(found, settings, language or settings.language, target.suffix.lower(), list_cases=list_cases)
    recorded.record(settings, "report", "report", 1, target.suffix.lower().removeprefix("."))
    reporting.write(content, target)
    common.stdout.print(
        f"wrote the report on {year}, {len(found.rows):,} {common.plural(len(found.rows), 'complaint')}, "
        f"to {common.escape(str(target))}"
    )
    if not found.days:
        common.print_warning("desk.answer_days names no working days: nothing in the report is on time or late")


def _year_file(year: "Year", settings: "Settings", language: "LanguageCode", ending: str, *, list_cases: bool) -> bytes:
    from monitor.exporters import figure_table
    from monitor.exporters.figure_table import FigureSheet
    from monitor.reporting import yearly_tables

    if ending in (".html", ".htm"):
        return yearly_tables.page(year, settings, language).encode()
    sheets = [FigureSheet(*sheet) for sheet in yearly_tables.sheets(year, settings, language)]
    if ending == ".csv":
        return figure_table.csv_file(sheets[list_cases], settings.exports.separator)
    return figure_table.workbook(sheets)


def _check_brand(settings: "Settings", brand: str | None) -> None:
    if brand is not None and brand not in (names := [configured.name for configured in settings.brands]):
        raise SettingsError(
            f"there is no brand {brand!r} in the settings; name one of: {', '.join(names) or 'none yet'}"
        )


def _month(text: str) -> date:
    match = re.fullmatch(r"(\d{4})-(\d{1,2})", text)
    if not match or not 1 <= int(match[2]) <= 12 or int(match[1]) < 1970:
        raise SettingsError(f"{text!r} is no month: write it as 2026-10")
    return date(int(match[1]), int(match[2]), 1)
