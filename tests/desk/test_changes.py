"""A case moves from a stage only to those that are listed after it, and what is taken back leaves it where it was."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cases import stages
from monitor.desk import changes
from monitor.errors import EscuchaError
from monitor.models.cases import Case, Event
from monitor.models.posts import Stage
from tests.conftest import NOW

CASE = Case(1, "ESC-000001-3", "Norvia", "x", "t", "ana", "es", "received", NOW, "escucha", NOW, NOW, NOW, 1)
_STAGES = st.sampled_from(get_args(Stage))


def told(event_id: int, stage: Stage | None, undoes: int | None = None) -> Event:
    kind = "undone" if undoes else "opened" if event_id == 1 else "stage"
    return Event(event_id, 1, NOW, "ana", kind, stage, None, "", None, None, None, undoes, None, "")  # type: ignore[arg-type]


@pytest.mark.parametrize("current", get_args(Stage))
@pytest.mark.parametrize("to", get_args(Stage))
def test_only_listed_moves_are_made(current: Stage, to: Stage) -> None:
    case = replace(CASE, stage=current)
    if to in stages.NEXT[current]:
        _, (event,) = changes.move_stage(case, (), stage=to, reason="spam", agreement="agreed")
        assert event.stage == to
    else:
        with pytest.raises(EscuchaError, match=f"is {current}; from there it cannot become {to}"):
            changes.move_stage(case, (), stage=to, reason="spam", agreement="agreed")


@given(st.lists(_STAGES | st.none(), max_size=20))
def test_any_tries_and_undoings_lead_from_stage_to_listed_stage(tries: list[Stage | None]) -> None:
    """None takes back the last move that still holds."""
    history, walked = [told(1, "received")], [(1, "received")]
    for stage in tries:
        event_id = len(history) + 1
        if stage is None and len(walked) > 1:
            history.append(told(event_id, None, undoes=walked.pop()[0]))
        elif stage and stages.may_move(stages.stage_after(tuple(history)), stage):
            history.append(told(event_id, stage))
            walked.append((event_id, stage))
        assert stages.stage_after(tuple(history)) == walked[-1][1]


@pytest.mark.parametrize("stage", ["dismissed", "closed"])
def test_an_end_asks_for_its_reason(stage: Stage) -> None:
    case = replace(CASE, stage="answered" if stage == "closed" else "received")
    with pytest.raises(EscuchaError, match="say w"):
        changes.move_stage(case, (), stage=stage)
