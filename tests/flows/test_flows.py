"""The flows, run by a real Prefect server on loopback, on a real database."""

import logging
import os
from pathlib import Path

import pytest
from prefect import State, Task

from flows import steps
from flows.collect import collect
from flows.main_line import main_line
from monitor import store
from monitor.collect import files
from monitor.errors import BadCredentials, BudgetSpent, EscuchaError, HandOverTransient, SourceUnavailable, StoreBusy
from monitor.settings.loading import load
from monitor.store import status

HEADER = "id,text,author,created_at\n"
GOOD = HEADER + '"1","El pedido de Norvia no llega","ana","2026-03-01T10:00:00Z"\n'


@pytest.fixture
def drop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A drop folder named by the settings file that ESCUCHA_CONFIG names."""
    folder = tmp_path / "drop"
    (folder / "x").mkdir(parents=True)
    config = tmp_path / "norvia.toml"
    config.write_text(
        f'store.url = "{tmp_path / "flows.duckdb"}"\nnetworks.files.folder = "{folder}"\n'
        '[[brands]]\nname = "Norvia"\nqueries = ["norvia"]\n',
    )
    monkeypatch.setenv("ESCUCHA_CONFIG", str(config))
    return folder


def mentions() -> int:
    """How many mentions the store of the settings in force has."""
    with store.connect(load().store, read_only=True) as connection:
        return status.read(connection).mentions


def test_one_unreadable_file_stops_neither_the_others_nor_hides(drop: Path) -> None:
    (drop / "x" / "broken.csv").write_text("a,b\n1,2\n")
    (drop / "x" / "good.csv").write_text(GOOD)
    state = collect(return_state=True)
    assert state.is_failed()
    assert "x/broken.csv: no column of broken.csv holds the text" in (state.message or "")
    assert mentions() == 1


def test_files_whose_names_are_not_utf_8_are_read_and_told(drop: Path) -> None:
    for name, content in ((b"rese\xf1as.csv", GOOD), (b"rese\xf2as.csv", "a,b\n1,2\n")):
        (drop / "x" / os.fsdecode(name)).write_text(content)
    state = collect(return_state=True)
    assert state.is_failed()
    assert "x/rese\ufffdas.csv: 1 new" in (state.message or "")
    assert "x/rese\ufffdas.csv (2): no column of rese\ufffdas.csv holds the text" in (state.message or "")
    assert mentions() == 1


def test_the_main_line_goes_through_every_step_of_an_empty_store(drop: Path) -> None:
    assert main_line(return_state=True).is_completed()
    assert mentions() == 0


@pytest.mark.parametrize("fault", [SourceUnavailable("x is down"), StoreBusy("busy"), HandOverTransient("full")])
def test_a_passing_fault_is_tried_again(fault: Exception) -> None:
    tries: list[int] = []

    def work() -> str:
        tries.append(1)
        if len(tries) < 3:
            raise fault
        return "done"

    assert at_once(steps.step(work))() == "done"


@pytest.mark.parametrize(
    "fault", [BadCredentials("no"), EscuchaError("no"), ValueError("no"), BudgetSpent("read for hours", None)]
)
def test_what_a_person_has_to_mend_is_not_tried_again(fault: Exception) -> None:
    tries: list[int] = []

    def work() -> None:
        tries.append(1)
        raise fault

    state: State[None] = at_once(steps.step(work))(return_state=True)
    assert state.is_failed()
    assert len(tries) == 1


def test_an_unforeseen_error_quotes_no_post(
    drop: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("a secret text of a post")

    (drop / "x" / "good.csv").write_text(GOOD)
    monkeypatch.setattr(files, "collect_file", fail)
    with caplog.at_level(logging.DEBUG):
        state = collect(return_state=True)
    assert "ValueError in test_flows.py" in (state.message or "")
    assert "secret text" not in caplog.text


def at_once(task: Task[steps.P, str]) -> Task[steps.P, str]:
    """The same task without the waits between tries."""
    return task.with_options(retry_delay_seconds=0, retry_jitter_factor=0)
