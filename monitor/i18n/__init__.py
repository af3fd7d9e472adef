"""What the terminal says, in the reader's language: `tell("es", "there is no case 12")` -> "no hay ningún caso 12".

English stands in the code, at the place where it is said. A catalogue (`es/*.toml`) has each message's English, with
`{names}` where its values go, and its translation. A text that was said is recognised by the words around its values:
what raises an error need know nothing of languages, and what was stored in English (why a run failed, why a post was
rejected) is told too. What no catalogue knows stays as it is.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from string import Formatter

from monitor.models.languages import LanguageCode

_BEGINNING = re.compile(r"\s*(?:\[[a-z ]+\]\S+\[/\] ?)?")
"""What stands before a line's words: spaces, and a mark such as `[yellow]![/] `."""
_OF_PLACES = ": "
_BETWEEN_FIGURES = " · "
_JOINTS = (_BETWEEN_FIGURES, "; ", ". ", _OF_PLACES)
"""What messages are joined with: figures, faults, a fault and what to do, a place (it stays as it is) and its fault."""
_JOINTS_BEHIND_KEY = (_BETWEEN_FIGURES, _OF_PLACES, "; ", ". ")
"""The same where the place is one word: all that follows is of it."""
_PERCENTAGE = re.compile(r"(\d[\d.,]*)%")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+")


def tell(language: LanguageCode, text: str) -> str:
    """The text in that language, line by line; what the catalogue does not know as it is."""
    if language == "en":
        return text
    return "\n".join(_tell_line(language, line) for line in text.split("\n"))


@cache
def catalogue(language: LanguageCode) -> dict[str, str]:
    """All messages of a language, by their English."""
    messages: dict[str, str] = {}
    for file in sorted((files("monitor.i18n") / language).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            messages |= tomllib.loads(file.read_text(encoding="utf-8"))
    return messages


@dataclass(frozen=True)
class MessageTemplate:
    """A message with places for values: its English, and its translation, which names the places it uses."""

    english: str
    translation: str

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What stands around the values, in English."""
        return tuple(literal for literal, *_ in Formatter().parse(self.english) if literal)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        places = (
            re.escape(literal) + (f"(?P<{name}>(?:(?!{_BETWEEN_FIGURES}).)*?)" if name else "")
            for literal, name, *_ in Formatter().parse(self.english)
        )
        return re.compile("".join(places))

    def values(self, text: str) -> Mapping[str, str] | None:
        """What stands at the places in a text that is this message; None for any other text."""
        if any(words not in text for words in self.words):
            return None
        match = self._pattern.fullmatch(text)
        return match.groupdict() if match else None


@cache
def templates(language: LanguageCode) -> tuple[MessageTemplate, ...]:
    """The messages that hold values, the longest words first: the more exact of two that fit is meant."""
    found = [MessageTemplate(english, text) for english, text in catalogue(language).items() if "{" in english]
    return tuple(sorted(found, key=lambda template: -sum(map(len, template.words))))


class _Value(str):
    """A value in a message: `{name}` as it is, `{name:t}` itself told, `{n:,}` a number as the language writes it.

    `{name:%}` is it with the percentages in it as the language writes them, `{n:caso|casos}` the word that goes with
    the number `n`.
    """

    language: LanguageCode

    def __format__(self, form: str) -> str:
        if form == "t":
            return _tell_line(self.language, str(self))
        if form == ",":
            return _number(str(self))
        if form == "%":
            return _PERCENTAGE.sub(lambda found: f"{_number(found[1])} %", str(self))
        if "|" in form:
            one, several = form.split("|")
            return one if self.strip() == "1" else several
        return str(self)


def _tell_line(language: LanguageCode, line: str) -> str:
    beginning = _BEGINNING.match(line)
    words = line[beginning.end() :] if beginning else line
    told = _told(language, words)
    return line if told is None else line[: len(line) - len(words)] + told


@lru_cache(maxsize=4_096)
def _told(language: LanguageCode, words: str) -> str | None:
    """The translation; None for what is no message, nor made of messages."""
    if exact := catalogue(language).get(words):
        return exact.format()
    if _GROUPED.fullmatch(words):
        return _number(words)
    for template in templates(language):
        if (values := template.values(words)) is not None:
            return template.translation.format(**{name: _value(language, text) for name, text in values.items()})
    key, found, rest = words.partition(_OF_PLACES)
    is_key = bool(found) and " " not in key
    for joint in _JOINTS_BEHIND_KEY if is_key else _JOINTS:
        first, found, rest = words.partition(joint)
        if found and (joined := _told_joined(language, first, joint, rest)):
            return joined
    return None


def _told_joined(language: LanguageCode, first: str, joint: str, rest: str) -> str | None:
    before = None if joint == _OF_PLACES or " " not in first else _told(language, first)
    after = _told(language, rest) if " " in rest else None  # a word alone may be somebody's
    if before is None and after is None:
        return None
    return (first if before is None else before) + joint + (rest if after is None else after)


def _value(language: LanguageCode, text: str) -> _Value:
    value = _Value(text)
    value.language = language
    return value


def _number(text: str) -> str:
    """A number that English writes with commas, as Spanish does: "12.345,6"; anything else as it is."""
    whole, point, decimals = text.partition(".")
    digits = whole.replace(",", "")
    if not digits.isdecimal() or (point and not decimals.isdecimal()):
        return text
    grouped = f"{int(digits):,}".replace(",", ".") if len(digits) > 4 else digits
    return grouped + ("," + decimals if point else "")
