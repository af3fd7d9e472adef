"""What can be learned from people's corrections: each head studied by itself, then put together. Reads no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import numpy as np

from monitor.classify import learning, reference
from monitor.classify.fitting import Floats
from monitor.classify.heads import ROWS, Heads, OperatingPoint, softmax
from monitor.classify.learning import LearnedHead, Lessons
from monitor.classify.model import Classifier
from monitor.classify.operating_points import measure_points
from monitor.classify.reference import Reference
from monitor.classify.reference_check import Head, HeadComparison, Labels, ReferenceCheck, logits_of
from monitor.classify.text import prepare
from monitor.models.posts import SENTIMENTS
from monitor.pipeline.own_points import FEWEST_DECISIONS, DeskDecisions
from monitor.runs import Progress
from monitor.store.posts.judgements import Lesson
from monitor.store.posts.model_versions import HeadFigures

_HEADS: tuple[Head, ...] = ("sentiment", "complaint")


@dataclass(frozen=True, slots=True)
class HeadStudy:
    """What came of one head: how many different corrected `texts`, how many are `missing`, what was learned."""

    texts: int
    missing: int
    learned: LearnedHead | None = None

    @property
    def better(self) -> bool:
        """Whether the head got better on the corrections and kept the reference set."""
        return self.learned is not None and self.learned.verdict == "better"

    @property
    def figures(self) -> HeadFigures | None:
        """What is kept of it with a version; None if nothing was learned."""
        if self.learned is None:
            return None
        learned, checks = self.learned, list(self.learned.reference.values())
        return HeadFigures(
            self.texts,
            self.better,
            (learned.before.macro_f1, learned.after.macro_f1),
            (learned.before.log_loss, learned.after.log_loss),
            _means(checks, "macro_f1"),
            _means(checks, "log_loss"),
        )


def study(
    classifier: Classifier, lessons: Sequence[Lesson], active: Heads, since: datetime | None, progress: Progress
) -> tuple[dict[Head, HeadStudy], Heads]:
    """Return what came of each head, and `active` with the heads that got better in the place of its own.

    `classifier` has the shipped heads; `active` are those in force, learned from what was said until `since` (None:
    they are the shipped ones). Raises ModelError when the reference set is missing and there is enough to learn.
    """
    distinct_lessons = {head: _distinct_lessons(lessons, head) for head in _HEADS}
    studies = {
        head: HeadStudy(len(texts), learning.missing_corrections(_labels(texts, head)))
        for head, texts in distinct_lessons.items()
    }
    heads = active
    if any(not outcome.missing for outcome in studies.values()):
        reference_rows = reference.read(classifier.folder, active.weight.shape[1])
    for head in [name for name, outcome in studies.items() if not outcome.missing]:
        head_lessons = distinct_lessons[head]
        vectors = classifier.vectors([lesson.text for lesson in head_lessons]).astype(np.float64)
        shipped = _weights(classifier.heads, head)
        rival = _rival(vectors, head_lessons, shipped, _weights(active, head), since)
        labels = _labels(head_lessons, head)
        report = partial(progress, f"learn {head}")
        learned = learning.learn(Lessons(vectors, labels, rival), reference_rows, head, shipped, report)
        studies[head] = HeadStudy(len(head_lessons), 0, learned)
        if studies[head].better:
            heads = _replace_head(heads, head, learned.weights)
            if head == "complaint":
                heads = replace(
                    heads,
                    points=_operating_points(
                        learned, labels, [lesson.language for lesson in head_lessons], reference_rows
                    ),
                )
    return studies, heads


def desk_decisions(
    classifier: Classifier,
    lessons: Sequence[Lesson],
    active: Heads,
    outcome: HeadStudy,
    since: datetime | None,
    oldest: datetime,
) -> DeskDecisions | None:
    """Return the different judged texts since `oldest`, with probabilities by heads that did not learn from them.

    `outcome` is what came of the complaint head just now; `active` are the heads in force before, learned from what was
    said until `since`. Texts that something else than their probability decided on do not count. None: too few.
    """
    texts = _distinct_lessons(lessons, "complaint")
    if len(texts) < FEWEST_DECISIONS:
        return None
    learned = outcome.learned if outcome.better else None
    shipped, weights = _weights(classifier.heads, "complaint"), _weights(active, "complaint")
    if learned is not None:
        probabilities, seen_until = learned.unseen, None
    else:
        vectors = classifier.vectors([lesson.text for lesson in texts]).astype(np.float64)
        probabilities, seen_until = softmax(logits_of(vectors, weights)), since
    is_shipped = np.array_equal(shipped, weights)
    rows = [
        (at, lesson, lesson.decision)
        for at, lesson in enumerate(texts)
        if lesson.decision and lesson.posted_at >= oldest
        if seen_until is None or is_shipped or lesson.said_at > seen_until
    ]
    return DeskDecisions(
        np.array([bool(lesson.complaint) for _, lesson, _ in rows], dtype=bool),
        probabilities[[at for at, _, _ in rows], 1],
        [lesson.language for _, lesson, _ in rows],
        [decision for _, _, decision in rows],
        np.array([lesson.is_drawn for _, lesson, _ in rows], dtype=bool),
    )


def _rival(
    vectors: Floats, lessons: Sequence[Lesson], shipped: Floats, active: Floats, since: datetime | None
) -> Floats:
    """What the new head must beat. Heads cannot be judged by what they learned from: there the shipped ones speak."""
    fresh = np.array([since is None or lesson.said_at > since for lesson in lessons])
    logits = np.where(fresh[:, None], logits_of(vectors, active), logits_of(vectors, shipped))
    return softmax(logits)


def _distinct_lessons(lessons: Sequence[Lesson], head: Head) -> list[Lesson]:
    """The different texts that have a label of this head, in the texts' order; of copies the latest word counts."""
    by_text = {prepare(lesson.text).casefold(): lesson for lesson in lessons if getattr(lesson, head) is not None}
    return [by_text[text] for text in sorted(by_text) if text]


def _labels(lessons: Sequence[Lesson], head: Head) -> Labels:
    labels = [getattr(lesson, head) for lesson in lessons]
    return np.array(
        [SENTIMENTS.index(label) if head == "sentiment" else int(label) for label in labels], dtype=np.int64
    )


def _weights(heads: Heads, head: Head) -> Floats:
    rows = ROWS[head]
    return np.column_stack((heads.weight[rows], heads.bias[rows])).astype(np.float64)


def _replace_head(heads: Heads, head: Head, weights: Floats) -> Heads:
    weight, bias = heads.weight.copy(), heads.bias.copy()
    weight[ROWS[head]], bias[ROWS[head]] = weights[:, :-1], weights[:, -1]
    return replace(heads, weight=weight, bias=bias)


def _operating_points(
    learned: LearnedHead, labels: Labels, languages: Sequence[str], reference_rows: Reference
) -> Mapping[str, tuple[OperatingPoint, ...]]:
    """What thresholds are worth now: on the reference rows that check, and on the corrections as if not seen."""
    check = ReferenceCheck(reference_rows, "complaint", learned.weights)
    chances = np.concatenate((softmax(check.logits(learned.weights))[:, 1], learned.unseen[:, 1]))
    complaints = np.concatenate((check.labels, labels)) == 1
    return measure_points(complaints, chances, [*check.languages.tolist(), *languages])


def _means(checks: Sequence[HeadComparison], name: str) -> tuple[float, float]:
    if not checks:
        return float("nan"), float("nan")
    pairs = [(getattr(check.shipped, name), getattr(check.learned, name)) for check in checks]
    shipped, learned = zip(*pairs, strict=True)
    return float(np.mean(shipped)), float(np.mean(learned))
