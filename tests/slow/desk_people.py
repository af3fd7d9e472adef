"""People who work at one dashboard at once, in one process with a thread each, as Streamlit serves its sessions.

`python -m tests.slow.desk_people LEDGER NAME...` with the settings of ESCUCHA_CONFIG: says `ready`, reads for how many
seconds they are to work, and writes a line for each thing that one of them did: what, how it ended, how long it took.
"""

import json
import logging
import os
import random
import re
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Literal, TextIO, TypeAlias
from unittest.mock import MagicMock

import pytest
from streamlit import config
from streamlit.components.v2 import manifest_scanner
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.runtime import Runtime
from streamlit.runtime.caching.storage.dummy_cache_storage import MemoryCacheStorageManager
from streamlit.runtime.dataframe_source_manager import DataframeSourceManager
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test, local_script_runner
from streamlit.testing.v1.util import build_mock_config_get_option
from streamlit.util import calc_hash

from dashboard.i18n import translate
from dashboard.session import ICONS
from monitor import store
from monitor.settings import loading
from tests.dashboard.pages import APP, WAIT

CASES = 60  # that they all work on: some meet at one
THINK = 2.0  # seconds between two things that a person does, on average
_LANGUAGE = "es"
_WRITING = threading.Lock()
Ending: TypeAlias = Literal["done", "conflict", "failed"]


def _pattern(key: str) -> str:
    """What the words of that key look like, whatever their values."""
    words = translate(_LANGUAGE, key, actor="\0", code="\0", what="\0")
    return ".*".join(map(re.escape, words.split("\0")))


_CONFLICT = re.compile(
    "|".join(_pattern(f"conflict.{what}_{act}") for what in ("by", "unknown") for act in ("change", "undo")), re.DOTALL
)


def share_runtime(patch: pytest.MonkeyPatch) -> None:
    """One runtime for all, as a server has: AppTest would give each run its own, and end that of the others.

    And one cache of compiled scripts. AppTest compiles the application for each run, in several threads at once, where
    Python 3.11 fails now and then (SystemError, "AST constructor recursion depth mismatch"): nothing runs, nothing is
    told. A server compiles it once, behind a lock.
    """
    scripts = ScriptCache()
    patch.setattr(local_script_runner, "ScriptCache", lambda: scripts)
    patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
    runtime = MagicMock(spec=Runtime)
    runtime.media_file_mgr = MediaFileManager(MemoryMediaFileStorage("/mock/media"))
    runtime.dataframe_source_mgr = DataframeSourceManager()
    runtime.cache_storage_manager = MemoryCacheStorageManager()
    runtime.bidi_component_registry = BidiComponentManager()
    runtime.bidi_component_registry.discover_and_register_components(start_file_watching=False)
    patch.setattr(Runtime, "_instance", runtime)
    patch.setattr(app_test, "Runtime", type("RuntimeOfOneRun", (Runtime,), {}))
    patch.setattr(app_test, "patch_config_options", lambda _options: nullcontext())
    patch.setattr(config, "get_option", build_mock_config_get_option({"global.appTest": True}))


class Person:
    """Somebody who opens lists and cases, thinks, and does what the case's page offers."""

    def __init__(self, name: str, cases: list[int], ledger: TextIO) -> None:
        """`ledger` gets a line for each thing that is done."""
        self.name, self._cases, self._ledger = name, cases, ledger
        self._chosen = random.Random(name)  # the same again on another engine
        self._app = AppTest.from_file(str(APP), default_timeout=WAIT)
        self._app.session_state["actor"] = name
        self._notes = 0

    def work(self, until: float) -> None:
        """Works until that moment (monotonic, seconds)."""
        while time.monotonic() < until:
            if self._chosen.random() < 0.4:
                self.open(self._chosen.choice(("inbox", "cases")))
                self._think()
            case = self._chosen.choice(self._cases)
            self.open("case", case=str(case))
            self._think()
            self._act(case)
            self._think()

    def open(self, page: str, **query: str) -> None:
        """Opens a page by its address."""
        self._app.query_params = {"lang": _LANGUAGE, **query}
        self._app._page_hash = calc_hash(page)
        self._timed(f"open {page}", self._app.run, acts=False)

    def _think(self) -> None:
        time.sleep(self._chosen.expovariate(1 / THINK))

    def _act(self, case: int) -> None:
        """Presses one of the buttons that are there now."""
        buttons = {str(button.key): button for button in self._app.button if button.key and not button.disabled}
        moves = [key for key in buttons if key.startswith(f"move-{case}-")]
        kinds = {"take": f"take-{case}", "note": f"note-save-{case}", "undo": "undo-last", "move": "".join(moves[:1])}
        there = [kind for kind, key in kinds.items() if key in buttons]
        if not there:  # the page was not drawn, which was told
            return
        kind = self._chosen.choice(there)
        words = ""
        if kind == "note":
            self._notes += 1
            words = f"{self.name} {self._notes}"
            self._app.text_area(key=f"words-{case}").set_value(words)
        self._timed(kind, lambda: buttons[kinds[kind]].click().run(), acts=True, words=words)

    def _timed(self, kind: str, do: Callable[[], object], *, acts: bool, words: str = "") -> None:
        started, fault = time.perf_counter(), ""
        try:
            do()
        except Exception as error:  # whatever it is, it is told in the end
            fault = repr(error)
        seconds = time.perf_counter() - started
        ending, told = ("failed", fault) if fault else self._ending(acts=acts)
        line = json.dumps({"kind": kind, "ending": ending, "seconds": seconds, "words": words, "told": told})
        with _WRITING:
            self._ledger.write(f"{line}\n")

    def _ending(self, *, acts: bool) -> tuple[Ending, str]:
        if self._app.exception:
            return "failed", str(self._app.exception[0].value)
        told = {icon: [toast.value for toast in self._app.toast if toast.icon == ICONS[icon]] for icon in ICONS}
        problems = told["problem"]
        if problems:
            return ("conflict" if all(map(_CONFLICT.fullmatch, problems)) else "failed"), "\n".join(problems)
        if (acts and not told["done"]) or not self._app.title:
            return "failed", "the page says nothing: " + "\n".join(error.value for error in self._app.error)
        return "done", ""


def main(ledger: Path, names: list[str]) -> None:
    """Lets them work for as many seconds as the first line of the input says."""
    logging.disable(logging.WARNING)  # of each thread that is not one of Streamlit's
    settings = loading.load()
    with store.connect(settings.store, read_only=True) as connection:
        rows = connection.execute(
            "SELECT case_id FROM cases WHERE stage NOT IN ('closed', 'dismissed') AND merged_into IS NULL"
            " ORDER BY case_id DESC LIMIT ?",
            [CASES],
        ).fetchall()
    cases = [row[0] for row in rows]
    with ledger.open("w", encoding="utf-8", buffering=1) as file, pytest.MonkeyPatch.context() as patch:
        share_runtime(patch)
        people = [Person(name, cases, file) for name in names]
        for person in people:  # once, before it counts
            person.open("case", case=str(cases[0]))
        file.truncate(file.seek(0))
        print("ready", flush=True)
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nobody reads on, and what Streamlit tells may be much
        until = time.monotonic() + float(sys.stdin.readline())
        with ThreadPoolExecutor(len(people)) as threads:
            list(threads.map(lambda person: person.work(until), people))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
