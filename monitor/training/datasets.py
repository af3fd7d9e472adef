"""Labelled posts for training and for development, with what each source needs.

The labels folder has `sentiment.{train,dev}.tsv`, `complaint.{train,dev}.tsv` and `es_brand.dev.tsv`
(tab-separated, no quoting). Nothing of it is ever written into the package. What the labels do not say of these posts,
and all labels of the Spanish posts in the folder of posts, are readings. The posts in `written` are our own.
"""

import csv
import random
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from monitor.classify.text import prepare
from monitor.training import readings
from monitor.training.readings import SENTIMENT_IDS, UNKNOWN, YES_OR_NO_IDS, digest

WRITTEN = Path(__file__).with_name("written")
"""A file a language of posts that a language model wrote for training: nobody else's, about made-up companies."""
SERVED = frozenset({"es", "en", "pt", "fr", "it", "de"})


@dataclass(frozen=True, slots=True)
class Example:
    """A text as the model reads it. `sentiment` and `complaint` index the heads' outputs; UNKNOWN has no label.

    `company` is 1 if the text is about any company, brand, product or customer service, 0 if about none.
    """

    text: str
    language: str
    source: str
    sentiment: int
    complaint: int
    weight: float = 1.0
    company: int = UNKNOWN


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
    readings_of_posts = [example for example, is_held in _readings(posts) if not is_held]
    examples = _merge([*readings_of_posts, *_written(), *_read(labels, "train")])
    served = [example for example in examples if example.language in SERVED]
    usable = [example for example in served if example.text.casefold() not in held_back]
    rng = random.Random(seed)  # noqa: S311
    rng.shuffle(usable)
    sample = list(_apply_plans(usable))
    rng.shuffle(sample)
    return sample


def development_examples(labels: Path, posts: Path) -> list[Example]:
    """Return every row of the two development files and the readings held back, so that figures can be per source."""
    held_back = [example for example, is_held in _readings(posts) if is_held]
    return [*_read(labels, "dev"), *_general_posts_held_back(labels), *held_back]


def brand_examples(folder: Path) -> list[Example]:
    """Return the Spanish brand posts, for measuring only; a label on which the readers disagreed is UNKNOWN."""
    return [
        Example(
            prepare(row["text"]),
            row["lang"],
            row["source"],
            SENTIMENT_IDS.get(row["sentiment"], UNKNOWN),
            YES_OR_NO_IDS.get(row["complaint"], UNKNOWN),
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


def _readings(posts: Path) -> list[tuple[Example, bool]]:
    """Return what was read of the posts' texts, and whether it is held back for development."""
    unread = readings.load()
    examples = []
    for path in sorted(posts.glob("es_*.csv")):
        for text in texts(path):
            if reading := unread.pop(digest(text), None):
                labels = reading.sentiment, reading.complaint
                example = Example(text, "es", f"read-{path.stem[3:]}", *labels, company=reading.company)
                examples.append((example, reading.is_held))
    return examples


def _general_posts_held_back(labels: Path) -> list[Example]:
    """Return the general posts that were read for development: whether they complain, and of a company."""
    held_back = {key: reading for key, reading in readings.load().items() if reading.is_held}
    examples = []
    for row in _rows(labels / "sentiment.train.tsv"):
        text = _clean(row)
        if reading := held_back.pop(digest(text), None):
            labels_read = UNKNOWN, reading.complaint
            examples.append(Example(text, row["lang"], "read-general", *labels_read, company=reading.company))
    return examples


def _written() -> Iterator[Example]:
    for path in sorted(WRITTEN.glob("*.tsv")):
        for row in _rows(path):
            labels = SENTIMENT_IDS[row["sentiment"]], YES_OR_NO_IDS[row["complaint"]]
            text = prepare(row["text"].replace("\\n", "\n"))
            yield Example(text, path.stem, "written", *labels, company=YES_OR_NO_IDS[row["company"]])


def _apply_plans(examples: list[Example]) -> Iterator[Example]:
    counts: dict[tuple[str, str, int, int], int] = defaultdict(int)
    for example in examples:
        plan = plan_of(example)
        key = (example.source, example.language, example.sentiment, example.complaint)
        counts[key] += 1
        if counts[key] <= plan.limit:
            yield from [replace(example, weight=plan.weight)] * plan.copies


def _read(folder: Path, part: str) -> Iterator[Example]:
    by_text = readings.load() if part == "train" else {}
    for row in _rows(folder / f"sentiment.{part}.tsv"):
        text, sentiment = _clean(row), SENTIMENT_IDS[row["label"]]
        reading = by_text.get(digest(text))
        complaint, company = (reading.complaint, reading.company) if reading else (UNKNOWN, UNKNOWN)
        yield Example(text, row["lang"], row["source"], sentiment, complaint, company=company)
    for row in _rows(folder / f"complaint.{part}.tsv"):
        if "undetermined" not in row["source"]:
            yield Example(_clean(row), row["lang"], row["source"], UNKNOWN, YES_OR_NO_IDS[row["label"]])


def _merge(examples: Iterable[Example]) -> list[Example]:
    """Join the rows that both files have; where labels of one text contradict each other, the first is kept."""
    by_text: dict[str, Example] = {}
    for example in examples:
        earlier = by_text.get(example.text)
        if earlier is None:
            by_text[example.text] = _with_weak_complaint(example)
        else:
            complaint = example.complaint if earlier.complaint == UNKNOWN else earlier.complaint
            company = example.company if earlier.company == UNKNOWN else earlier.company
            by_text[example.text] = replace(earlier, complaint=complaint, company=company)
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
