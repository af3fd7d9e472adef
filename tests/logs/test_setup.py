"""The log: where its lines go, what they may hold, and that several processes share one file."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.logs import setup
from monitor.settings.loading import Settings
from monitor.settings.log import Log
from tests.cli.command_line import escucha

SECRET = "token-4711"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """The log of one test is not that of the next."""
    yield
    setup.configure(Settings())


def with_log(settings: Settings, **keys: object) -> Settings:
    """The settings with these keys of `[log]`."""
    return settings.model_copy(update={"log": Log(**keys)})  # type: ignore[arg-type]


def lines(settings: Settings) -> list[str]:
    """What the log holds."""
    return setup.log_file(settings).read_text(encoding="utf-8").splitlines()


def test_a_line_says_when_where_what_and_its_values(settings: Settings) -> None:
    setup.configure(settings)
    logging.getLogger("monitor.collect.ingest").info("page stored", extra={"run": 12, "network": "x", "count": 100})
    (line,) = lines(settings)
    assert line.endswith(" INFO monitor.collect.ingest: page stored network=x run=12 count=100")
    assert line[:4].isdecimal()
    assert line[10] == "T"
    assert "+00:00 " in line


def test_json_is_an_object_a_line(settings: Settings) -> None:
    settings = with_log(settings, format="json")
    setup.configure(settings)
    logging.getLogger("monitor.runs").warning("run ended", extra={"status": "partial", "seconds": 1.5})
    (line,) = lines(settings)
    told = json.loads(line)
    assert told.pop("time")
    assert told == {
        "level": "warning", "logger": "monitor.runs", "message": "run ended", "status": "partial", "seconds": 1.5,
    }  # fmt: skip


@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_but_known_values_reaches_the_log(settings: Settings, form: str) -> None:
    settings = with_log(settings, format=form)
    setup.configure(settings)
    logger = logging.getLogger("monitor.sources.x")
    try:
        raise ValueError(f"the server said {SECRET}")
    except ValueError:
        logger.exception("page not read", extra={"network": "x", "text": SECRET, "author": SECRET})
    (line,) = lines(settings)
    assert SECRET not in line
    assert "ValueError in test_setup.py" in line


def test_a_value_stays_on_its_line_and_is_cut(settings: Settings) -> None:
    setup.configure(settings)
    logging.getLogger("monitor").error("read", extra={"reason": "a\nFAKE \x1b[31m line" + "b" * 5_000})
    (line,) = lines(settings)
    assert "\x1b" not in line
    assert len(line) < 400


def test_the_level_holds_and_other_libraries_are_left_alone(settings: Settings) -> None:
    settings = with_log(settings, level="warning")
    setup.configure(settings)
    logging.getLogger("monitor.a").info("quiet")
    logging.getLogger("monitor.a").warning("loud")
    logging.getLogger("urllib3").warning("foreign")
    assert [line.rpartition(" ")[2] for line in lines(settings)] == ["loud"]


def test_a_full_file_is_turned_over_and_only_its_owner_reads_it(settings: Settings) -> None:
    settings = with_log(settings, max_megabytes=0.01, keep_files=2)
    setup.configure(settings)
    for number in range(400):
        logging.getLogger("monitor").info("batch stored", extra={"count": number})
    files = sorted(setup.log_file(settings).parent.glob("escucha.log*"))
    assert [file.name for file in files] == ["escucha.log", "escucha.log.1", "escucha.log.2"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert lines(settings)[-1].endswith("count=399")


def test_processes_share_the_file_and_no_line_is_lost(settings: Settings) -> None:
    code = f"""
import logging, sys
from monitor.logs import setup
from monitor.settings.loading import Settings, Store
from monitor.settings.log import Log
setup.configure(Settings(store=Store(url={settings.store.url!r}), log=Log(max_megabytes=0.01, keep_files=50)))
for number in range(200):
    logging.getLogger("monitor").info("batch stored", extra={{"pid": int(sys.argv[1]), "count": number}})
"""
    root = Path(__file__).parents[2]
    writers = [subprocess.Popen([sys.executable, "-c", code, str(number)], cwd=root) for number in range(3)]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    folder = settings.store.path.parent
    written = [line for file in folder.glob("escucha.log*") for line in file.read_text().splitlines()]
    assert len(written) == 600
    assert len({line.partition(": ")[2] for line in written}) == 600


def test_a_log_that_cannot_be_written_is_said_once_and_stops_nothing(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("not a folder")
    setup.configure(with_log(settings, file=tmp_path / "file" / "escucha.log"))
    logging.getLogger("monitor").info("one")
    logging.getLogger("monitor").info("two")
    assert capsys.readouterr().err.count("cannot be written") == 1


def test_log_level_shows_the_log_on_the_terminal_and_writes_it(settings: Settings, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "monitor", "--log-level", "debug", "run"],
        env={"ESCUCHA_STORE__URL": settings.store.url, "PYTHONPATH": str(Path(__file__).parents[2])},
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert " INFO monitor.store." in run.stderr
    assert set(lines(settings)) <= set(run.stderr.splitlines())


def test_without_log_level_the_terminal_shows_none_of_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_STORE__URL", settings.store.url)
    monkeypatch.setenv("ESCUCHA_LOG__FILE", str(setup.log_file(settings)))
    assert " monitor." not in escucha("run").output
    assert lines(settings)
