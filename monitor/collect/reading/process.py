"""A file read in a process of its own beside the one that stores its rows: each has an interpreter and a processor.

The process is handed a `FileReading` and writes pages, what it asks of the store, how far it is, and log records; what
both send are pickled values. It holds no database and no file but the one it reads, and ends with the process that
started it.
"""

import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import IO, Any, Literal

from monitor.collect.known.stored_posts import StoredPosts
from monitor.collect.reading.pages import FileReading
from monitor.collect.reading.storing import ReadyPage
from monitor.errors import SourceUnavailable
from monitor.masking import masks
from monitor.tables import child_process
from monitor.tables.layout import Layout
from monitor.tables.rows import forget
from monitor.tables.text import without_surrogates

logger = logging.getLogger(__name__)

LEAST_BYTES = 1 << 23
"""Of a file for which a process is worth its start, which takes as long as to read some 20,000 rows."""
_UNPACKED_HERE = ("spreadsheet", "html")
"""Forms that were taken apart to be looked at, which takes longer than to read their rows: not done twice."""
PROTOCOL = 5
"""Of pickles: since it, columns are not copied once more to be sent."""


@dataclass(frozen=True, slots=True)
class ReadingTask:
    """What the process is handed: the reading, the credentials that are masked, and from which level on it logs."""

    reading: FileReading
    secrets: tuple[tuple[str, bool], ...]
    level: int


@dataclass(frozen=True, slots=True)
class StoreQuestion:
    """What the process asks of the store: one of the questions of `StoredPosts`, and what about."""

    name: Literal["any_made", "contents", "answers"]
    arguments: Sequence[Any]


def is_worth(layout: Layout) -> bool:
    """Whether the file is read sooner by a process of its own."""
    return layout.size >= LEAST_BYTES and layout.form.kind not in _UNPACKED_HERE


def pages(reading: FileReading, stored: StoredPosts, on_bytes: Callable[[int], None]) -> Generator[ReadyPage]:
    """`FileReading.pages`, made by a process of its own, the next while the last is stored.

    Where none can be started the file is read here. Raises SourceUnavailable when it is ended from outside.
    """
    program = [sys.executable, "-P", "-m", "monitor.collect.reading.child"]
    with ExitStack() as stack:
        try:
            running = child_process.running(program, subprocess.PIPE, PYTHONPATH=os.pathsep.join(sys.path))
            process = stack.enter_context(running)
        except OSError as error:
            logger.warning("no process can be started", extra={"reason": error.strerror})
            yield from reading.pages(stored, on_bytes)
            return
        forget()  # what was unpacked here to be looked at: that process unpacks its own
        level = logging.getLogger("monitor").getEffectiveLevel()
        _tell(process, ReadingTask(reading, tuple(masks.known().items()), level))
        yield from _received(process, reading, stored, on_bytes)


def _received(
    process: subprocess.Popen[bytes], reading: FileReading, stored: StoredPosts, on_bytes: Callable[[int], None]
) -> Iterator[ReadyPage]:
    while (message := _next(process, reading)) is not None:
        match message:
            case ReadyPage():
                yield message
            case StoreQuestion():
                _tell(process, getattr(stored, message.name)(*message.arguments))
            case int():
                on_bytes(message)
            case logging.LogRecord():
                logging.getLogger(message.name).handle(message)
            case BaseException():
                raise message


def _tell(process: subprocess.Popen[bytes], value: object) -> None:
    if process.stdin:
        with suppress(OSError):  # it has ended: what it wrote last says why
            send(process.stdin, value)


def send(out: IO[bytes], value: object) -> None:
    """Writes a value to the other process. Raises OSError when that has ended."""
    pickle.dump(value, out, PROTOCOL)
    out.flush()


def _next(process: subprocess.Popen[bytes], reading: FileReading) -> Any:
    try:
        return pickle.load(process.stdout) if process.stdout else None  # noqa: S301 (of our own program)
    except (EOFError, pickle.UnpicklingError):
        name = without_surrogates(reading.layout.path.name)
        raise SourceUnavailable(
            f"the process that reads {name} was ended from outside ({_end(process.wait())}), as happens where memory "
            "runs short; what was stored until then is kept, and to read it again does the rest"
        ) from None


def _end(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
