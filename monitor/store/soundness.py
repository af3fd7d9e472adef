"""Whether a copy of a database can be read from its first block to its last, found out by a process of its own."""

import json
import logging
import signal
import subprocess
import sys
from pathlib import Path

from monitor.errors import StoreCorrupt, StoreError, StoreOutOfMemory
from monitor.settings.loading import Store
from monitor.store import connection as connecting
from monitor.store import faults, memory

logger = logging.getLogger(__name__)

_SCRIPT = Path(__file__).with_name("block_check.py")


def check(copy: Path, name: Path, outcome: str) -> None:
    """Reads all of a copy that nobody else has open, and brings it to the newest version.

    Errors call it `name`, the file it is a copy of, and say with `outcome` what was left undone. Raises StoreCorrupt
    when it is damaged or no database of Escucha's, StoreOutdated when a newer Escucha wrote it.
    """
    try:
        if copy.stat().st_size == 0:
            raise StoreCorrupt(f"{name} is empty; {outcome}")
        _read_blocks(copy, name, outcome)
        with connecting.connect(Store(url=str(copy)), as_copy=True) as connection:
            rows = connection.execute("SELECT table_name FROM duckdb_tables() WHERE table_name = 'mentions'").fetchall()
        if not rows:
            raise StoreCorrupt(f"{name} holds no tables of Escucha's; {outcome}")
    except StoreError as error:
        logger.error("copy unfit", extra={"path_name": name.name, "reason": type(error).__name__})  # noqa: TRY400 (the caller shows it)
        if str(copy) not in str(error):
            raise
        raise type(error)(f"{str(error).replace(str(copy), str(name))}; {outcome}") from None


def _read_blocks(copy: Path, name: Path, outcome: str) -> None:
    import duckdb

    config = json.dumps(memory.engine_limits(copy))
    done = subprocess.run(
        [sys.executable, str(_SCRIPT), str(copy), config], capture_output=True, text=True, check=False
    )
    if done.returncode in (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT):
        raise StoreOutOfMemory(f"the check of {name} was ended from outside, perhaps for its memory; {outcome}")
    if done.returncode < 0:
        raise StoreCorrupt(f"{name} is damaged: it ends the process that reads it ({-done.returncode}); {outcome}")
    if done.returncode:
        words = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise StoreError(f"{name} could not be checked ({words}); {outcome}")
    answer = json.loads(done.stdout)
    if "kind" not in answer:
        return
    error = getattr(duckdb, answer["kind"], duckdb.Error)(answer["text"])
    fault = faults.engine_fault(error, copy, opening=not answer["places"])
    if fault is None or isinstance(fault, StoreCorrupt):
        where = f" in {', '.join(answer['places'])}" if answer["places"] else ""
        raise StoreCorrupt(f"{name} is damaged{where}: {_words(str(error), copy, name)}; {outcome}")
    raise fault


def _words(text: str, copy: Path, name: Path) -> str:
    return faults.first_line(text.replace(str(copy), str(name)))
