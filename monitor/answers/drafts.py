"""Answers to customers: the templates that there are, what is known to fill them with, and how long they may be.

Escucha writes to no network. A person copies an answer, posts it by hand and says so.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from monitor import networks
from monitor.answers import templates
from monitor.answers.templates import ProtocolStep, Template
from monitor.cases.calendars import WorkingTime
from monitor.errors import SettingsError
from monitor.models.cases import Case
from monitor.networks import NetworkProfile
from monitor.settings.loading import Settings
from monitor.text import formatting

LANGUAGES = ("es", "en")
"""The languages of Escucha's templates; a team's own may be in any."""
# What an answer can do without, the first of them first.
_EXPENDABLE = ("agent", "remedy", "category", "due", "private", "customer")
_DANGER, DANGER_CATEGORY = ("safety", "health"), "safety"
_LANGUAGE_FOLDER = re.compile(r"[a-z]{2}")
_HANDLE = re.compile(r"[\w.\-]{1,64}(@[\w.\-]{1,64})?")


def all_templates(settings: Settings) -> list[Template]:
    """Escucha's templates, those of the folder `desk.templates` in their place or after them.

    The folder holds `es`, `en`, `pt` and so on with TOML files. Raises SettingsError that names the file, the template
    and the fix.
    """
    templates_by_id = {(template.language, template.id): template for template in bundled_templates()}
    folder = settings.desk.templates
    if folder:
        templates_by_id |= {
            (template.language, template.id): template
            for template in _read_folder(Path(folder).expanduser(), settings.language)
        }
    return list(templates_by_id.values())


@cache
def words(language: str) -> dict[str, dict[str, Any]]:
    """Checklists by step, words for remedies, categories and times; none in a language not of `LANGUAGES`."""
    if language not in LANGUAGES:
        return {}
    text = (files("monitor") / "answers" / language / "words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def bundled_templates() -> tuple[Template, ...]:
    """The templates that come with Escucha."""
    bundled: list[Template] = []
    for language in LANGUAGES:
        folder = files("monitor") / "answers" / language
        for file in sorted(folder.iterdir(), key=lambda path: path.name):
            if file.name.endswith(".toml") and file.name != "words.toml":
                bundled += templates.parse(file.read_text(encoding="utf-8"), language, words(language)["checklists"])
    return tuple(bundled)


def _read_folder(folder: Path, desk_language: str) -> list[Template]:
    """The checks before a template in a language that Escucha does not speak are in the desk's."""
    named = sorted(path for path in folder.glob("*") if _LANGUAGE_FOLDER.fullmatch(path.name) and path.is_dir())
    if not named:
        raise SettingsError(f"desk.templates: {folder} has no folder es or en; put the files of templates there")
    folder_templates: list[Template] = []
    for file in (file for path in named for file in sorted(path.glob("*.toml"))):
        language = file.parent.name
        checklists = (words(language) or words(desk_language))["checklists"]
        try:
            folder_templates += templates.parse(file.read_text(encoding="utf-8"), language, checklists)
        except (OSError, ValueError) as error:
            raise SettingsError(f"desk.templates: {file}: {error}") from None
    return folder_templates


def templates_for(
    candidates: Sequence[Template], language: str, category: str, step: ProtocolStep, cue: str = ""
) -> list[Template]:
    """The templates of a step for a category, else those for any (`other`); where the `cue` is danger its own first."""
    matching = [template for template in candidates if template.language == language and template.step == step]
    urgent = [template for template in matching if cue in _DANGER and template.category == DANGER_CATEGORY]
    return urgent + (
        [template for template in matching if template.category == category]
        or [template for template in matching if template.category == "other"]
    )


def languages(candidates: Iterable[Template]) -> tuple[str, ...]:
    """The languages that there are templates in, Escucha's first."""
    return tuple(dict.fromkeys((*LANGUAGES, *(template.language for template in candidates))))


def language_of(case: Case, offered: Collection[str], desk_language: str) -> str:
    """The language to answer the case in: its own if it is `offered`, else the desk's."""
    return case.language if case.language in offered else desk_language


def step_for(case: Case) -> ProtocolStep:
    """The step of the protocol that a case at its stage calls for."""
    if case.stage == "answered":
        return "confirmation"
    if case.stage in ("closed", "dismissed"):
        return "follow_up"
    if case.first_answered_at is None:
        return "first_contact"
    return "rapport" if case.stage in ("received", "acknowledged") else "development"


def placeholder_values(case: Case, settings: Settings, language: str, agent: str, now: datetime) -> dict[str, str]:
    """What is known of the case to fill a template with; '' for what is not.

    The customer goes by the handle: the name on file is not for the public. Who called or wrote in goes by the name;
    a number or an address is none.
    """
    vocabulary, author = words(language), case.author or ""
    message = vocabulary.get("private", {}).get("message", "")
    on_network = case.channel == "network"
    handle = f"@{author.removeprefix('@')}" if _HANDLE.fullmatch(author.removeprefix("@")) else ""
    return {
        "customer": handle if on_network else "" if re.search(r"[\d@]", author) else author,
        "brand": case.brand,
        "code": case.code,
        "agent": agent,
        "due": promised_time(case, settings, language, now),
        "category": vocabulary.get("categories", {}).get(case.category, ""),
        "remedy": vocabulary.get("remedies", {}).get(case.remedy or "", ""),
        "private": message if on_network and networks.profile(case.network).private_messages else "",
    }


def fill_within(text: str, values: Mapping[str, str], profile: NetworkProfile) -> str:
    """The template's text filled so that the network takes it, where that can be.

    Where it is too long, what can be done without is left out, the least needed first, as if it were not known.
    """
    known = dict(values)
    filled = templates.fill(text, known)
    for name in _EXPENDABLE:
        if profile.answer_limit is None or profile.answer_length(filled) <= profile.answer_limit:
            break
        known[name] = ""
        filled = templates.fill(text, known)
    return filled


def promised_time(case: Case, settings: Settings, language: str, now: datetime) -> str:
    """By when we answer next if this answer goes out now, in words; '' for a case that is over.

    The desk's own target for a further answer, in working time, and down to the half hour.
    """
    if case.stage in ("closed", "dismissed"):
        return ""
    target = getattr(settings.desk.service, case.level).next_response_hours
    due = WorkingTime(settings.desk.calendars, settings.zone).after(now, timedelta(hours=target))
    return time_in_words(due, now, settings, language)


def time_in_words(due: datetime, now: datetime, settings: Settings, language: str) -> str:
    """The time as "hoy antes de las 18:00" or "by 18:00 today".

    '' for one that is less than half an hour or more than four weeks ahead, and in a language not of `LANGUAGES`.
    """
    phrases = words(language).get("due")
    local, today = due.astimezone(settings.zone), now.astimezone(settings.zone)
    local = local.replace(minute=local.minute // 30 * 30, second=0, microsecond=0)
    days = (local.date() - today.date()).days
    if phrases is None or local - today < timedelta(minutes=30) or days > 28:
        return ""
    time = phrases["one" if local.hour == 1 else "other"]
    weekday = formatting.weekday("es" if language == "es" else "en", local.date())
    pattern = phrases["today" if days == 0 else "tomorrow" if days == 1 else "later"]
    return str(
        pattern.format(
            time=time.format(time=f"{local.hour}:{local:%M}"),
            weekday=weekday,
            day=local.day,
        )
    )
