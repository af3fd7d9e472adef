"""The classify step: pending mentions to classifications, with the heads that are active in the store."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from monitor import store
from monitor.classify import heads, policy, selection
from monitor.classify.heads import Heads
from monitor.classify.model import Classifier, Model, operating_points
from monitor.errors import ModelError
from monitor.models.posts import Classification, IngestCounts, PendingMention, Scores
from monitor.pipeline import languages
from monitor.runs import Progress, Run, no_progress, now, record_run
from monitor.runs.holding import LONGEST_PASS, Hold, kept, length, new_hold
from monitor.settings.classifier import Policy
from monitor.settings.loading import Settings
from monitor.settings.own import own_handles
from monitor.store import Connection, leases
from monitor.store.posts import claims, classifications, model_versions, review_sample

logger = logging.getLogger(__name__)


def active_model(settings: Settings) -> Model:
    """Return the classifier that the settings name, with the heads that are active in the store.

    Learned heads of other shipped heads do not fit and do not count. Of categories it knows those of the settings.
    Raises ModelError.
    """
    model = selection.select(settings.classifier)
    if not isinstance(model, Classifier) or not store.exists(settings.store):
        return model
    with store.connect(settings.store, read_only=True) as connection:
        active = heads_in_force(connection, model.heads)
    names = [category.name for category in settings.desk.categories]
    return model.with_heads(replace(active, categories=active.categories and active.categories.among(names)))


def points_in_force(settings: Settings) -> policy.OperatingPoints | None:
    """Return what thresholds are worth now; None where the model cannot be used, or does not know it."""
    try:
        return operating_points(active_model(settings))
    except ModelError:
        return None


def heads_in_force(connection: Connection, shipped: Heads) -> Heads:
    """Return the learned heads that are active in the place of the shipped ones, or those."""
    current = model_versions.active(connection, shipped.fingerprint)
    if current is None or current.learned is None:
        return shipped
    in_force = heads.read(model_versions.heads(connection, current.version))
    return replace(in_force, categories=in_force.categories or shipped.categories)


def classify_pending(settings: Settings, progress: Progress = no_progress) -> int:
    """Classifies every mention in the queue that no other classifier has set aside, batch after batch.

    Returns how many. No connection is open while the model works; a text that the same model has read before is not
    read again. What it has set aside is others' when it is not heard of for so long that its lease is taken: then it
    stores nothing more, and ends.
    """
    with store.connect(settings.store, read_only=True) as connection:
        total = classifications.pending_count(connection)
    if total == 0:
        return 0
    own = new_hold(claims.KIND)
    with store.connect(settings.store) as connection:
        ids = _claim(connection, settings, own)
    if not ids:
        return 0
    read = classified = 0

    def report(count: int) -> None:
        nonlocal read
        read += count
        progress("classify", read, max(read, total))

    with kept(settings, own, forget=True), record_run(settings, "classify", "") as record:
        classifier = active_model(settings)
        while ids and (decisions := _read_batch(settings, classifier, ids, report)):
            with store.connect(settings.store) as connection:
                if not own.is_ours(connection):
                    return classified
                ids = _store_batch(connection, settings, own, record, decisions)
            classified += len(decisions)
            context = {"run": record.run_id, "count": len(decisions), "model": classifier.version}
            logger.info("batch classified", extra=context)
    return classified


def _read_batch(
    settings: Settings, classifier: Model, ids: Sequence[int], report: Callable[[int], None]
) -> list[Classification]:
    """What the model says of those of these mentions that wait still."""
    with store.connect(settings.store, read_only=True) as connection:
        batch = classifications.pending(connection, ids)
        cached = classifications.cached_scores(connection, (mention.text_key for mention in batch), classifier.version)
        signs = languages.signs(connection, batch)
    if not batch:
        return []
    known_scores = {key: scores for key, (scores, _) in cached.items()}
    scores_by_text = known_scores | _score_batch(classifier, batch, known_scores, report)
    return _decide_batch(batch, scores_by_text, languages.languages(batch, signs, settings), classifier, settings)


def _store_batch(
    connection: Connection, settings: Settings, own: Hold, record: Run, decisions: Sequence[Classification]
) -> list[int]:
    """Stores the decisions, and sets the next mentions aside in the place of these. Returns them."""
    stored = classifications.save(connection, decisions)
    _draw_for_review(connection, decisions, settings.policy)
    record.add(connection, len(decisions), IngestCounts(stored=stored, duplicates=len(decisions) - stored))
    return _claim(connection, settings, own)


def _claim(connection: Connection, settings: Settings, own: Hold) -> list[int]:
    return claims.claim(
        connection,
        own.name,
        own.holder,
        settings.classifier.batch,
        leases.clock(connection, now()),
        length=length(settings),
        longest=LONGEST_PASS,
    )


def _draw_for_review(connection: Connection, decisions: Sequence[Classification], limits: Policy) -> None:
    aside = [made.mention_id for made in decisions if made.decision == "other"]
    review_sample.draw(connection, aside, share=limits.review_share, most=limits.review_most, now=now())


def _score_batch(
    classifier: Model,
    batch: Sequence[PendingMention],
    cached: dict[int, Scores],
    report: Callable[[int], None],
) -> dict[int, Scores]:
    fresh = {mention.text_key: mention.text for mention in batch if mention.text_key not in cached}
    report(len(batch) - len(fresh))
    return dict(zip(fresh, classifier.scores(list(fresh.values()), report), strict=True))


def _decide_batch(
    batch: Sequence[PendingMention],
    scores_by_text: dict[int, Scores],
    language_by_id: dict[int, str],
    classifier: Model,
    settings: Settings,
) -> list[Classification]:
    at = now()
    own_accounts = own_handles(settings)
    measured_points = operating_points(classifier)

    @cache
    def thresholds_of(language: str) -> policy.Thresholds:
        return policy.thresholds(measured_points, language, settings.policy)

    decisions = []
    for mention in batch:
        scores = scores_by_text[mention.text_key]
        language = language_by_id[mention.mention_id]
        limits = thresholds_of(language)
        decision, reason = policy.decide(scores, mention, own_accounts, limits, settings.policy.about_at)
        decisions.append(
            Classification(
                mention.mention_id,
                scores,
                scores.sentiment,
                decision,
                language,
                classifier.version,
                at,
                mention.text_key,
                reason,
            )
        )
    return decisions
