"""What the thresholds in force do to labelled posts, and which to choose by these posts. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from monitor import intervals
from monitor.classify.operating_points import ALL, measure_points, threshold_for_cleared, threshold_for_precision
from monitor.classify.policy import OperatingPoints, Thresholds, thresholds
from monitor.models.posts import Scores
from monitor.settings.classifier import Policy

FEWEST_ADVISED, FEWEST_OF_A_KIND = 200, 20
"""Labelled posts that a language needs for thresholds of its own, and how many complaints and others.

As many judged texts as `escucha learn` asks for.
"""
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LabelledPost:
    """The scores of a post and its true labels; None where nobody gave one.

    `names_us`: it names an account of ours, so that what it is about is not asked. `category` is the true one, `filed`
    the one that a case of it would have, and `filed_by` who says that ("words", "classifier", "nothing").
    """

    scores: Scores
    language: str
    complaint: bool | None
    sentiment: Literal[0, 1, 2] | None
    about: bool | None = None
    names_us: bool = False
    category: str | None = None
    filed: str = ""
    filed_by: str = ""


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
    are None where no threshold reaches the target or the posts are too few to tell. What is put aside as about no
    company is put aside, whatever its probability of a complaint.
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
class ThresholdAdvice:
    """Thresholds for the settings, and the posts with a label of complaint that they rest on.

    `language` is "" for all languages that have no advice of their own, together.
    """

    language: str
    rows: int
    complaints: int
    complaint_at: float
    unsure_at: float


@dataclass(frozen=True, slots=True)
class AboutEffect:
    """What `about_at` does to the posts of a language ("" for all): how many of `rows` it puts aside.

    `complaints` are posts labelled as such, `lost` those of them that it puts aside though their probability of a
    complaint would not. `off_brand` are posts labelled as about no company; of these, `opened` open a case, `waiting`
    wait for people, and `…_without` would if nothing were asked of what they are about.
    """

    language: str
    rows: int
    put_aside: int
    complaints: int
    lost: int
    off_brand: int
    opened: int
    opened_without: int
    waiting: int
    waiting_without: int


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Posts as arrays, all (rows): the probability of a complaint, the thresholds in force, what `about_at` keeps."""

    chances: Floats
    complaint_at: Floats
    unsure_at: Floats
    is_kept: Flags


def threshold_choice(
    language: str, posts: Sequence[LabelledPost], points: OperatingPoints | None, policy: Policy
) -> ThresholdChoice:
    """Return what thresholds do to these posts, which all have a label of complaint."""
    labels = np.array([bool(post.complaint) for post in posts])
    rows = _rows(posts, points, policy)
    chances = np.where(rows.is_kept, rows.chances, 0.0)
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
    flagged = rows.is_kept & (chances >= rows.complaint_at)
    put_aside = ~rows.is_kept | (chances < rows.unsure_at)
    return ThresholdChoice(
        language,
        len(posts),
        int(labels.sum()),
        _threshold_share(float(rows.complaint_at.mean()), labels[flagged]),
        _threshold_share(float(rows.unsure_at.mean()), ~labels[put_aside]),
        _recall(labels, flagged),
        None if best_case is None else _threshold_share(best_case, labels[chances >= best_case]),
        None if best_aside is None else _threshold_share(best_aside, ~labels[chances < best_aside]),
        None if best_case is None else _recall(labels, chances >= best_case),
    )


def advise(
    posts: Sequence[LabelledPost], points: OperatingPoints | None, policy: Policy
) -> tuple[list[ThresholdAdvice], dict[str, int]]:
    """Return advice by language, most posts first, then for all others together; and the posts that got none.

    `posts` all have a label of complaint. Those without advice are counted by language.
    """
    sizes = Counter(post.language for post in posts)
    advice, rest = [], list[LabelledPost]()
    for language, _ in sizes.most_common():
        group = [post for post in posts if post.language == language]
        found = _advice(language, group, points, policy) if _is_enough(group) else None
        if found is None:
            rest += group
        else:
            advice.append(found)
    joint = _advice(ALL, rest, points, policy) if rest else None
    if joint is not None:
        return [*advice, joint], {}
    return advice, dict(Counter(post.language for post in rest).most_common())


def about_effect(
    language: str, posts: Sequence[LabelledPost], points: OperatingPoints | None, policy: Policy
) -> AboutEffect:
    """Return what `about_at` does to these posts."""
    rows = _rows(posts, points, policy)
    complaints = np.array([post.complaint is True for post in posts])
    off_brand = np.array([post.about is False for post in posts])
    opening = rows.chances >= rows.complaint_at
    in_doubt = ~opening & (rows.chances >= rows.unsure_at)
    return AboutEffect(
        language,
        len(posts),
        int((~rows.is_kept).sum()),
        int(complaints.sum()),
        int((complaints & ~rows.is_kept & (rows.chances >= rows.unsure_at)).sum()),
        int(off_brand.sum()),
        int((off_brand & rows.is_kept & opening).sum()),
        int((off_brand & opening).sum()),
        int((off_brand & rows.is_kept & in_doubt).sum()),
        int((off_brand & in_doubt).sum()),
    )


def _rows(posts: Sequence[LabelledPost], points: OperatingPoints | None, policy: Policy) -> _Rows:
    limits: dict[str, Thresholds] = {
        code: thresholds(points, code, policy) for code in {post.language for post in posts}
    }
    return _Rows(
        np.array([post.scores.p_complaint for post in posts]),
        np.array([limits[post.language].complaint_at for post in posts]),
        np.array([limits[post.language].unsure_at for post in posts]),
        np.array(
            [post.names_us or post.scores.p_about is None or post.scores.p_about >= policy.about_at for post in posts]
        ),
    )


def _is_enough(posts: Sequence[LabelledPost]) -> bool:
    complaints = sum(post.complaint is True for post in posts)
    return len(posts) >= FEWEST_ADVISED and min(complaints, len(posts) - complaints) >= FEWEST_OF_A_KIND


def _advice(
    language: str, posts: Sequence[LabelledPost], points: OperatingPoints | None, policy: Policy
) -> ThresholdAdvice | None:
    choice = threshold_choice(language, posts, points, policy)
    if choice.better_flagged is None or choice.better_put_aside is None:
        return None
    return ThresholdAdvice(
        language,
        choice.rows,
        choice.complaints,
        choice.better_flagged.threshold,
        choice.better_put_aside.threshold,
    )


def _rate(right: Flags) -> float:
    return float(right.mean()) if len(right) else 1.0


def _threshold_share(threshold: float, right: Flags) -> ThresholdShare:
    hits, rows = int(right.sum()), len(right)
    return ThresholdShare(threshold, rows, hits / max(rows, 1), *intervals.wilson(hits, rows))


def _recall(labels: Flags, flagged: Flags) -> float:
    return float(labels[flagged].sum() / max(labels.sum(), 1))
