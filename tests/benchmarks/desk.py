"""What people do at the desk, with 200,000 cases and two million events: seconds an action, and a proof, takes."""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from monitor import desk, store
from monitor.models.cases import Case
from monitor.runs import now
from monitor.settings.loading import Settings
from monitor.store.cases import cases, events
from tests.benchmarks import caseload

_ROUNDS = 30


def main(count: int = 200_000) -> None:
    """Prints the median and the slowest of each action."""
    folder = Path(tempfile.gettempdir()) / "escucha-bench"
    folder.mkdir(exist_ok=True)
    kept = caseload.fill(folder / f"desk-{count}.duckdb", count, mentions=count * 7)
    settings = Settings(store=kept)
    actions: dict[str, Callable[[Case], object]] = {
        "assign": lambda case: desk.edit(
            settings, case.case_id, {"owner": str(case.version)}, version=case.version, actor="eva", now=now()
        ),
        "note": lambda case: desk.add_note(settings, case.case_id, "Pedido a almacén", actor="eva", now=now()),
        "assign 50 at once": lambda case: desk.edit_many(
            settings,
            {one.case_id: one.version for one in _open(settings, 50)},
            {"owner": str(case.version)},
            actor="eva",
            now=now(),
        ),
    }
    for name, act in actions.items():
        taken = []
        for case in _open(settings, _ROUNDS):
            started = time.perf_counter()
            act(case)
            taken.append(time.perf_counter() - started)
        print(f"{name:<20} median {statistics.median(taken):.3f} s, slowest {max(taken):.3f} s", flush=True)
    started = time.perf_counter()
    with store.connect(kept, read_only=True) as connection:
        found = events.verify(connection)
    print(f"{'verify':<20} {found.events:,} events in {time.perf_counter() - started:.1f} s")


def _open(settings: Settings, limit: int) -> list[Case]:
    with store.connect(settings.store, read_only=True) as connection:
        rows = connection.execute(
            "SELECT case_id FROM cases WHERE stage <> 'closed' ORDER BY case_id DESC LIMIT ?", [limit]
        ).fetchall()
        return cases.get_many(connection, [row[0] for row in rows])
