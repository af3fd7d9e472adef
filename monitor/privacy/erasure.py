"""A person erased everywhere: in the database first, then in every file beside it that Escucha has written.

What is beside the database is noted in the transaction that erases and ends with `finish`, however often it is killed.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeAlias, TypeVar

from monitor import store
from monitor.errors import EscuchaError, fault_name
from monitor.models.audit import NewEntry
from monitor.privacy import beside, giving
from monitor.privacy.beside import Delivered
from monitor.settings.loading import Settings
from monitor.store import Connection, rewriting
from monitor.store import connection as connecting
from monitor.store.audit import entries
from monitor.store.erased import erased_list
from monitor.store.privacy import erasing, handed_over, held, locking, marks, prefect_database
from monitor.store.privacy.erasing import ErasedCounts
from monitor.store.privacy.handed_over import HandedOver
from monitor.store.privacy.people import HeldPerson

logger = logging.getLogger(__name__)

_T = TypeVar("_T")
FindPerson: TypeAlias = Callable[[Connection], HeldPerson]
"""Says who is meant, by `store.privacy.people`."""


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """What an erasure would do. `backups` and `named_in` are files that hold the person and are others' to delete.

    `kept` are databases that restores have kept; they are rid of the person too.
    """

    person: HeldPerson
    deliveries: tuple[HandedOver, ...]
    kept: tuple[Path, ...]
    backups: tuple[Path, ...]
    named_in: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class ErasureEnd:
    """What was done beside the database. `written`: deliveries written anew; `notices`: where their readers are told.

    `is_compact`: no deleted row is left in unused parts of the database.
    """

    written: tuple[Path, ...]
    notices: tuple[str, ...]
    kept: tuple[Path, ...]
    is_compact: bool


def plan(settings: Settings, find: FindPerson) -> ErasurePlan:
    """Finds everything that an erasure would reach, and changes nothing. Raises what `find` does."""
    with store.connect(settings.store, read_only=True) as connection:
        person = find(connection)
        deliveries = handed_over.of_cases(connection, person.case_ids)
        backups = [Path(path) for path, _ in handed_over.backups(connection)]
        openings = marks.openings(connection, person)
    return ErasurePlan(
        person,
        tuple(deliveries),
        tuple(beside.kept_databases(settings.store)),
        tuple(path for path in backups if path.exists()),
        tuple(beside.named_in(settings, person, openings)),
    )


def erase(
    settings: Settings,
    find: FindPerson,
    *,
    actor: str,
    origin: str,
    now: datetime,
    for_ever: bool = False,
    locked_until: datetime | None = None,
) -> tuple[ErasedCounts, str]:
    """Erases the person in the database; `finish` has to follow, for the files beside it. Raises what `find` does.

    The audit log tells of it in the same transaction, by `actor`, from `origin`. `locked_until`: all that was held is
    kept locked until then, where a law asks for it. Returns the number of that copy too, '' for none.
    """
    with store.connect(settings.store) as connection:
        person = find(connection)
        lock_id = ""
        if locked_until is not None:
            lock_id = locking.lock(connection, giving.as_json(held.about(connection, person), now), now, locked_until)
            told = NewEntry("blocked", actor, origin, "person", person.subject)
            entries.record(connection, told, now=now)
        counts = erasing.erase(connection, person, actor, now, for_ever=for_ever)
        told = NewEntry("erasure", actor, origin, "person", person.subject, "person", count=counts.n)
        entries.record(connection, told, now=now)
        deliveries = handed_over.of_cases(connection, person.case_ids, counts.case_ids)
        handed_over.note_unfinished(connection, deliveries)
    return counts, lock_id


def finish(settings: Settings, *, actor: str, now: datetime) -> ErasureEnd:
    """Rids the files beside the database of whom its list names, and writes the database anew.

    Ends what an erasure that was killed has left. What one part cannot do now does not keep the others back: its error
    is raised at the end. Raises HandOverErrors and StoreErrors: it may be called again, and the daily flow does so.
    """
    with store.connect(settings.store, read_only=True) as connection:
        known = erased_list.read(connection)
        deliveries = handed_over.unfinished(connection)
        folders = [Path(path).parent for path, _ in handed_over.backups(connection)]
    if not known:
        return ErasureEnd((), (), (), _compact(settings))
    parts = _Parts()
    beside.clear_unfinished([settings.store.path.parent, *filter(None, [settings.exports.folder]), *folders])
    nothing: Delivered = ([], [], {})
    written, notices, receipts = parts.do(partial(beside.write_deliveries, settings, deliveries or (), now), nothing)
    none: list[Path] = []
    kept = parts.do(partial(beside.clean_kept, settings.store, known, actor, now), none)
    is_compact = parts.do(partial(_compact, settings), default=False)
    prefect = parts.do(partial(prefect_database.clean, settings.store, known), 0)
    journals = parts.do(partial(beside.clean_journals, settings.store, known), 0)
    if parts.faults:
        raise parts.faults[0]
    if deliveries is not None:
        with store.connect(settings.store) as connection:
            handed_over.finish(connection, receipts)
    logger.info("erasure finished", extra={"count": len(written) + len(kept) + journals + prefect})
    return ErasureEnd(tuple(written), tuple(notices), tuple(kept), is_compact)


def finish_if_due(settings: Settings, *, actor: str, now: datetime) -> ErasureEnd | None:
    """Ends an erasure that was killed, or could not end; None where there is none. Raises as `finish` does."""
    with store.connect(settings.store, read_only=True) as connection:
        is_due = handed_over.unfinished(connection) is not None
    return finish(settings, actor=actor, now=now) if is_due else None


@dataclass(slots=True)
class _Parts:
    """Parts of the work, each done whatever became of the others."""

    faults: list[EscuchaError] = field(default_factory=list)

    def do(self, part: Callable[[], _T], default: _T) -> _T:
        try:
            return part()
        except EscuchaError as error:
            logger.error("part of an erasure failed", extra={"reason": fault_name(error)})  # noqa: TRY400 (it may name somebody)
            self.faults.append(error)
            return default


def _compact(settings: Settings) -> bool:
    with store.connect(settings.store, read_only=True) as connection:
        is_due = rewriting.is_due(connection)
    return not is_due or connecting.rewrite_erased(settings.store)
