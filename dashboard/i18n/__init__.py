"""Every word people see, from the files in `es` and `en`: `t("inbox.title")` in the language of this session."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

import streamlit as st

Language: TypeAlias = Literal["es", "en"]
LANGUAGES: tuple[Language, ...] = ("es", "en")


@cache
def catalogue(language: Language) -> dict[str, str]:
    """All messages of a language, flat: {"inbox.title": "Bandeja", ...}. A section stands in one file only."""
    messages_by_key: dict[str, str] = {}
    for file in (files("dashboard.i18n") / language).iterdir():
        if file.name.endswith(".toml"):
            for section, messages in tomllib.loads(file.read_text(encoding="utf-8")).items():
                messages_by_key |= {f"{section}.{name}": message for name, message in messages.items()}
    return messages_by_key


def translate(language: Language, key: str, **values: object) -> str:
    """The message with its `{places}` filled. With `n=1` the message `<key>_one` is taken where there is one."""
    messages = catalogue(language)
    if values.get("n") == 1 and f"{key}_one" in messages:
        key = f"{key}_one"
    return messages[key].format(**{name: _format_value(language, value) for name, value in values.items()})


def language() -> Language:
    """The language of this session; Spanish until the frame has set it."""
    chosen = st.session_state.get("language", "es")
    return "en" if chosen == "en" else "es"


def t(key: str, **values: object) -> str:
    """The message in the language of this session; whole numbers are written the way that language writes them."""
    return translate(language(), key, **values)


def number(value: int) -> str:
    """A whole number with the session language's separator for thousands."""
    return _format_value(language(), value)


def money(dollars: float) -> str:
    """An amount in US dollars with cents, written the way the session language writes it."""
    text = f"{dollars:,.2f}"
    if language() == "en":
        return f"${text}"
    return f"{text.replace(',', ' ').replace('.', ',').replace(' ', '.')} $"


def percent(share: float | None, digits: int = 0) -> str:
    """A share from 0 to 1 as a percentage; a dash for None."""
    if share is None:
        return "–"
    text = f"{share * 100:.{digits}f}"
    return f"{text.replace('.', ',')} %" if language() == "es" else f"{text}%"


def _format_value(chosen: Language, value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        grouped = f"{value:,}"
        # Spanish writes four figures without a separator.
        return grouped if chosen == "en" else str(value) if abs(value) < 10_000 else grouped.replace(",", ".")
    return str(value)
