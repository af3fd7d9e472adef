"""From scores to a decision. Pure: the same scores and facts give the same decision.

A team says how often it accepts a wrong alarm and a missed complaint; what probabilities that means is looked up in
what thresholds were worth on labelled posts (see `operating_points`), language by language.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal, TypeAlias

from monitor.classify.heads import OperatingPoint
from monitor.classify.operating_points import ALL, threshold_for_cleared, threshold_for_precision
from monitor.models.posts import Decision, DecisionReason, PendingMention, Scores
from monitor.settings.classifier import Policy
from monitor.text.folding import fold_handle, names_account

OperatingPoints = Mapping[str, Sequence[OperatingPoint]]
ThresholdOrigin: TypeAlias = Literal["settings", "language", "others", "target"]
"""Fixed in the settings; by the points of the language, or of all others; the target itself, without any points."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Values of `p_complaint`: a complaint from `complaint_at` on, for people to look at from `unsure_at` on.

    `missed` are the targets, by the names of their settings, that no threshold reached on the labelled posts.
    """

    complaint_at: float
    unsure_at: float
    missed: tuple[str, ...] = ()


def thresholds(points: OperatingPoints | None, language: str, policy: Policy) -> Thresholds:
    """Return the thresholds in force for posts in `language`: what the settings fix, else what reaches the targets.

    A language without points of its own takes those of all languages together. A model without points is taken at
    its word: a post is a complaint from a probability of `complaint_precision` on, and other below
    1 - `other_precision`. A target that is not reached gives the highest threshold measured (the lowest for
    `other_precision`) and is named in `missed`. What the settings fix comes first: the other threshold gives way to it.
    """
    curve = (points or {}).get(language) or (points or {}).get(ALL) or ()
    missed = []
    complaint_at, unsure_at = policy.fixed(language)
    if complaint_at is None:
        complaint_at = (
            threshold_for_precision(curve, policy.complaint_precision) if curve else policy.complaint_precision
        )
        if complaint_at is None:
            complaint_at = curve[-1].threshold
            missed.append("complaint_precision")
        complaint_at = max(complaint_at, unsure_at or 0.0)
    if unsure_at is None:
        unsure_at = (
            threshold_for_cleared(curve, policy.other_precision) if curve else round(1 - policy.other_precision, 6)
        )
        if unsure_at is None:
            unsure_at = curve[0].threshold
            missed.append("other_precision")
        unsure_at = min(unsure_at, complaint_at)
    return Thresholds(complaint_at, unsure_at, tuple(missed))


def thresholds_by_language(points: OperatingPoints | None, policy: Policy) -> dict[str, Thresholds]:
    """Return the thresholds of every language that has its own, then, under "", those of all others."""
    languages = sorted({*(points or ()), *policy.by_language} - {ALL})
    return {language: thresholds(points, language, policy) for language in (*languages, ALL)}


def origins(points: OperatingPoints | None, language: str, policy: Policy) -> tuple[ThresholdOrigin, ThresholdOrigin]:
    """Return where `complaint_at` and `unsure_at` of posts in a language come from."""
    found: ThresholdOrigin = "target" if not points else "language" if points.get(language) else "others"
    complaint_at, unsure_at = policy.fixed(language)
    return "settings" if complaint_at is not None else found, "settings" if unsure_at is not None else found


def decide(
    scores: Scores, mention: PendingMention, own_accounts: Set[str], limits: Thresholds, about_at: float
) -> tuple[Decision, DecisionReason | None]:
    """Complaint, unsure (for people to look at) or other; and why it is other, None where a complaint was looked for.

    Own accounts (handles, casefolded, without `@`) and reposts are never complaints: nobody complains through them.
    What is addressed to the brand is about it, whatever the model says.
    """
    if fold_handle(mention.author) in own_accounts:
        return "other", "own_account"
    if mention.is_repost:
        return "other", "repost"
    return judge(scores, limits, 0.0 if _is_addressed(mention, own_accounts) else about_at)


def judge(scores: Scores, limits: Thresholds, about_at: float) -> tuple[Decision, DecisionReason | None]:
    """Return the decision on a text of which nothing is known but its scores, and why it is other.

    Models that do not say what is about a company are not asked.
    """
    if scores.p_about is not None and scores.p_about < about_at:
        return "other", "not_about"
    if scores.p_complaint >= limits.complaint_at:
        return "complaint", None
    return "unsure" if scores.p_complaint >= limits.unsure_at else "other", None


def _is_addressed(mention: PendingMention, own_accounts: Set[str]) -> bool:
    """Whether more than a word of the text says that it is about a brand: whom it names or answers, where it stands."""
    return (
        mention.is_placed
        or any(fold_handle(author) in own_accounts for author in mention.answers)
        or names_account(mention.text, own_accounts)
    )
