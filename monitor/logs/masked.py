"""Log records, tracebacks and what threads leave behind, of any library in this process: without credentials."""

import logging
import sys
import threading
import traceback
from types import TracebackType
from typing import Any

from monitor.masking.masks import mask


class MaskedRecord(logging.LogRecord):
    """A record whose message, values, traceback and stack hold no credential, whoever formats it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if isinstance(self.args, tuple):
            self.args = tuple(mask(value) if isinstance(value, str) else value for value in self.args)
        if self.exc_info and self.exc_info[1]:
            self.exc_text = traceback_text(self.exc_info[1])
        if self.stack_info:
            self.stack_info = mask(self.stack_info)

    def getMessage(self) -> str:  # noqa: N802 (the name is logging's)
        """As LogRecord's."""
        return mask(super().getMessage())


def traceback_text(error: BaseException) -> str:
    """The error with its place and causes, as Python prints it, without credentials."""
    return mask("".join(traceback.format_exception(error)).rstrip("\n"))


def install() -> None:
    """Makes every record from now on a MaskedRecord, and masks what ends this process or a thread unforeseen.

    A hook that somebody else has set is left alone.
    """
    logging.setLogRecordFactory(MaskedRecord)
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _tell
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _tell_of_thread


def _tell(_kind: type[BaseException], error: BaseException, _place: TracebackType | None) -> None:
    sys.stderr.write(f"{traceback_text(error)}\n")


def _tell_of_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
        name = ended.thread.name if ended.thread else "a thread"
        sys.stderr.write(f"Exception in {name}:\n{traceback_text(ended.exc_value)}\n")
