"""What a language model read in posts that nobody had labelled: labels by a digest of the text, never the text."""

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("readings.tsv")
UNKNOWN = -1
SENTIMENT_IDS = {"neg": 0, "neu": 1, "pos": 2}
YES_OR_NO_IDS = {"0": 0, "1": 1}


@dataclass(frozen=True, slots=True)
class TextLabels:
    """Labels of one text; UNKNOWN or "" where readers differed, or nobody was asked.

    `about` is whether the text is about any company, brand, product or customer service. `category` and `urgency` are
    those of a complaint. `is_held` rows are for development, not trained on. `sentiment_again` is what a second reader
    felt, who did not see what the first had written.
    """

    complaint: int
    sentiment: int
    about: int
    category: str
    urgency: str
    is_held: bool
    sentiment_again: int = UNKNOWN


NO_LABELS = TextLabels(UNKNOWN, UNKNOWN, UNKNOWN, "", "", is_held=False)


def load() -> dict[str, TextLabels]:
    """Return all readings by the `digest` of their text."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return {row["text"]: _labels(row) for row in csv.DictReader(lines, delimiter="\t")}


def _labels(row: dict[str, str]) -> TextLabels:
    """Return the labels of a row; its `sentiment` has two, apart by a blank, where two have read."""
    first, _, again = row["sentiment"].partition(" ")
    return TextLabels(
        YES_OR_NO_IDS.get(row["complaint"], UNKNOWN),
        SENTIMENT_IDS.get(first, UNKNOWN),
        YES_OR_NO_IDS.get(row["about"], UNKNOWN),
        row["category"],
        row["urgency"],
        row["part"] == "dev",
        SENTIMENT_IDS.get(again, UNKNOWN),
    )


def digest(text: str) -> str:
    """Return by what a reading names its text: 12 hexadecimal digits of a prepared text, whatever its case."""
    return hashlib.sha256(text.casefold().encode()).hexdigest()[:12]
