"""How right a classifier is on labelled posts of one's own, and what thresholds to choose by them. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from monitor import intervals
from monitor.classify import figures
from monitor.classify.figures import Bin
from monitor.classify.points import ALL, clearing, points_of, reaching
from monitor.classify.policy import Points, thresholds
from monitor.models.posts import SENTIMENTS, Scores
from monitor.settings.loading import Policy

HEADS: dict[str, tuple[str, ...]] = {
    "complaint": ("other", "complaint"),
    "sentiment": SENTIMENTS,
}
"""The questions and their answers; labels and guesses are numbers of answers."""
FEWEST_SHOWN = 20
"""Posts that a language needs for a line of its own."""
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Labelled:
    """What a post was given and what it is; None where nobody said."""

    scores: Scores
    language: str
    complaint: bool | None
    sentiment: Literal[0, 1, 2] | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How right one head is on the posts of one language ("" for all).

    `confusion` holds a row per label with a count per guess; the lists that follow are by answer. The guess is the
    likeliest answer. `ece` is the expected calibration error, `chance` what a perfect model would show with so few
    posts, `reliability` what came true beside what was said: of complaints, or of the sentiment guessed.
    """

    head: str
    language: str
    rows: int
    confusion: list[list[int]]
    precision: list[float]
    recall: list[float]
    f1: list[float]
    macro_f1: float
    macro_recall: float
    ece: float
    chance: float
    reliability: list[Bin]


@dataclass(frozen=True, slots=True)
class Share:
    """Posts on one side of a threshold, the share that is there rightly, and its 95 % interval."""

    threshold: float
    rows: int
    right: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Choice:
    """What thresholds do in one language ("" for all): those in force, and those that reach the targets here.

    `flagged` and `put_aside` are for the thresholds in force, `recall` the share of complaints so flagged; `better_…`
    are None where no threshold reaches the target or the posts are too few to tell.
    """

    language: str
    rows: int
    complaints: int
    flagged: Share
    put_aside: Share
    recall: float
    better_flagged: Share | None
    better_put_aside: Share | None
    better_recall: float | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that was found on one set of posts."""

    outcomes: list[Outcome] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)


def evaluate(posts: Sequence[Labelled], points: Points | None, policy: Policy) -> Evaluation:
    """Return how right the scores of labelled posts are; `points` and `policy` give the thresholds in force."""
    outcomes = [
        _outcome(head, language, found)
        for head in HEADS
        for language, found in _by_language([one for one in posts if _label(head, one) is not None])
    ]
    labelled = [one for one in posts if one.complaint is not None]
    choices = [_choice(language, found, points, policy) for language, found in _by_language(labelled)]
    return Evaluation(outcomes, choices)


def _by_language(posts: Sequence[Labelled]) -> Iterator[tuple[str, list[Labelled]]]:
    """Yield all posts, then those of each language that has enough, the most frequent first, unless it is the only."""
    sizes = Counter(one.language for one in posts)
    if posts:
        yield ALL, list(posts)
    if len(sizes) > 1:
        for language, count in sizes.most_common():
            if count >= FEWEST_SHOWN:
                yield language, [one for one in posts if one.language == language]


def _label(head: str, post: Labelled) -> int | None:
    return post.sentiment if head == "sentiment" else post.complaint


def _outcome(head: str, language: str, posts: Sequence[Labelled]) -> Outcome:
    labels = np.array([_label(head, one) for one in posts], dtype=np.int64)
    found = [one.scores for one in posts]
    if head == "sentiment":
        chances = np.array([(one.p_negative, one.p_neutral, one.p_positive) for one in found])
        said, happened = chances.max(axis=1), chances.argmax(axis=1) == labels
    else:
        chances = np.array([(1 - one.p_complaint, one.p_complaint) for one in found])
        said, happened = chances[:, 1], labels == 1
    matrix = figures.confusion(labels, chances.argmax(axis=1), len(HEADS[head]))
    return Outcome(
        head,
        language,
        len(posts),
        matrix.tolist(),
        figures.precisions(matrix).tolist(),
        figures.recalls(matrix).tolist(),
        figures.f1s(matrix).tolist(),
        figures.macro(figures.f1s, matrix),
        figures.macro(figures.recalls, matrix),
        figures.calibration_error(labels, chances),
        figures.chance_error(chances),
        figures.reliability(said, happened, bins=5),
    )


def _choice(language: str, posts: Sequence[Labelled], points: Points | None, policy: Policy) -> Choice:
    labels = np.array([bool(one.complaint) for one in posts])
    chances = np.array([one.scores.p_complaint for one in posts])
    limits = {one: thresholds(points, one, policy) for one in {post.language for post in posts}}
    flags = np.array([limits[one.language].complaint_at for one in posts])
    asides = np.array([limits[one.language].unsure_at for one in posts])
    # of all languages together, the thresholds in force are several: the mean over the posts is told
    measured = points_of(labels, chances, [ALL] * len(posts)).get(ALL, ())
    flag, aside = reaching(measured, policy.complaint_precision), clearing(measured, policy.other_precision)
    if flag is not None and aside is not None:
        aside = min(flag, aside)
    return Choice(
        language,
        len(posts),
        int(labels.sum()),
        _share(float(flags.mean()), labels[chances >= flags]),
        _share(float(asides.mean()), ~labels[chances < asides]),
        _recall(labels, chances >= flags),
        None if flag is None else _share(flag, labels[chances >= flag]),
        None if aside is None else _share(aside, ~labels[chances < aside]),
        None if flag is None else _recall(labels, chances >= flag),
    )


def _share(threshold: float, right: Flags) -> Share:
    hits, rows = int(right.sum()), len(right)
    return Share(threshold, rows, hits / max(rows, 1), *intervals.wilson(hits, rows))


def _recall(labels: Flags, flagged: Flags) -> float:
    return float(labels[flagged].sum() / max(labels.sum(), 1))
