"""What can be learned from people's corrections: each head studied by itself, then put together. Reads no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import numpy as np

from monitor.classify import learning, reference
from monitor.classify.check import Check, Head, Kept, Labels, logits_of
from monitor.classify.fitting import Floats
from monitor.classify.heads import ROWS, Heads, Point, softmax
from monitor.classify.learning import Learned, Lessons
from monitor.classify.model import Classifier
from monitor.classify.points import points_of
from monitor.classify.reference import Reference
from monitor.classify.text import prepare
from monitor.models.posts import SENTIMENTS
from monitor.runs import Progress
from monitor.store.posts.model_versions import HeadFigures, Lesson

_HEADS: tuple[Head, ...] = ("sentiment", "complaint")


@dataclass(frozen=True, slots=True)
class Studied:
    """What came of one head: how many different corrected `texts`, how many are `missing`, what was learned."""

    texts: int
    missing: int
    learned: Learned | None = None

    @property
    def better(self) -> bool:
        """Whether the head got better on the corrections and kept the reference set."""
        return self.learned is not None and self.learned.verdict == "better"

    @property
    def figures(self) -> HeadFigures | None:
        """What is kept of it with a version; None if nothing was learned."""
        if self.learned is None:
            return None
        one, kept = self.learned, list(self.learned.reference.values())
        return HeadFigures(
            self.texts,
            self.better,
            (one.before.macro_f1, one.after.macro_f1),
            (one.before.log_loss, one.after.log_loss),
            _means(kept, "macro_f1"),
            _means(kept, "log_loss"),
        )


def study(
    classifier: Classifier, said: Sequence[Lesson], active: Heads, since: datetime | None, progress: Progress
) -> tuple[dict[Head, Studied], Heads]:
    """Return what came of each head, and `active` with the heads that got better in the place of its own.

    `classifier` has the shipped heads; `active` are those in force, learned from what was said until `since` (None:
    they are the shipped ones). Raises ModelError when the reference set is missing and there is enough to learn.
    """
    corrected = {head: _different(said, head) for head in _HEADS}
    studied = {head: Studied(len(one), learning.missing(_labels(one, head))) for head, one in corrected.items()}
    made = active
    if any(not one.missing for one in studied.values()):
        frozen = reference.read(classifier.folder, active.weight.shape[1])
    for head in [one for one, state in studied.items() if not state.missing]:
        lessons = corrected[head]
        vectors = classifier.vectors([one.text for one in lessons]).astype(np.float64)
        shipped = _weights(classifier.heads, head)
        rival = _rival(vectors, lessons, shipped, _weights(active, head), since)
        labels = _labels(lessons, head)
        told = partial(progress, f"learn {head}")
        found = learning.learn(Lessons(vectors, labels, rival), frozen, head, shipped, told)
        studied[head] = Studied(len(lessons), 0, found)
        if studied[head].better:
            made = _with(made, head, found.weights)
            if head == "complaint":
                made = replace(made, points=_points(found, labels, [one.language for one in lessons], frozen))
    return studied, made


def _rival(
    vectors: Floats, lessons: Sequence[Lesson], shipped: Floats, active: Floats, since: datetime | None
) -> Floats:
    """What the new head must beat. Heads cannot be judged by what they learned from: there the shipped ones speak."""
    fresh = np.array([since is None or one.said_at > since for one in lessons])
    found = np.where(fresh[:, None], logits_of(vectors, active), logits_of(vectors, shipped))
    return softmax(found)


def _different(said: Sequence[Lesson], head: Head) -> list[Lesson]:
    """The different texts that have a label of this head, in the texts' order; of copies the latest word counts."""
    by_text = {prepare(one.text).casefold(): one for one in said if getattr(one, head) is not None}
    return [by_text[text] for text in sorted(by_text) if text]


def _labels(lessons: Sequence[Lesson], head: Head) -> Labels:
    words = [getattr(one, head) for one in lessons]
    return np.array([SENTIMENTS.index(one) if head == "sentiment" else int(one) for one in words], dtype=np.int64)


def _weights(heads: Heads, head: Head) -> Floats:
    rows = ROWS[head]
    return np.column_stack((heads.weight[rows], heads.bias[rows])).astype(np.float64)


def _with(heads: Heads, head: Head, weights: Floats) -> Heads:
    weight, bias = heads.weight.copy(), heads.bias.copy()
    weight[ROWS[head]], bias[ROWS[head]] = weights[:, :-1], weights[:, -1]
    return replace(heads, weight=weight, bias=bias)


def _points(
    found: Learned, labels: Labels, languages: Sequence[str], frozen: Reference
) -> Mapping[str, tuple[Point, ...]]:
    """What thresholds are worth now: on the reference rows that check, and on the corrections as if not seen."""
    check = Check(frozen, "complaint", found.weights)
    chances = np.concatenate((softmax(check.logits(found.weights))[:, 1], found.unseen[:, 1]))
    every = np.concatenate((check.labels, labels)) == 1
    return points_of(every, chances, [*check.languages.tolist(), *languages])


def _means(kept: Sequence[Kept], name: str) -> tuple[float, float]:
    if not kept:
        return float("nan"), float("nan")
    pairs = [(getattr(one.shipped, name), getattr(one.learned, name)) for one in kept]
    return float(np.mean([one for one, _ in pairs])), float(np.mean([one for _, one in pairs]))
