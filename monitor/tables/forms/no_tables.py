"""Files that are no tables: told by their first bytes and not by their names, each with what to do instead."""

import re
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from monitor.errors import UnfitFile
from monitor.tables.text import without_surrogates

_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
_OLE_BYTES = 1 << 24
"""Bytes of an old Office file in which the names of its parts are looked for."""
_ERRORS: Mapping[str, Callable[[str, str], UnfitFile]] = {
    "document": lambda file, kind: UnfitFile(
        "file_document",
        "{file} is a document ({kind}) and no table: put its rows into a spreadsheet, save it as CSV or XLSX",
        file=file,
        kind=kind,
    ),
    "picture": lambda file, kind: UnfitFile(
        "file_picture",
        "{file} is a picture ({kind}), in which nothing is read: export the table itself as CSV or XLSX",
        file=file,
        kind=kind,
    ),
    "media": lambda file, kind: UnfitFile(
        "file_media",
        "{file} is sound or video ({kind}), in which nothing is read: export the table itself as CSV or XLSX",
        file=file,
        kind=kind,
    ),
    "mail": lambda file, kind: UnfitFile(
        "file_mail",
        "{file} is mail ({kind}) and no table: export the messages as CSV or JSON, with date, sender and text",
        file=file,
        kind=kind,
    ),
    "chat": lambda file, kind: UnfitFile(
        "file_chat",
        "{file} is a chat ({kind}) as text: put date, author and text of its messages into columns, save it as CSV",
        file=file,
        kind=kind,
    ),
    "database": lambda file, kind: UnfitFile(
        "file_database",
        "{file} is a database ({kind}): export the table that is meant as CSV",
        file=file,
        kind=kind,
    ),
    "apple": lambda file, kind: UnfitFile(
        "file_apple",
        "{file} is a file of {kind}, which others do not read: choose File, Export To, CSV or Excel there",
        file=file,
        kind=kind,
    ),
    "foreign": lambda file, kind: UnfitFile(
        "file_foreign",
        "{file} is {kind} inside, which is not read: save it as CSV, JSON lines, XLSX or Parquet",
        file=file,
        kind=kind,
    ),
    "cut": lambda file, kind: UnfitFile(
        "file_cut",
        "{file} is damaged or cut ({kind}): fetch or export it again",
        file=file,
        kind=kind,
    ),
}
"""What is said of a file and its kind, by what it is."""
_SIGNS: Sequence[tuple[int, bytes, str, str]] = (
    (0, b"{\\rtf", "document", "RTF"),
    (0, b"\x89PNG\r\n", "picture", "PNG"),
    (0, b"\xff\xd8\xff", "picture", "JPEG"),
    (0, b"GIF8", "picture", "GIF"),
    (8, b"WEBP", "picture", "WebP"),
    (0, b"II*\0", "picture", "TIFF"),
    (0, b"MM\0*", "picture", "TIFF"),
    (4, b"ftypheic", "picture", "HEIC"),
    (4, b"ftypmif1", "picture", "HEIC"),
    (4, b"ftypavif", "picture", "AVIF"),
    (4, b"ftyp", "media", "MP4"),
    (8, b"WAVE", "media", "WAV"),
    (8, b"AVI ", "media", "AVI"),
    (0, b"ID3", "media", "MP3"),
    (0, b"\xff\xfb", "media", "MP3"),
    (0, b"OggS", "media", "Ogg"),
    (0, b"fLaC", "media", "FLAC"),
    (0, b"\x1aE\xdf\xa3", "media", "Matroska"),
    (0, b"SQLite format 3\0", "database", "SQLite"),
    (8, b"DUCK", "database", "DuckDB"),
    (4, b"Standard Jet DB", "database", "Access"),
    (4, b"Standard ACE DB", "database", "Access"),
    (0, b"Obj\x01", "foreign", "Avro"),
    (0, b"ARROW1", "foreign", "Arrow"),
    (0, b"ORC", "foreign", "ORC"),
    (0, b"$FL2@(#)", "foreign", "SPSS"),
    (0, b"$FL3@(#)", "foreign", "SPSS"),
    (0, b"<stata_dta>", "foreign", "Stata"),
    (0, b"\x89HDF\r\n", "foreign", "HDF5"),
    (0, b"RDX", "foreign", "R"),
    (0, b"X\n\0\0", "foreign", "R"),
    (0, b"MZ\x90\0", "foreign", "EXE"),
    (0, b"\x7fELF", "foreign", "ELF"),
    (0, b"\x80\x04\x95", "foreign", "pickle"),
    (0, b"\x80\x05\x95", "foreign", "pickle"),
)
"""Place, bytes, what it is and its name."""
_PARTS = {"word/": ("document", "Word"), "ppt/": ("document", "PowerPoint"), "Index/": ("apple", "Numbers"),
          "Index.zip": ("apple", "Numbers"), "visio/": ("document", "Visio")}  # fmt: skip
_APPLE = {".pages": "Pages", ".key": "Keynote"}
_PACKED = {".xlsx": "XLSX", ".xlsm": "XLSM", ".ods": "ODS", ".numbers": "Numbers"}
_MIMES = {"opendocument.text": "OpenDocument", "opendocument.presentation": "OpenDocument", "epub": "EPUB"}
_STREAMS = (("WordDocument", "document", "Word"), ("__properties_version1.0", "mail", "Outlook"),
            ("PowerPoint Document", "document", "PowerPoint"))  # fmt: skip
_TEXTS = (
    (re.compile(r"%PDF-\d"), "document", "PDF"),
    (re.compile(r"From \S{1,200} +[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d[^\n]{0,40}\n"), "mail", "mbox"),
    (re.compile(r"BEGIN:VCARD"), "foreign", "vCard"),
    (re.compile(r"BEGIN:VCALENDAR"), "foreign", "iCalendar"),
    (
        re.compile(r"(?:<\?xml[^>]*>\s*)?(?:<!(?:--.{0,2000}?--|DOCTYPE svg[^>]*)>\s*){0,3}<svg\b", re.S),
        "picture",
        "SVG",
    ),
    (re.compile(r"<\?xml\b|<rss\b|<feed\b"), "foreign", "XML"),
    (re.compile(r"-- (?:MySQL|MariaDB|PostgreSQL|SQLite)|--\n-- PostgreSQL|PRAGMA foreign_keys"), "database", "SQL"),
    (re.compile(r"(?:CREATE TABLE|INSERT INTO|DROP TABLE) "), "database", "SQL"),
)
"""How texts that are no tables begin."""
_CONTROLS = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]")
_HEADER = re.compile(r"(?:[A-Za-z][A-Za-z-]*:[ \t][^\n]*\n(?:[ \t]+[^\n]*\n)*){3,}")
_OF_MAIL = ("message-id:", "mime-version:", "received:", "return-path:", "delivered-to:", "content-type:")
_SENT = r"\u200e?\[?\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? \d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?\s?m\.?)?(?:\]| -) "
_CHAT_BEGIN, _MESSAGE = re.compile(_SENT, re.IGNORECASE), re.compile(rf"^{_SENT}[^:\n]{{1,60}}: ", re.M | re.IGNORECASE)
_FEWEST_MESSAGES, _LOOKED_AT = 2, 20_000


def check_bytes(path: Path, head: bytes) -> None:
    """Raises UnfitFile, with what to do instead, for a file that begins so and is no table."""
    for place, sign, what, kind in _SIGNS:
        if head.startswith(sign, place) and (what == "document" or _CONTROLS.search(head[:_LOOKED_AT])):
            raise _error(path, what, kind)
    if head.startswith(_OLE):
        _check_streams(path)
    elif head.startswith(_ZIP):
        _check_parts(path)


def check_text(path: Path, text: str) -> None:
    """Raises UnfitFile, with what to do instead, for a text that begins so and is no table."""
    start = text.lstrip("\ufeff \t\r\n")
    for pattern, what, kind in _TEXTS:
        if pattern.match(start):
            raise _error(path, what, kind)
    header = _HEADER.match(start.replace("\r\n", "\n"))
    if header and any(name in header[0].lower() for name in _OF_MAIL) and "from:" in header[0].lower():
        raise _error(path, "mail", "EML")
    if _CHAT_BEGIN.match(start) and len(_MESSAGE.findall(start[:_LOOKED_AT])) >= _FEWEST_MESSAGES:
        raise _error(path, "chat", "WhatsApp")


def _check_streams(path: Path) -> None:
    """An old Office file holds its parts under names; one with a workbook in it is left to who reads those."""
    with path.open("rb") as file:
        content = file.read(_OLE_BYTES)
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book\0", "EncryptedPackage")):
        return
    for name, what, kind in _STREAMS:
        if name.encode("utf-16-le") in content:
            raise _error(path, what, kind)


def _check_parts(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            mime = archive.read("mimetype")[:100].decode("ascii", "replace") if "mimetype" in names else ""
    except zipfile.BadZipFile:
        raise _error(path, "cut", _PACKED.get(path.suffix.lower(), "ZIP")) from None
    except (ValueError, NotImplementedError, OSError, RuntimeError, zlib.error, EOFError):
        return
    kind = next((kind for part, kind in _MIMES.items() if part in mime), None)
    if kind:
        raise _error(path, "document", kind)
    for part, (what, kind) in _PARTS.items():
        if any(name.startswith(part) for name in names) and not any(name.startswith("xl/") for name in names):
            raise _error(path, what, _APPLE.get(path.suffix.lower(), kind) if what == "apple" else kind)


def _error(path: Path, what: str, kind: str) -> UnfitFile:
    return _ERRORS[what](without_surrogates(path.name), kind)
