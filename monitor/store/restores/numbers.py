"""Numbers that have gone out mean one thing for ever, also once a backup has taken the place of the database.

It goes on after the last numbers of the database that it replaces. Where nobody can say which those were, it goes on
far beyond its own, at a place drawn by lot, so that two restores of one backup do not meet there.
"""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from monitor.errors import Refusal
from monitor.store.engines.protocol import Connection
from monitor.store.logins import sessions
from monitor.store.restores import write_count

logger = logging.getLogger(__name__)

SHORTEST_JUMP: Final = 100_000
"""So many numbers are left out at least where nobody knows which have gone out."""
LONGEST_JUMP: Final = 1_000_000  # a tracking code keeps its six digits, seven at most
_FACTORS = {"mention_ids": 10, "event_ids": 1_000}  # nobody reads these, and many more go out in a day


@dataclass(frozen=True, slots=True)
class LastNumbers:
    """What a database, made at `created_at`, has given out: the last number by sequence, the highest case version."""

    created_at: datetime
    numbers: Mapping[str, int]
    version: int

    def covers(self, backup: "LastNumbers") -> bool:
        """Whether it is what became of the backup, and so knows all that went out since."""
        is_same = self.created_at == backup.created_at
        return is_same and self.numbers.get("event_ids", 0) >= backup.numbers.get("event_ids", 0)


@dataclass(frozen=True, slots=True)
class Epoch:
    """The time since a backup took the place of the database; the columns of `epochs`. Times are UTC."""

    begun_at: datetime
    jumped: bool
    version: int
    last_case_id: int
    last_event_id: int

    def refusal(self) -> Refusal:
        """The error of somebody who acts on what she saw before."""
        return Refusal(
            "restored_since",
            "a backup was restored on {restored:%Y-%m-%d %H:%M} UTC, and what this page shows is from before; "
            "nothing was changed. Load the page again",
            restored=self.begun_at,
        )


def read(connection: Connection) -> LastNumbers:
    """What the open database has given out."""
    created_at = connection.execute("SELECT min(applied_at) FROM migrations WHERE version > 0").fetchall()[0][0]
    rows = connection.execute(
        "SELECT sequencename, coalesce(last_value, start_value - 1) FROM pg_catalog.pg_sequences"
    ).fetchall()
    version = connection.execute("SELECT coalesce(max(version), 0) FROM cases").fetchall()[0][0]
    return LastNumbers(created_at, dict(rows), int(version))


def begin(connection: Connection, replaced: LastNumbers | None, *, has_begun: bool = False) -> None:
    """Lets the numbers of a backup, open for writing, go on after all that may have gone out since it was made.

    `replaced` is what the database before it had given out; None where that cannot be read. `has_begun`: they do so
    already, and only what it gave out since is left out too.
    """
    sessions.void(connection)
    own, before = read(connection), epoch(connection)
    jump = 0
    if not has_begun and (replaced is None or not replaced.covers(own)):
        jump = SHORTEST_JUMP + secrets.randbelow(LONGEST_JUMP - SHORTEST_JUMP)
    lasts = {name: max(last, replaced.numbers.get(name, 0) if replaced else 0) for name, last in own.numbers.items()}
    for name, last in lasts.items():
        lasts[name] = last + jump * _FACTORS.get(name, 1)
        if lasts[name] > own.numbers[name]:
            connection.execute("SELECT setval(?, ?)", [name, lasts[name]]).fetchall()
    version = max(own.version, replaced.version if replaced else 0) + max(jump, 1)
    connection.execute("UPDATE cases SET version = ?", [version])
    jumped = jump > 0 or (has_begun and before is not None and before.jumped)
    write_count.draw_mark(connection)
    connection.execute("DELETE FROM epochs")
    connection.execute(
        "INSERT INTO epochs VALUES (now(), ?, ?, ?, ?)", [jumped, version, lasts["case_ids"], lasts["event_ids"]]
    )
    logger.warning("numbers go on after a restore", extra={"count": lasts["case_ids"], "version": version})


def epoch(connection: Connection) -> Epoch | None:
    """Since when the database stands in another's place; None where it never took one."""
    rows = connection.execute("SELECT begun_at, jumped, version, last_case_id, last_event_id FROM epochs").fetchall()
    return Epoch(*rows[0]) if rows else None


def refuse_version(connection: Connection, version: int) -> None:
    """Raises Refusal for a version of a case that somebody saw before the restore."""
    restored = epoch(connection)
    if restored is not None and version < restored.version:
        raise restored.refusal()


def refuse_lost(connection: Connection, *, case_id: int = 0, event_id: int = 0) -> None:
    """Raises Refusal for a case or event that is not there, where the restore may have taken it away."""
    restored = epoch(connection)
    if restored is not None and (0 < case_id <= restored.last_case_id or 0 < event_id <= restored.last_event_id):
        raise restored.refusal()
