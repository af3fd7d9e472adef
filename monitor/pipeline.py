"""The main line: collect, classify, open cases, hand over. Each step can be killed anywhere and run again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from monitor import store
from monitor.classify import model, policy, text
from monitor.collecting import collect_file, dropped_files
from monitor.errors import EscuchaError, HandOverError, HandOverPermanent
from monitor.exporters import files as file_exporter
from monitor.models import CaseRow, Classification, PendingMention, Saved, Scores
from monitor.placing import place
from monitor.running import Progress, now, recorded, silent
from monitor.settings import Settings
from monitor.store import cases, classifications, exports

_CHUNK = 2_000  # mentions placed, or cases read, under one hold of the database's lock
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
    with recorded(settings, "classify", "") as record:
        classifier = model.load(Path(settings.classifier.model) if settings.classifier.model else None)
        while True:
            with store.connect(settings.store, read_only=True) as connection:
                batch = classifications.pending(connection, settings.classifier.batch)
                keys = (mention.text_key for mention in batch)
                known = classifications.known_scores(connection, keys, classifier.version)
            if not batch:
                return done
            reached = done
            scored = known | _scored(
                classifier, batch, known, lambda count: progress("classify", min(reached + count, total), total)
            )
            decided = _decided(batch, scored, classifier.version, settings)
            with store.connect(settings.store) as connection:
                stored = classifications.save(connection, decided)
                record.add(connection, len(batch), Saved(stored=stored, duplicates=len(batch) - stored))
            done += len(batch)
            progress("classify", min(done, total), total)


def _scored(
    classifier: model.Classifier,
    batch: Sequence[PendingMention],
    known: dict[int, tuple[Scores, str]],
    on_batch: Callable[[int], None],
) -> dict[int, tuple[Scores, str]]:
    fresh = {mention.text_key: mention.text for mention in batch if mention.text_key not in known}
    counted = 0

    def count(more: int) -> None:
        nonlocal counted
        counted += more
        on_batch(counted)

    scores = classifier.scores(list(fresh.values()), count)
    return {
        key: (one, text.language(said)) for (key, said), one in zip(fresh.items(), scores, strict=True)
    }


def _decided(
    batch: Sequence[PendingMention], scored: dict[int, tuple[Scores, str]], version: str, settings: Settings
) -> list[Classification]:
    at = now()
    own = settings.own_accounts
    decided = []
    for mention in batch:
        scores, language = scored[mention.text_key]
        decision = policy.decide(scores, mention, own, settings.policy)
        decided.append(
            Classification(mention.mention_id, scores, scores.sentiment, decision, language, version, at)
        )
    return decided


def open_cases(settings: Settings, progress: Progress = silent) -> tuple[int, int]:
    """Gives every newly classified complaint a case, and later posts of its conversation too. Returns (opened, joined)."""
    opened = joined = placed = 0
    while True:
        with store.connect(settings.store, read_only=True) as connection:
            if not cases.queued(connection, 1):
                return opened, joined
        with store.connect(settings.store) as connection:
            queue = cases.queued(connection, _CHUNK)
            counts = place(connection, cases.placeable(connection, queue), settings, "escucha", now())
            cases.dequeue(connection, queue)
        opened, joined, placed = opened + counts[0], joined + counts[1], placed + len(queue)
        progress("open", placed, placed)


def hand_over(settings: Settings) -> int:
    """Writes cases that no export holds yet into `exports.folder`, one file a pass. Returns how many cases.

    Exports that were promised before and never confirmed are finished first, at the place they were promised for. What
    cannot be delivered there does not keep the others back: its error is raised at the end.
    """
    delivered, faults = finish_promised(settings)
    folder = settings.exports.folder
    if folder is not None:
        place_for_new = str(folder.absolute() / f"cases-{{export_id}}.{settings.exports.format}")
        delivered += export_new(settings, place_for_new, settings.exports.separator)
    if faults:
        raise faults[0]
    return delivered


def finish_promised(settings: Settings) -> tuple[int, list[HandOverError]]:
    """Delivers what was promised and never confirmed, each export at its own place. Returns (cases, what failed)."""
    delivered = 0
    faults: list[HandOverError] = []
    for export in _promised(settings):
        try:
            delivered += _deliver(settings, export, settings.exports.separator)
        except HandOverError as error:
            faults.append(error)
    return delivered, faults


def export_new(settings: Settings, target: str, separator: str) -> int:
    """Hands over, once and for all, the cases that no export holds yet, as a file at `target`. Returns how many.

    When the file can never be written, the promise is taken back, so that another place may have the cases.
    """
    with store.connect(settings.store) as connection:
        export = exports.promise_new(connection, "files", target, now())
    if export is None:
        return 0
    try:
        return _deliver(settings, export, separator)
    except HandOverPermanent:
        with store.connect(settings.store) as connection:
            exports.withdraw(connection, export)
        raise


def new_cases(settings: Settings) -> int:
    """How many cases no export holds yet."""
    with store.connect(settings.store, read_only=True) as connection:
        return exports.new_count(connection)


def _promised(settings: Settings) -> list[exports.Export]:
    with store.connect(settings.store, read_only=True) as connection:
        return exports.promised(connection)


def _deliver(settings: Settings, export: exports.Export, separator: str) -> int:
    with recorded(settings, "hand over", export.place) as record:
        with store.connect(settings.store, read_only=True) as connection:
            ids = exports.cases_of(connection, export.export_id)
        rows = case_rows(settings, ids)
        receipt = file_exporter.write(rows, Path(export.place), zone=settings.zone, separator=separator)
        with store.connect(settings.store) as connection:
            exports.delivered(connection, export, receipt, now())
            record.add(connection, len(ids), Saved(stored=len(ids)))
    return len(ids)


def case_rows(settings: Settings, ids: Sequence[int] | None = None) -> Iterator[CaseRow]:
    """Cases as they are exported, some thousands at a time, the database free in between. None means all."""
    if ids is None:
        with store.connect(settings.store, read_only=True) as connection:
            ids = exports.case_ids(connection)
    for start in range(0, len(ids), _CHUNK):
        with store.connect(settings.store, read_only=True) as connection:
            chunk = exports.rows(connection, ids[start : start + _CHUNK])
        yield from chunk
