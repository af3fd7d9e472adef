"""Who works at the desk is killed with -9 at random moments: nothing is lost or done twice, and the chain holds."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from monitor import store
from monitor.cases import state
from monitor.models.cases import Event
from monitor.settings.loading import Settings
from monitor.store import consistency
from monitor.store.cases import answers, cases, events
from tests import desk_store
from tests.polling import until
from tests.slow.desk_worker import WORKER

ROOT = Path(__file__).parents[2]
KILLS = 30


def start(ledger: Path, *how: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.slow.desk_worker", str(ledger), *how], cwd=ROOT, env=os.environ
    )


def told(ledger: Path) -> list[dict[str, object]]:
    """The acts that were told to be done; the last line may be half."""
    lines = ledger.read_text(encoding="utf-8").splitlines() if ledger.exists() else []
    return [json.loads(line) for line in lines if line.endswith("}")]


def histories(settings: Settings) -> dict[int, tuple[Event, ...]]:
    """All histories, of a store in which every row is what its history says."""
    with store.connect(settings.store, read_only=True) as connection:
        assert events.verify(connection).is_sound
        assert consistency.inconsistent_cases(connection) == ()
        ids = [row[0] for row in connection.execute("SELECT case_id FROM cases ORDER BY case_id").fetchall()]
        found = events.of_cases(connection, ids)
        for case in cases.get_many(connection, ids):
            assert state.derive(case, found[case.case_id], settings.desk, settings.zone) == case
    return found


def kill_at_work(ledger: Path, moment: random.Random) -> None:
    """Ends a worker some time after its first act."""
    before = len(told(ledger))
    process = start(ledger)
    until(lambda: len(told(ledger)) > before or process.poll() is not None)
    time.sleep(moment.uniform(0.0, 1.5))
    assert process.poll() is None
    process.kill()
    process.wait()


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_done_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = desk_store.configured(tmp_path, monkeypatch)
    ledger, moment = tmp_path / "ledger.jsonl", random.Random(20261130)
    untold = set[int]()
    for _ in range(KILLS):
        kill_at_work(ledger, moment)
        written = {
            event.event_id for history in histories(settings).values() for event in history if event.actor == WORKER
        }
        given = {number for act in told(ledger) for number in act["events"]}  # type: ignore[attr-defined]
        assert given <= written
        untold |= written - given
    assert start(ledger, "finish").wait(600) == 0
    check(settings, told(ledger))
    print(f"\n{KILLS} kills; {len(told(ledger))} acts; events of acts that were done and never told: {len(untold)}")


def shape(history: tuple[Event, ...]) -> list[tuple[object, ...]]:
    """What happened, without when."""
    return [(event.kind, event.stage, event.field, event.actor) for event in history]


def check(settings: Settings, acts: list[dict[str, object]]) -> None:
    """Every case has the history of the last one, which nobody disturbed, and one answer."""
    found = histories(settings)
    calm = shape(found[max(found)])
    assert {case_id: shape(history) for case_id, history in found.items() if shape(history) != calm} == {}
    given = [number for act in acts for number in act["events"]]  # type: ignore[attr-defined]
    assert len(given) == len(set(given))
    with store.connect(settings.store, read_only=True) as connection:
        sent = [answer.case_id for answer in answers.of_cases(connection, found)]
        posts = connection.execute("SELECT count(*), count(DISTINCT post_id) FROM mentions").fetchall()
    assert sorted(sent) == sorted(found)
    assert posts == [(len(found), len(found))]
