"""All of one store into another, a file or a server: for the day on which a team moves to PostgreSQL, or back.

A table goes over in ranges of a key, each in a transaction that compares what is there with what was sent: after a
copy that was cut off only what is missing, or has changed since, is sent again. Nobody else writes to the source
meanwhile, and nobody else opens the copy before it is whole (`half_copies`).
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.errors import StoreCorrupt, StoreError
from monitor.settings.loading import Store
from monitor.store import connection as connecting
from monitor.store import consistency, key_values
from monitor.store.cases import events
from monitor.store.connection import Connection
from monitor.store.engines import dialects, half_copies, lines
from monitor.store.moves import ranges
from monitor.store.postgres import indexes

logger = logging.getLogger(__name__)

_LEFT_OUT = ("migrations",)


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
        if source.is_server:  # it waits, holding the writers' lock, as long as a step of the target takes
            sent.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        tables = _tables(sent)
        counts = {table.name: ranges.count(sent, table) for table in tables}
        _begin(target, tables, f"{source.place} {created_at}")
        done = 0
        for table in tables:
            for count in _copy_table(sent, target, table):
                done += count
                progress("copied", done, sum(counts.values()))
        if target.is_server:
            _index(target, progress)
        head = _finish(sent, target, tables, counts)
    logger.info("store copied", extra={"count": sum(counts.values())})
    return Copied(counts, head)


def _tables(connection: Connection) -> list[ranges.CopiedTable]:
    rows = connection.execute(
        """
        SELECT table_name FROM information_schema.tables
        WHERE table_type = 'BASE TABLE' AND table_schema = current_schema() ORDER BY table_name
        """
    ).fetchall()
    return [ranges.table_of(connection, name) for (name,) in rows if name not in _LEFT_OUT]


def _begin(target: Store, tables: Sequence[ranges.CopiedTable], identity: str) -> None:
    """Marks the target as the copy of this source."""
    with connecting.connect(target, as_copy=True) as connection:
        found = key_values.get(connection, half_copies.MARK)
        if found == identity:
            return
        if found is not None or any(ranges.count(connection, table) for table in tables if table.name != "chain"):
            raise StoreError(
                f"{target.place} is not empty: nothing was copied, and nothing of it was changed. Name an empty "
                "database"
            )
        connection.execute("DELETE FROM chain")
        key_values.put(connection, half_copies.MARK, identity)
        if target.is_server:
            indexes.set_aside(connection, {table.name: table.key for table in tables})


def _copy_table(sent: Connection, target: Store, table: ranges.CopiedTable) -> Iterator[int]:
    """Makes the target's rows those of the source, range by range of the key. Gives how many each range holds."""
    for part, found in ranges.of(sent, table):
        rows = lines.without_nul(found) if target.is_server else found
        expected = lines.of(rows)
        with connecting.connect(target, as_copy=True) as received:
            there = lines.of(ranges.read(received, part))
            if not lines.are_equal(there, expected):
                if len(there):
                    ranges.clear(received, part)
                ranges.add(received, table, rows, expected)
                if not lines.are_equal(lines.of(ranges.read(received, part)), expected):
                    raise StoreError(
                        f"rows of the table {table.name} did not arrive at {target.place} as they were sent; none of "
                        "them was kept"
                    )
        yield rows.num_rows


def _index(target: Store, progress: Callable[[str, int, int], None]) -> None:
    """Makes the indexes that were set aside, each in a transaction of its own."""
    made = 0
    while True:
        with connecting.connect(target, as_copy=True) as received:
            left = indexes.make_next(received)
        made += 1
        progress("indexed", made, made + left)
        if not left:
            return


def _finish(sent: Connection, target: Store, tables: Sequence[ranges.CopiedTable], counts: Mapping[str, int]) -> str:
    """Lets the numbers of the copy go on after those of the source, and verifies it. Returns the head of its chain."""
    before = events.verify(sent), consistency.inconsistent_cases(sent)
    lasts = dialects.last_numbers(sent)
    with connecting.connect(target, as_copy=True) as received:
        received.execute("ANALYZE")  # a server that does not know its tables yet reads them in the wrong order
        for name, last in lasts.items():
            received.execute("SELECT setval(?, ?)", [name, last]).fetchall()
        arrived = {table.name: ranges.count(received, table) for table in tables}
        if arrived != counts:
            differing = ", ".join(name for name in counts if arrived[name] != counts[name])
            raise StoreError(f"the copy at {target.place} has not as many rows as {differing} of the source")
        after = events.verify(received), consistency.inconsistent_cases(received)
        if after != before:
            raise StoreCorrupt(f"the history of the cases is another one in the copy at {target.place}; do not use it")
        received.execute("DELETE FROM desk_marks WHERE name IN (?, ?)", [half_copies.MARK, half_copies.INDEXES])
    return after[0].head
