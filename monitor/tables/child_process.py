"""The process in which foreign binary files are unpacked: starting it, its limits, what its end means."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from monitor.errors import UnfitFile
from monitor.tables import unpack

_PROGRAM = (sys.executable, "-P", str(Path(unpack.__file__)))
_OF_UNPACKING = re.compile(r"\bzip\b|EOCD|decompress|CRC|end-of-stream|inflate", re.IGNORECASE)
_WAIT = 900
"""Seconds a spreadsheet may take to be unpacked."""
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "SYSTEMROOT", "TMPDIR")
"""Variables that the process gets; no secret is among them."""


def parse_line(line: bytes) -> Any:
    """The value on a line of the process; None where it is cut."""
    try:
        return json.loads(line)
    except ValueError:
        return None


def parquet_process(path: Path, start: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """The process that writes a Parquet file's rows."""
    return running([*_PROGRAM, "parquet", str(path.resolve()), start], subprocess.DEVNULL)


@contextmanager
def running(program: Sequence[str], stdin: int, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process whose output is read here, with these further variables; it is ended when nobody reads on."""
    process = subprocess.Popen(
        program, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment() | variables
    )
    with process:
        try:
            yield process
        finally:
            process.kill()
            if process.stdin:
                with suppress(OSError):  # what it was told last, it does not read
                    process.stdin.close()


def unpack_spreadsheet(path: Path, sheets: Sequence[str] | None, rows: IO[bytes]) -> int:
    """Has the process write the sheets, or the named ones, to `rows`; returns its exit code.

    Raises UnfitFile when it takes too long.
    """
    arguments = ("spreadsheet", str(path.resolve()), *(() if sheets is None else sheets or ("",)))
    try:
        done = subprocess.run(
            [*_PROGRAM, *arguments], stdin=subprocess.DEVNULL, stdout=rows, stderr=subprocess.DEVNULL,
            env=_environment(), timeout=_WAIT, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise limit_error(path, f"more than {_WAIT} seconds of reading") from None
    return done.returncode


def _environment() -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**passed_on, "ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"}


def check_end(path: Path, end: dict[str, Any], place: str) -> None:
    """Raises UnfitFile when the end that the process wrote tells of a limit, a password or a fault at this place."""
    if "limit" in end:
        raise limit_error(path, _memory() if end["limit"] == "memory" else end["limit"])
    if "password" in end:
        raise password_error(path)
    if "fault" in end:
        raise damaged_error(path, place, end["fault"])


def died_error(path: Path, place: str, code: int | None) -> UnfitFile:
    """For a process that said nothing at its end; one that wants more memory than there is ends itself so."""
    if code == -signal.SIGABRT:
        return limit_error(path, _memory())
    if code is not None and code in (-signal.SIGXCPU, -signal.SIGKILL):
        return limit_error(path, f"more than {unpack.SECONDS} seconds of reading")
    return damaged_error(path, place, "it ended the program that reads it")


def _memory() -> str:
    return f"{unpack.MEMORY >> 30} GB of memory"


def limit_error(path: Path, limit: str) -> UnfitFile:
    """For a file that is larger inside than this limit."""
    return UnfitFile(
        "file_limit",
        "{file} is larger inside than a file may be ({limit}): delete what stands far outside its table and save it "
        "again, or save it as CSV, in several files if it is very large",
        file=path.name,
        limit=limit,
    )


def password_error(path: Path) -> UnfitFile:
    """For a file that opens with a password only."""
    return UnfitFile(
        "file_password",
        "{file} is protected with a password: save it without one, or as CSV, and try again",
        file=path.name,
    )


def damaged_error(path: Path, place: str, reason: str) -> UnfitFile:
    """For a file of which the part called `place` cannot be read."""
    if _OF_UNPACKING.search(reason):
        reason = "it cannot be unpacked"
    return UnfitFile(
        "file_damaged",
        "{file} is damaged or cut ({place}: {reason}); fetch or export it again, or save it as CSV",
        file=path.name,
        place=place,
        reason=reason,
    )
