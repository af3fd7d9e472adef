"""What thresholds are worth on a team's own stream, by what its desk decided. Pure.

What people judge is no sample of the stream: nearly all that opened a case, some of what waited for them, one in a
hundred of what was put aside. So each judged post stands for the posts of its language that were decided alike
(post-stratification). What was found by looking for it among the posts put aside stands for itself alone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from monitor.classify.heads import OperatingPoint
from monitor.classify.operating_points import ALL, Flags, Floats, measure_points
from monitor.classify.policy import OperatingPoints, thresholds
from monitor.models.posts import Decision
from monitor.settings.classifier import Policy
from monitor.store.posts.judgements import Lesson
from monitor.store.posts.model_versions import OwnDecisions

FEWEST_DECISIONS, FEWEST_OF_A_KIND = 200, 20
"""Different judged texts that a language needs for thresholds of its own, and how many complaints and others."""
FEWEST_DRAWN = 100
"""Judged texts of the random sample that it takes to say what is put aside rightly: three in a hundred are few."""
FEWEST_UNSURE = 20
"""Judged texts among those that waited for people, to say anything below the threshold at which cases open."""
FEWEST_ABOVE = 30
"""Judged texts at or above a threshold, below which it is not chosen."""

Points = Mapping[str, tuple[OperatingPoint, ...]]
Stream = Mapping[tuple[str, Decision], int]


@dataclass(frozen=True, slots=True, eq=False)
class DeskDecisions:
    """Judged texts, all of the same length: are they complaints, the probability by heads that did not learn from them.

    `decisions` are what the model decided then; `drawn` are those of the random sample.
    """

    complaints: Flags
    probabilities: Floats
    languages: Sequence[str]
    decisions: Sequence[Decision]
    drawn: Flags

    def of(self, rows: Flags) -> "DeskDecisions":
        """Only those of these rows."""
        places: list[int] = np.flatnonzero(rows).tolist()
        return DeskDecisions(
            self.complaints[rows],
            self.probabilities[rows],
            [self.languages[at] for at in places],
            [self.decisions[at] for at in places],
            self.drawn[rows],
        )


def fit(
    judged: DeskDecisions | None, stream: Stream, points: OperatingPoints, policy: Policy
) -> tuple[Points, dict[str, OwnDecisions]]:
    """Return points of the languages that the desk has judged enough of, and what they rest on.

    `stream` counts all posts by language and decision, `points` are those in force. Languages without points of their
    own are taken together, under "": what they share are the thresholds of all others. None judged: none.
    """
    if judged is None:
        return {}, {}
    codes = np.array(judged.languages)
    alone = [code for code in sorted(set(judged.languages)) if code in points or _is_enough(judged.of(codes == code))]
    others = ~np.isin(codes, alone)
    groups = {code: codes == code for code in alone} | {ALL: others}
    fitted: dict[str, tuple[OperatingPoint, ...]] = {}
    origins: dict[str, OwnDecisions] = {}
    for language, rows in groups.items():
        texts = judged.of(rows)
        if not _is_enough(texts):
            continue
        curve, origin = _fit_one(language, texts, _stream_of(stream, language, alone), points, policy)
        if curve:
            fitted[language], origins[language] = curve, origin
    return fitted, origins


def missing(complaints: int, others: int) -> int:
    """How many more judged texts a language needs at least for thresholds of its own."""
    of_a_kind = sum(max(0, FEWEST_OF_A_KIND - count) for count in (complaints, others))
    return max(FEWEST_DECISIONS - complaints - others, of_a_kind, 0)


def missing_by_language(lessons: Sequence[Lesson]) -> dict[str, int]:
    """How many more judged texts each language that has some needs at least for thresholds of its own."""
    labels = {lesson.text: lesson for lesson in lessons if lesson.complaint is not None and lesson.decision}.values()
    counts = Counter((lesson.language, bool(lesson.complaint)) for lesson in labels)
    return {code: missing(counts[code, True], counts[code, False]) for code in sorted({code for code, _ in counts})}


def _is_enough(texts: DeskDecisions) -> bool:
    complaints = int(texts.complaints.sum())
    return not missing(complaints, len(texts.complaints) - complaints)


def _stream_of(stream: Stream, language: str, alone: Sequence[str]) -> dict[Decision, int]:
    counts: dict[Decision, int] = {"complaint": 0, "unsure": 0, "other": 0}
    for (code, decision), count in stream.items():
        if code == language or (language == ALL and code not in alone):
            counts[decision] += count
    return counts


def _fit_one(
    language: str, texts: DeskDecisions, counts: Mapping[Decision, int], points: OperatingPoints, policy: Policy
) -> tuple[tuple[OperatingPoint, ...], OwnDecisions]:
    decisions = np.array(texts.decisions)
    drawn = int(np.sum(texts.drawn & (decisions == "other")))
    knows_unsure = counts["unsure"] == 0 or int(np.sum(decisions == "unsure")) >= FEWEST_UNSURE
    knows_rest = knows_unsure and drawn >= FEWEST_DRAWN
    kept = texts if knows_rest else texts.of(decisions != "other")
    weights = _weights(kept, counts)
    curves = measure_points(kept.complaints, kept.probabilities, [ALL] * len(weights), weights, FEWEST_ABOVE)
    case_at = thresholds(points, language, policy).complaint_at
    before = points.get(language) or points.get(ALL) or ()
    own = tuple(
        _joined(point, before, knows_precision=knows_unsure or point.threshold >= case_at, knows_rest=knows_rest)
        for point in curves.get(ALL, ())
    )
    return own, OwnDecisions(len(texts.complaints), drawn if knows_rest else 0)


def _weights(texts: DeskDecisions, counts: Mapping[Decision, int]) -> Floats:
    """How many posts of the stream each text stands for."""
    decisions = np.array(texts.decisions)
    weights = np.ones(len(decisions))
    for decision, count in counts.items():
        rows = decisions == decision
        sought = rows & ~texts.drawn if decision == "other" else np.zeros(len(rows), dtype=bool)
        judged = rows & ~sought
        if judged.any():
            weights[judged] = max(1.0, (count - sought.sum()) / judged.sum())
    return weights


def _joined(
    point: OperatingPoint, before: Sequence[OperatingPoint], *, knows_precision: bool, knows_rest: bool
) -> OperatingPoint:
    """The team's own point; what its decisions do not tell is as it was before, at the next lower threshold."""
    known = next((one for one in reversed(before) if one.threshold <= point.threshold), None)
    if known is None:
        return point
    precision = point.precision if knows_precision else min(point.precision, known.precision)
    return replace(point, precision=precision, cleared=point.cleared if knows_rest else known.cleared)
