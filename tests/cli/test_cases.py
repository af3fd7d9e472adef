"""`escucha cases`: a case by its code, and the proof that no history was altered."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from monitor import desk, store
from monitor.cases import codes
from monitor.cli import app, main
from monitor.settings.loading import Settings
from tests import desk_store
from tests.conftest import NOW


def escucha(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    """What `escucha` says when it fails."""
    monkeypatch.setattr(sys, "argv", ["escucha", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    return " ".join(capsys.readouterr().err.split())


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A store with one case, of which much happened."""
    settings = desk_store.configured(tmp_path, monkeypatch)
    eventful(settings)
    return settings


@desk_store.filled_once
def eventful(settings: Settings) -> None:
    desk_store.fill(settings, NOW)
    case = desk.take(settings, 1, version=1, actor="marta", now=NOW).case
    done = desk.edit(settings, 1, {"category": "policy"}, version=case.version, actor="marta", now=NOW)
    desk.undo(settings, {1: [event.event_id for event in done.events]}, actor="marta", now=NOW)
    early = NOW - timedelta(minutes=10)
    desk.log_contact(settings, 1, "phone", "out", "Le [b]llamo[/b]", actor="eva", now=NOW, took_place_at=early)


def test_a_case_is_shown_by_its_code_however_it_is_written(settings: Settings) -> None:
    code = codes.format_code(1)
    output = escucha("cases", "show", *code.lower().replace("-", " ").split()).stdout
    assert f"{code} · received · priority" in output
    assert "· marta" in output
    assert "first response  stopped after" in output
    assert "resolution" in output
    assert "marta: Took charge of the case, which left the inbox" in output
    assert "eva: Call to the customer (took place 2026-03-02 09:50 CET): Le [b]llamo[/b]" in output
    taken_back = next(line for line in output.splitlines() if "→ Terms" in line)
    assert taken_back.endswith("undone")


def test_a_mistyped_code_is_told(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mistyped = codes.format_code(1).replace("01", "07")
    assert "has a mistake in it: ask for the code again" in told(capsys, monkeypatch, "cases", "show", mistyped)


def test_a_code_of_no_case_is_told(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert f"there is no case {codes.format_code(77)}" in told(
        capsys, monkeypatch, "cases", "show", codes.format_code(77)
    )


def test_a_sound_history_is_verified_and_its_head_can_be_compared_later(settings: Settings) -> None:
    output = escucha("cases", "verify").stdout
    assert "none altered" in output
    assert escucha("cases", "verify", "--head", output.split()[-1]).exit_code == 0


def test_an_edited_event_is_named_with_its_case(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.connect(settings.store) as connection:
        connection.execute("UPDATE case_events SET actor = 'nadie' WHERE event_id = 2")
    message = told(capsys, monkeypatch, "cases", "verify")
    assert f"event 2 of case {codes.format_code(1)} does not fit the one before it" in message


def test_a_history_cut_at_its_end_is_told(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.connect(settings.store) as connection:
        connection.execute("DELETE FROM case_events WHERE event_id = (SELECT max(event_id) FROM case_events)")
    assert "the history was cut or extended at its end" in told(capsys, monkeypatch, "cases", "verify")


def test_a_head_that_is_not_there_is_told(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no event has that head" in told(capsys, monkeypatch, "cases", "verify", "--head", "f" * 64)


def test_an_empty_head_is_no_head_at_all(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no event has that head" in told(capsys, monkeypatch, "cases", "verify", "--head", "")


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE cases SET stage = 'closed' WHERE case_id = 1",
        "UPDATE cases SET owner = 'nadie', category = 'billing' WHERE case_id = 1",
        "DELETE FROM cases WHERE case_id = 1",
        "DELETE FROM case_events; UPDATE chain SET events = 0, head = ''",
        "INSERT INTO answers VALUES (1, 1, '', 'Nunca dicho', 'nadie', now(), 1, NULL)",
    ],
)
def test_a_case_that_was_changed_past_its_history_is_named(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, edit: str
) -> None:
    with store.connect(settings.store) as connection:
        for statement in edit.split("; "):
            connection.execute(statement)
    message = told(capsys, monkeypatch, "cases", "verify")
    assert f"changed without an event in their history: {codes.format_code(1)}" in message


def test_a_chain_without_its_row_is_told(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.connect(settings.store) as connection:
        connection.execute("DELETE FROM chain")
    assert "the table chain holds 0 rows" in told(capsys, monkeypatch, "cases", "verify")
