"""The append-only history of the cases, chained by hashes: the only place that adds to it."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pyarrow as pa

from monitor.errors import StoreCorrupt
from monitor.models.cases import EVENT_COLUMNS, Event, NewEvent
from monitor.store import hashing
from monitor.store.connection import Connection

logger = logging.getLogger(__name__)

_TIME = pa.timestamp("us", tz="UTC")
_TYPES = {
    "event_id": pa.int64(), "case_id": pa.int64(), "happened_at": _TIME, "mention_id": pa.int64(),
    "undoes": pa.int64(), "took_place_at": _TIME,
}  # fmt: skip
_SCHEMA = pa.schema([(name, _TYPES.get(name, pa.string())) for name in EVENT_COLUMNS])
_COLUMNS = ", ".join(EVENT_COLUMNS)
# An event whose words were erased has to be what its last erasure left, and that erasure what its chained event says.
_BROKEN = f"""
    WITH last_erasures AS (
        SELECT DISTINCT ON (event_id) event_id, seal, form FROM erased_events ORDER BY event_id, marker_id DESC
    ), erasures AS (
        SELECT marker_id, min(event_id) AS first_id,
            sha256(string_agg(event_id::VARCHAR || coalesce(seal, '') || form, '' ORDER BY event_id)) AS became
        FROM erased_events GROUP BY marker_id
    ), links AS (
        SELECT e.*, coalesce(lag(hash) OVER (ORDER BY e.event_id), '') AS previous, x.seal, x.form
        FROM case_events e LEFT JOIN last_erasures x ON x.event_id = e.event_id
    )
    SELECT event_id, case_id FROM links WHERE CASE WHEN form IS NULL THEN hash IS DISTINCT FROM {hashing.SQL}
        ELSE form <> {hashing.SQL_FORM} OR (seal IS NOT NULL AND hash IS DISTINCT FROM {hashing.SQL_SEALED}) END
    UNION ALL
    SELECT r.first_id, coalesce(m.case_id, 0) FROM erasures r LEFT JOIN case_events m ON m.event_id = r.marker_id
    WHERE m.kind IS DISTINCT FROM 'erased' OR m.became IS DISTINCT FROM r.became
"""


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """What a look at the whole chain found: how many events, the last hash, and the first event that does not fit.

    `events` and `head` are what the table holds, `recorded` what the chain's own row says of both.
    """

    events: int
    head: str
    recorded: tuple[int, str]
    broken: tuple[int, int] | None  # event_id, case_id

    @property
    def is_sound(self) -> bool:
        """Whether nothing was changed, taken out, put in between or cut off."""
        return self.broken is None and self.recorded == (self.events, self.head)


def append(connection: Connection, new_events: Sequence[NewEvent], actor: str, now: datetime) -> list[Event]:
    """Adds events in this order; to be called in the transaction of what they tell. Returns them as they are kept."""
    if not new_events:
        return []
    ids = connection.execute("SELECT nextval('event_ids') FROM generate_series(1, ?)", [len(new_events)]).fetchall()
    head = recorded(connection)[1]
    chained: list[Event] = []
    salts: list[str] = []
    for (event_id,), new_event in zip(ids, new_events, strict=True):
        event = Event(
            event_id, new_event.case_id, now, actor, new_event.kind, new_event.stage, new_event.mention_id,
            new_event.note, new_event.field, new_event.was, new_event.became, new_event.undoes,
            new_event.took_place_at, "",
        )  # fmt: skip
        event = _storable(event)
        salts.append(hashing.new_salt())
        head = hashing.digest(head, event, salts[-1])
        chained.append(replace(event, hash=head))
    columns = [[getattr(event, name) for event in chained] for name in EVENT_COLUMNS]
    connection.register("told", pa.table([*columns, salts], schema=_SCHEMA.append(pa.field("salt", pa.string()))))
    connection.execute(f"INSERT INTO case_events ({_COLUMNS}, salt) SELECT {_COLUMNS}, salt FROM told")
    connection.unregister("told")
    connection.execute("UPDATE chain SET events = events + ?, head = ?", [len(chained), head])
    logger.debug("events appended", extra={"count": len(chained)})
    return chained


def _storable(event: Event) -> Event:
    """The event without null characters, which a server's text cannot hold: what is hashed is what is kept."""
    texts = {name: getattr(event, name) or "" for name in ("actor", "note", "field", "was", "became")}
    storable: dict[str, Any] = {name: text.replace("\x00", "\ufffd") for name, text in texts.items() if "\x00" in text}
    return replace(event, **storable) if storable else event


def history_start(connection: Connection) -> datetime | None:
    """When the history begins; None before its first event."""
    first: datetime | None = connection.execute("SELECT min(happened_at) FROM case_events").fetchall()[0][0]
    return first


def of_cases(connection: Connection, case_ids: Iterable[int]) -> dict[int, tuple[Event, ...]]:
    """The histories of these cases, oldest first; an empty one for a case without events."""
    ids = list(dict.fromkeys(case_ids))
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM case_events WHERE case_id IN (SELECT unnest(?::BIGINT[])) ORDER BY event_id", [ids]
    ).fetchall()
    histories: dict[int, list[Event]] = {case_id: [] for case_id in ids}
    for row in rows:
        histories[row[1]].append(Event(*row))
    return {case_id: tuple(events) for case_id, events in histories.items()}


def get(connection: Connection, event_id: int) -> Event | None:
    """The event, or None."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM case_events WHERE event_id = ?", [event_id]).fetchall()
    return Event(*rows[0]) if rows else None


def last_id(connection: Connection) -> int:
    """The id of the newest event; 0 for none."""
    return int(connection.execute("SELECT coalesce(max(event_id), 0) FROM case_events").fetchall()[0][0])


def split_source(connection: Connection, code: str) -> int | None:
    """The case whose posts left for the one with this code; None when it was not split off."""
    rows = connection.execute(
        "SELECT max(case_id) FROM case_events WHERE kind = 'parted' AND became = ?", [code]
    ).fetchall()
    return None if rows[0][0] is None else int(rows[0][0])


def verify(connection: Connection) -> ChainCheck:
    """Works the chain out again from the first event to the last. Raises StoreCorrupt without the chain's own row."""
    count, head = connection.execute(
        """
        SELECT count(*), coalesce((SELECT hash FROM case_events ORDER BY event_id DESC LIMIT 1), '') FROM case_events
        """
    ).fetchall()[0]
    row = connection.execute(f"{_BROKEN} ORDER BY event_id LIMIT 1").fetchall()
    return ChainCheck(count, head, recorded(connection), row[0] if row else None)


def has_hash(connection: Connection, head: str) -> bool:
    """Whether an event has this hash: what was noted as the head some time ago must still be there."""
    return connection.execute("SELECT 1 FROM case_events WHERE hash = ? LIMIT 1", [head]).fetchone() is not None


def recorded(connection: Connection) -> tuple[int, str]:
    """How many events were written, and the last hash, as the chain's own row says. Raises StoreCorrupt without it."""
    rows = connection.execute("SELECT events, head FROM chain").fetchall()
    if len(rows) != 1:
        logger.error("chain of events edited", extra={"count": len(rows)})
        raise StoreCorrupt(
            f"the table chain holds {len(rows)} rows instead of one: the history was edited; restore a backup "
            "(escucha restore)"
        )
    return int(rows[0][0]), str(rows[0][1])
