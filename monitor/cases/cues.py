"""What a complaint's words tell: its category, how severe it is, and by which word."""

from dataclasses import dataclass

from monitor.casework import Severity
from monitor.desk_settings import Category


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A first guess that people correct; `cue` is the key of the reason ("money", "safety"), '' for none."""

    category: str = "other"
    severity: Severity = "moderate"
    cue: str = ""


def suggest(text: str, categories: tuple[Category, ...]) -> Suggestion:
    """What the words of a complaint suggest."""
    del text, categories
    return Suggestion()
