"""Restores in the middle of work: three open tabs, exports out, surveys out; nothing comes to mean two things."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from monitor import desk, store
from monitor.models.cases import effective
from monitor.settings import loading
from monitor.settings.loading import Settings
from monitor.store import consistency
from monitor.store.cases import cases, events
from monitor.store.connection import hold_lock
from monitor.surveys import answers
from tests import desk_store
from tests.dashboard.pages import open_page
from tests.polling import until

ROOT = Path(__file__).parents[2]
ROUNDS = ("command", "damaged", "by hand", "command")
LEAST = 3  # complaints that the desk gets done before and after a restore
REFUSED = "se restauró una copia de seguridad"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A desk that hands over to a folder; its settings are in the environment of every process."""
    desk_store.configured(tmp_path, monkeypatch)
    with (tmp_path / "escucha.toml").open("a", encoding="utf-8") as file:
        file.write(f'[exports]\nfolder = "{(tmp_path / "out").as_posix()}"\nformat = "jsonl"\n')
    return loading.load()


def escucha(*arguments: object) -> str:
    """What the command says."""
    command = [sys.executable, "-m", "monitor", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def at_work(ledger: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """The desk at work until the body ends."""
    process = subprocess.Popen([sys.executable, "-m", "tests.slow.restored_work", str(ledger)], cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def given_out(ledger: Path) -> list[dict[str, object]]:
    """What went out so far, in its order."""
    lines = ledger.read_text(encoding="utf-8").splitlines() if ledger.exists() else []
    return [line for line in map(json.loads, lines) if "fault" not in line]


def wait_for_more(ledger: Path) -> None:
    count = len(given_out(ledger))
    until(lambda: len(given_out(ledger)) >= count + LEAST)


def new_case(settings: Settings, post_id: str) -> int:
    at = datetime.now(UTC) - timedelta(hours=1)
    mention_id = desk_store.post(settings, post_id, "Norvia, sigue sin llegar", at, author=post_id)
    desk_store.open_cases(settings, [mention_id], at)
    with store.connect(settings.store, read_only=True) as connection:
        case = cases.of_mention(connection, mention_id)
    assert case is not None
    return case.case_id


def replace(settings: Settings, how: str, copy: Path, ledger: Path) -> None:
    """Puts the backup in the place of the database, in the middle of work, and waits for more work."""
    if how == "by hand":  # with everything stopped, as one must
        with at_work(ledger):
            wait_for_more(ledger)
        shutil.copy(copy, settings.store.path)
        with at_work(ledger):
            wait_for_more(ledger)
        return
    with at_work(ledger):
        wait_for_more(ledger)
        if how == "damaged":
            with hold_lock(settings.store, shared=False):
                settings.store.path.write_bytes(b"no database any more")
        assert "ESC-" in escucha("restore", copy, "--no-recheck")
        wait_for_more(ledger)


def toasts(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(toast.value for toast in app.toast)


@pytest.mark.slow
def test_nothing_comes_to_mean_two_things(settings: Settings, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    for number, how in enumerate(ROUNDS):
        taken, seen = new_case(settings, f"taken{number}"), new_case(settings, f"seen{number}")
        copy = tmp_path / "copies" / f"copy-{number}.duckdb"
        escucha("backup", copy)
        lost = new_case(settings, f"lost{number}")
        ana, eva, noa = (open_page("case", case=str(case_id)) for case_id in (taken, seen, lost))
        ana.button(key=f"take-{taken}").click().run()
        eva.text_area(key=f"words-{seen}").set_value("Llamar a las cinco").run()
        noa.text_area(key=f"words-{lost}").set_value("Le devuelvo la llamada").run()
        replace(settings, how, copy, ledger)
        desk.add_note(settings, taken, "de Luis", actor="Luis", now=datetime.now(UTC))
        assert REFUSED in toasts(ana.button(key="undo-last").click().run())
        assert REFUSED in toasts(eva.button(key=f"move-{seen}-acknowledged").click().run())
        noa.button(key=f"note-save-{lost}").click().run()
        assert not noa.exception
        assert "Le devuelvo la llamada" in [block.value for block in noa.code]
        check_tabs(settings, taken, seen)
    check(settings, given_out(ledger))


def check_tabs(settings: Settings, taken: int, seen: int) -> None:
    """The colleague's note stands, and nothing was done to a case that was seen before."""
    with store.connect(settings.store, read_only=True) as connection:
        histories = events.of_cases(connection, [taken, seen])
    assert effective(histories[taken])[-1].note == "de Luis"
    assert [event.kind for event in histories[seen] if event.kind not in ("exported", "priority")] == ["opened"]


def check(settings: Settings, given: list[dict[str, object]]) -> None:
    """Every code, event, link and file that went out, over all rounds, is one thing's."""
    owners: dict[object, object] = {}
    files: dict[str, str] = {}
    for entry in given:
        for name in (entry["code"], entry["link"], *((event,) for event in entry["events"])):  # type: ignore[attr-defined]
            assert owners.setdefault(name, entry["author"]) == entry["author"], name
        for file, digest in entry["files"].items():  # type: ignore[attr-defined]
            assert files.setdefault(file, digest) == digest, file
    living = 0
    for entry in given:
        found = answers.find(settings, str(entry["link"]).rpartition("/")[2], datetime.now(UTC))
        if found is None:
            continue
        living += 1
        with store.connect(settings.store, read_only=True) as connection:
            assert cases.get(connection, found[0].case_id).author == entry["author"]
    assert LEAST <= living < len(given)
    with store.connect(settings.store, read_only=True) as connection:
        assert events.verify(connection).is_sound
        assert consistency.inconsistent_cases(connection) == ()
