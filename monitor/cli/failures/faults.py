"""What a command says when it fails: what a person can mend, or where a fault of our own stands for a report."""

import errno
import logging
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from monitor.errors import EscuchaError

logger = logging.getLogger(__name__)

# What a person mends, not we: no room, no right, a disk that fails, a name that no file can have.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NAMES = frozenset({errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.EINVAL})
_RIGHTS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.EMFILE, errno.EBUSY, errno.ENXIO})
_REPORT = "escucha-fault.txt"


def sentence(error: Exception) -> str:
    """What is wrong and what to do; of a fault that nobody foresaw, the file that holds it whole."""
    if isinstance(error, EscuchaError):
        return str(error)
    if isinstance(error, OSError) and is_of_the_system(error):
        return system_text(error)
    logger.critical("a fault that nobody foresaw", exc_info=error)
    return f"a fault in Escucha itself; please report what stands in {_write_report(error)}"


def is_of_the_system(error: OSError) -> bool:
    """Also where no folder for temporary files can be written, which Python calls a file that is not found."""
    if error.errno == errno.ENOENT or error.errno in _NAMES:
        return error.filename is None if error.errno == errno.ENOENT else error.filename is not None
    return error.errno in _FULL | _RIGHTS


def system_text(error: OSError) -> str:
    """The file, why it cannot be used, and what to do."""
    place = error.filename or "a file of Escucha's"
    if error.errno == errno.ENAMETOOLONG:
        return f"{_cut(str(place))} is too long for the name of a file: name a shorter one"
    if error.errno in _NAMES:
        return f"{place} cannot be read or written ({error.strerror}): name another place, then try again"
    is_about_room = error.errno in _FULL or error.filename is None
    remedy = "make room, or raise the limit," if is_about_room else "let this user do it, or name another place,"
    return f"{place} cannot be read or written ({error.strerror}): {remedy} then try again"


def _cut(name: str) -> str:
    return name if len(name) <= 100 else f"{name[:60]}…{name[-20:]}"


def _write_report(error: Exception) -> Path:
    """Puts the error, its place and its causes into a file beside the log, without credentials. Returns the file."""
    from monitor.logs.masked import traceback_text
    from monitor.logs.setup import log_file
    from monitor.settings import loading

    text = f"{traceback_text(error)}\n"
    with suppress(EscuchaError, OSError):
        from monitor.atomic_files import replacing

        file = log_file(loading.load()).with_name(_REPORT)
        with replacing(file) as report:
            report.write(text.encode("utf-8", "replace"))
        return file
    descriptor, name = tempfile.mkstemp(prefix="escucha-fault-", suffix=".txt")
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as report:
        report.write(text)
    return Path(name)
