"""The chain of the audit log: its own row, whether everything fits, and what was cut off at its beginning."""

import logging
from dataclasses import astuple, dataclass
from datetime import datetime

from monitor.errors import StoreCorrupt
from monitor.store import hashing
from monitor.store.engines.protocol import Connection

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AuditChain:
    """The chain's own row: how many entries were ever written, and the last hash.

    `cut` of them were cut off as too old, the last one with `cut_head`; before `cut_before` none is kept any more.
    """

    entries: int
    head: str
    cut: int
    cut_head: str
    cut_before: datetime | None


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """What a look at the whole log found: how many entries are kept, the last hash, and the first that does not fit."""

    kept: int
    head: str
    since: datetime | None
    recorded: AuditChain
    broken: int | None  # entry_id

    @property
    def is_sound(self) -> bool:
        """Whether nothing was changed, taken out or put in between, and only what the chain knows of was cut off."""
        row = self.recorded
        return self.broken is None and (row.entries - row.cut, row.head) == (self.kept, self.head)


def read(connection: Connection) -> AuditChain:
    """The chain's own row; that of an empty log before its first entry. Raises StoreCorrupt where there are more."""
    rows = connection.execute("SELECT entries, head, cut, cut_head, cut_before FROM audit_chain").fetchall()
    if len(rows) > 1:
        logger.error("audit chain edited", extra={"count": len(rows)})
        raise StoreCorrupt(
            f"the table audit_chain holds {len(rows)} rows instead of one: the audit log was edited; restore a backup "
            "(escucha restore)"
        )
    return AuditChain(*rows[0]) if rows else AuditChain(0, "", 0, "", None)


def write(connection: Connection, row: AuditChain) -> None:
    """Puts this row in the place of the chain's own."""
    connection.execute("DELETE FROM audit_chain")
    connection.execute(
        "INSERT INTO audit_chain (entries, head, cut, cut_head, cut_before) VALUES (?, ?, ?, ?, ?)", astuple(row)
    )


def verify(connection: Connection) -> AuditCheck:
    """Works the chain out again from the first entry that is kept to the last. Raises as `read`."""
    row = read(connection)
    kept, since, head = connection.execute(
        """
        SELECT count(*), min(happened_at),
            coalesce((SELECT hash FROM audit_entries ORDER BY entry_id DESC LIMIT 1), ?)
        FROM audit_entries
        """,
        [row.cut_head],
    ).fetchall()[0]
    broken = connection.execute(
        f"""
        SELECT entry_id FROM (
            SELECT *, coalesce(lag(hash) OVER (ORDER BY entry_id), ?) AS previous FROM audit_entries
        ) WHERE hash IS DISTINCT FROM {hashing.ENTRY_SQL} ORDER BY entry_id LIMIT 1
        """,
        [row.cut_head],
    ).fetchall()
    return AuditCheck(kept, head, since, row, broken[0][0] if broken else None)


def has_hash(connection: Connection, head: str) -> bool:
    """Whether an entry has this hash, or the last one that was cut off had."""
    rows = connection.execute(
        "SELECT 1 FROM audit_entries WHERE hash = $1 UNION ALL SELECT 1 FROM audit_chain WHERE cut_head = $1 LIMIT 1",
        [head],
    ).fetchall()
    return bool(rows)
