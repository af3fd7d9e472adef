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
    those of a complaint. `is_held` rows are for development, not trained on.
    """

    complaint: int
    sentiment: int
    about: int
    category: str
    urgency: str
    is_held: bool


NO_LABELS = TextLabels(UNKNOWN, UNKNOWN, UNKNOWN, "", "", is_held=False)


def load() -> dict[str, TextLabels]:
    """Return all readings by the `digest` of their text."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return {
            row["text"]: TextLabels(
                YES_OR_NO_IDS.get(row["complaint"], UNKNOWN),
                SENTIMENT_IDS.get(row["sentiment"], UNKNOWN),
                YES_OR_NO_IDS.get(row["about"], UNKNOWN),
                row["category"],
                row["urgency"],
                row["part"] == "dev",
            )
            for row in csv.DictReader(lines, delimiter="\t")
        }


def digest(text: str) -> str:
    """Return by what a reading names its text: 12 hexadecimal digits of a prepared text, whatever its case."""
    return hashlib.sha256(text.casefold().encode()).hexdigest()[:12]
