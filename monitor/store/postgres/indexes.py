"""Indexes that a copy does without while its rows arrive: to build them afterwards takes a fraction of the time."""

import json
from collections.abc import Mapping

from monitor.store import key_values
from monitor.store.engines import half_copies
from monitor.store.engines.protocol import Connection

_SECONDARY = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), t.relname, a.attname
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    WHERE t.relnamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid) ORDER BY 1
"""


def set_aside(connection: Connection, keys: Mapping[str, str]) -> None:
    """Drops the indexes of these tables and notes how to make them; not those by the columns that are their keys here.

    To be called in the transaction that marks the database as a copy.
    """
    found = connection.execute(_SECONDARY).fetchall()
    spared = [(name, made) for name, made, table, column in found if keys.get(table, column) != column]
    key_values.put(connection, half_copies.INDEXES, json.dumps([made for _, made in spared]))
    for name, _ in spared:
        connection.execute(f"DROP INDEX {name}")


def make_next(connection: Connection) -> int:
    """Makes one of them. Returns how many are left."""
    waiting = json.loads(key_values.get(connection, half_copies.INDEXES) or "[]")
    if not waiting:
        return 0
    connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
    connection.execute(waiting[0])
    key_values.put(connection, half_copies.INDEXES, json.dumps(waiting[1:]))
    return len(waiting) - 1
