"""Runs: one execution of one step, what it asked for, kept and rejected, and how it ended."""

import logging
import os
import socket
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from monitor.models.posts import IngestCounts
from monitor.store.connection import Connection

logger = logging.getLogger(__name__)

Ended: TypeAlias = Literal["done", "partial", "failed"]


@dataclass(frozen=True, slots=True)
class StoppedRun:
    """What a run had asked for and kept when it ended."""

    step: str
    subject: str
    asked: int
    stored: int
    duplicates: int
    rejected: int


def start(connection: Connection, step: str, subject: str, now: datetime) -> int:
    """Records that a step begins and returns the run's id. Runs of processes that died are closed as interrupted."""
    _close_interrupted(connection, now)
    rows = connection.execute(
        "INSERT INTO runs VALUES (nextval('run_ids'), ?, ?, ?, NULL, 'running', 0, 0, 0, 0, '', ?, ?) RETURNING run_id",
        [step, subject, now, socket.gethostname(), os.getpid()],
    ).fetchall()
    return int(rows[0][0])


def progress(connection: Connection, run_id: int, asked: int, counts: IngestCounts) -> None:
    """Brings the run's counts up to date: posts asked for so far, and what became of them."""
    connection.execute(
        "UPDATE runs SET asked = ?, stored = ?, duplicates = ?, rejected = ? WHERE run_id = ?",
        [asked, counts.stored, counts.duplicates, counts.rejected, run_id],
    )


def finish(connection: Connection, run_id: int, status: Ended, message: str, now: datetime) -> None:
    """Closes the run."""
    connection.execute(
        "UPDATE runs SET status = ?, message = ?, ended_at = ? WHERE run_id = ?", [status, message, now, run_id]
    )


def of_process(connection: Connection, pid: int, since: datetime) -> list[StoppedRun]:
    """What that process of this machine has begun since then, oldest first."""
    rows = connection.execute(
        """
        SELECT step, subject, asked, stored, duplicates, rejected FROM runs
        WHERE host = ? AND pid = ? AND started_at >= ? ORDER BY run_id
        """,
        [socket.gethostname(), pid, since],
    ).fetchall()
    return [StoppedRun(*row) for row in rows]


def _close_interrupted(connection: Connection, now: datetime) -> None:
    open_runs = connection.execute(
        "SELECT run_id, pid FROM runs WHERE status = 'running' AND host = ?", [socket.gethostname()]
    ).fetchall()
    for run_id, pid in open_runs:
        if not _is_alive(pid):
            connection.execute(
                "UPDATE runs SET status = 'interrupted', ended_at = ?, message = ? WHERE run_id = ?",
                [now, "the process ended without saying so; the next run repeats what was not stored", run_id],
            )
            logger.warning("run interrupted", extra={"run": run_id, "pid": pid})


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
