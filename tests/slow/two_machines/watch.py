"""What becomes of it, seen from the database alone: how much is done, and who has the leases of killed processes."""

import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

_HELD = """
    SELECT name, holder, host, pid, extract(epoch FROM expires_at - clock_timestamp())::DOUBLE PRECISION
    FROM leases WHERE holder <> '' ORDER BY name
"""
_COUNTS = """
    SELECT (SELECT count(*) FROM mentions), (SELECT count(*) FROM classifications),
        (SELECT count(*) FROM pending WHERE step = 'open'), (SELECT count(*) FROM cases),
        (SELECT coalesce(sum(cases), 0)::BIGINT FROM exports WHERE status = 'delivered'),
        (SELECT count(*) FROM received_pages)
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of the store."""

    collected: int = 0
    classified: int = 0
    waiting: int = 0
    cases: int = 0
    handed_over: int = 0
    journal: int = 0

    @property
    def placed(self) -> int:
        """Classified posts whose place in a case has been looked for."""
        return self.classified - self.waiting

    def is_whole(self, posts: int) -> bool:
        """Whether all is done that is to be done with so many posts."""
        return self.collected == self.placed == posts and 0 < self.cases == self.handed_over and not self.journal


@dataclass(frozen=True, slots=True)
class Held:
    """A lease that somebody has, for so many seconds if it is not renewed."""

    name: str
    holder: str
    host: str
    pid: int
    lasts: float


@dataclass(slots=True)
class Orphan:
    """A lease of a process that was killed: others may have it after `lasts` seconds, and do after `seconds`."""

    name: str
    holder: str
    lasts: float
    killed_at: float
    seconds: float | None = None


@dataclass(slots=True)
class Watch:
    """Looks at the database on and on, as long as it answers, and writes a log."""

    url: str
    log: Path
    counts: Counts = Counts()
    held: list[Held] = field(default_factory=list)
    orphans: list[Orphan] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    _connection: "psycopg.Connection[Any] | None" = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def close(self) -> None:
        """Looks no more."""
        if self._connection is not None:
            self._connection.close()

    def tell(self, words: str) -> None:
        """A line for the log, and for whoever looks on."""
        line = f"{time.monotonic() - self.began:7.1f} s  {words}"
        with self.log.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a query gives. Raises psycopg.Error while the server is away."""
        with self._lock:
            if self._connection is None or self._connection.broken or self._connection.closed:
                self._connection = psycopg.connect(self.url, autocommit=True, connect_timeout=3)
            return self._connection.execute(sql).fetchall()

    def look(self, *, count: bool) -> None:
        """Notes who has which lease, and, when told, how much is done."""
        try:
            held = self.rows(_HELD)
            if count:
                [counted] = self.rows(_COUNTS)
                self.counts = Counts(*counted)
        except psycopg.Error:
            return
        self.held = [Held(*row) for row in held]
        holders = {lease.name: (lease.holder, lease.host) for lease in self.held}
        for orphan in [orphan for orphan in self.orphans if orphan.seconds is None]:
            holder, host = holders.get(orphan.name, ("", ""))
            if holder != orphan.holder:
                orphan.seconds = time.monotonic() - orphan.killed_at
                whose = f"taken over by {host}" if host else "no more"
                self.tell(
                    f"lease {orphan.name[:24]}: {whose} after {orphan.seconds:.1f} s (free after {orphan.lasts:.1f})"
                )

    def note_killed(self, pids: Collection[int], at: float) -> list[str]:
        """Takes down the leases of processes that were killed then. Returns their names."""
        known = {orphan.holder for orphan in self.orphans}
        lost = [lease for lease in self.held if lease.pid in pids and lease.holder not in known]
        self.orphans += [Orphan(lease.name, lease.holder, lease.lasts, at) for lease in lost]
        return [lease.name[:24] for lease in lost]

    def progress(self, words: str) -> None:
        """How much is done, in a line."""
        now, taken = self.counts, [orphan.seconds for orphan in self.orphans if orphan.seconds is not None]
        slowest = f", the slowest after {max(taken):.0f} s" if taken else ""
        self.tell(
            f"collected {now.collected:,} (journal {now.journal}) · classified {now.classified:,}"
            f" · placed {now.placed:,} · cases {now.cases:,} · handed over {now.handed_over:,} · {words}"
            f" · leases of killed ones: {len(self.orphans)}, {len(taken)} taken over{slowest}"
        )

    def warnings(self, logs: Iterable[Path]) -> None:
        """What the machines' logs warn of, and how often."""
        found = Counter[str]()
        for log in logs:
            for line in log.read_text(encoding="utf-8").splitlines():
                record = json.loads(line)
                if record["level"] in ("warning", "error"):
                    found[f"{record['message']} ({record.get('reason') or record.get('step') or ''})"] += 1
        for words, count in found.most_common():
            self.tell(f"logged {count} x: {words}")

    def spent(self) -> None:
        """Where the time went, by the store's own record of the runs."""
        for step, status, runs, seconds, asked, stored in self.rows(
            """
            SELECT step, status, count(*), round(sum(extract(epoch FROM ended_at - started_at))::NUMERIC, 1),
                sum(asked), sum(stored) FROM runs GROUP BY step, status ORDER BY step, status
            """
        ):
            self.tell(f"runs of {step}, {status}: {runs}, {seconds} s, {asked} asked, {stored} stored")
        faults = defaultdict[str, int](int)
        for (message,) in self.rows("SELECT message FROM runs WHERE status = 'failed'"):
            faults[message[:160]] += 1
        for message, count in faults.items():
            self.tell(f"failed {count} x: {message}")
