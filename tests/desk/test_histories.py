"""Whatever people do to cases in whatever order: see `tests.desk_machine`."""

from pathlib import Path

import pytest
from hypothesis import settings as trying
from hypothesis.stateful import run_state_machine_as_test

from tests.desk_machine import Desk


def test_no_sequence_of_actions_breaks_a_history(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    run_state_machine_as_test(
        Desk,
        settings=trying(max_examples=6, stateful_step_count=25),
    )
