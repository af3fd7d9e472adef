"""The state at a glance: counts of everything, the last run of each step, and what failed and was not made good."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.store.connection import Connection
from monitor.store.posts import absences as posts_absences
from monitor.store.posts import collection_state, unmatched
from monitor.store.posts.absences import Absences
from monitor.store.posts.collection_state import Pause, Spending

_RUN = "step, subject, status, started_at, ended_at, asked, stored, duplicates, rejected, message"


@dataclass(frozen=True, slots=True)
class RunRow:
    """One execution of one step on a subject (a file, a network); `ended_at` is None while it runs."""

    step: str
    subject: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    asked: int
    stored: int
    duplicates: int
    rejected: int
    message: str


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """Counts of the store. `decisions` counts mentions by what holds now, people's corrections included.

    `reasons` counts those that are `other` whatever the probability of a complaint, by why (DecisionReason).
    `failed_runs` are those of the last week since which nothing of the same step and subject has gone well, the
    latest first; `gaps` the times in which a listing could not be read; `unmatched` the mentions of others that are of
    no brand.
    """

    mentions: int
    classified: int
    pending: int
    rejects: int
    corrections: int
    samples: int
    decisions: dict[str, int]
    cases: dict[str, int]
    exports: int
    exported_cases: int
    models: dict[str, int]
    last_runs: tuple[RunRow, ...]
    failed_runs: tuple[RunRow, ...]
    gaps: int
    unmatched: int
    reasons: dict[str, int]


@dataclass(frozen=True, slots=True)
class NetworkRow:
    """A network: its last read, until when it is left alone (None: it is not), and what the day has cost.

    `part_pauses` are those of single listings, `absences` the posts said to be gone that are not believed to be.
    """

    network: str
    last_run: RunRow | None
    pause: Pause | None
    spent: Spending
    part_pauses: tuple[Pause, ...] = ()
    absences: Absences | None = None


def networks(connection: Connection, names: Sequence[str], now: datetime) -> tuple[NetworkRow, ...]:
    """The state of these networks."""
    rows = connection.execute(
        f"""
        SELECT DISTINCT ON (subject) {_RUN} FROM runs
        WHERE step = 'collect' AND subject IN (SELECT unnest($1::VARCHAR[])) ORDER BY subject, run_id DESC
        """,
        [list(names)],
    ).fetchall()
    last_runs = {row[1]: RunRow(*row) for row in rows}
    pauses = collection_state.pauses(connection, now)
    absences = posts_absences.waiting(connection)
    return tuple(
        NetworkRow(
            name,
            last_runs.get(name),
            next((pause for pause in pauses if pause.subject == name), None),
            collection_state.spending(connection, name, now),
            tuple(pause for pause in pauses if pause.subject.startswith(f"{name}: ")),
            absences.get(name),
        )
        for name in names
    )


def read(connection: Connection, own: Collection[str] = ()) -> StoreStatus:
    """Counts everything: some tens of milliseconds at a million mentions. `own` are the brands' handles, folded."""

    def count(sql: str) -> int:
        row = connection.execute(sql).fetchone()
        return int(row[0]) if row else 0

    def by(sql: str) -> dict[str, int]:
        return dict(connection.execute(sql).fetchall())

    last_runs = connection.execute(
        f"""
        SELECT {_RUN} FROM runs WHERE run_id IN (SELECT max(run_id) FROM runs GROUP BY step) ORDER BY started_at DESC
        """
    ).fetchall()
    failed_runs = connection.execute(
        f"""
        SELECT {_RUN} FROM runs AS failed
        WHERE status = 'failed' AND started_at > (SELECT max(started_at) FROM runs) - INTERVAL '7 days' AND NOT EXISTS (
            SELECT 1 FROM runs AS later WHERE later.step = failed.step AND later.subject = failed.subject
            AND later.run_id > failed.run_id AND later.status <> 'running'
        )
        ORDER BY run_id DESC
        """
    ).fetchall()
    return StoreStatus(
        mentions=count("SELECT count(*) FROM mentions"),
        classified=count("SELECT count(*) FROM classifications WHERE current"),
        pending=count("SELECT count(*) FROM pending WHERE step = 'classify'"),
        rejects=count("SELECT count(*) FROM rejects"),
        corrections=count("SELECT count(*) FROM corrections"),
        samples=count("SELECT count(*) FROM mentions WHERE sample"),
        unmatched=unmatched.count(connection, own).others,
        decisions=by("SELECT decision, count(*) FROM labels GROUP BY decision ORDER BY decision"),
        reasons=by("SELECT reason, count(*) FROM labels WHERE reason IS NOT NULL GROUP BY reason ORDER BY reason"),
        cases=by("SELECT stage, count(*) FROM cases GROUP BY stage ORDER BY stage"),
        exports=count("SELECT count(*) FROM exports WHERE status = 'delivered'"),
        exported_cases=count(
            "SELECT count(*) FROM export_cases JOIN exports USING (export_id) WHERE status = 'delivered'"
        ),
        models=by("SELECT model, count(*) FROM classifications WHERE current GROUP BY model"),
        last_runs=tuple(RunRow(*row) for row in last_runs),
        failed_runs=tuple(RunRow(*row) for row in failed_runs),
        gaps=count("SELECT count(*) FROM gaps"),
    )
