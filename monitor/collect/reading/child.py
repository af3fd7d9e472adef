"""The program of the process that reads a file (`monitor.collect.reading.process`)."""

import gc
import logging
import pickle
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any

from monitor.collect.known.stored_posts import StoredAnswer, StoredContent
from monitor.collect.reading.process import PROTOCOL, ReadingTask, StoreQuestion, send
from monitor.errors import fault_place
from monitor.machine.no_pandas import do_without_pandas
from monitor.masking import masks


class _AskedPosts:
    """What is stored, asked of the process that has the store: once it has stored all pages that it was sent."""

    def __init__(self, asked: IO[bytes], out: IO[bytes]) -> None:
        self._asked, self._out = asked, out

    def any_made(self, beginning: str, length: int) -> bool:
        """Whether a post has an id of that length that begins so."""
        return bool(self._ask(StoreQuestion("any_made", (beginning, length))))

    def contents(self, post_ids: Sequence[str]) -> list[StoredContent]:
        """Those of these posts that are stored."""
        return list(self._ask(StoreQuestion("contents", (post_ids,))))

    def answers(self, post_ids: Sequence[str]) -> list[StoredAnswer]:
        """Those of these posts that are stored, one for each version."""
        return list(self._ask(StoreQuestion("answers", (post_ids,))))

    def _ask(self, question: StoreQuestion) -> Any:
        send(self._out, question)
        return pickle.load(self._asked)  # noqa: S301 (of the process that started this one)


class _SentRecords(logging.Handler):
    """Log records go to the process that has the log."""

    def __init__(self, out: IO[bytes]) -> None:
        super().__init__()
        self._out = out

    def emit(self, record: logging.LogRecord) -> None:
        """Sends the record; of an error its place, which the log says of it."""
        if record.exc_info and record.exc_info[1]:
            record.reason = fault_place(record.exc_info[1])
        record.exc_info = None
        send(self._out, record)


def main() -> None:
    """Reads the task from standard input, and writes pages, questions and log records to standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that stores, which ends this one
    do_without_pandas()
    gc.disable()  # what is read holds no cycles
    asked, out = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    try:
        _read(asked, out)
    except BaseException as error:
        with suppress(OSError):  # nobody reads on
            send(out, _as_sent(error))


def _as_sent(error: BaseException) -> BaseException:
    """The error with the place where it was raised, which does not travel; one that cannot travel by name alone."""
    place = fault_place(error)
    error.add_note(place)
    try:
        pickle.loads(pickle.dumps(error, PROTOCOL))  # noqa: S301 (of our own)
    except Exception:
        return RuntimeError(place)
    return error


def _read(asked: IO[bytes], out: IO[bytes]) -> None:
    task: ReadingTask = pickle.load(asked)  # noqa: S301 (of the process that started this one)
    for secret, part_of_address in task.secrets:
        masks.know(secret, part_of_address=part_of_address)
    logger = logging.getLogger("monitor")
    logger.setLevel(task.level)
    logger.addHandler(_SentRecords(out))
    for page in task.reading.pages(_AskedPosts(asked, out), lambda position: send(out, position)):
        send(out, page)
    send(out, None)


if __name__ == "__main__":
    main()
