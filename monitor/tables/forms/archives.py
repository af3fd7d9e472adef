"""ZIP and gzip with one table inside: unpacked beside, within bounds, as long as somebody reads it."""

import gzip
import os
import shutil
import struct
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Protocol

from monitor.errors import UnfitFile
from monitor.tables.child_process import damaged_error, limit_error, password_error
from monitor.tables.file_format import quoted
from monitor.tables.text import without_surrogates

MOST_BYTES = 1 << 31
"""Bytes that a table may have when it is unpacked."""
_LIKELY, _EXPANSION = 1 << 28, 100
"""So many bytes may be unpacked of any file, and of a large one so many times its size: no text packs better."""
_MOST_FILES = 10_000
_PIECE = 1 << 20
_END, _END_BYTES = b"PK\x05\x06", 22 + (1 << 16)
"""The record at the end of a ZIP, and the bytes in which it stands."""
_TABLES = frozenset({".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson", ".parquet", ".xlsx", ".xls", ".ods", ".js"})
_OTHERS = frozenset({".txt", ".htm", ".html"})
_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Unpacked:
    """The table, which is there as long as this is held, and the names of the files beside it."""

    path: Path
    others: tuple[str, ...]


def is_archive(path: Path) -> bool:
    """Whether a file that begins as a ZIP is none of a spreadsheet; one that is damaged is left to who reads those."""
    try:
        return not any(
            name in ("[Content_Types].xml", "mimetype", "content.xml") or name.startswith(("xl/", "Index/"))
            for name in (entry.filename for entry in _entries(path))
        )
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError):
        return False


def unpack(path: Path) -> Unpacked:
    """The one table in a ZIP or gzip; unpacked once for looking at it and reading it.

    Raises UnfitFile for more than one, a password, damage, and what is larger inside than a file may be.
    """
    return _unpack(path, path.stat().st_mtime_ns)


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def forget_unpacked() -> None:
    """Lets go of the tables that were unpacked to be read more than once."""
    _unpack.cache_clear()


@lru_cache(maxsize=2)
def _unpack(path: Path, _changed: int) -> Unpacked:
    folder = Path(tempfile.mkdtemp(prefix="escucha-"))
    try:
        unpacked = _unpack_into(folder, path)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(unpacked, shutil.rmtree, folder, ignore_errors=True)
    return unpacked


def _unpack_into(folder: Path, path: Path) -> Unpacked:
    with path.open("rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    try:
        if is_gzip:
            name = path.stem if path.suffix.lower() in (".gz", ".gzip") else path.name
            with gzip.open(path) as packed:
                return Unpacked(_copy(path, packed, folder / name), ())
        entry, others = _one_table(path)
        with zipfile.ZipFile(path) as archive, archive.open(entry) as packed:
            return Unpacked(_copy(path, packed, folder / _name(entry)), others)
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, ValueError, struct.error) as error:
        raise damaged_error(path, "what it holds", str(error)[:200]) from None
    except NotImplementedError:
        raise damaged_error(path, "what it holds", "it is packed in a way that is not read") from None


def _copy(path: Path, packed: _Readable, target: Path) -> Path:
    size, most = 0, min(MOST_BYTES, max(_LIKELY, path.stat().st_size * _EXPANSION))
    with target.open("wb") as file:
        while piece := packed.read(_PIECE):
            size += len(piece)
            if size > most:
                raise limit_error(path, f"more than {most:,} bytes")
            file.write(piece)
    return target


def _one_table(path: Path) -> tuple[zipfile.ZipInfo, tuple[str, ...]]:
    entries = [entry for entry in _entries(path) if not entry.is_dir() and _is_shown(entry.filename)]
    likely = [entry for entry in entries if PurePosixPath(entry.filename).suffix.lower() in _TABLES]
    likely = (
        likely or [entry for entry in entries if PurePosixPath(entry.filename).suffix.lower() in _OTHERS] or entries
    )
    names = [without_surrogates(entry.filename) for entry in likely]
    if not likely:
        raise UnfitFile(
            "file_rows", "{file} has no sheet with rows ({sheets}): export it again", file=path.name, sheets=""
        )
    if len(likely) > 1:
        raise UnfitFile(
            "file_archive",
            "{file} holds more than one file: {names}. Unpack it and import the one that is meant, or each by itself",
            file=path.name,
            names=quoted(names),
        )
    (entry,) = likely
    if entry.flag_bits & 1:
        raise password_error(path)
    if entry.file_size > MOST_BYTES:
        raise limit_error(path, f"more than {MOST_BYTES:,} bytes")
    if entry.compress_type not in _READABLE:
        raise NotImplementedError
    return entry, tuple(other.filename for other in entries if other is not entry)


def _entries(path: Path) -> Sequence[zipfile.ZipInfo]:
    """The files of a ZIP. Raises BadZipFile, and UnfitFile for more of them than are looked at."""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _END_BYTES))
        ending = file.read()
    at = ending.rfind(_END)
    if at >= 0 and struct.unpack_from("<H", ending, at + 10)[0] > _MOST_FILES:
        raise limit_error(path, f"{_MOST_FILES:,} files in it")
    with zipfile.ZipFile(path) as archive:
        return archive.infolist()


def _is_shown(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return (
        bool(parts) and "__MACOSX" not in parts and not parts[-1].startswith(".") and parts[-1].lower() != "thumbs.db"
    )


def _name(entry: zipfile.ZipInfo) -> str:
    """The entry's name without folders; nothing in it leads out of one."""
    name = "".join(character for character in PurePosixPath(entry.filename).name if character.isprintable())
    return name.replace("\\", "_").replace(":", "_")[-100:].strip(". ") or "table"
