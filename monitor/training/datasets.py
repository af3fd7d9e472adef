"""Labelled posts for training and for development, with what each source needs.

The labels folder has `sentiment.{train,dev}.tsv`, `complaint.{train,dev}.tsv` and `es_brand.dev.tsv`
(tab-separated, no quoting). Nothing of it is ever written into the package. `readings.tsv` beside this module holds
labels of unlabelled Spanish posts, as a language model read them, by a digest of their text.
"""

import csv
import hashlib
import random
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from monitor.classify.text import prepare

UNKNOWN = -1
READINGS = Path(__file__).with_name("readings.tsv")
_SENTIMENT_IDS = {"neg": 0, "neu": 1, "pos": 2}
_COMPLAINT_IDS = {"0": 0, "1": 1}
SERVED = frozenset({"es", "en", "pt", "fr", "it", "de"})


@dataclass(frozen=True, slots=True)
class Example:
    """A text as the model reads it. `sentiment` and `complaint` index the heads' outputs; UNKNOWN has no label."""

    text: str
    language: str
    source: str
    sentiment: int
    complaint: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How a source is used: at most `limit` different rows of each label, each `copies` times, with `weight`."""

    weight: float = 1.0
    limit: int = sys.maxsize
    copies: int = 1


PLANS = {
    "semeval2013-16": Plan(limit=5000),  # balanced, because the figure of this task is macro recall
    "fincorp": Plan(weight=0.5, limit=800),  # topic gives the label away
    "us_airline": Plan(weight=0.7, limit=3500),
    "es_airlines(noisy)": Plan(weight=0.4),
    "cesamard_reviews": Plan(limit=1000),
    "preotiuc": Plan(copies=3),  # the only gold complaints on English tweets
    "read": Plan(copies=2),
    "umsab es": Plan(copies=3),
    "umsab pt": Plan(copies=3),  # all the Portuguese that there is
    "umsab en": Plan(copies=3),
    "ijcnlp17 es": Plan(copies=3),
}
"""By source, or by source and language."""


def training_examples(labels: Path, posts: Path, seed: int) -> list[Example]:
    """Return shuffled examples of the served languages; none has a text of any development file."""
    held_back = {example.text.casefold() for example in development_examples(labels, posts) + brand_examples(labels)}
    readings = [example for example, is_held in _readings(posts) if not is_held]
    examples = _merge([*readings, *_read(labels, "train")])
    served = [example for example in examples if example.language in SERVED]
    usable = [example for example in served if example.text.casefold() not in held_back]
    rng = random.Random(seed)  # noqa: S311
    rng.shuffle(usable)
    sample = list(_apply_plans(usable))
    rng.shuffle(sample)
    return sample


def development_examples(labels: Path, posts: Path) -> list[Example]:
    """Return every row of the two development files and the readings held back, so that figures can be per source."""
    return [*_read(labels, "dev"), *(example for example, is_held in _readings(posts) if is_held)]


def brand_examples(folder: Path) -> list[Example]:
    """Return the Spanish brand posts, for measuring only; a label on which the readers disagreed is UNKNOWN."""
    return [
        Example(
            prepare(row["text"]),
            row["lang"],
            row["source"],
            _SENTIMENT_IDS.get(row["sentiment"], UNKNOWN),
            _COMPLAINT_IDS.get(row["complaint"], UNKNOWN),
        )
        for row in _rows(folder / "es_brand.dev.tsv")
    ]


def texts(path: Path) -> list[str]:
    """Return the texts of a CSV file of posts, prepared."""
    with path.open(encoding="utf-8", errors="replace", newline="") as lines:
        return [prepare(row["text"] or "") for row in csv.DictReader(lines)]


def disturb(examples: Sequence[Example], share: float, seed: int) -> list[Example]:
    """Return the examples, a share of them shouted, without accents or mistyped, as angry people write."""
    rng = random.Random(seed)  # noqa: S311
    ways = (str.upper, str.lower, _remove_accents, lambda text: _mistype(text, rng))
    return [
        replace(example, text=rng.choice(ways)(example.text)) if rng.random() < share else example
        for example in examples
    ]


def _remove_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(letter for letter in decomposed if not "\u0300" <= letter <= "\u036f"))


def _mistype(text: str, rng: random.Random) -> str:
    """Swap, double or drop a letter in about one word of six."""
    words = text.split(" ")
    for at, word in enumerate(words):
        if len(word) > 3 and word.isalpha() and rng.random() < 1 / 6:
            place = rng.randrange(1, len(word) - 1)
            left, right = word[place], word[place + 1]
            words[at] = word[:place] + rng.choice((right + left, left + left + right, right)) + word[place + 2 :]
    return " ".join(words)


def plan_of(example: Example) -> Plan:
    """Return the plan of an example's source."""
    for name, plan in PLANS.items():
        source, _, language = name.partition(" ")
        if example.source.startswith(source) and language in ("", example.language):
            return plan
    return Plan()


def digest(text: str) -> str:
    """Return by what a reading names its text: 12 hexadecimal digits of a prepared text, whatever its case."""
    return hashlib.sha256(text.casefold().encode()).hexdigest()[:12]


def _readings(posts: Path) -> list[tuple[Example, bool]]:
    """Return what was read of the posts' texts, and whether it is held back for development."""
    with READINGS.open(encoding="utf-8", newline="") as lines:
        readings = {row["text"]: row for row in csv.DictReader(lines, delimiter="\t")}
    examples = []
    for path in sorted(posts.glob("es_*.csv")):
        for text in texts(path):
            if row := readings.pop(digest(text), None):
                labels = _SENTIMENT_IDS.get(row["sentiment"], UNKNOWN), _COMPLAINT_IDS.get(row["complaint"], UNKNOWN)
                examples.append((Example(text, "es", f"read-{path.stem[3:]}", *labels), row["part"] == "dev"))
    return examples


def _apply_plans(examples: list[Example]) -> Iterator[Example]:
    counts: dict[tuple[str, str, int, int], int] = defaultdict(int)
    for example in examples:
        plan = plan_of(example)
        key = (example.source, example.language, example.sentiment, example.complaint)
        counts[key] += 1
        if counts[key] <= plan.limit:
            yield from [replace(example, weight=plan.weight)] * plan.copies


def _read(folder: Path, part: str) -> Iterator[Example]:
    for row in _rows(folder / f"sentiment.{part}.tsv"):
        yield Example(_clean(row), row["lang"], row["source"], _SENTIMENT_IDS[row["label"]], UNKNOWN)
    for row in _rows(folder / f"complaint.{part}.tsv"):
        if "undetermined" not in row["source"]:
            yield Example(_clean(row), row["lang"], row["source"], UNKNOWN, _COMPLAINT_IDS[row["label"]])


def _merge(examples: Iterable[Example]) -> list[Example]:
    """Join the rows that both files have; where labels of one text contradict each other, the first is kept."""
    by_text: dict[str, Example] = {}
    for example in examples:
        earlier = by_text.get(example.text)
        if earlier is None:
            by_text[example.text] = _with_weak_complaint(example)
        elif earlier.complaint == UNKNOWN:
            by_text[example.text] = replace(earlier, complaint=example.complaint)
    return [example for example in by_text.values() if example.text]


def _with_weak_complaint(example: Example) -> Example:
    """Give a Spanish post to an airline the complaint label that its sentiment suggests; it has no other."""
    if example.source != "es_airlines(noisy)":
        return example
    return replace(example, complaint=int(example.sentiment == 0))


def _clean(row: dict[str, str]) -> str:
    text = row["text"]
    if row["source"].startswith("semeval"):  # some years escape commas and quotes
        text = text.replace("\\u002c", ",").replace("\\u2019", "'").replace('\\""', '"')
    return prepare(text)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        header = next(lines).rstrip("\r\n").split("\t")
        for line in lines:
            yield dict(zip(header, line.rstrip("\r\n").split("\t"), strict=True))
