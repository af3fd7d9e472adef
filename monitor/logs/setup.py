"""Where the log goes: a file beside the database that is turned over by size, and the terminal when asked."""

import logging
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path

from concurrent_log_handler import ConcurrentRotatingFileHandler

from monitor.i18n import tell
from monitor.logs import masked
from monitor.logs.formats import JsonFormat, TextFormat
from monitor.settings import language
from monitor.settings.loading import Settings
from monitor.settings.log import Log

ROOTS = ("monitor", "flows", "dashboard")
_MEGABYTE = 1 << 20
_lock = threading.Lock()
_handlers: list[logging.Handler] = []
_in_force: list[object] = []


class _LogFile(ConcurrentRotatingFileHandler):
    """A file that several processes write; when it cannot be written that is said once, and the work goes on."""

    failed = False

    def emit(self, record: logging.LogRecord) -> None:
        """Writes the record; the folder is made when there is something to write."""
        with suppress(OSError):
            Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 (the name is logging's)
        """Says on the terminal that the log is not written."""
        if not self.failed:
            self.failed = True
            error = sys.exc_info()[1]
            reason = getattr(error, "strerror", None) or type(error).__name__
            fault = f"the log {self.baseFilename} cannot be written ({reason}): name another file in [log] file"
            sys.stderr.write(f"{tell(language.of_terminal(os.environ), fault)}\n")


def log_file(settings: Settings) -> Path:
    """The file of the settings, else `escucha.log` beside the database."""
    return (settings.log.file or settings.store.path.with_name("escucha.log")).expanduser().absolute()


def configure(settings: Settings, terminal_level: str | None = None) -> None:
    """Sends what Escucha logs to its file, and from `terminal_level` on to standard error too.

    May be called again, from any thread: what was set up before is replaced where the settings differ. Records of other
    libraries are left alone, but hold no credential from now on.
    """
    masked.install()
    file = log_file(settings)
    with _lock:
        if _in_force == [file, settings.log, terminal_level]:
            return
        handlers = [_file_handler(file, settings.log)]
        if terminal_level is not None:
            handlers.append(_terminal_handler(terminal_level))
        for name in ROOTS:
            logger = logging.getLogger(name)
            for handler in _handlers:
                logger.removeHandler(handler)
            for handler in handlers:
                logger.addHandler(handler)
            logger.setLevel(settings.log.level.upper())
        for handler in _handlers:
            handler.close()
        _handlers[:] = handlers
        _in_force[:] = [file, settings.log, terminal_level]


def _terminal_handler(level: str) -> logging.Handler:
    handler = logging.StreamHandler()
    handler.setFormatter(TextFormat())
    handler.setLevel(level.upper())
    return handler


def _file_handler(file: Path, log: Log) -> logging.Handler:
    handler = _LogFile(
        file, maxBytes=int(log.max_megabytes * _MEGABYTE), backupCount=log.keep_files, encoding="utf-8",
        chmod=0o600,
    )  # fmt: skip
    handler.setFormatter(JsonFormat() if log.format == "json" else TextFormat())
    return handler
