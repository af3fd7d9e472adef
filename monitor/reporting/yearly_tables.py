"""The year's figures as a page, and the tables behind it: each figure with what it counts, and the cases."""

from datetime import date, datetime
from importlib.resources import files
from typing import TypeAlias

from monitor.exporters.words import CaseWords
from monitor.models.languages import LanguageCode
from monitor.reporting.words import Voice
from monitor.reporting.yearly import GROUPS, Year, YearlyRow
from monitor.settings.loading import Settings

YearlyCells: TypeAlias = tuple[str | int | float | date | None, ...]
YearlySheet: TypeAlias = tuple[str, tuple[str, ...], list[YearlyCells]]
_COLUMNS = (
    "code", "brand", "channel", "category", "root_cause", "received", "last_day", "answered", "working_days",
    "standing", "came_back", "stage", "agreement", "asked", "satisfaction",
)  # fmt: skip


def page(year: Year, settings: Settings, language: LanguageCode) -> str:
    """The figures as one HTML file that prints well. Names that people gave are escaped; no post is in it."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((files("monitor.reporting") / "yearly.html").read_text(encoding="utf-8"))
    voice = Voice(language, settings.desk, settings.zone)
    return template.render(
        y=year,
        v=voice,
        say=voice.say,
        groups=GROUPS,
        name=lambda by, name: _group(voice, by, name),
        zone=settings.time_zone,
    )


def sheets(year: Year, settings: Settings, language: LanguageCode) -> tuple[YearlySheet, YearlySheet]:
    """The figures and the complaints counted, each with its name, header and rows."""
    return _figures(year, settings, language), _cases(year, settings, language)


def _figures(year: Year, settings: Settings, language: LanguageCode) -> YearlySheet:
    """Section, group, figure, how many, of how many, what it counts, and the codes counted."""
    voice = Voice(language, settings.desk, settings.zone)
    whole = voice.say("yearly.whole")
    rows: list[YearlyCells] = [
        (
            whole,
            "",
            voice.say(f"yearly.f_{one.key}"),
            one.n,
            one.of,
            voice.say(f"yearly.c_{one.key}", days=year.days),
            " ".join(one.codes),
        )
        for one in year.figures
    ]
    rows.append((whole, "", voice.say("yearly.f_mean"), year.mean_satisfaction, None, voice.say("yearly.c_mean"), ""))
    rows += [
        (whole, voice.say(f"dismissal.{reason or 'other'}"), voice.say("yearly.f_dismissed"), n, None, "", "")
        for reason, n in year.dismissed_as.items()
    ]
    for by in GROUPS:
        section = voice.say(f"yearly.by_{by}")
        for group in year.groups[by]:
            name = _group(voice, by, group.name)
            rows.append((section, name, voice.say("yearly.f_received"), group.n, None, "", ""))
            rows += [
                (section, name, voice.say(f"yearly.f_{standing}"), n, group.n, "", "")
                for standing, n in group.standings.items()
            ]
    header = ("section", "group", "figure", "n", "of", "counts", "codes")
    return voice.say("yearly.s_figures"), tuple(voice.say(f"yearly.h_{column}") for column in header), rows


def _cases(year: Year, settings: Settings, language: LanguageCode) -> YearlySheet:
    """A row for each complaint counted; times are wall time of the settings' zone."""
    voice, words = Voice(language, settings.desk, settings.zone), CaseWords(language, settings.desk, settings.zone)
    header = tuple(voice.say(f"yearly.h_{column}", zone=settings.time_zone) for column in _COLUMNS)
    return voice.say("yearly.s_cases"), header, [_cells(row, settings, voice, words) for row in year.rows]


def _cells(row: YearlyRow, settings: Settings, voice: Voice, words: CaseWords) -> YearlyCells:
    case = row.case

    def wall(at: datetime | None) -> datetime | None:
        return at and at.astimezone(settings.zone).replace(tzinfo=None, microsecond=0)

    return (
        case.code, case.brand, _group(voice, "channel", row.group("channel")),
        str(words.value("category", case.category)), case.root_cause, wall(case.received_at), row.last_day,
        wall(row.round.answered_at), row.working_days, voice.say(f"yearly.f_{row.standing}"),
        str(words.value("came_back", row.came_back)), str(words.value("stage", case.stage)),
        str(words.value("agreement", case.agreement or "")), case.asked, case.satisfaction,
    )  # fmt: skip


def _group(voice: Voice, by: str, name: str) -> str:
    if by == "month":
        return voice.month(date.fromisoformat(f"{name}-01"))
    return name if by == "brand" and name else voice.group("network" if by == "channel" else by, name)
