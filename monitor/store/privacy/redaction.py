"""Words of events erased, and the chain stands: a chained event says of each erasure what it has left."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

import pyarrow as pa

from monitor.models.cases import EVENT_COLUMNS, Event, NewEvent
from monitor.store import hashing
from monitor.store.cases import events
from monitor.store.engines.protocol import Connection


@dataclass(frozen=True, slots=True)
class LeftWords:
    """The words of an event that are left of it."""

    note: str
    was: str | None
    became: str | None


@dataclass(frozen=True, slots=True)
class _Erasure:
    event: Event
    seal: str | None

    @property
    def form(self) -> str:
        return hashing.form(self.event)


def redact(connection: Connection, left: Mapping[int, LeftWords], actor: str, now: datetime) -> list[Event]:
    """Leaves these words, by event id, of events; what stood there is in no chain any more. Returns those that changed.

    To be called in the transaction of the erasure. Each case gets an event that says so.
    """
    erasures = _erasures(connection, left)
    if not erasures:
        return []
    by_case: dict[int, list[_Erasure]] = {}
    for erasure in erasures:
        by_case.setdefault(erasure.event.case_id, []).append(erasure)
    told = [NewEvent(case_id, "erased", became=_digest(parts)) for case_id, parts in sorted(by_case.items())]
    markers = {event.case_id: event.event_id for event in events.append(connection, told, actor, now)}
    _write(connection, erasures, markers)
    return [erasure.event for erasure in erasures]


def _erasures(connection: Connection, left: Mapping[int, LeftWords]) -> list[_Erasure]:
    names = ", ".join(f"e.{name}" for name in EVENT_COLUMNS)
    rows = connection.execute(
        f"""
        SELECT {names}, e.salt, (
            SELECT max(x.seal) FROM erased_events x WHERE x.event_id = e.event_id
        ) FROM case_events e
        WHERE e.kind <> 'erased' AND e.event_id IN (SELECT unnest(?::BIGINT[])) ORDER BY e.event_id
        """,
        [sorted(left)],
    ).fetchall()
    erasures = []
    for *values, salt, seal in rows:
        event = Event(*values)
        words = left[event.event_id]
        emptied = replace(event, note=words.note, was=words.was, became=words.became)
        if emptied != event:
            erasures.append(_Erasure(emptied, hashing.seal(event, salt) if salt else seal))
    return erasures


def _digest(erasures: Iterable[_Erasure]) -> str:
    parts = (f"{erasure.event.event_id}{erasure.seal or ''}{erasure.form}" for erasure in erasures)
    return sha256("".join(parts).encode()).hexdigest()


def _write(connection: Connection, erasures: list[_Erasure], markers: Mapping[int, int]) -> None:
    columns = {
        "event_id": pa.array([erasure.event.event_id for erasure in erasures], pa.int64()),
        "marker_id": pa.array([markers[erasure.event.case_id] for erasure in erasures], pa.int64()),
        "seal": pa.array([erasure.seal for erasure in erasures], pa.string()),
        "form": pa.array([erasure.form for erasure in erasures], pa.string()),
        **{
            name: pa.array([getattr(erasure.event, name) for erasure in erasures], pa.string())
            for name in hashing.WORDS
        },
    }
    connection.register("emptied", pa.table(columns))
    connection.execute(
        """
        UPDATE case_events SET note = n.note, was = n.was, became = n.became, salt = NULL
        FROM emptied n WHERE case_events.event_id = n.event_id
        """
    ).fetchall()
    connection.execute(
        """
        INSERT INTO erased_events (event_id, marker_id, seal, form)
        SELECT event_id, marker_id, seal, form FROM emptied
        """
    ).fetchall()
    connection.unregister("emptied")
