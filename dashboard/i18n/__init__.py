"""Every word people see, from the files in `es` and `en`: `t("inbox.title")` in the language of this session."""

import tomllib
from functools import cache
from importlib.resources import files

import streamlit as st

from monitor.models.languages import LanguageCode
from monitor.text.plurals import Count

NAMES: dict[str, str] = {"es": "Español", "en": "English"}
"""What each language calls itself."""


@cache
def catalogue(language: LanguageCode) -> dict[str, str]:
    """All messages of a language, flat: {"cases.title": "Casos", ...}. A section stands in one file only."""
    messages_by_key: dict[str, str] = {}
    for file in (files("dashboard.i18n") / language).iterdir():
        if file.name.endswith(".toml"):
            for section, messages in tomllib.loads(file.read_text(encoding="utf-8")).items():
                messages_by_key |= {f"{section}.{name}": message for name, message in messages.items()}
    return messages_by_key


def translate(language: LanguageCode, key: str, **values: object) -> str:
    """The message with its `{places}` filled. Words beside a whole number agree with it: `{n:queja|quejas}`.

    With `n=1` the message `<key>_one` is taken where there is one.
    """
    messages = catalogue(language)
    if values.get("n") == 1 and f"{key}_one" in messages:
        key = f"{key}_one"
    return messages[key].format(**{name: _format_value(language, value) for name, value in values.items()})


def language() -> LanguageCode:
    """The language of this session; Spanish until the frame has set it."""
    code = st.session_state.get("language", "es")
    return "en" if code == "en" else "es"


def t(key: str, **values: object) -> str:
    """The message in the language of this session; whole numbers are written the way that language writes them."""
    return translate(language(), key, **values)


class Phrase:
    """A message inside another one, in the language in which that one is told."""

    def __init__(self, key: str, **values: object) -> None:
        """The message of that key with its places filled."""
        self._key, self._values = key, values

    def __str__(self) -> str:
        """The message in the language of this session."""
        return t(self._key, **self._values)


def _format_value(code: LanguageCode, value: object) -> object:
    return Count(code, value) if isinstance(value, int) and not isinstance(value, bool) else str(value)
