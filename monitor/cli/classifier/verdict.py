"""What `escucha explain` and `escucha predict` say of a text: what would become of it, and why."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from monitor.cli import case_details, common

if TYPE_CHECKING:
    from monitor.models.posts import Match
    from monitor.pipeline.verdicts import ThresholdSource, Verdict
    from monitor.settings.classifier import Policy
    from monitor.settings.loading import Settings

_CLOSE = 0.01  # nearer to a threshold than this, two decimals do not tell on which side


def values(verdict: "Verdict", version: str) -> dict[str, Any]:
    """All of a verdict as JSON values; probabilities in 0..1."""
    scores, limits = verdict.scores, verdict.limits
    return {
        "sentiment": scores.sentiment,
        "p_negative": round(scores.p_negative, 6),
        "p_neutral": round(scores.p_neutral, 6),
        "p_positive": round(scores.p_positive, 6),
        "complaint": verdict.decision == "complaint",
        "p_complaint": round(scores.p_complaint, 6),
        "complaint_at": limits.complaint_at,
        "complaint_at_by": verdict.sources[0],
        "unsure_at": limits.unsure_at,
        "unsure_at_by": verdict.sources[1],
        "p_about": None if scores.p_about is None else round(scores.p_about, 6),
        "about_at": verdict.about_at,
        "decision": verdict.decision,
        "reason": verdict.reason,
        "category": verdict.category or None,
        "category_by": verdict.category_by if verdict.category else None,
        "severity": verdict.severity if verdict.category else None,
        "cue": verdict.cue or None,
        "language": verdict.language,
        "language_by": verdict.language_by,
        "model": version,
    }


def query_values(matches: "Sequence[Match]", settings: "Settings") -> dict[str, Any]:
    """The brands whose queries were tried on a text, and those that found it, as JSON values."""
    found = [{"brand": match.brand, "query": match.query, "terms": match.terms} for match in matches]
    return {"brands_tried": [brand.name for brand in settings.brands], "queries": found}


def lines(
    verdict: "Verdict", matches: "Sequence[Match]", version: str, settings: "Settings"
) -> Iterator[tuple[str, str]]:
    """Names of what is told and the words, in the language of the terminal; the first says what would become of it.

    `matches` are the queries that find the text.
    """
    fate = _fate(verdict)
    if settings.brands and not matches and verdict.decision != "other":
        fate = f"no query finds it, so it would wait in the Inbox, (no brand), for a person; with a brand {fate}"
    yield common.tell("verdict"), common.tell(fate)
    yield common.tell("queries"), common.tell(_queries(matches, settings))
    yield common.tell("thresholds"), "\n".join(map(common.tell, _limits(verdict, settings.policy)))
    yield common.tell("about a company"), common.tell(_about(verdict, version))
    yield common.tell("sentiment"), _sentiment(verdict)
    yield common.tell("category"), _category(verdict, settings)
    if verdict.category:
        yield common.tell("severity"), _severity(verdict)
    yield common.tell("language"), common.tell(_language(verdict))


def _queries(matches: "Sequence[Match]", settings: "Settings") -> str:
    if not settings.brands:
        return "no brand is set up, so none was tried"
    if not matches:
        tried = ", ".join(brand.name for brand in settings.brands)
        return f"none finds this text; those of these brands were tried: {tried}"
    found = dict.fromkeys(f"{match.brand} ({match.query})" for match in matches)
    return f"found by {', '.join(found)}"


def _fate(verdict: "Verdict") -> str:
    limits, chance = verdict.limits, verdict.scores.p_complaint
    if verdict.reason == "not_about" and verdict.scores.p_about is not None and verdict.about_at is not None:
        about = _beside(verdict.scores.p_about, verdict.about_at)
        return f"it would be put aside: probability that it is about a company {about}, below {verdict.about_at:.2f}"
    told = _beside(chance, limits.complaint_at, limits.unsure_at)
    if verdict.decision == "complaint":
        return f"it would open a case: probability of a complaint {told}, cases open from {limits.complaint_at:.2f}"
    if verdict.decision == "unsure":
        return (
            f"it would be left to people, in the Inbox: probability of a complaint {told}, between "
            f"{limits.unsure_at:.2f} and {limits.complaint_at:.2f}"
        )
    return f"it would be put aside: probability of a complaint {told}, below {limits.unsure_at:.2f}"


def _beside(chance: float, *limits: float) -> str:
    """A probability to be read beside limits of two decimals: with more where two would make it look like one."""
    is_close = any(0 < abs(chance - limit) < _CLOSE for limit in limits)
    return f"{chance:.4f}" if is_close else f"{chance:.2f}"


def _limits(verdict: "Verdict", policy: "Policy") -> list[str]:
    own = policy.by_language.get(verdict.language)
    case_from, review_from = verdict.limits.complaint_at, verdict.limits.unsure_at
    sources = [
        _source(
            source,
            "policy" if own is None or getattr(own, setting) is None else f"policy.by_language.{verdict.language}",
            setting,
            verdict.language,
        )
        for setting, source in zip(("complaint_at", "unsure_at"), verdict.sources, strict=True)
    ]
    if sources[0] == sources[1]:
        return [f"case from {case_from:.2f}, review from {review_from:.2f}: {sources[0]}"]
    return [f"case from {case_from:.2f}: {sources[0]}", f"review from {review_from:.2f}: {sources[1]}"]


def _source(source: "ThresholdSource", section: str, setting: str, language: str) -> str:
    target = "complaint_precision" if setting == "complaint_at" else "other_precision"
    shipped, own = "the classifier's, measured on", "by your team's decisions on"
    return {
        "settings": f"fixed in the settings, {setting} of [{section}]",
        "own": f"{own} posts in {language}",
        "measured": f"{shipped} posts in {language}",
        "own_others": f"{own} posts in other languages ('{language}' has no thresholds of its own)",
        "measured_others": f"{shipped} posts in all languages ('{language}' has no thresholds of its own)",
        "target": f"the target {target} itself, nothing was measured with this model",
    }[source]


def _about(verdict: "Verdict", version: str) -> str:
    if verdict.scores.p_about is None:
        return f"{version} does not say"
    chance = f"{verdict.scores.p_about:.2f}"
    if verdict.about_at is not None:
        aside = f"put aside below {verdict.about_at:.2f} (about_at)"
        return f"{chance}; {aside}, unless it answers or names one of your accounts"
    return f"{chance}; that does not count: {'it names one of your accounts' if verdict.names_us else 'about_at is 0'}"


def _sentiment(verdict: "Verdict") -> str:
    scores = verdict.scores
    chances = {"negative": scores.p_negative, "neutral": scores.p_neutral, "positive": scores.p_positive}
    parts = (f"{common.tell(name)} {common.decimal(f'{chance:.2f}')}" for name, chance in chances.items())
    return f"{common.tell(scores.sentiment)} ({', '.join(parts)})"


def _category(verdict: "Verdict", settings: "Settings") -> str:
    if not verdict.category:
        return common.tell("none, as it would open no case")
    name = case_details.category_name(verdict.category, settings)
    reason = {
        "words": f"by its words: {', '.join(verdict.category_words)}",
        "classifier": "by the classifier, as no words tell",
        "nothing": "as no words tell, and the classifier finds none likely",
    }[verdict.category_by]
    return f"{name}, {common.tell(reason)}"


def _severity(verdict: "Verdict") -> str:
    words = f"by its words: {', '.join(verdict.cue_words)}" if verdict.cue else "as no words tell"
    return f"{common.tell(verdict.severity)}, {common.tell(words)}"


def _language(verdict: "Verdict") -> str:
    return {
        "words": f"{verdict.language}, by its words",
        "expected": f"{verdict.language}, as your customers write in it",
        "nothing": f"{verdict.language}: there is hardly a word",
    }[verdict.language_by]
