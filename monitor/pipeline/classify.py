"""The classify step: pending mentions to classifications, with the heads that are active in the store."""

from collections.abc import Callable, Sequence

from monitor import store
from monitor.classify import choose, heads, policy, text
from monitor.classify.heads import Heads
from monitor.classify.model import Classifier, Model, points
from monitor.models.posts import Classification, PendingMention, Saved, Scores
from monitor.runs import Progress, now, recorded, silent
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.posts import classifications, model_versions


def active(settings: Settings) -> Model:
    """Return the classifier that the settings name, with the heads that are active in the store.

    Learned heads of other shipped heads do not fit and do not count. Raises ModelError.
    """
    chosen = choose.choose(settings.classifier)
    if not isinstance(chosen, Classifier) or not settings.store.path.exists():
        return chosen
    with store.connect(settings.store, read_only=True) as connection:
        return chosen.with_heads(heads_in_force(connection, chosen.heads))


def heads_in_force(connection: Connection, shipped: Heads) -> Heads:
    """Return the learned heads that are active in the place of the shipped ones, or those."""
    current = model_versions.in_force(connection, shipped.fingerprint)
    learned = current is not None and current.learned is not None
    return heads.read(model_versions.heads(connection, current.version)) if current and learned else shipped


def classify_pending(settings: Settings, progress: Progress = silent) -> int:
    """Classifies every mention in the queue, batch after batch. Returns how many.

    No connection is open while the model works; a text that the same model has read before is not read again.
    """
    with store.connect(settings.store, read_only=True) as connection:
        total = classifications.pending_count(connection)
    if total == 0:
        return 0
    done = 0

    def told(count: int) -> None:
        nonlocal done
        done += count
        progress("classify", done, max(done, total))

    with recorded(settings, "classify", "") as record:
        classifier = active(settings)
        while True:
            with store.connect(settings.store, read_only=True) as connection:
                batch = classifications.pending(connection, settings.classifier.batch)
                keys = (mention.text_key for mention in batch)
                known = classifications.known_scores(connection, keys, classifier.version)
            if not batch:
                return done
            scored = known | _scored(classifier, batch, known, told)
            decided = _decided(batch, scored, classifier, settings)
            with store.connect(settings.store) as connection:
                stored = classifications.save(connection, decided)
                record.add(connection, len(batch), Saved(stored=stored, duplicates=len(batch) - stored))


def _scored(
    classifier: Model,
    batch: Sequence[PendingMention],
    known: dict[int, tuple[Scores, str]],
    told: Callable[[int], None],
) -> dict[int, tuple[Scores, str]]:
    fresh = {mention.text_key: mention.text for mention in batch if mention.text_key not in known}
    told(len(batch) - len(fresh))
    scores = classifier.scores(list(fresh.values()), told)
    return {key: (one, text.language(said)) for (key, said), one in zip(fresh.items(), scores, strict=True)}


def _decided(
    batch: Sequence[PendingMention], scored: dict[int, tuple[Scores, str]], classifier: Model, settings: Settings
) -> list[Classification]:
    at = now()
    own = settings.own_accounts
    measured = points(classifier)
    languages = {language for _, language in scored.values()}
    limits = {one: policy.thresholds(measured, one, settings.policy) for one in languages}
    decided = []
    for mention in batch:
        scores, language = scored[mention.text_key]
        decision = policy.decide(scores, mention, own, limits[language])
        decided.append(
            Classification(
                mention.mention_id,
                scores,
                scores.sentiment,
                decision,
                language,
                classifier.version,
                at,
                mention.text_key,
            )
        )
    return decided
