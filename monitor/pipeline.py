"""The main line: collect, classify, open cases, hand over. Each step can be killed anywhere and run again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from monitor import store
from monitor.classify import model, policy, text
from monitor.collecting import collect_file, dropped_files
from monitor.errors import EscuchaError
from monitor.handing_over import hand_over
from monitor.models import Classification, PendingMention, Saved, Scores
from monitor.placing import place
from monitor.running import Progress, now, recorded, silent
from monitor.settings import Settings
from monitor.store import cases, classifications

__all__ = ["Report", "classify_pending", "hand_over", "open_cases", "run"]

_CHUNK = 2_000  # mentions placed under one hold of the database's lock
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Report:
    """What one pass of the main line did; `faults` are sentences for people on what failed."""

    collected: Saved
    classified: int
    opened: int
    joined: int
    handed_over: int
    faults: tuple[str, ...]


def run(settings: Settings, progress: Progress = silent) -> Report:
    """All steps once. A step that fails is told in the report and does not stop the others."""
    faults: list[str] = []

    def attempt(step: Callable[[], _T], failed: _T) -> _T:
        try:
            return step()
        except EscuchaError as error:
            faults.append(str(error))
            return failed

    collected = Saved()
    for file in dropped_files(settings):
        collected += attempt(partial(collect_file, settings, file, progress), Saved())
    classified = attempt(lambda: classify_pending(settings, progress), 0)
    opened, joined = attempt(lambda: open_cases(settings, progress), (0, 0))
    handed_over = attempt(lambda: hand_over(settings), 0)
    return Report(collected, classified, opened, joined, handed_over, tuple(faults))


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
        classifier = model.load(settings.classifier.folder)
        while True:
            with store.connect(settings.store, read_only=True) as connection:
                batch = classifications.pending(connection, settings.classifier.batch)
                keys = (mention.text_key for mention in batch)
                known = classifications.known_scores(connection, keys, classifier.version)
            if not batch:
                return done
            scored = known | _scored(classifier, batch, known, told)
            decided = _decided(batch, scored, classifier.version, settings)
            with store.connect(settings.store) as connection:
                stored = classifications.save(connection, decided)
                record.add(connection, len(batch), Saved(stored=stored, duplicates=len(batch) - stored))


def _scored(
    classifier: model.Classifier,
    batch: Sequence[PendingMention],
    known: dict[int, tuple[Scores, str]],
    told: Callable[[int], None],
) -> dict[int, tuple[Scores, str]]:
    fresh = {mention.text_key: mention.text for mention in batch if mention.text_key not in known}
    told(len(batch) - len(fresh))
    scores = classifier.scores(list(fresh.values()), told)
    return {key: (one, text.language(said)) for (key, said), one in zip(fresh.items(), scores, strict=True)}


def _decided(
    batch: Sequence[PendingMention], scored: dict[int, tuple[Scores, str]], version: str, settings: Settings
) -> list[Classification]:
    at = now()
    own = settings.own_accounts
    decided = []
    for mention in batch:
        scores, language = scored[mention.text_key]
        decision = policy.decide(scores, mention, own, settings.policy)
        decided.append(Classification(mention.mention_id, scores, scores.sentiment, decision, language, version, at))
    return decided


def open_cases(settings: Settings, progress: Progress = silent) -> tuple[int, int]:
    """Gives every newly classified complaint a case, and joins the other posts of its conversation.

    Returns how many cases were opened, and how many posts joined one that was there.
    """
    with store.connect(settings.store, read_only=True) as connection:
        if not cases.queued(connection, 1):
            return 0, 0
    opened = joined = 0
    with recorded(settings, "open", "") as record:
        while True:
            with store.connect(settings.store) as connection:
                queue = cases.queued(connection, _CHUNK)
                counts = place(connection, cases.placeable(connection, queue), settings, "escucha", now())
                cases.dequeue(connection, queue)
                record.add(connection, len(queue), Saved(stored=counts[0]))
            opened, joined = opened + counts[0], joined + counts[1]
            progress("open", record.asked, record.asked)
            if len(queue) < _CHUNK:
                return opened, joined
