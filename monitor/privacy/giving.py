"""A person's own copy of what is held about them: JSON for programs, and a page of HTML that reads well."""

import json
import tomllib
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, StrictUndefined, select_autoescape

from monitor import atomic_files
from monitor.models.languages import LanguageCode
from monitor.store.privacy.held import HeldRows

ENDINGS = (".html", ".json")


def write(held: dict[str, HeldRows], target: Path, language: LanguageCode, zone: ZoneInfo, now: datetime) -> int:
    """Writes what is held to a file that ends in .json or .html, for its owner alone. Returns how many rows.

    Times are in `zone` on the page, in UTC in JSON. Raises OSError.
    """
    is_page = target.suffix.lower() == ".html"
    text = as_html(held, language, zone, now) if is_page else as_json(held, now)
    with atomic_files.replacing(target) as file:
        file.write(text.encode())
    return sum(map(len, held.values()))


def as_json(held: dict[str, HeldRows], now: datetime) -> str:
    """All of it under the names of the columns; what was received stands as it came."""
    return json.dumps({"made_at": now, **held}, ensure_ascii=False, indent=2, default=_plain) + "\n"


def as_html(held: dict[str, HeldRows], language: LanguageCode, zone: ZoneInfo, now: datetime) -> str:
    """The same as a page without scripts or anything from elsewhere. What is empty is left out."""
    words = _words()[language]
    environment = Environment(autoescape=select_autoescape(default=True), undefined=StrictUndefined)
    template = (files("monitor.privacy") / "held.html").read_text(encoding="utf-8")
    parts = [(words[f"part_{name}"], [_lines(row, words, zone) for row in rows]) for name, rows in held.items() if rows]
    return environment.from_string(template).render(words=words, parts=parts, language=language, now=_shown(now, zone))


def _lines(row: dict[str, Any], words: dict[str, str], zone: ZoneInfo) -> list[tuple[str, str]]:
    return [(words[column], _shown(value, zone)) for column, value in row.items() if _is_said(value)]


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads((files("monitor.privacy") / "held.toml").read_text(encoding="utf-8"))


def _is_said(value: object) -> bool:
    return value not in (None, "", [])


def _shown(value: Any, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M %Z}"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
