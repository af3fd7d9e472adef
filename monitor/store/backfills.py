"""Back-fills: what a migration cannot say in SQL, run once inside it on the rows that were there before."""

import logging

import pyarrow as pa

from monitor.models.cases import EVENT_COLUMNS, Event
from monitor.store import hashing
from monitor.store.engines.protocol import Connection

logger = logging.getLogger(__name__)

_COLUMNS = ", ".join(EVENT_COLUMNS)


def chain_all(connection: Connection) -> None:
    """Chains events written before there was a chain, in their order."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM case_events ORDER BY event_id").fetchall()
    head, hashes = "", []
    for row in rows:
        head = hashing.digest(head, Event(*row))
        hashes.append(head)
    ids = pa.array([row[0] for row in rows], pa.int64())
    connection.register("chained", pa.table({"event_id": ids, "hash": pa.array(hashes, pa.string())}))
    connection.execute("UPDATE case_events SET hash = c.hash FROM chained c WHERE case_events.event_id = c.event_id")
    connection.unregister("chained")
    connection.execute("UPDATE chain SET events = ?, head = ?", [len(rows), head])
    logger.info("events chained", extra={"count": len(rows)})


def complete_codes(connection: Connection) -> None:
    """Adds the check digit to the tracking codes of earlier versions: without it they read as other cases' codes."""
    from stdnum import damm

    ids = [row[0] for row in connection.execute("SELECT case_id FROM cases").fetchall()]
    digits = [damm.calc_check_digit(str(case_id)) for case_id in ids]
    table = {"case_id": pa.array(ids, pa.int64()), "digit": pa.array(digits, pa.string())}
    connection.register("codes", pa.table(table))
    connection.execute("UPDATE cases SET code = code || '-' || digit FROM codes WHERE cases.case_id = codes.case_id")
    connection.unregister("codes")
    logger.info("tracking codes completed", extra={"count": len(ids)})
