"""The terminal, and the language it speaks: what is printed here is told in it, whatever says it in English."""

import os
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from rich import markup
from rich.console import Console
from rich.text import Text

from monitor import i18n
from monitor.masking.masks import mask
from monitor.models.languages import LanguageCode
from monitor.settings import language as settings_language

_NARROWEST = 40  # columns


@dataclass(slots=True)
class _Speech:
    language: LanguageCode = "en"


_speech = _Speech()


def choose_language() -> None:
    """From now on the terminal speaks the language of the settings that are in force, else of the locale."""
    _speech.language = settings_language.of_terminal(os.environ)


def language() -> LanguageCode:
    """The language that the terminal speaks, for what holds its words in both."""
    return _speech.language


def tell(text: str) -> str:
    """A message in the language of the terminal; one that the catalogue does not know as it is, in English."""
    return i18n.tell(_speech.language, text)


def escape(text: str) -> str:
    """Text from outside, fit for the terminal: no markup, no control characters, no credential."""
    return markup.escape(_printable(text))


def plain(text: str) -> Text:
    """The same of other people's words, which are shown as they are and never told."""
    return Text(_printable(text))


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() or letter in "\n\t" else "�" for letter in mask(text))


def told(text: str) -> str:
    """A message in the language of the terminal, fit for it."""
    return escape(tell(text))


def figure(count: int) -> str:
    """A count as the language of the terminal writes it."""
    return tell(f"{count:,}")


def decimal(number: str) -> str:
    """A number with decimals, or a figure among words, as the language of the terminal writes it: "0,85"."""
    return number.replace(".", ",") if _speech.language == "es" else number


def percent(share: float, digits: int = 0) -> str:
    """A share from 0 to 1 as the language of the terminal writes it: "55.1%", in Spanish "55,1 %"."""
    from monitor.text import formatting

    return formatting.percent(_speech.language, share, digits)


class Terminal(Console):
    """A console whose lines are told in the language of the terminal. Tables and the like take `tell` themselves."""

    def print(self, *objects: Any, **options: Any) -> None:
        """Prints these, each that is a sentence as `tell` tells it; words of other people are printed as `Text`."""
        super().print(*map(_told_sentence, objects), **options)


def print_wrapped(text: str, beginning: str = "", further: str = "  ") -> None:
    """Prints words that are told already, as wide as the terminal, and 80 columns where there is none (`COLUMNS`).

    Words stay whole; `beginning` stands before the first line, in markup, `further` before the others.
    """
    start = Text.from_markup(beginning)
    for line in _printable(text).split("\n"):
        lines = wrap(
            line,
            max(stdout.width, _NARROWEST),
            initial_indent="\0" * start.cell_len,
            subsequent_indent=further,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for number, words in enumerate(lines):
            stdout.print(Text.assemble(start, words.lstrip("\0")) if number == 0 else Text(words))
        start = Text(further)


def _told_sentence(shown: Any) -> Any:
    return tell(shown) if isinstance(shown, str) and " " in shown.strip() else shown


stderr = Terminal(stderr=True, highlight=False)
stdout = Terminal(highlight=False, soft_wrap=True)
