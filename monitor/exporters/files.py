"""Hands cases over as one file: CSV, XLSX, JSON Lines or Parquet, chosen by the file's suffix.

A file is there whole or not at all: rows go to a hidden file beside the target, which is flushed to the disk and then
renamed. A process killed meanwhile leaves that hidden file, which a later write beside it sweeps away.
"""

import errno
import hashlib
import io
import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from monitor import atomic_files
from monitor.errors import HandOverError, HandOverPermanent, HandOverTransient
from monitor.exporters._form import TableForm
from monitor.exporters._tables import FORMATS
from monitor.exporters.words import FOR_PEOPLE, CaseWords
from monitor.models.exports import COLUMNS, CaseRow
from monitor.settings.loading import Settings

logger = logging.getLogger(__name__)

_PASSING = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EAGAIN, errno.EBUSY, errno.ETIMEDOUT, errno.ESTALE}
_CHUNK = 1 << 20  # bytes
_NOTICE = ("code", "file", "erased_at", "action")


def place_for_new(settings: Settings) -> str | None:
    """A file of its own for each export, in the settings' folder; None when they name none."""
    folder = settings.exports.folder
    return str(folder.absolute() / f"cases-{{export_id}}.{settings.exports.format}") if folder else None


def is_taken(place: str) -> bool:
    """Whether there is a file of that name: also of a database that was lost, or of another."""
    return os.path.lexists(place)


def deliver(rows: Iterable[CaseRow], place: str, settings: Settings) -> str:
    """Writes the cases to the file `place` as `write` does and returns its receipt.

    A file that is there is this delivery, whose receipt was not written down, and may have been read: it stays.
    """
    return _deliver(rows, place, settings, keep_existing=True)


def replace(rows: Iterable[CaseRow], place: str, settings: Settings) -> str:
    """Writes the cases in place of the file, which holds some that were erased since, and returns the new receipt."""
    return _deliver(rows, place, settings, keep_existing=False)


def tell_erased(codes: Sequence[str], changed: Sequence[str], place: str, settings: Settings, now: datetime) -> str:
    """Writes beside the file which of its rows have to be deleted, or taken anew, wherever they went. Returns where.

    It is `<name>.delete.csv`, a row a case; a later erasure adds its rows.
    """
    target = _notice_of(place)
    with _os_errors(target):
        known = target.read_bytes() if target.exists() else ",".join(_NOTICE).encode() + b"\n"
        with atomic_files.replacing(target, group_readable=settings.exports.group_readable) as file:
            file.write(known)
            for action, cases in (("delete", codes), ("replace", changed)):
                for code in cases:
                    file.write(f"{code},{Path(place).name},{now:%Y-%m-%dT%H:%M:%SZ},{action}\n".encode())
    return str(target)


def remove(place: str) -> None:
    """Deletes the file, and the notice beside it."""
    for path in (Path(place), _notice_of(place)):
        with _os_errors(path):
            path.unlink(missing_ok=True)


def _notice_of(place: str) -> Path:
    return Path(place).with_name(f"{Path(place).stem}.delete.csv")


def _deliver(rows: Iterable[CaseRow], place: str, settings: Settings, *, keep_existing: bool) -> str:
    exports = settings.exports
    return write(
        rows,
        Path(place),
        zone=settings.zone,
        separator=exports.separator,
        columns=exports.columns,
        words=words_for(settings, place),
        group_readable=exports.group_readable,
        keep_existing=keep_existing,
    )


def words_for(settings: Settings, place: str) -> CaseWords | None:
    """What a hand-over there calls columns and values, as the settings say; None: codes, as in formats for programs."""
    is_for_people = settings.exports.table == "words" and format_of(Path(place)) in FOR_PEOPLE
    return CaseWords(settings.language, settings.desk, settings.zone) if is_for_people else None


def write(
    rows: Iterable[CaseRow],
    target: Path,
    *,
    zone: ZoneInfo,
    separator: str = ",",
    columns: Sequence[str] = (),
    words: CaseWords | None = None,
    group_readable: bool = False,
    keep_existing: bool = False,
) -> str:
    """Writes the cases to `target`, replacing it as a whole, and returns the receipt "sha256:<hex>, N cases".

    The rows are streamed, so memory does not grow with their number. The folder is created. Times are in `zone`;
    `separator` is CSV's: with ";" decimals have a comma, as Excel expects it where lists have a semicolon. `columns`:
    those of CaseRow, by default all; `words`: what a CSV or XLSX calls them and their values, by default codes.
    `group_readable`: the folder's group may read it, else its owner alone. `keep_existing`: a file that is there stays,
    and the receipt is of what it holds.
    Raises HandOverPermanent for a suffix that is none of the four, for a file that cannot be written, and for more rows
    than the format holds; HandOverTransient when trying again may help, as with a full disk.
    """
    write_cases = FORMATS[format_of(target)]
    replacing = atomic_files.replacing(target, group_readable=group_readable, keep_existing=keep_existing)
    with _os_errors(target), replacing as file:
        count = write_cases(rows, file, TableForm(zone, separator, tuple(columns) or COLUMNS, words))
        file.flush()
        digest = _digest(file)
    if keep_existing:
        with _os_errors(target), target.open("rb") as delivered:
            digest = _digest(delivered)
    logger.info("cases written", extra={"destination": "files", "path_name": target.name, "count": count})
    return f"sha256:{digest}, {count} cases"


def as_bytes(
    rows: Iterable[CaseRow],
    format: str,
    *,
    zone: ZoneInfo,
    separator: str = ",",
    columns: Sequence[str] = (),
    words: CaseWords | None = None,
) -> bytes:
    """The same file in memory, for a download button; `format` is "csv", "xlsx", "jsonl" or "parquet"."""
    file = io.BytesIO()
    form = TableForm(zone, separator, tuple(columns) or COLUMNS, words)
    FORMATS[format_of(Path(f"cases.{format}"))](rows, file, form)
    return file.getvalue()


def format_of(target: Path) -> str:
    """The format that the file's suffix names. Raises HandOverPermanent when it is none of the four."""
    name = target.suffix.lower().removeprefix(".")
    if name not in FORMATS:
        suffixes = ", ".join(f".{format_name}" for format_name in FORMATS)
        raise HandOverPermanent(f"cannot write {target}: the file's name must end in one of {suffixes}")
    return name


@contextmanager
def _os_errors(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        kind: type[HandOverError] = HandOverTransient if error.errno in _PASSING else HandOverPermanent
        raise kind(f"cannot write {target}: {error.strerror or type(error).__name__}") from error
    except HandOverPermanent as error:
        raise HandOverPermanent(f"cannot write {target}: {error}") from None


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
