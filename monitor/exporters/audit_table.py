"""The audit log as a file, in codes: CSV for spreadsheets, JSON Lines with every value as it was hashed."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from monitor import atomic_files
from monitor.errors import HandOverPermanent
from monitor.exporters._cells import escape_formulas, printable, truncate, wall_time
from monitor.models.audit import ENTRY_COLUMNS, AuditEntry

AuditFormat: TypeAlias = Literal["csv", "jsonl"]
ENDINGS: Final = (".csv", ".jsonl")


def write(log: Iterable[AuditEntry], target: Path, *, zone: ZoneInfo) -> int:
    """Writes the file whole or not at all, for its owner alone; its ending says the format. Returns how many entries.

    Raises HandOverPermanent where it cannot be written.
    """
    kind: AuditFormat = "jsonl" if target.suffix.lower() == ".jsonl" else "csv"
    try:
        with atomic_files.replacing(target) as file:
            return _write(log, file, kind, zone)
    except OSError as error:
        raise HandOverPermanent(f"cannot write {target}: {error.strerror or type(error).__name__}") from error


def as_bytes(log: Iterable[AuditEntry], kind: AuditFormat, *, zone: ZoneInfo) -> bytes:
    """The same as the bytes of a file."""
    file = io.BytesIO()
    _write(log, file, kind, zone)
    return file.getvalue()


def _write(log: Iterable[AuditEntry], file: BinaryIO, kind: AuditFormat, zone: ZoneInfo) -> int:
    return _csv(log, file, zone) if kind == "csv" else _jsonl(log, file)


def _csv(log: Iterable[AuditEntry], file: BinaryIO, zone: ZoneInfo) -> int:
    """As the other tables for people: UTF-8 with its mark, times of `zone`, and no cell that is a formula."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(ENTRY_COLUMNS)
    count = 0
    for entry in log:
        writer.writerow([_cell(getattr(entry, name), zone) for name in ENTRY_COLUMNS])
        count += 1
    text.flush()
    text.detach()
    return count


def _cell(value: str | int | datetime | None, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return f"{wall_time(value, zone):%Y-%m-%d %H:%M:%S}"
    return "" if value is None else truncate(escape_formulas(printable(str(value))))


def _jsonl(log: Iterable[AuditEntry], file: BinaryIO) -> int:
    count = 0
    for entry in log:
        line = json.dumps(asdict(entry), default=lambda value: value.isoformat())
        file.write(line.encode("ascii") + b"\n")
        count += 1
    return count
