"""Cases as they stand."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pyarrow as pa

from monitor.errors import Refusal, StoreConflict
from monitor.models.cases import CASE_COLUMNS, Case
from monitor.store.connection import Connection

logger = logging.getLogger(__name__)

_TIME = pa.timestamp("us", tz="UTC")
_TYPES = {
    **dict.fromkeys(
        ("opened_at", "first_post_at", "last_post_at", "changed_at", "asked_at", "paused_at", "first_due_at",
         "first_answered_at", "next_due_at", "resolve_due_at", "resolved_at", "due_at", "warn_at", "taken_at"), _TIME),
    **dict.fromkeys(("case_id", "version", "incident_id", "merged_into", "reach", "contacts", "next_breaches",
                     "reopenings", "resolve_breaches"), pa.int64()),
    **dict.fromkeys(("cost", "base", "first_minutes", "resolve_minutes"), pa.float64()),
    "internal": pa.bool_(),
}  # fmt: skip
_SCHEMA = pa.schema([(name, _TYPES.get(name, pa.string())) for name in CASE_COLUMNS])
_COLUMNS = ", ".join(CASE_COLUMNS)
# What never changes once a case is there.
_FIXED = ("case_id", "code", "brand", "network", "opened_at", "opened_by")
_CHANGES = ", ".join(f"{name} = c.{name}" for name in CASE_COLUMNS if name not in _FIXED)


def next_ids(connection: Connection, count: int) -> list[int]:
    """Ids for new cases."""
    return [
        row[0]
        for row in connection.execute("SELECT nextval('case_ids') FROM generate_series(1, ?)", [count]).fetchall()
    ]


def get(connection: Connection, case_id: int) -> Case:
    """The case as it stands. Raises EscuchaError when there is none of that id."""
    rows = get_many(connection, [case_id])
    if not rows:
        raise Refusal("no_case", "there is no case {case}", case=case_id)
    return rows[0]


def get_many(connection: Connection, case_ids: Iterable[int]) -> list[Case]:
    """These cases, by id; one that is not there is left out."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM cases WHERE case_id IN (SELECT unnest(?::BIGINT[])) ORDER BY case_id", [list(case_ids)]
    ).fetchall()
    return [Case(*row) for row in rows]


def insert(connection: Connection, new_cases: Sequence[Case]) -> None:
    """Adds new cases; their events and mentions are added apart, in the same transaction."""
    if new_cases:
        register(connection, new_cases)
        connection.execute(f"INSERT INTO cases ({_COLUMNS}) SELECT {_COLUMNS} FROM changed")
        connection.unregister("changed")


def write(connection: Connection, changed_cases: Sequence[Case]) -> list[Case]:
    """Writes cases as they should stand now, each read at its `version`. Returns them with the next version.

    Raises StoreConflict, and has written nothing of use, when one is not at that version any more.
    """
    if not changed_cases:
        return []
    register(connection, changed_cases)
    rows = connection.execute(
        f"""
        UPDATE cases SET {_CHANGES.replace("version = c.version", "version = c.version + 1")} FROM changed c
        WHERE cases.case_id = c.case_id AND cases.version = c.version RETURNING cases.case_id
        """
    ).fetchall()
    connection.unregister("changed")
    if stale_ids := {case.case_id for case in changed_cases} - {row[0] for row in rows}:
        code = next(case.code for case in changed_cases if case.case_id in stale_ids)
        logger.warning("case changed meanwhile", extra={"case": code})
        raise StoreConflict(f"{code} was changed by somebody else meanwhile; look at it again")
    return [replace(case, version=case.version + 1) for case in changed_cases]


def register(connection: Connection, cases: Sequence[Case]) -> None:
    """Lets statements read these cases as the table `changed`, until it is unregistered."""
    columns = [[getattr(case, name) for case in cases] for name in CASE_COLUMNS]
    connection.register("changed", pa.table(columns, schema=_SCHEMA))


def with_merged(connection: Connection, case_id: int) -> list[int]:
    """The case and all that were merged into it, through others too."""
    rows = connection.execute(
        """
        WITH RECURSIVE way AS (
            SELECT ?::BIGINT AS case_id UNION SELECT c.case_id FROM way w JOIN cases c ON c.merged_into = w.case_id
        ) SELECT case_id FROM way
        """,
        [case_id],
    ).fetchall()
    return [row[0] for row in rows]


def remove(connection: Connection, case_ids: Sequence[int]) -> None:
    """Deletes cases that were opened by mistake; their posts are free again, their events stay in the history."""
    for table in ("case_mentions", "notices", "follow_ups", "surveys", "export_cases", "cases"):
        connection.execute(
            f"DELETE FROM {table} WHERE case_id IN (SELECT unnest(?::BIGINT[]))", [list(case_ids)]
        ).fetchall()
    logger.info("cases removed", extra={"count": len(case_ids)})


def of_mention(connection: Connection, mention_id: int, brand: str | None = None) -> Case | None:
    """The case this mention is in, for that brand or any."""
    row = connection.execute(
        """
        SELECT min(case_id) FROM case_mentions WHERE mention_id = $1 AND ($2::VARCHAR IS NULL OR brand = $2)
        """,
        [mention_id, brand],
    ).fetchall()
    return get(connection, row[0][0]) if row[0][0] is not None else None


def of_mentions(connection: Connection, mention_ids: Sequence[int]) -> list[int]:
    """The ids of the cases these mentions are in, in order."""
    rows = connection.execute(
        "SELECT DISTINCT case_id FROM case_mentions WHERE mention_id IN (SELECT unnest(?::BIGINT[])) ORDER BY case_id",
        [list(mention_ids)],
    ).fetchall()
    return [row[0] for row in rows]


def owners(connection: Connection) -> list[str]:
    """Everybody who owns a case, by name."""
    rows = connection.execute("SELECT DISTINCT owner FROM cases WHERE owner <> '' ORDER BY owner").fetchall()
    return [row[0] for row in rows]
