"""The part of the hash chain that evidence of a case holds: enough to verify each event of it without the database.

The words of an event enter its hash with a salt; where they were erased, the seal of both stands for them, and an event
that is hashed like any other tells what the erasure left (`monitor.store.privacy.redaction`).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any, get_args, get_type_hints

from monitor.errors import EscuchaError
from monitor.models.cases import EVENT_COLUMNS, Event
from monitor.store import Connection, hashing
from monitor.store.cases import events

_TIMES = tuple(name for name, hint in get_type_hints(Event).items() if datetime in (get_args(hint) or (hint,)))


@dataclass(frozen=True, slots=True)
class ChainedEvent:
    """An event and the hash of the one before it in the chain, '' for the first of all.

    `salt` is None where there never was one, or where words of the event were erased.
    """

    event: Event
    previous: str
    salt: str | None


@dataclass(frozen=True, slots=True)
class EventErasure:
    """That words of an event were erased, as the event `marker_id` tells; what is left has the hash `form`.

    `seal` stands for the words and the salt that there were; None where there was no salt.
    """

    marker_id: int
    event_id: int
    seal: str | None
    form: str


def read(connection: Connection, case_ids: list[int]) -> tuple[tuple[ChainedEvent, ...], tuple[EventErasure, ...]]:
    """The events of these cases, and the erasures of words in them, each in order."""
    histories = events.of_cases(connection, case_ids)
    links = connection.execute(
        """
        SELECT event_id, previous, salt FROM (
            SELECT event_id, case_id, salt, coalesce(lag(hash) OVER (ORDER BY event_id), '') AS previous
            FROM case_events
        ) chained WHERE case_id IN (SELECT unnest(?::BIGINT[]))
        """,
        [case_ids],
    ).fetchall()
    erasures = connection.execute(
        """
        SELECT marker_id, x.event_id, seal, form FROM erased_events x JOIN case_events e ON e.event_id = x.event_id
        WHERE e.case_id IN (SELECT unnest(?::BIGINT[])) ORDER BY marker_id, x.event_id
        """,
        [case_ids],
    ).fetchall()
    linked = {event_id: (previous, salt) for event_id, previous, salt in links}
    told = sorted((event for history in histories.values() for event in history), key=lambda event: event.event_id)
    chained = tuple(ChainedEvent(event, *linked[event.event_id]) for event in told)
    return chained, tuple(EventErasure(*row) for row in erasures)


def check(chained: Sequence[ChainedEvent], erasures: Sequence[EventErasure]) -> None:
    """Raises EscuchaError that names the first event that does not fit its hash, its erasure or the one before it."""
    last = {one.event_id: one for one in sorted(erasures, key=lambda one: one.marker_id)}
    for one in chained:
        if not _fits(one, last.get(one.event.event_id)):
            raise EscuchaError(f"the file was altered: event {one.event.event_id} does not fit its hash")
    _check_erasures({one.event.event_id: one.event for one in chained}, erasures)
    for before, after in pairwise(chained):
        step = after.event.event_id - before.event.event_id
        if step <= 0 or (step == 1 and after.previous != before.event.hash):
            raise EscuchaError(f"the file was altered: event {after.event.event_id} does not follow the one before it")


def _fits(one: ChainedEvent, erasure: EventErasure | None) -> bool:
    if erasure is None:
        return hashing.digest(one.previous, one.event, one.salt) == one.event.hash
    if erasure.form != hashing.form(one.event):
        return False
    return erasure.seal is None or hashing.sealed_digest(one.previous, one.event, erasure.seal) == one.event.hash


def _check_erasures(told: Mapping[int, Event], erasures: Iterable[EventErasure]) -> None:
    in_order = sorted(erasures, key=lambda one: (one.marker_id, one.event_id))
    for marker_id, parts in groupby(in_order, lambda one: one.marker_id):
        text = "".join(f"{part.event_id}{part.seal or ''}{part.form}" for part in parts)
        marker = told.get(marker_id)
        if marker is None or (marker.kind, marker.became) != ("erased", hashlib.sha256(text.encode()).hexdigest()):
            raise EscuchaError(f"the file was altered: event {marker_id} tells of no such erasure")


def chained_of(row: Mapping[str, Any]) -> ChainedEvent:
    """An event as the file holds it. Raises ValueError, KeyError or TypeError for what is none."""
    values = {name: row[name] for name in EVENT_COLUMNS}
    for name in _TIMES:
        values[name] = None if values[name] is None else datetime.fromisoformat(values[name])
    salt = row["salt"]
    return ChainedEvent(Event(**values), str(row["previous"]), None if salt is None else str(salt))


def erasure_of(row: Mapping[str, Any]) -> EventErasure:
    """An erasure as the file holds it. Raises ValueError, KeyError or TypeError for what is none."""
    seal = None if row["seal"] is None else str(row["seal"])
    return EventErasure(int(row["marker_id"]), int(row["event_id"]), seal, str(row["form"]))
