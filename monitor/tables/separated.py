"""CSV and TSV: guessing how a file is separated, and reading it so that one bad row stays one bad row."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, chain
from pathlib import Path
from typing import Any

from monitor.tables import encoding
from monitor.tables.columns import ColumnFinder, bare_name
from monitor.tables.encoding import bytes_read, open_text
from monitor.tables.file_format import FAULT, SEPARATORS, FileFormat, FormOptions, NumberedRow, Quoting, ReadProgress
from monitor.tables.forms.headers import header_line, is_blank

_SEPARATORS = tuple(SEPARATORS)
_FIRST_RECORDS = 200
"""Records that show whether all lines end in separators, and whether cells have escapes."""
_ESCAPE = re.compile(r"\\(.?)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "0": "", "\\": "\\"}
"""How mysql -B and PostgreSQL's COPY write what would end a cell."""
_ANY = 1_000
_END_IN_QUOTES = "unexpected end of data"
_CUT = "the file ends in the middle of this row: it was cut off, or is still being written"
_DECLARED = re.compile(r"\ufeff?sep=(.)\r?\n?", re.IGNORECASE)


def detect_dialect(sample: str, encoding: str, finder: ColumnFinder, options: FormOptions) -> FileFormat:
    """The form of a file that begins with `sample`, without its header, which is what `finder` knows."""
    declared = _DECLARED.match(sample)
    lines = io.StringIO(sample, newline="").readlines()
    if len(lines) > 1 and not sample.endswith(("\n", "\r")):
        lines.pop()  # the cut at the end of the sample
    named = [options.separator] if options.separator else [declared[1]] if declared else []
    leading = _leading(lines, int(declared is not None), finder, named or _SEPARATORS, options.header_row)
    lines = lines[leading:]
    candidates = named or [separator for separator in _SEPARATORS if lines and separator in lines[0]] or [","]
    base = FileFormat(
        "separated", encoding=encoding, leading=leading, declared=declared is not None, named=options.header_row != 0
    )
    forms = [
        replace(base, separator=separator, quoting=quoting)
        for separator in candidates
        for quoting in _likely_quotings(separator, lines)
    ]
    return min(forms, key=lambda form: _misfit_score(form, lines))


def _leading(
    lines: list[str], first: int, finder: ColumnFinder, separators: Sequence[str], header_row: int | None
) -> int:
    """Lines above the header, `first` of which declare the separator; without a header those above the first row."""
    if header_row:
        return header_row - 1
    if header_row == 0:
        return next((number for number, line in enumerate(lines) if number >= first and not is_blank(line)), first)
    return first + header_line(lines[first:], finder, separators)


def rows(path: Path, form: FileFormat, start: int, progress: ReadProgress) -> Iterator[NumberedRow]:
    """The rows from `start` on. Rows that do not fit the header come with the reason under `FAULT`."""
    header, width = form.header, len(form.header)
    with open_text(path, form.encoding) as text:
        lines = _Lines(_track_progress(text, progress), form.leading)
        records = _records(lines, form)
        records = map(_without_escapes, records) if form.escapes else records
        for number, fields in enumerate(records, start=-int(form.named)):
            progress.characters = lines.characters()
            if number < start or number < 0 or not fields:
                continue
            if isinstance(fields, _CutRecord):
                yield number, lines.begun + 1, {FAULT: _CUT, "fields": fields}
            elif len(fields) == width:
                yield number, lines.begun + 1, dict(zip(header, fields, strict=False))
            else:
                yield number, lines.begun + 1, _misfit_row(form, fields)


def first_records(path: Path, form: FileFormat, count: int) -> list[list[str]]:
    """The first records of the file, header included, blank lines left out."""
    records: list[list[str]] = []
    with open_text(path, form.encoding) as text:
        for fields in _records(_Lines(encoding.batches(text), form.leading), form):
            if fields and len(records) >= count:
                break
            if fields:
                records.append(fields)
    return records


class _Lines:
    """The lines of a file; those of the record being read are kept, so that a broken record can be taken back.

    `done` counts those of the records that were read, and the `leading` ones; `begun` those before the latest record.
    """

    def __init__(self, batches: Iterable[list[str]], leading: int = 0) -> None:
        self._batches = iter(batches)
        self._first, self._kept, self._characters = 0, list[str](), [0]
        self.done = self.begun = 0
        above = self.rest()
        for _ in range(leading):
            next(above, None)
        self.done = leading

    def rest(self) -> Iterator[str]:
        """The lines that are not done, from the first of them on."""
        return chain(self._kept[self.done - self._first :], chain.from_iterable(self._ahead()))

    def take(self) -> str:
        """The first line that is not done, of those that were read already."""
        self.begun, self.done = self.done, self.done + 1
        return self._kept[self.begun - self._first]

    def is_end_open(self) -> bool:
        """Whether the last line that was read has no end."""
        return bool(self._kept) and not self._kept[-1].endswith(("\n", "\r"))

    def characters(self) -> int:
        """How many characters the lines hold that are done."""
        return self._characters[self.done - self._first]

    def _ahead(self) -> Iterator[list[str]]:
        for batch in self._batches:
            done, self._first = self.done - self._first, self.done
            self._kept = self._kept[done:] + batch
            *before, last = self._characters[done:]
            self._characters = [*before, *accumulate(map(len, batch), initial=last)]
            yield batch


def _records(
    lines: _Lines, form: FileFormat, read_broken: Callable[[str, FileFormat], list[str]] | None = None
) -> Iterator[list[str]]:
    """The fields of every record. A quote that is never closed costs its own line only."""
    while True:
        before = lines.done
        reader = _reader(lines.rest(), form, strict=True)
        try:
            for fields in reader:
                lines.begun, lines.done = lines.done, before + reader.line_num
                yield fields
        except csv.Error as error:
            fields = (read_broken or _parse_lenient)(lines.take(), form)
            if str(error) == _END_IN_QUOTES and _is_cut(lines, fields, form):
                yield _CutRecord(fields)
                return
            yield fields
        else:
            return


class _CutRecord(list[str]):
    """A record in whose midst the file ends: what is there of its last field is not all of it."""


def _is_cut(lines: _Lines, fields: list[str], form: FileFormat) -> bool:
    """Whether an open quote is where the file was cut, and no sign that stands alone: no row comes after it."""
    width = len(form.header)
    if len(fields) != width or not lines.is_end_open():
        return False
    return all(len(_parse_lenient(line, form)) != width for line in lines.rest())


def _parse_lenient(line: str, form: FileFormat) -> list[str]:
    try:
        return next(_reader([line], form, strict=False), [])
    except csv.Error:
        return [line[:1000]]


def _reader(lines: Iterable[str], form: FileFormat, strict: bool) -> Any:
    if form.quoting == "none":
        return csv.reader(lines, delimiter=form.separator, quoting=csv.QUOTE_NONE, quotechar=None)
    if form.quoting == "escaped":
        return csv.reader(lines, delimiter=form.separator, escapechar="\\", doublequote=False, strict=strict)
    return csv.reader(lines, delimiter=form.separator, strict=strict)


def with_surplus(path: Path, form: FileFormat, finder: ColumnFinder) -> FileFormat:
    """The form, with how many empty fields each of its first rows has behind those that its header names.

    Behind a text that is the last column any number of them is no part of a text.
    """
    if form.named and bare_name(form.header[-1]) in finder.names.get("text", ()):
        return replace(form, surplus=_ANY)
    records = first_records(path, form, _FIRST_RECORDS)[int(form.named) :]
    filled = [fields for fields in records if any(fields)]
    surplus = min((len(fields) for fields in filled), default=0) - len(form.header)
    has_any = surplus > 0 and not any(any(fields[len(form.header) :]) for fields in filled)
    return replace(form, surplus=surplus) if has_any else form


def with_escapes(path: Path, form: FileFormat) -> FileFormat:
    """The form, with whether tabs and line breaks are written as databases do: those are the only ones in cells."""
    if form.separator != "\t" or form.quoting != "none":
        return form
    cells = [cell for fields in first_records(path, form, _FIRST_RECORDS) for cell in fields if "\\" in cell]
    signs = {sign for cell in cells for sign in _ESCAPE.findall(cell)}
    return replace(form, escapes=bool(signs & {"n", "t"}) and signs <= {*_ESCAPED, "N"})


def _without_escapes(fields: list[str]) -> list[str]:
    return [_ESCAPE.sub(_unescaped, cell) if "\\" in cell else cell for cell in fields]


def _unescaped(found: re.Match[str]) -> str:
    return _ESCAPED.get(found[1], found[0])


def _misfit_row(form: FileFormat, fields: list[str]) -> dict[str, Any]:
    """Separators at the end of every line shift nothing; one too many in a single line may stand in its text."""
    header, end = form.header, len(form.header) + form.surplus
    if not any(fields) or (len(header) < len(fields) <= end and not any(fields[len(header) :])):
        return dict(zip(header, fields, strict=False))
    return {FAULT: f"{len(fields)} fields where the file has {len(header)} columns", "fields": fields}


def _track_progress(text: io.TextIOWrapper, progress: ReadProgress) -> Iterator[list[str]]:
    for batch in encoding.batches(text):
        progress.bytes = bytes_read(text)
        yield batch
    progress.bytes = bytes_read(text)


def _likely_quotings(separator: str, lines: list[str]) -> tuple[Quoting, ...]:
    """Tab files are mostly written without quoting: quotes in them need proof."""
    if not any('"' in line for line in lines):
        return ("doubled",) if separator != "\t" else ("none",)
    if separator == "\t":
        proof = lines[0].startswith('"') or any('\t"' in line and '""' in line for line in lines)
        return ("doubled", "none", "escaped") if proof else ("none", "doubled", "escaped")
    return ("doubled", "escaped", "none") if any('\\"' in line for line in lines) else ("doubled", "none")


def _misfit_score(form: FileFormat, lines: list[str]) -> tuple[float, int]:
    """The share of records that do not have as many fields as the first one; then: the more columns the better."""
    broken: list[str] = []

    def leave_out(line: str, _form: FileFormat) -> list[str]:
        broken.append(line)
        return []

    sizes = [len(fields) for fields in _records(_Lines([lines]), form, leave_out) if fields]
    if not sizes:
        return 1.0, 0
    misfits = sum(size != sizes[0] for size in sizes) + len(broken)
    return misfits / (len(sizes) + len(broken)), -sizes[0]
