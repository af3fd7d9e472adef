"""What kind of file it is, told by its first bytes rather than its name."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from monitor.errors import UnexpectedAnswer, UnfitFile
from monitor.tables import access, binary, child_process, encoding, json_form, separated, unpack, workbooks
from monitor.tables.columns import ColumnFinder, columns_hint
from monitor.tables.file_format import NO_OPTIONS, FileFormat, FormOptions, ReadProgress, quoted
from monitor.tables.forms import archives, html_tables, no_tables
from monitor.tables.forms.headers import MOST_TITLES, is_blank, titles_in
from monitor.tables.forms.naming import check_width, unique_names, with_header
from monitor.tables.forms.options import check_options, header_row_error, separator_named
from monitor.tables.forms.pages import COMMENTS
from monitor.tables.forms.sheets import choose_sheets, sheets_named
from monitor.tables.forms.threads import comments_in, renamed_columns
from monitor.tables.values import flat_names

__all__ = ["detect_format", "no_rows_error", "unique_names"]

_SAMPLE = 1 << 20
_GUESSED = 1 << 18
"""Bytes looked at for the encoding, and characters looked at for the separator."""
_MOST_HEADER_ROW = 1_000
"""Rows of a sheet among which a person may name the header."""
_FIRST_ROWS = 1_000
"""Rows of Parquet that are looked at for comments in posts."""
_STRAYS = 30
"""Control characters that even a short file may hold."""
_ZIP, _OLE, _PARQUET, _GZIP = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1", b"\x1f\x8b"
_PACKED = {b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"7z\xbc\xaf": "7-Zip", b"(\xb5/\xfd": "zstd", b"Rar!": "RAR"}
_NOT_TEXT = (".xlsx", ".ods", ".parquet")
"""Names under which no program reads text; under .xls Excel does."""


def detect_format(path: Path, finder: ColumnFinder, options: FormOptions = NO_OPTIONS) -> FileFormat:
    """The form of a file, with its header where it has one of its own: names that `finder` knows tell it from a row.

    Raises UnexpectedAnswer, with the fix, for what holds no rows (missing, folder, empty, packed, binary, damaged), and
    for options that do not fit the file.
    """
    head = _head(path)
    with access.reading(path):
        if head.startswith(_GZIP) or (head.startswith(_ZIP) and archives.is_archive(path)):
            return _packed(path, finder, options)
        form = _form(path, head, finder, options)
    return form


def _packed(path: Path, finder: ColumnFinder, options: FormOptions) -> FileFormat:
    unpacked = archives.unpack(path)
    head = _head(unpacked.path)
    if head.startswith(_GZIP) or (head.startswith(_ZIP) and archives.is_archive(unpacked.path)):
        raise _packed_error(path, "ZIP" if head.startswith(_ZIP) else "gzip")
    form = _form(unpacked.path, head, finder, options)
    note = f"files beside it in {path.name} are not read: {quoted(unpacked.others)}"
    return replace(form, packed=unpacked.path.name, notes=(*form.notes, *([note] if unpacked.others else ())))


def _form(path: Path, head: bytes, finder: ColumnFinder, options: FormOptions) -> FileFormat:
    if head.startswith(_PARQUET):
        check_options(path, options, "Parquet", ())
        return _parquet(path, finder)
    if head.startswith((_ZIP, _OLE)):
        check_options(path, options, "a spreadsheet", ("sheet", "header_row"))
        return _spreadsheet(path, finder, options)
    return _text(path, head, finder, options)


def _parquet(path: Path, finder: ColumnFinder) -> FileFormat:
    form = FileFormat("parquet", binary.parquet_fields(path))
    check_width(path, form.header)
    if not set(COMMENTS).intersection(form.header):
        return form
    posts = [dict(row) for _, _, row in islice(binary.parquet_rows(path, form, 0, ReadProgress()), _FIRST_ROWS)]
    renamed = renamed_columns(posts, finder)
    rows = [row for post in posts for row in comments_in(post, renamed)]
    if len(rows) == len(posts):
        return form
    header = dict.fromkeys((*form.header, *(name for row in rows for name in flat_names(row))))
    return FileFormat("parquet threads", tuple(header), renamed=tuple(renamed.items()))


def _head(path: Path) -> bytes:
    if path.is_dir():
        raise UnexpectedAnswer(f"{path} is a folder: name one file in it")
    if path.exists() and not path.is_file():  # opening a pipe would wait for whoever writes to it
        raise UnexpectedAnswer(f"{path} is a pipe or a device: save what it gives in a file")
    try:
        with path.open("rb") as file:
            head = file.read(_SAMPLE)
    except OSError as error:
        raise UnexpectedAnswer(f"{path} cannot be read: {error.strerror}; check the path and its permissions") from None
    if not head.strip():
        raise UnfitFile("file_empty", "{file} is empty: export it again", file=path.name)
    if head.startswith(b"PARE") and b"\0" in head:  # a table may begin with PARENT
        raise child_process.password_error(path)
    for magic, name in _PACKED.items():
        if head.startswith(magic):
            raise _packed_error(path, name)
    if head[257:262] == b"ustar":
        raise _packed_error(path, "tar")
    no_tables.check_bytes(path, head)
    return head


def _packed_error(path: Path, packer: str) -> UnfitFile:
    return UnfitFile("file_packed", "{file} is packed ({packer}): unpack it first", file=path.name, packer=packer)


def _text(path: Path, head: bytes, finder: ColumnFinder, options: FormOptions) -> FileFormat:
    name = encoding.named_encoding(path, head, options.encoding) if options.encoding else encoding.detect_encoding(head)
    text = head.decode(name, "replace")[:_GUESSED]
    if not html_tables.is_html(text):
        no_tables.check_text(path, text)
    strange = sum(character < " " and character not in "\t\r\n\f\x1b" for character in text)
    is_strange = strange > max(_STRAYS, len(text) / 20)
    if not is_strange and path.suffix.lower() in _NOT_TEXT:
        raise UnfitFile(
            "file_named",
            "{file} is text inside, though its name says {suffix}: rename it to .csv or .json, or export it again",
            file=path.name,
            suffix=path.suffix.lower(),
        )
    if is_strange:
        raise UnfitFile(
            "file_strange",
            "{file} is not text, a spreadsheet or Parquet inside: save it as CSV (UTF-8), JSONL, XLSX or Parquet",
            file=path.name,
        )
    start = text.lstrip("\ufeff \t\r\n")
    if html_tables.is_html(start):
        check_options(path, options, "HTML", ("sheet", "header_row", "encoding"))
        return replace(_html(path, name, finder, options), encoding=name)
    if json_form.is_json(start):
        check_options(path, options, "JSON", ("encoding",))
        return json_form.json_form(path, name, finder)
    check_options(path, options, "text in columns", ("header_row", "separator", "encoding"))
    return _separated(path, text.lstrip("\ufeff"), name, finder, options)


def _separated(path: Path, text: str, name: str, finder: ColumnFinder, options: FormOptions) -> FileFormat:
    options = replace(options, separator=separator_named(path, options.separator, text))
    form = separated.detect_dialect(text, name, finder, options)
    filled = {number: [line] for number, line in enumerate(text.splitlines(), 1) if not is_blank(line)}
    if options.header_row and options.header_row not in filled:
        raise header_row_error(path, options.header_row, list(filled.items()))
    records = separated.first_records(path, form, 1)
    if not records:
        raise UnfitFile("file_empty", "{file} is empty: export it again", file=path.name)
    check_width(path, records[0])
    cells = [cell.removeprefix("\ufeff") for cell in records[0]]
    above = (line.split(form.separator) for line in text.splitlines()[: form.leading])
    form = replace(form, titles=titles_in(above))
    form = with_header(form, cells, finder, is_sure=options.header_row is not None)
    return separated.with_escapes(path, separated.with_surplus(path, form, finder))


def _spreadsheet(path: Path, finder: ColumnFinder, options: FormOptions) -> FileFormat:
    wanted = None
    if options.sheets:
        wanted = sheets_named(path, workbooks.sheet_heads(path, (), 0).names, options.sheets)
    count = max(MOST_TITLES, min(options.header_row or 0, _MOST_HEADER_ROW))
    workbook = workbooks.sheet_heads(path, wanted, count)
    if sum(head.cells for head in workbook.heads) > unpack.MOST_CELLS:
        raise child_process.limit_error(path, f"{unpack.MOST_CELLS:,} cells in its sheets")
    form = choose_sheets(path, "spreadsheet", workbook, finder, options)
    if len(workbook.names) > unpack.MOST_SHEETS and wanted is None:
        limit = f"{len(workbook.names)} sheets, and only the first {unpack.MOST_SHEETS} are looked at"
        if not any(map(finder.knows, form.header)):
            raise child_process.limit_error(path, limit)
        form = replace(form, notes=(*form.notes, f"{limit}; --sheet NAME reads another"))
    return form


def _html(path: Path, name: str, finder: ColumnFinder, options: FormOptions) -> FileFormat:
    workbook = html_tables.workbook(path, name, MOST_TITLES)
    if options.sheets:
        wanted = sheets_named(path, workbook.names, options.sheets)
        workbook = replace(workbook, heads=tuple(head for head in workbook.heads if head.name in wanted))
    return choose_sheets(path, "html", workbook, finder, options)


def no_rows_error(path: Path, header: Sequence[str]) -> UnexpectedAnswer:
    """The error for a file that has nothing below its header."""
    return UnexpectedAnswer(f"{path.name} holds no posts below its header: export it again{columns_hint(header)}")
