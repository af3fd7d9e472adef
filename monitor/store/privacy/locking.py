"""People who were erased and of whom a copy is kept locked for a time, as some laws ask for, and then destroyed."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime

from monitor.errors import EscuchaError
from monitor.store import rewriting
from monitor.store.engines.protocol import Connection


@dataclass(frozen=True, slots=True)
class LockedPerson:
    """A locked copy; the columns of `locked_people`. `held` is what was held, as JSON."""

    lock_id: str
    locked_at: datetime
    until: datetime
    held: str


_COLUMNS = ", ".join(column.name for column in fields(LockedPerson))


def lock(connection: Connection, held: str, now: datetime, until: datetime) -> str:
    """Keeps a copy locked until then. Returns the number by which it can be opened; it says nothing of the person."""
    lock_id = secrets.token_hex(6)
    put(connection, [LockedPerson(lock_id, now, until, held)])
    return lock_id


def put(connection: Connection, copies: Iterable[LockedPerson]) -> None:
    """Keeps copies that another database has locked; those that are here already stay as they are."""
    for copy in copies:
        connection.execute(
            f"INSERT INTO locked_people ({_COLUMNS}) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [copy.lock_id, copy.locked_at, copy.until, copy.held],
        ).fetchall()


def read(connection: Connection) -> list[LockedPerson]:
    """The copies, the one that is destroyed first before the others."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM locked_people ORDER BY until, lock_id").fetchall()
    return [LockedPerson(*row) for row in rows]


def unlock(connection: Connection, lock_id: str) -> str:
    """What a copy holds, as JSON. Raises EscuchaError where there is none of that number."""
    rows = connection.execute("SELECT held FROM locked_people WHERE lock_id = ?", [lock_id]).fetchall()
    if not rows:
        raise EscuchaError(f"there is no locked copy {lock_id}; escucha privacy locked lists those there are")
    return str(rows[0][0])


def destroy(connection: Connection, now: datetime) -> int:
    """Destroys the copies whose time is over. Returns how many."""
    gone = connection.execute("DELETE FROM locked_people WHERE until <= ? RETURNING lock_id", [now]).fetchall()
    if gone:
        rewriting.note(connection)
    return len(gone)


def count_over(connection: Connection, now: datetime) -> int:
    """How many copies' time is over."""
    return int(connection.execute("SELECT count(*) FROM locked_people WHERE until <= ?", [now]).fetchall()[0][0])
