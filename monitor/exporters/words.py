"""What people call the columns and values of a case, in Spanish and English, and how its history reads."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from monitor import networks
from monitor.exporters._cells import wall_time
from monitor.models.cases import CHANNELS, Case, Event
from monitor.models.exports import SaidPost
from monitor.models.languages import LanguageCode
from monitor.settings.desk import Desk
from monitor.text import formatting

FOR_PEOPLE = ("csv", "xlsx")
"""Formats that people open; the others are always in codes."""
# Columns, and fields that events name, whose values have words: the section of the catalogue.
_SECTIONS = {
    "stage": "stage",
    "sentiment": "sentiment",
    "decision": "decision",
    "channel": "channel",
    "severity": "severity",
    "priority": "level",
    "level": "level",
    "agreement": "agreement",
    "language": "tongue",
}
_EVENT_SECTIONS = {
    **_SECTIONS,
    "decision": "verdict",
    "reason": "dismissal",
    "remedy": "remedy",
    "service": "servicekind",
    "complainant": "complainant",
    "lost_reason": "lost",
    "internal": "yes",
}


@cache
def catalogue(language: LanguageCode) -> Mapping[str, str]:
    """All words of a language, flat: {"column.stage": "Etapa", ...}."""
    text = (files("monitor.exporters") / f"{language}.toml").read_text(encoding="utf-8")
    return {f"{section}.{name}": words for section, part in tomllib.loads(text).items() for name, words in part.items()}


class CaseWords:
    """A case as people read it: values in words, times of `zone`, a history in sentences."""

    def __init__(self, language: LanguageCode, desk: Desk, zone: ZoneInfo) -> None:
        """Speaks `language`, with the labels of the desk's own categories."""
        self._language: LanguageCode = language
        self._desk, self._zone, self._words = desk, zone, catalogue(language)

    @property
    def table(self) -> str:
        """What a sheet of cases is called."""
        return self._words["table.name"]

    @property
    def date_format(self) -> str:
        """How a spreadsheet shows times."""
        return self._words["table.date"]

    def heading(self, column: str, *, is_time: bool) -> str:
        """The column's name; that of a time says in which zone it is."""
        name = self._words[f"column.{column}"]
        if not is_time:
            return name
        return self._words["table.time"].format(column=name, zone=self._zone.key or self._words["table.local"])

    def value(self, column: str, value: Any) -> Any:
        """The value in words where it is a code or a truth; any other as it is."""
        if isinstance(value, bool):
            return self._words[f"yes.{str(value).lower()}"]
        return self._label(_SECTIONS, column, value) if isinstance(value, str) else value

    def way(self, case: Case) -> str:
        """By which way the case came: its network's name, or its channel in words."""
        is_network = case.channel == "network"
        return str(self.value("network", case.network) if is_network else self.value("channel", case.channel))

    def history(self, events: Sequence[Event]) -> str:
        """`2026-07-01 12:00 eva: Pasa a: Evaluado — note`, a line an event, oldest first."""
        return "\n".join(map(self._line, events, self.sentences(events)))

    def sentences(self, events: Sequence[Event]) -> list[str]:
        """What each event did to its case, without who, when and their note."""
        by_id = {event.event_id: event for event in events}
        return [self._sentence(event, by_id) for event in events]

    def later_posts(self, posts: Sequence[SaidPost]) -> str:
        """The posts, each behind its time."""
        return "\n".join(f"{self._time(at)} {text}" for at, text in posts)

    def _line(self, event: Event, sentence: str) -> str:
        note = f" — {event.note}" if event.note else ""
        return f"{self._time(event.happened_at)} {event.actor}: {sentence}{note}"

    def _sentence(self, event: Event, by_id: Mapping[int, Event]) -> str:
        undone = by_id.get(event.undoes) if event.undoes is not None else None
        if event.kind == "undone" and undone is None:
            return self._words["event.undone"].partition(":")[0]
        label: Callable[[str | None], str] = lambda value: self._label(  # noqa: E731 (one name for two values)
            _EVENT_SECTIONS, event.field or "", value or "–"
        )
        return self._words.get(self._key(event), event.kind).format(
            stage=self._label(_SECTIONS, "stage", event.stage or ""),
            field=self._words.get(f"field.{event.field}", event.field or ""),
            was=label(event.was),
            became=label(event.became),
            days=self._days(event.became or event.was or ""),
            undone=self._sentence(undone, {}) if undone else "",
        )

    def _key(self, event: Event) -> str:
        """The most particular sentence that there is for an event."""
        if event.kind == "stage":
            is_end = event.field in ("agreement", "reason") and event.became
            return f"event.stage_{event.field}" if is_end else "event.stage"
        left = "left" if event.became is None and event.was is not None else ""
        endings = (f"{event.field}_{event.became}", event.field, event.became, left)
        keys = [f"event.{event.kind}_{ending}" for ending in endings if ending]
        return next((key for key in keys if key in self._words), f"event.{event.kind}")

    def _label(self, sections: Mapping[str, str], column: str, value: str) -> str:
        if column == "category":
            return self._category(value)
        if column == "network":
            return self._words[f"channel.{value}"] if value in CHANNELS[1:] else networks.profile(value).display_name
        return self._words.get(f"{sections.get(column)}.{value}", value)

    def _category(self, name: str) -> str:
        own = next((category for category in self._desk.categories if category.name == name), None)
        labels = ((own.es, own.en) if self._language == "es" else (own.en, own.es)) if own else ()
        return next(filter(None, labels), None) or self._words.get(f"category.{name}", name)

    def _time(self, at: datetime) -> str:
        return f"{wall_time(at, self._zone):%Y-%m-%d %H:%M}"

    def _days(self, times: str) -> str:
        try:
            moments = [datetime.fromisoformat(moment).astimezone(self._zone) for moment in times.split()]
        except ValueError:
            return times
        return ", ".join(formatting.day(self._language, moment.date()) for moment in moments)
