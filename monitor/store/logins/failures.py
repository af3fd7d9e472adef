"""How often logins failed of late, by whom they are counted for."""

from collections.abc import Collection
from datetime import datetime

from monitor.store.engines.protocol import Connection


def counts(connection: Connection, subjects: Collection[str], now: datetime) -> dict[str, tuple[int, datetime]]:
    """Of those that failed: how often, and until when (UTC) that counts."""
    rows = connection.execute(
        "SELECT subject, failures, until FROM login_failures"
        " WHERE subject IN (SELECT unnest(?::VARCHAR[])) AND until > ?",
        [list(subjects), now],
    ).fetchall()
    return {subject: (failures, until) for subject, failures, until in rows}


def add(connection: Connection, subject: str, now: datetime, until: datetime) -> None:
    """Counts another failure; all of the subject count until then. Those that no longer count are forgotten."""
    connection.execute("DELETE FROM login_failures WHERE until <= ? AND subject <> ?", [now, subject])
    connection.execute(
        """
        INSERT INTO login_failures (subject, failures, until) VALUES (?, 1, ?)
        ON CONFLICT (subject) DO UPDATE SET until = excluded.until,
            failures = CASE WHEN login_failures.until <= ? THEN 1 ELSE login_failures.failures + 1 END
        """,
        [subject, until, now],
    )


def delete(connection: Connection, subject: str) -> None:
    """Nothing counts any more."""
    connection.execute("DELETE FROM login_failures WHERE subject = ?", [subject])
