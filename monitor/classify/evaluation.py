"""How right a classifier is on labelled posts of one's own, and what thresholds to choose by them. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from monitor import intervals
from monitor.classify import figures
from monitor.classify.figures import Bin
from monitor.classify.operating_points import ALL
from monitor.classify.policy import OperatingPoints
from monitor.classify.threshold_choices import (
    AboutEffect,
    LabelledPost,
    ThresholdAdvice,
    ThresholdChoice,
    about_effect,
    advise,
    threshold_choice,
)
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
class CategoryFigures:
    """Posts of one category, how many were filed under it, and how many of these rightly."""

    name: str
    rows: int
    filed: int
    right: int


@dataclass(frozen=True, slots=True)
class CategoryEvaluation:
    """How many posts with a category are filed right, with the 95 % interval of the share; by category, and by sign.

    `by` counts the posts that words, the classifier or nothing filed, and those filed right.
    """

    rows: int
    right: int
    low: float
    high: float
    macro_f1: float
    categories: list[CategoryFigures]
    by: dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that was found on one set of posts; `unadvised` counts by language the posts that got no advice."""

    outcomes: list[HeadEvaluation] = field(default_factory=list)
    choices: list[ThresholdChoice] = field(default_factory=list)
    advice: list[ThresholdAdvice] = field(default_factory=list)
    unadvised: dict[str, int] = field(default_factory=dict)
    about: list[AboutEffect] = field(default_factory=list)
    category: CategoryEvaluation | None = None


def evaluate(posts: Sequence[LabelledPost], points: OperatingPoints | None, policy: Policy) -> Evaluation:
    """Return how right the scores of labelled posts are; `points` and `policy` give the thresholds in force."""
    outcomes = [
        _head_evaluation(head, language, group)
        for head in HEADS
        for language, group in _groups_by_language([post for post in posts if _is_answered(head, post)])
    ]
    with_complaint = [post for post in posts if post.complaint is not None]
    judged = [post for post in posts if post.scores.p_about is not None and policy.about_at]
    judged = [post for post in judged if post.complaint is not None or post.about is not None]
    return Evaluation(
        outcomes,
        [threshold_choice(code, group, points, policy) for code, group in _groups_by_language(with_complaint)],
        *advise(with_complaint, points, policy),
        [about_effect(code, group, points, policy) for code, group in _groups_by_language(judged)],
        _category_evaluation([post for post in posts if post.category is not None]),
    )


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


def _category_evaluation(posts: Sequence[LabelledPost]) -> CategoryEvaluation | None:
    if not posts:
        return None
    names = sorted({post.category or "" for post in posts} | {post.filed for post in posts})
    labels = np.array([names.index(post.category or "") for post in posts], dtype=np.int64)
    guesses = np.array([names.index(post.filed) for post in posts], dtype=np.int64)
    matrix = figures.confusion(labels, guesses, len(names))
    right = int(matrix.trace())
    signs = Counter((post.filed_by, post.filed == post.category) for post in posts)
    return CategoryEvaluation(
        len(posts),
        right,
        *intervals.wilson(right, len(posts)),
        figures.macro(figures.f1s, matrix),
        [
            CategoryFigures(name, int(matrix[at].sum()), int(matrix[:, at].sum()), int(matrix[at, at]))
            for at, name in enumerate(names)
        ],
        {
            sign: (signs[sign, True] + signs[sign, False], signs[sign, True])
            for sign in sorted({one for one, _ in signs})
        },
    )
