"""Labelled posts for training and for development, with what each source needs.

The labels folder has `sentiment.{train,dev}.tsv`, `complaint.{train,dev}.tsv` and `es_brand.dev.tsv`
(tab-separated, no quoting). Nothing of it is ever written into the package. What the labels do not say of these posts,
and all labels of the posts in the other folder, are readings. The posts in `written` are our own.

Two variants of the classifier are made of them: "research" learns from all labels, some of which are for research
only; "permissive" from readings and our own posts, whose labels are ours to give, and from labels that their makers
let everybody use.
"""

import csv
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from monitor.classify.text import prepare
from monitor.training import readings
from monitor.training.readings import NO_LABELS, SENTIMENT_IDS, UNKNOWN, YES_OR_NO_IDS, TextLabels, digest

WRITTEN = Path(__file__).with_name("written")
"""A file a language of posts that a language model wrote for training: nobody else's, about made-up companies."""
SERVED = frozenset({"es", "en", "pt", "fr", "it", "de"})
Variant: TypeAlias = Literal["permissive", "research"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)


@dataclass(frozen=True, slots=True)
class Example:
    """A text as the model reads it. `sentiment` and `complaint` index the heads' outputs; UNKNOWN has no label.

    `about` is 1 if the text is about any company, brand, product or customer service, 0 if about none.
    `sentiment_again` is what a second reader felt: every other copy learns it, so that doubt is learned as doubt.
    `category` is that of a complaint, "" where nobody said.
    """

    text: str
    language: str
    source: str
    sentiment: int
    complaint: int
    weight: float = 1.0
    about: int = UNKNOWN
    sentiment_again: int = UNKNOWN
    category: str = ""


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
    "umsab es": Plan(copies=3),
    "umsab pt": Plan(copies=3),  # all the Portuguese that there is
    "umsab en": Plan(copies=3),
    "read-general": Plan(copies=2),  # the only sentiment of everyday posts that the permissive variant has but English
    "read-banks": Plan(copies=2),  # Spanish posts that name a brand are what the promises rest on
    "read-airlines es": Plan(copies=2),
    "read-customers": Plan(copies=2),
    "ijcnlp17 es": Plan(copies=3),
}
"""By source, or by source and language."""


def training_examples(labels: Path, posts: Path, seed: int, variant: Variant) -> list[Example]:
    """Return shuffled examples of the served languages; none has a text of any development file."""
    held_back = {example.text.casefold() for example in development_examples(labels, posts) + brand_examples(labels)}
    readings_of_posts = [example for example, is_held in _readings(posts) if not is_held]
    labelled = list(_read(labels, "train"))
    if variant == "permissive":
        labelled = [*filter(_is_free, labelled), *_readings_of_labelled(labels)]
    examples = _merge([*readings_of_posts, *_written(), *labelled])
    served = [example for example in examples if example.language in SERVED]
    usable = [example for example in served if example.text.casefold() not in held_back]
    rng = random.Random(seed)  # noqa: S311
    rng.shuffle(usable)
    sample = list(_apply_plans(usable))
    rng.shuffle(sample)
    return sample


def _is_free(example: Example) -> bool:
    """Whether everybody may use a label, companies too: SemEval's are CC BY 3.0, and UMSAB's English ones are of it."""
    return example.source.startswith("semeval") or (example.source, example.language) == ("umsab", "en")


def development_examples(labels: Path, posts: Path) -> list[Example]:
    """Return every row of the two development files and the readings held back, so that figures can be per source."""
    held_back = [example for example, is_held in _readings(posts) if is_held]
    return [*_read(labels, "dev"), *_readings_of_labelled(labels, is_held=True), *held_back]


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


def plan_of(example: Example) -> Plan:
    """Return the plan of an example's source."""
    for name, plan in PLANS.items():
        source, _, language = name.partition(" ")
        if example.source.startswith(source) and language in ("", example.language):
            return plan
    return Plan()


def label_of(example: Example, head: str) -> int:
    """Return the label that an example has for a head."""
    return {"sentiment": example.sentiment, "complaint": example.complaint, "about": example.about}[head]


def _readings(posts: Path) -> list[tuple[Example, bool]]:
    """Return what was read of the posts' texts, and whether it is held back for development."""
    unread = readings.load()
    examples = []
    for path in sorted(posts.glob("*.csv")):
        language, _, name = path.stem.partition("_")
        for text in texts(path):
            if reading := unread.pop(digest(text), None):
                example = _example_of(reading, text, language if language in SERVED else "en", f"read-{name}")
                examples.append((example, reading.is_held))
    return examples


def _readings_of_labelled(labels: Path, is_held: bool = False) -> Iterator[Example]:
    """Yield what was read of the labelled posts for training, whatever their labels are."""
    unread = readings.load()
    for file, source in (("sentiment", "read-general"), ("complaint", "read-customers")):
        for row in _rows(labels / f"{file}.train.tsv"):
            text = _clean(row)
            reading = unread.get(digest(text))
            if reading and reading.is_held == is_held:
                del unread[digest(text)]
                yield _example_of(reading, text, row["lang"], source)


def _example_of(reading: TextLabels, text: str, language: str, source: str) -> Example:
    sentiment, again = reading.sentiment, reading.sentiment_again
    if reading.is_held and again not in (sentiment, UNKNOWN):
        sentiment = UNKNOWN
    example = Example(text, language, source, sentiment, reading.complaint, sentiment_again=again)
    return replace(example, about=reading.about, category=reading.category)


def _written() -> Iterator[Example]:
    for path in sorted(WRITTEN.glob("*.tsv")):
        for row in _rows(path):
            labels = SENTIMENT_IDS[row["sentiment"]], YES_OR_NO_IDS[row["complaint"]]
            text = prepare(row["text"].replace("\\n", "\n"))
            about = YES_OR_NO_IDS[row["about"]]
            yield Example(text, path.stem, "written", *labels, about=about, category=row["category"])


def _apply_plans(examples: list[Example]) -> Iterator[Example]:
    counts: dict[tuple[str, str, int, int], int] = defaultdict(int)
    for example in examples:
        plan = plan_of(example)
        key = (example.source, example.language, example.sentiment, example.complaint)
        counts[key] += 1
        if counts[key] <= plan.limit:
            first = replace(example, weight=plan.weight)
            has_second = example.sentiment_again != UNKNOWN
            other = replace(first, sentiment=example.sentiment_again) if has_second else first
            yield from (other if copy % 2 else first for copy in range(plan.copies))


def _read(folder: Path, part: str) -> Iterator[Example]:
    by_text = readings.load() if part == "train" else {}
    for row in _rows(folder / f"sentiment.{part}.tsv"):
        text = _clean(row)
        reading = by_text.get(digest(text), NO_LABELS)
        example = Example(text, row["lang"], row["source"], SENTIMENT_IDS[row["label"]], reading.complaint)
        yield replace(example, about=reading.about, category=reading.category)
    for row in _rows(folder / f"complaint.{part}.tsv"):
        if "undetermined" not in row["source"]:
            text = _clean(row)
            reading = by_text.get(digest(text), NO_LABELS)
            complaint = YES_OR_NO_IDS[row["label"]]
            example = Example(text, row["lang"], row["source"], reading.sentiment, complaint)
            yield replace(example, about=reading.about, category=reading.category)


def _merge(examples: Iterable[Example]) -> list[Example]:
    """Join the rows that both files have; where labels of one text contradict each other, the first is kept."""
    by_text: dict[str, Example] = {}
    for example in examples:
        earlier = by_text.get(example.text)
        if earlier is None:
            by_text[example.text] = _with_weak_complaint(example)
        else:
            by_text[example.text] = replace(
                earlier,
                sentiment=example.sentiment if earlier.sentiment == UNKNOWN else earlier.sentiment,
                complaint=example.complaint if earlier.complaint == UNKNOWN else earlier.complaint,
                about=example.about if earlier.about == UNKNOWN else earlier.about,
                category=earlier.category or example.category,
            )
    return [_with_subject(example) for example in by_text.values() if example.text]


def _with_subject(example: Example) -> Example:
    """A complaint is about a company, whoever was not asked."""
    return replace(example, about=1) if example.complaint == 1 else example


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
