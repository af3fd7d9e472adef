"""Leases: who does a piece of work at the moment. A living holder keeps others away, a dead one keeps away nobody.

Machines that share a server go by its clock (`clock`), and by how long a lease was not renewed: only of a process of
their own can they see whether it lives.
"""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from monitor.store.connection import Connection
from monitor.store.engines import dialects

LENGTH = timedelta(minutes=5)  # a lease that was not renewed for so long may be taken
# Where a dead holder of another machine keeps everybody waiting: with the time in which the next run comes and starts,
# less than a minute. Renewed each quarter of it, a living holder has three tries that fail.
LENGTH_ON_SERVER = timedelta(seconds=30)
SCHEDULES = "schedules"  # the lease of whoever keeps the schedules
MAIN_LINE = "main-line"
_NUMBER = " #"  # before what tells apart the leases of a work that several do at once
PASSES = 3  # rhythms without a finished pass after which something is wrong


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process, so that another with its number is not taken for it; `mark` is empty where the system tells none."""

    host: str
    pid: int
    mark: str

    def is_here(self, *, is_shared: bool) -> bool:
        """Whether it is one of this machine.

        Where several machines share the store (`is_shared`), one of the same name in another life may be another.
        """
        if self.host != socket.gethostname():
            return False
        boot, own = self.mark.partition(" ")[0], _boot()
        return not (is_shared and boot and own) or boot == own

    def is_alive(self) -> bool:
        """Whether it runs; only to be asked on its own machine."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        mark = _process_mark(self.pid)
        return not (mark and self.mark) or mark == self.mark


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease: `holder` is empty while nobody has it; past `longest_until` it may be taken from a living holder.

    `is_shared`: it stands in a store that several machines write to.
    """

    name: str
    holder: str
    process: ProcessIdentity
    since: datetime
    renewed_at: datetime
    expires_at: datetime
    longest_until: datetime | None
    finished_at: datetime | None
    is_shared: bool = False

    @property
    def work(self) -> str:
        """What is done: its name without what tells apart those who do the same at once."""
        return self.name.partition(_NUMBER)[0]

    def is_held(self, now: datetime) -> bool:
        """Whether its holder lives, renews it, and is within its time; `now` by the clock that leases go by.

        A lease renewed in the future comes from a clock that was wrong, and is not believed for longer than LENGTH.
        """
        if not self.holder or self.expires_at <= now or self.renewed_at > now + LENGTH:
            return False
        if self.longest_until is not None and self.longest_until <= now:
            return False
        return not self.process.is_here(is_shared=self.is_shared) or self.process.is_alive()


def this_process() -> ProcessIdentity:
    """The process that asks."""
    return ProcessIdentity(socket.gethostname(), os.getpid(), _process_mark(os.getpid()))


def _process_mark(pid: int) -> str:
    """When the process started, and in which life of the machine, where the system tells (Linux)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    boot = _boot()
    return f"{boot} {fields[19]}" if boot else ""


def _boot() -> str:
    """Which life of the machine this is, unlike any of another machine; '' where the system does not tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def clock(connection: Connection, own: datetime) -> datetime:
    """What the clock says that leases go by: that of the server, where there is one, else this machine's `own`."""
    return dialects.server_time(connection) or own


def numbered(work: str, number: str) -> str:
    """The name of one of the leases of a work that several do at once."""
    return f"{work}{_NUMBER}{number}"


def read(connection: Connection, name: str) -> Lease | None:
    """The lease of that name; None if nobody ever took it."""
    return next(iter(_read(connection, "name = ?", name)), None)


def read_beginning(connection: Connection, words: str) -> list[Lease]:
    """The leases whose names begin with these words, by name."""
    return _read(connection, "starts_with(name, ?)", words)


def held(connection: Connection, now: datetime) -> list[Lease]:
    """All that somebody holds at the moment, by name; `now` is what this machine's clock says."""
    moment = clock(connection, now)
    return [lease for lease in read_beginning(connection, "") if lease.is_held(moment)]


def left(connection: Connection, now: datetime) -> list[Lease]:
    """All that somebody has who may be taken for dead at `now`, by the clock that leases go by; by name."""
    return [lease for lease in read_beginning(connection, "") if lease.holder and not lease.is_held(now)]


def _read(connection: Connection, condition: str, value: str) -> list[Lease]:
    rows = connection.execute(
        "SELECT name, holder, host, pid, process_mark, since, renewed_at, expires_at, longest_until, finished_at"
        f" FROM leases WHERE {condition} ORDER BY name",
        [value],
    ).fetchall()
    is_shared = not dialects.is_file(connection)
    return [
        Lease(name, holder, ProcessIdentity(host, pid, mark), *rest)
        for name, holder, host, pid, mark, *rest in ((*row, is_shared) for row in rows)
    ]


def take(
    connection: Connection,
    name: str,
    holder: str,
    now: datetime,
    *,
    longest: timedelta | None = None,
    keeps_since: bool = False,
    length: timedelta = LENGTH,
) -> None:
    """Writes the lease down for this process, whoever had it. `keeps_since`: it goes on where a dead one left off."""
    process = this_process()
    connection.execute(
        """
        INSERT INTO leases
            (name, holder, host, pid, process_mark, since, renewed_at, expires_at, longest_until)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET
            since = CASE WHEN ? AND leases.holder <> '' THEN least(leases.since, excluded.since)
                         ELSE excluded.since END,
            holder = excluded.holder, host = excluded.host, pid = excluded.pid, process_mark = excluded.process_mark,
            renewed_at = excluded.renewed_at, expires_at = excluded.expires_at, longest_until = excluded.longest_until
        """,
        [
            name, holder, process.host, process.pid, process.mark, now, now, now + length,
            now + longest if longest else None, keeps_since,
        ],
    )  # fmt: skip


def renew(connection: Connection, name: str, holder: str, now: datetime, *, length: timedelta = LENGTH) -> bool:
    """Renews a lease. False if somebody else has it by now."""
    rows = connection.execute(
        "UPDATE leases SET renewed_at = ?, expires_at = ? WHERE name = ? AND holder = ? RETURNING name",
        [now, now + length, name, holder],
    ).fetchall()
    return bool(rows)


def release(connection: Connection, name: str, holder: str, finished_at: datetime | None) -> None:
    """Gives a lease back, if it is still this holder's; notes when the work ended, if it did."""
    connection.execute(
        "UPDATE leases SET holder = '', finished_at = coalesce(?::TIMESTAMPTZ, finished_at)"
        " WHERE name = ? AND holder = ?",
        [finished_at, name, holder],
    )


def is_of(connection: Connection, name: str, holder: str) -> bool:
    """Whether it is still this holder's; asked in a transaction that writes, it stays so until that ends."""
    lease = read(connection, name)
    return lease is not None and lease.holder == holder


def forget(connection: Connection, name: str, holder: str) -> None:
    """Gives a lease back of which nothing need be remembered, if it is still this holder's."""
    connection.execute("DELETE FROM leases WHERE name = ? AND holder = ?", [name, holder])
