"""Twenty people at once at two dashboards on one store, on PostgreSQL and on a file: no action fails but is told why.

`TWENTY_MINUTES=5` lets them work for five minutes on each engine (`TWENTY_FILE_MINUTES` on the file), else for some
seconds; `TWENTY_MENTIONS` says how large the store is.
"""

import json
import os
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from monitor import store
from monitor.settings.loading import Store
from monitor.store import consistency
from monitor.store.cases import events
from monitor.store.moves import moving
from tests import desk_store, postgres_server
from tests.benchmarks import caseload

ROOT = Path(__file__).parents[2]
MINUTES = float(os.environ.get("TWENTY_MINUTES", "0.3"))
FILE_MINUTES = float(os.environ.get("TWENTY_FILE_MINUTES", MINUTES))
MENTIONS = int(os.environ.get("TWENTY_MENTIONS", "2000"))
TEAMS = [[f"Persona {dashboard}-{number}" for number in range(10)] for dashboard in (1, 2)]
Deed: TypeAlias = dict[str, Any]

pytestmark = [pytest.mark.slow, pytest.mark.duckdb_file("compares both engines itself")]


def _work(place: Store, folder: Path, minutes: float) -> list[Deed]:
    """What twenty people did meanwhile on this store, ten at each of two dashboards."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "ESCUCHA_STORE__URL": place.url}
    ledgers = [folder / f"{number}.jsonl" for number in range(len(TEAMS))]
    with ExitStack() as running:
        dashboards = [
            running.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.slow.desk_people", str(ledger), *names],
                    cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                )
            )
            for ledger, names in zip(ledgers, TEAMS, strict=True)
        ]  # fmt: skip
        for dashboard in dashboards:
            assert dashboard.stdout is not None
            while (line := dashboard.stdout.readline()) != "ready\n":
                assert line, "a dashboard did not start"
        for dashboard in dashboards:
            assert dashboard.stdin is not None
            dashboard.stdin.write(f"{minutes * 60}\n")
            dashboard.stdin.flush()
        assert [dashboard.wait() for dashboard in dashboards] == [0, 0]
    return [json.loads(line) for ledger in ledgers for line in ledger.read_text("utf-8").splitlines()]


def _table(engine: str, deeds: Sequence[Deed]) -> str:
    lines = [f"\n{engine:<14}{'count':>7}{'conflicts':>11}{'failed':>8}{'p50 s':>8}{'p95 s':>8}"]
    for kind in (*sorted({deed["kind"] for deed in deeds}), "all actions"):
        own = [deed for deed in deeds if deed["kind"] == kind or (kind == "all actions" and _acts(deed))]
        endings, seconds = Counter(deed["ending"] for deed in own), [deed["seconds"] for deed in own]
        middle, slow = statistics.median(seconds or [0.0]), _p95(seconds)
        lines.append(
            f"{kind:<14}{len(own):>7}{endings['conflict']:>11}{endings['failed']:>8}{middle:>8.3f}{slow:>8.3f}"
        )
    return "\n".join(lines)


def _acts(deed: Deed) -> bool:
    return not str(deed["kind"]).startswith("open ")


def _p95(seconds: Sequence[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else max(seconds, default=0.0)


def _check(place: Store, deeds: Sequence[Deed], unsound: Collection[int]) -> None:
    """Nobody met anything but a conflict, and what they were told stands in the store, once.

    `unsound` are cases that were not what their history says before.
    """
    failed = [(deed["kind"], deed["told"]) for deed in deeds if deed["ending"] == "failed"]
    assert not failed, failed
    written = sorted(deed["words"] for deed in deeds if deed["kind"] == "note" and deed["ending"] == "done")
    with store.connect(place, read_only=True) as connection:
        kept = connection.execute("SELECT note FROM case_events WHERE kind = 'note' AND starts_with(actor, 'Persona')")
        assert sorted(row[0] for row in kept.fetchall()) == written
        assert events.verify(connection).is_sound
        assert set(consistency.inconsistent_cases(connection)) <= set(unsound)


def test_twenty_people_at_two_dashboards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = desk_store.configured(tmp_path, monkeypatch)
    file = caseload.fill(settings.store.path, MENTIONS // 7, mentions=MENTIONS)
    with store.connect(file, read_only=True) as connection:
        unsound = consistency.inconsistent_cases(connection)
    with postgres_server.running(postgres_server.DURABLE) as server:
        place = Store(url=server.create_database("twenty"))
        moving.copy(file, place, lambda *_: None)
        told: dict[str, tuple[Store, list[Deed]]] = {}
        for engine, own, minutes in (("PostgreSQL", place, MINUTES), ("DuckDB file", file, FILE_MINUTES)):
            (folder := tmp_path / engine.split()[0]).mkdir()
            deeds = _work(own, folder, minutes)
            print(_table(engine, deeds), flush=True)
            told[engine] = own, deeds
        for own, deeds in told.values():
            _check(own, deeds, unsound)
