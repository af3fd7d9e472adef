"""The append-only audit log, chained by hashes: the only place that adds to it, or cuts off what is too old."""

import hmac
import logging
import secrets
from dataclasses import replace
from datetime import datetime
from typing import Final

import pyarrow as pa

from monitor.models.audit import DIGESTED, ENTRY_COLUMNS, AuditEntry, AuditSubject, NewEntry, storable
from monitor.store import hashing, key_values, rewriting
from monitor.store.audit import chain
from monitor.store.engines.protocol import Connection

logger = logging.getLogger(__name__)

_TIME = pa.timestamp("us", tz="UTC")
_TYPES = {"entry_id": pa.int64(), "happened_at": _TIME, "until": _TIME, "count": pa.int64()}
_SCHEMA = pa.schema([(name, _TYPES.get(name, pa.string())) for name in ENTRY_COLUMNS])
_COLUMNS = ", ".join(ENTRY_COLUMNS)
KEY: Final = "audit_key"
"""Under which name in desk_marks the key stands of the digests that stand for people."""


def record(connection: Connection, *new_entries: NewEntry, now: datetime) -> list[AuditEntry]:
    """Adds entries in this order; to be called in the transaction of what they tell, or before a file is given out.

    Returns them as they are kept. Raises StoreError where they cannot be written: what they tell may not happen then.
    """
    return record_at(connection, [(now, entry) for entry in new_entries])


def record_at(connection: Connection, new_entries: list[tuple[datetime, NewEntry]]) -> list[AuditEntry]:
    """Adds entries that happened at these times; otherwise as `record`."""
    if not new_entries:
        return []
    ids = connection.execute("SELECT nextval('audit_ids') FROM generate_series(1, ?)", [len(new_entries)]).fetchall()
    row = chain.read(connection)
    head = row.head
    chained = []
    for (entry_id,), (happened_at, new) in zip(ids, new_entries, strict=True):
        entry = storable(AuditEntry(
            entry_id, happened_at, new.until, new.kind, new.actor, new.origin, new.about, _kept_id(connection, new),
            new.field, new.was, new.became, new.count, new.outcome, "",
        ))  # fmt: skip
        head = hashing.entry_digest(head, entry)
        chained.append(replace(entry, hash=head))
    columns = [[getattr(entry, name) for entry in chained] for name in ENTRY_COLUMNS]
    connection.register("recorded", pa.table(columns, schema=_SCHEMA))
    connection.execute(f"INSERT INTO audit_entries ({_COLUMNS}) SELECT {_COLUMNS} FROM recorded")
    connection.unregister("recorded")
    chain.write(connection, replace(row, entries=row.entries + len(chained), head=head))
    return chained


def subject_id(connection: Connection, about: AuditSubject, given: str) -> str | None:
    """The id as the log keeps it: that of a person as a keyed digest, 32 hexadecimal digits, any other as it is.

    None where no person stands in the log yet.
    """
    if about not in DIGESTED or not given:
        return given
    key = key_values.get(connection, KEY)
    return None if key is None else _keyed(key, given)


def _keyed(key: str, given: str) -> str:
    return hmac.new(bytes.fromhex(key), given.encode(), "sha256").hexdigest()[:32]


def _kept_id(connection: Connection, new_entry: NewEntry) -> str:
    kept = subject_id(connection, new_entry.about, new_entry.about_id)
    if kept is None:
        key_values.put(connection, KEY, secrets.token_hex(32))
        return _kept_id(connection, new_entry)
    return kept


def cut(connection: Connection, before: datetime, *, actor: str, origin: str, now: datetime) -> int:
    """Cuts off the oldest entries, up to the first that happened at `before` or later. Returns how many.

    The chain keeps their number and last hash, so that it can be verified from there on; that they were cut is an entry
    itself.
    """
    last = _last_before(connection, before)
    if last is None:
        return 0
    last_id, last_hash, count = last
    connection.execute("DELETE FROM audit_entries WHERE entry_id <= ?", [last_id])
    row = chain.read(connection)
    chain.write(connection, replace(row, cut=row.cut + count, cut_head=last_hash, cut_before=before))
    rewriting.note(connection)
    record(connection, NewEntry("cut", actor, origin, "audit", was=last_hash, count=count), now=now)
    logger.info("audit entries cut", extra={"count": count})
    return count


def count_before(connection: Connection, before: datetime) -> int:
    """How many entries `cut` would cut off."""
    last = _last_before(connection, before)
    return 0 if last is None else last[2]


def _last_before(connection: Connection, before: datetime) -> tuple[int, str, int] | None:
    """The last entry, and its hash, before the first that happened then or later, and how many there are up to it."""
    young = connection.execute("SELECT min(entry_id) FROM audit_entries WHERE happened_at >= ?", [before]).fetchall()
    rows = connection.execute(
        "SELECT entry_id, hash FROM audit_entries WHERE entry_id < coalesce(?, entry_id + 1) ORDER BY 1 DESC LIMIT 1",
        [young[0][0]],
    ).fetchall()
    if not rows:
        return None
    count = connection.execute("SELECT count(*) FROM audit_entries WHERE entry_id <= ?", [rows[0][0]]).fetchall()[0][0]
    return int(rows[0][0]), str(rows[0][1]), int(count)
