"""All of one store into another, a file or a server: for the day on which a team moves to PostgreSQL, or back.

A table goes over in ranges of a key, each in a transaction that compares what is there with what was sent: after a
copy that was cut off only what is missing, or has changed since, is sent again. Nobody else writes to the source
meanwhile, and nobody else opens the copy before it is whole (`half_copies`).
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa

from monitor.errors import StoreCorrupt, StoreError
from monitor.settings.loading import Store
from monitor.store import connection as connecting
from monitor.store import consistency, key_values
from monitor.store.cases import events
from monitor.store.connection import Connection
from monitor.store.engines import dialects, half_copies
from monitor.store.restores import write_count

logger = logging.getLogger(__name__)

_LEFT_OUT = ("migrations",)
_OWN = f"name NOT IN ('{half_copies.MARK}', '{write_count.MARK}')"
"""Of the marks those that each store has for itself are left out."""
_KEYS = {
    "mentions": "mention_id", "pending": "mention_id", "handles": "customer_id", "absences": "post_id",
    "paid_resources": "resource",
}  # fmt: skip
"""By which column a table goes over, where that is not its first."""
_ROWS = 20_000  # of a range, and all that have its last key


@dataclass(frozen=True, slots=True)
class Copied:
    """How many rows went over, by table, and the head of the chain of events, which is the same in both."""

    rows: dict[str, int]
    head: str


def copy(source: Store, target: Store, progress: Callable[[str, int, int], None]) -> Copied:
    """Copies everything from `source` to `target`, which is empty or what an earlier try of this copy has left.

    Raises StoreError when they are the same, when the target holds anything else, or what arrived is not what was sent;
    StoreCorrupt when the check of the cases' history says something else of the copy. `progress` is told the step, the
    rows done and all rows.
    """
    if source.place == target.place:
        raise StoreError(f"{source.place} is the source and the target; nothing was copied")
    if not connecting.exists(source):
        raise StoreError(f"there is no database at {source.place}; nothing was copied")
    standing = connecting.standing(source)
    if standing and (standing.newer or standing.waiting):
        raise StoreError(
            f"{source.place} is not of this version alone; nothing was copied. With the newest Escucha: escucha store "
            "migrate --finish, then try again"
        )
    with connecting.connect(source, read_only=not source.is_server) as sent:
        created_at = sent.execute("SELECT min(applied_at) FROM migrations WHERE version > 0").fetchall()[0][0]
        counts = {table: _count(sent, table) for table in _tables(sent)}
        _begin(target, counts, f"{source.place} {created_at}")
        done = 0
        for table in counts:
            for count in _copy_table(sent, target, table):
                done += count
                progress("copied", done, sum(counts.values()))
        head = _finish(sent, target, counts)
    logger.info("store copied", extra={"count": sum(counts.values())})
    return Copied(counts, head)


def _tables(connection: Connection) -> list[str]:
    rows = connection.execute(
        """
        SELECT table_name FROM information_schema.tables
        WHERE table_type = 'BASE TABLE' AND table_schema = current_schema() ORDER BY table_name
        """
    ).fetchall()
    return [row[0] for row in rows if row[0] not in _LEFT_OUT]


def _columns(connection: Connection, table: str) -> list[str]:
    rows = connection.execute(
        """
        SELECT column_name FROM information_schema.columns
        WHERE table_name = ? AND table_schema = current_schema() ORDER BY ordinal_position
        """,
        [table],
    ).fetchall()
    return [row[0] for row in rows]


def _count(connection: Connection, table: str) -> int:
    where, _ = _span(table, "", None, None)
    return int(connection.execute(f"SELECT count(*) FROM {table}{where}").fetchall()[0][0])


def _begin(target: Store, tables: Iterable[str], identity: str) -> None:
    """Marks the target as the copy of this source."""
    with connecting.connect(target, as_copy=True) as connection:
        found = key_values.get(connection, half_copies.MARK)
        if found == identity:
            return
        if found is not None or any(_count(connection, table) for table in tables if table != "chain"):
            raise StoreError(
                f"{target.place} is not empty: nothing was copied, and nothing of it was changed. Name an empty "
                "database"
            )
        connection.execute("DELETE FROM chain")
        key_values.put(connection, half_copies.MARK, identity)


def _copy_table(sent: Connection, target: Store, table: str) -> Iterator[int]:
    """Makes the target's rows those of the source, range by range of the key. Gives how many each range holds."""
    key, last = _KEYS.get(table) or _columns(sent, table)[0], None
    while True:
        bound = _bound(sent, table, key, last)
        rows = _rows(sent, table, key, last, bound)  # behind the last key there are none
        with connecting.connect(target, as_copy=True) as received:
            if _content(_rows(received, table, key, last, bound)) != _content(rows):
                _replace(received, table, key, last, bound, rows)
                if _content(_rows(received, table, key, last, bound)) != _content(rows):
                    raise StoreError(
                        f"rows of the table {table} did not arrive at {target.place} as they were sent; none of them "
                        "was kept"
                    )
        yield rows.num_rows
        if bound is None:
            return
        last = bound


def _content(rows: pa.Table) -> Counter[str]:
    """The rows as text, and how often each comes; NUL, which PostgreSQL's text does not hold, as what is put for it."""
    return Counter(repr(row).replace(r"\x00", "\ufffd") for row in rows.to_pylist())


def _bound(connection: Connection, table: str, key: str, last: object) -> object:
    """The key that some thousands of rows behind the key `last` come up to; None where there are none."""
    where, values = _span(table, key, last, None)
    return connection.execute(
        f"SELECT max({key}) FROM (SELECT {key} FROM {table}{where} ORDER BY {key} LIMIT {_ROWS}) keys", values
    ).fetchall()[0][0]


def _rows(connection: Connection, table: str, key: str, last: object, bound: object) -> pa.Table:
    """The rows behind the key `last` up to `bound`, to the end where that is None."""
    where, values = _span(table, key, last, bound)
    names = ", ".join(_columns(connection, table))
    return connection.sql(f"SELECT {names} FROM {table}{where}", params=values).to_arrow_table()


def _replace(connection: Connection, table: str, key: str, last: object, bound: object, rows: pa.Table) -> None:
    where, values = _span(table, key, last, bound)
    connection.execute(f"DELETE FROM {table}{where}", values)
    names = ", ".join(rows.schema.names)
    connection.register("copied_rows", rows)
    connection.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM copied_rows")
    connection.unregister("copied_rows")


def _span(table: str, key: str, last: object, bound: object) -> tuple[str, list[object]]:
    """The condition that a row lies behind `last` and not behind `bound`, with its values; None sets no limit."""
    conditions = [_OWN] if table == "desk_marks" else []
    limits = [(f"{key} > ?", last), (f"{key} <= ?", bound)]
    conditions += [condition for condition, value in limits if value is not None]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return where, [value for _, value in limits if value is not None]


def _finish(sent: Connection, target: Store, counts: Mapping[str, int]) -> str:
    """Lets the numbers of the copy go on after those of the source, and verifies it. Returns the head of its chain."""
    before = events.verify(sent), consistency.inconsistent_cases(sent)
    lasts = dialects.last_numbers(sent)
    with connecting.connect(target, as_copy=True) as received:
        for name, last in lasts.items():
            received.execute("SELECT setval(?, ?)", [name, last]).fetchall()
        arrived = {table: _count(received, table) for table in counts}
        if arrived != counts:
            tables = ", ".join(table for table in counts if arrived[table] != counts[table])
            raise StoreError(f"the copy at {target.place} has not as many rows as {tables} of the source")
        after = events.verify(received), consistency.inconsistent_cases(received)
        if after != before:
            raise StoreCorrupt(f"the history of the cases is another one in the copy at {target.place}; do not use it")
        received.execute("DELETE FROM desk_marks WHERE name = ?", [half_copies.MARK])
        received.execute("ANALYZE")  # a server that does not know its tables yet reads them in the wrong order
    return after[0].head
