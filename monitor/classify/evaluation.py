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
from monitor.classify.operating_points import ALL, measure_points, threshold_for_cleared, threshold_for_precision
from monitor.classify.policy import OperatingPoints, thresholds
from monitor.models.posts import SENTIMENTS, Scores
from monitor.settings.classifier import Policy

HEADS: dict[str, tuple[str, ...]] = {
    "complaint": ("other", "complaint"),
    "about": ("no company", "company"),
    "sentiment": SENTIMENTS,
}
"""The questions and their answers; labels and guesses are numbers of answers."""
FEWEST_SHOWN = 20
"""Posts that a language needs for a line of its own."""
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LabelledPost:
    """The scores of a post and its true labels; None where nobody gave one."""

    scores: Scores
    language: str
    complaint: bool | None
    sentiment: Literal[0, 1, 2] | None
    about: bool | None = None


@dataclass(frozen=True, slots=True)
class HeadEvaluation:
    """How right one head is on the posts of one language ("" for all).

    `confusion` holds a row per label with a count per guess; the lists that follow are by answer. The guess is the
    likeliest answer. `macro_f1_low` and `macro_f1_high` are the ends of a 95 % interval. `predicted` is the mean
    probability of each answer, `actual` the share of posts that it was true of. `ece` is the expected calibration error
    of the probability of the last of two answers, of three the mean over them; `top_ece` that of the answer guessed;
    the `…chance` beside each is what exactly right probabilities would show with so few posts. `reliability` is what
    came true beside the probability given: of the last of two answers, or of the sentiment guessed.
    """

    head: str
    language: str
    rows: int
    confusion: list[list[int]]
    precision: list[float]
    recall: list[float]
    f1: list[float]
    macro_f1: float
    macro_f1_low: float
    macro_f1_high: float
    macro_recall: float
    predicted: list[float]
    actual: list[float]
    ece: float
    chance: float
    top_ece: float
    top_chance: float
    reliability: list[Bin]


@dataclass(frozen=True, slots=True)
class ThresholdShare:
    """Posts on one side of a threshold, the share that is there rightly, and its 95 % interval."""

    threshold: float
    rows: int
    right: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ThresholdChoice:
    """What thresholds do in one language ("" for all): those in force, and those that reach the targets here.

    `flagged` and `put_aside` are for the thresholds in force, `recall` the share of complaints so flagged; `better_…`
    are None where no threshold reaches the target or the posts are too few to tell.
    """

    language: str
    rows: int
    complaints: int
    flagged: ThresholdShare
    put_aside: ThresholdShare
    recall: float
    better_flagged: ThresholdShare | None
    better_put_aside: ThresholdShare | None
    better_recall: float | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that was found on one set of posts."""

    outcomes: list[HeadEvaluation] = field(default_factory=list)
    choices: list[ThresholdChoice] = field(default_factory=list)


def evaluate(posts: Sequence[LabelledPost], points: OperatingPoints | None, policy: Policy) -> Evaluation:
    """Return how right the scores of labelled posts are; `points` and `policy` give the thresholds in force."""
    outcomes = [
        _head_evaluation(head, language, group)
        for head in HEADS
        for language, group in _groups_by_language([post for post in posts if _is_answered(head, post)])
    ]
    groups = _groups_by_language([post for post in posts if post.complaint is not None])
    choices = [_threshold_choice(language, group, points, policy) for language, group in groups]
    return Evaluation(outcomes, choices)


def _groups_by_language(posts: Sequence[LabelledPost]) -> Iterator[tuple[str, list[LabelledPost]]]:
    """Yield all posts, then those of each language that has enough, the most frequent first, unless it is the only."""
    sizes = Counter(post.language for post in posts)
    if posts:
        yield ALL, list(posts)
    if len(sizes) > 1:
        for language, count in sizes.most_common():
            if count >= FEWEST_SHOWN:
                yield language, [post for post in posts if post.language == language]


def _is_answered(head: str, post: LabelledPost) -> bool:
    """Whether the post has a label for the head, and the model an answer: not all say what is about a company."""
    return _label(head, post) is not None and (head != "about" or post.scores.p_about is not None)


def _label(head: str, post: LabelledPost) -> int | None:
    return {"complaint": post.complaint, "about": post.about, "sentiment": post.sentiment}[head]


def _probabilities(head: str, scores: Scores) -> tuple[float, ...]:
    if head == "sentiment":
        return scores.p_negative, scores.p_neutral, scores.p_positive
    chance = scores.p_complaint if head == "complaint" else scores.p_about or 0.0
    return 1 - chance, chance


def _head_evaluation(head: str, language: str, posts: Sequence[LabelledPost]) -> HeadEvaluation:
    labels = np.array([_label(head, post) for post in posts], dtype=np.int64)
    chances = np.array([_probabilities(head, post.scores) for post in posts])
    matrix = figures.confusion(labels, chances.argmax(axis=1), len(HEADS[head]))
    calibration, top_calibration = figures.calibration(labels, chances), figures.top_calibration(labels, chances)
    confidence, happened = figures.claims(labels, chances)
    return HeadEvaluation(
        head,
        language,
        len(posts),
        matrix.tolist(),
        figures.precisions(matrix).tolist(),
        figures.recalls(matrix).tolist(),
        figures.f1s(matrix).tolist(),
        figures.macro(figures.f1s, matrix),
        *figures.f1_interval(matrix),
        figures.macro(figures.recalls, matrix),
        chances.mean(axis=0).tolist(),
        (matrix.sum(axis=1) / len(posts)).tolist(),
        calibration.error,
        calibration.chance,
        top_calibration.error,
        top_calibration.chance,
        figures.reliability(confidence, happened, bins=5),
    )


def _threshold_choice(
    language: str, posts: Sequence[LabelledPost], points: OperatingPoints | None, policy: Policy
) -> ThresholdChoice:
    labels = np.array([bool(post.complaint) for post in posts])
    chances = np.array([post.scores.p_complaint for post in posts])
    limits = {code: thresholds(points, code, policy) for code in {post.language for post in posts}}
    complaint_at = np.array([limits[post.language].complaint_at for post in posts])
    unsure_at = np.array([limits[post.language].unsure_at for post in posts])
    # of all languages together, the thresholds in force are several: the mean over the posts is given
    curve = measure_points(labels, chances, [ALL] * len(posts)).get(ALL, ())
    case_target, aside_target = policy.complaint_precision, policy.other_precision
    # what is advised has to keep the target on these very posts too, not only smoothed
    best_case = threshold_for_precision(
        [point for point in curve if _rate(labels[chances >= point.threshold]) >= case_target], case_target
    )
    best_aside = threshold_for_cleared(
        [point for point in curve if _rate(~labels[chances < point.threshold]) >= aside_target], aside_target
    )
    if best_case is not None and best_aside is not None:
        best_aside = min(best_case, best_aside)
    return ThresholdChoice(
        language,
        len(posts),
        int(labels.sum()),
        _threshold_share(float(complaint_at.mean()), labels[chances >= complaint_at]),
        _threshold_share(float(unsure_at.mean()), ~labels[chances < unsure_at]),
        _recall(labels, chances >= complaint_at),
        None if best_case is None else _threshold_share(best_case, labels[chances >= best_case]),
        None if best_aside is None else _threshold_share(best_aside, ~labels[chances < best_aside]),
        None if best_case is None else _recall(labels, chances >= best_case),
    )


def _rate(right: Flags) -> float:
    return float(right.mean()) if len(right) else 1.0


def _threshold_share(threshold: float, right: Flags) -> ThresholdShare:
    hits, rows = int(right.sum()), len(right)
    return ThresholdShare(threshold, rows, hits / max(rows, 1), *intervals.wilson(hits, rows))


def _recall(labels: Flags, flagged: Flags) -> float:
    return float(labels[flagged].sum() / max(labels.sum(), 1))
