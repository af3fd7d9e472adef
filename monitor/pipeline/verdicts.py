"""What would become of a text: decided as the post of a stranger of which nothing but its text is known."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from monitor.cases import cues
from monitor.classify import policy, text
from monitor.classify.model import Model, operating_points
from monitor.classify.operating_points import ALL
from monitor.classify.policy import OperatingPoints, Thresholds
from monitor.classify.text import LanguageSign
from monitor.errors import ModelError
from monitor.models.cases import Severity
from monitor.models.posts import Decision, DecisionReason, Scores
from monitor.pipeline import learn
from monitor.settings.loading import Settings
from monitor.text.folding import names_account

ThresholdSource: TypeAlias = Literal["settings", "own", "measured", "own_others", "measured_others", "target"]
"""Fixed in the settings; by the team's decisions or measured with the model, on posts in the language or in all others;
the target of the settings itself, where the model has no measured thresholds."""
NO_CATEGORY = "other"
"""The category of a case that fits none."""
CategorySign: TypeAlias = Literal["words", "classifier", "nothing"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What would become of a text, and all that it rests on.

    `sources` are those of `limits.complaint_at` and `limits.unsure_at`. `about_at` is None where nothing is asked of
    what it is about: the model does not say, the setting is 0, or the text names an account of ours (`names_us`).
    `category` is "" where no case would come of it; `category_words` are those that speak for it. `cue` is the key of
    the reason for the severity, "" for none, and `cue_words` those that give it.
    """

    scores: Scores
    decision: Decision
    reason: DecisionReason | None
    limits: Thresholds
    sources: tuple[ThresholdSource, ThresholdSource]
    about_at: float | None
    names_us: bool
    language: str
    language_by: LanguageSign
    category: str = ""
    category_by: CategorySign = "nothing"
    category_words: tuple[str, ...] = ()
    severity: Severity = "moderate"
    cue: str = ""
    cue_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextJudge:
    """Judges texts by the settings and a model; `own` are the languages with thresholds of the team's decisions."""

    settings: Settings
    model: Model
    points: OperatingPoints | None
    own: frozenset[str]

    def verdicts(self, texts: Sequence[str]) -> Iterator[Verdict]:
        """Yield the verdict on each text, in order; all are scored together."""
        scores = self.model.scores(texts)
        names = [brand.name for brand in self.settings.brands]
        expected = self.settings.expected_languages(names)
        for one, one_scores in zip(texts, scores, strict=True):
            yield self._verdict(one, one_scores, *text.language_and_sign(one, expected, names))

    def _verdict(self, words: str, scores: Scores, language: str, sign: LanguageSign) -> Verdict:
        limits = policy.thresholds(self.points, language, self.settings.policy)
        case_from, review_from = policy.origins(self.points, language, self.settings.policy)
        names_us = names_account(words, self.settings.own_accounts)
        about_at = 0.0 if names_us else self.settings.policy.about_at
        decision, reason = policy.judge(scores, limits, about_at)
        return Verdict(
            scores,
            decision,
            reason,
            limits,
            (self._source(case_from, language), self._source(review_from, language)),
            None if scores.p_about is None else about_at or None,
            names_us,
            language,
            sign,
            *((*self.category(words, scores), *_severity(words)) if decision != "other" else ()),
        )

    def _source(self, origin: policy.ThresholdOrigin, language: str) -> ThresholdSource:
        if origin == "language":
            return "own" if language in self.own else "measured"
        if origin == "others":
            return "own_others" if ALL in self.own else "measured_others"
        return origin

    def category(self, words: str, scores: Scores) -> tuple[str, CategorySign, tuple[str, ...]]:
        """The category that a case of a text would have, what says it, and the words that do."""
        categories = self.settings.desk.categories
        category = cues.suggest(words, categories, scores.category).category
        telling = cues.telling_words(words, category, categories)
        if telling:
            return category, "words", telling
        return category, "classifier" if category == scores.category != NO_CATEGORY else "nothing", ()


def _severity(words: str) -> tuple[Severity, str, tuple[str, ...]]:
    """The severity that a case of a text would have, the key of what tells it, and the words that do."""
    suggestion = cues.suggest(words, ())
    return suggestion.severity, suggestion.cue, cues.severe_words(words, suggestion.cue)


def judge(settings: Settings, model: Model) -> TextJudge:
    """Return the judge of texts by the thresholds in force."""
    try:
        in_force = learn.usable_versions(settings).in_force
    except ModelError:  # another team's, which learns nothing
        in_force = None
    own = in_force.learned.thresholds if in_force and in_force.learned else {}
    return TextJudge(settings, model, operating_points(model), frozenset(own))
