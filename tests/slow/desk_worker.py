"""Somebody at the desk, a process of its own: takes each case, answers it, closes it, undoes that, closes it again.

`python -m tests.slow.desk_worker LEDGER` with the settings of ESCUCHA_CONFIG: new complaints come in, one after the
other, until it is ended; with `finish`, none comes, and it ends when everything is done. What is done next is read from
the case, as a person would who finds her work half done. Each act is written down, a line, once it is there.
"""

import json
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

from monitor import desk, store
from monitor.casework.apply import AppliedChange
from monitor.models.cases import Case, Event
from monitor.models.posts import Stage
from monitor.pipeline import main_line
from monitor.runs import now
from monitor.settings import loading
from monitor.settings.loading import Settings
from monitor.store.cases import cases, events
from tests.desk_simulation import arrive

WORKER = "Ana"
ANSWER = "Ya va de camino"


def unfinished(settings: Settings) -> tuple[Case, tuple[Event, ...]] | None:
    """The oldest case on which something is still to be done, with its history."""
    with store.connect(settings.store, read_only=True) as connection:
        ids = [row[0] for row in connection.execute("SELECT case_id FROM cases ORDER BY case_id").fetchall()]
        history = events.of_cases(connection, ids)
        waiting = [case_id for case_id in ids if not is_done(history[case_id])]
        found = cases.get_many(connection, waiting[:1])
    return (found[0], history[found[0].case_id]) if found else None


def is_done(history: Sequence[Event]) -> bool:
    """Whether the case was closed a second time."""
    return sum(event.stage == "closed" for event in history) == 2


def act(settings: Settings, case: Case, history: Sequence[Event]) -> list[AppliedChange]:
    """Does what comes next."""
    stages: dict[Stage, Stage] = {"received": "acknowledged", "acknowledged": "assessed", "answered": "closed"}
    if not any(event.kind == "taken" for event in history):
        return [desk.take(settings, case.case_id, version=case.version, actor=WORKER, now=now())]
    if case.stage == "closed":
        closing = max(place for place, event in enumerate(history) if event.stage == "closed")
        undone = [event.event_id for event in history[closing:]]
        return desk.undo(settings, {case.case_id: undone}, actor=WORKER, now=now())
    if case.stage == "assessed":
        return [
            desk.mark_sent(
                settings, case.case_id, ANSWER, "", version=case.version, actor=WORKER, now=now(), to_stage="answered"
            )
        ]
    stage = stages[case.stage]
    agreement = "agreed" if stage == "closed" else None
    return [
        desk.move_case(
            settings, case.case_id, stage, version=case.version, actor=WORKER, now=now(), agreement=agreement
        )
    ]


def main(ledger: Path, *, finishes: bool) -> None:
    """Works until it is ended, or until nothing is left to do."""
    settings = loading.load()
    main_line.open_cases(settings)
    with ledger.open("a", encoding="utf-8", buffering=1) as lines:
        while (found := unfinished(settings)) or not finishes:
            if found is None:
                arrive(settings, 1, now(), uuid.uuid4().hex)
                continue
            done = act(settings, *found)
            ids = [event.event_id for change in done for event in change.events]
            lines.write(json.dumps({"case": found[0].case_id, "events": ids}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), finishes=sys.argv[2:] == ["finish"])
