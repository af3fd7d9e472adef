"""One setting on the page: a widget with what holds now, and the change that it asks for."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import streamlit as st

from dashboard.i18n import catalogue, language, t
from dashboard.settings import shown
from dashboard.ui import escaping
from monitor.i18n import tell
from monitor.settings_editing import dotted
from monitor.settings_editing.document import SettingPath

_DAYS = {"es": "DD/MM/YYYY", "en": "YYYY-MM-DD"}
_NOTHING: tuple[Any, ...] = (None, "", [])
_WRITTEN = {"es": "%d/%m/%Y", "en": "%Y-%m-%d"}
FieldKind = Literal["text", "lines", "spans", "dates", "date", "number", "amount", "choice", "choices"]


@dataclass(frozen=True, slots=True)
class Field:
    """A setting: its path below the section, how it is typed, its options and how these are called.

    `default` is what holds in a new entry, `lowest` and `highest` bound a number. Its label is the message
    settings.f_<label>, else by the path's last part; `hint` is the message that explains it.
    """

    path: SettingPath
    kind: FieldKind = "text"
    options: Sequence[str] = ()
    say: Callable[[str], str] = escaping.clean
    default: Any = None
    lowest: float = 0
    highest: float = 0
    step: float = 1
    label: str = ""
    hint: str = ""

    @property
    def name(self) -> str:
        """What the setting is called."""
        message = f"settings.f_{self.label or self.path[-1]}"
        return t(message) if message in catalogue(language()) else str(self.path[-1])  # of a network, its own word


def draw(place: SettingPath, field: Field) -> tuple[Any, bool]:
    """Draws the setting below `place`. Returns what is typed, as the file would hold it, and whether that is new."""
    path, file = (*place, *field.path), shown.current()
    held = file.value(path)
    held = field.default if held is None else held
    outranked = file.outranked_by(path)
    explained = t("settings.outranked", place=tell(language(), outranked)) if outranked else None
    looks: dict[str, Any] = {
        "key": f"set-{file.version[:12]}-{dotted(path)}",
        "disabled": bool(outranked or file.barred_by),
        "help": escaping.escape_markdown(explained or (t(field.hint) if field.hint else "")) or None,
        "on_change": shown.note_typed,
    }
    typed = _WIDGETS[field.kind](field, held, looks)
    return typed, typed != held and not (typed in _NOTHING and held in _NOTHING)


def _text(field: Field, held: Any, looks: dict[str, Any]) -> str:
    text = str(held or "")
    typed = st.text_input(field.name, value=text, max_chars=max(500, len(text)), **looks)
    return text if typed == text else typed.strip()


def _lines(field: Field, held: Any, looks: dict[str, Any]) -> list[str]:
    """One a line. What was in several lines is one here, and stays as it was where nobody changes it."""
    written = [" ".join(str(line).split()) for line in held or []]
    height, text = 68 + 24 * min(len(written), 8), "\n".join(written)
    typed = st.text_area(field.name, value=text, height=height, max_chars=max(50_000, len(text)), **looks)
    known = dict(zip(written, held or [], strict=True))
    lines = (" ".join(line.split()) for line in typed.splitlines())
    return list(held or []) if typed == text else [known.get(line, line) for line in lines if line]


def _spans(field: Field, held: Any, looks: dict[str, Any]) -> list[str]:
    text = ", ".join(held or [])
    typed = st.text_input(field.name, value=text, placeholder=t("settings.free"), **looks)
    spans = (span.strip() for span in typed.replace(";", ",").split(","))
    return list(held or []) if typed == text else [span for span in spans if span]


def _dates(field: Field, held: Any, looks: dict[str, Any]) -> list[date | str]:
    written = "\n".join(day.strftime(_WRITTEN[language()]) for day in held or [])
    typed = st.text_area(field.name, value=written, height=92, placeholder=t("settings.day_form"), **looks)
    return [_day(line.strip()) for line in typed.replace(",", "\n").splitlines() if line.strip()]


def _day(text: str) -> date | str:
    """The day; what is none as it is, which the settings refuse with words of their own."""
    for form in dict.fromkeys((_WRITTEN[language()], *_WRITTEN.values())):
        with suppress(ValueError):
            return datetime.strptime(text, form).date()  # noqa: DTZ007 (a day, without a time)
    return text


def _date(field: Field, held: Any, looks: dict[str, Any]) -> date | None:
    day = held if isinstance(held, date) and held != date.min else None
    picked: date | None = st.date_input(field.name, value=day, format=_DAYS[language()], **looks)
    return held if picked == day else picked


def _number(field: Field, held: Any, looks: dict[str, Any]) -> float | int:
    kind: Any = int if field.step == int(field.step) and held == int(held) else float
    lowest, highest = (min(field.lowest, held), max(field.highest, held))
    form = None if kind is int else "%g"  # all its digits, and no more
    typed = st.number_input(field.name, kind(lowest), kind(highest), kind(held), kind(field.step), form, **looks)
    return int(typed) if typed == int(typed) else float(typed)


def _amount(field: Field, held: Any, looks: dict[str, Any]) -> float | int | None:
    """A number, or none: then nothing limits it."""
    unlimited = t("settings.no_limit")
    value = None if held is None else float(held)
    typed = st.number_input(field.name, 0.0, value=value, format="%g", placeholder=unlimited, **looks)
    return None if typed is None else int(typed) if typed == int(typed) else typed


def _choice(field: Field, held: Any, looks: dict[str, Any]) -> str:
    options = list(dict.fromkeys((*field.options, held)))
    return str(st.selectbox(field.name, options, index=options.index(held), format_func=field.say, **looks))


def _choices(field: Field, held: Any, looks: dict[str, Any]) -> list[str]:
    options = list(dict.fromkeys((*field.options, *(held or []))))
    everything = t("settings.everything")
    return list(st.multiselect(field.name, options, held or [], format_func=field.say, placeholder=everything, **looks))


_WIDGETS: Mapping[FieldKind, Callable[[Field, Any, dict[str, Any]], Any]] = {
    "text": _text,
    "lines": _lines,
    "spans": _spans,
    "dates": _dates,
    "date": _date,
    "number": _number,
    "amount": _amount,
    "choice": _choice,
    "choices": _choices,
}
