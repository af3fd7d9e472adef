"""JSON: a value a line, arrays, objects one after another; read piece by piece, never whole."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from monitor.tables.encoding import bytes_read, lines, open_text
from monitor.tables.file_format import FAULT, FileFormat, NumberedRow, ReadProgress
from monitor.tables.forms.threads import is_alone, posts_in
from monitor.tables.text import without_surrogates
from monitor.text import json_values

_PIECE = 1 << 20
_LARGEST = 1 << 24
"""Characters one object may take before the array counts as broken."""
_BEAT = 256
_DECODER = json_values.decoder()
_BEGIN = re.compile(r"\ufeff?\s*(?:(?:var |let |const )?[\w.$]{1,80}\s*=(?=\s*[\[{]))?")
"""What stands before the first value: of an archive's `window.YTD.tweets.part0 = [` the name."""
_BLANK = re.compile(r"[\s,\[\];]*")
_LISTS = re.compile(r"\ufeff?\s*\[\s*\[\s*[^\s\[\]{]")
"""A table whose rows are lists."""
_TOO_LARGE = (
    "the JSON is one object too large to be read whole: write a row a line (pandas: orient='records', lines=True)"
)
_LIST = re.compile(r'"[^"\\]{1,60}"\s*:\s*\[\s*(?=\{)')
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def line_rows(path: Path, form: FileFormat, start: int, progress: ReadProgress) -> Iterator[NumberedRow]:
    """The rows of a JSON-lines file from `start` on; a line may hold several, blank ones hold none."""
    number = 0
    for line_number, value in _line_objects(path, form, progress):
        for row in (value,) if is_alone(value) and not (form.is_unusual or form.path) else posts_in(value, form):
            if number >= start:
                yield number, line_number, row
            number += 1


def array_rows(path: Path, form: FileFormat, start: int, progress: ReadProgress) -> Iterator[NumberedRow]:
    """The rows of arrays and objects from `start` on. What cannot be read ends it, told as one last faulty row."""
    number = 0
    for value in _stream_objects(path, form, progress):
        for row in (value,) if is_alone(value) and not (form.is_unusual or form.path) else posts_in(value, form):
            if number >= start:
                yield number, None, row
            number += 1


def objects(path: Path, form: FileFormat, progress: ReadProgress) -> Iterator[dict[str, Any]]:
    """The objects as the file has them, pages and posts with comments in one piece; faulty ones as faulty rows."""
    if form.kind == "jsonl":
        yield from (value for _, value in _line_objects(path, form, progress))
    else:
        yield from _stream_objects(path, form, progress)


def _line_objects(path: Path, form: FileFormat, progress: ReadProgress) -> Iterator[tuple[int, dict[str, Any]]]:
    with open_text(path, form.encoding) as text:
        for number, line in enumerate(lines(text), 1):
            if number % _BEAT == 1:
                progress.bytes = bytes_read(text)
            progress.characters += len(line)
            if not line.isspace():
                yield number, _parse_line(line)
        progress.bytes = bytes_read(text)


def _stream_objects(path: Path, form: FileFormat, progress: ReadProgress) -> Iterator[dict[str, Any]]:
    with open_text(path, form.encoding) as text:
        yield from _elements(text, progress)


def _elements(text: io.TextIOWrapper, progress: ReadProgress) -> Iterator[dict[str, Any]]:
    decode = _DECODER.raw_decode
    buffer = text.read(_PIECE)
    if _LISTS.match(buffer):
        yield _table(buffer + text.read(_LARGEST))
        progress.bytes = bytes_read(text)
        return
    begin = _BEGIN.match(buffer)
    at, has_more, depth, is_inside = begin.end() if begin else 0, True, 0, False
    while True:
        progress.bytes = bytes_read(text)
        blank = _BLANK.match(buffer, at)
        signs = blank[0] if blank else ""
        depth += signs.count("[") - signs.count("]")
        at += len(signs)
        if is_inside and depth < 1:
            yield from _behind_list(text, buffer[at:])
            return
        if at >= len(buffer):
            if not (buffer := text.read(_PIECE)):
                if depth > 0:
                    yield _fault_row("the JSON array is broken here: it has no end", "")
                return
            at = 0
            continue
        try:
            value, end = decode(buffer, at)
        except RecursionError:
            yield _fault_row("the JSON array is nested too deep here", buffer[at:])
            return
        except ValueError as error:
            if has_more and len(buffer) - at <= _LARGEST:
                piece = text.read(_PIECE)
                has_more = bool(piece)
                buffer, at = buffer[at:] + piece, 0
                continue
            inner = None if is_inside or len(buffer) - at <= _LARGEST else _LIST.search(buffer, at, at + _PIECE)
            if inner is None:
                is_large = len(buffer) - at > _LARGEST
                yield _fault_row(_TOO_LARGE if is_large else f"the JSON array is broken here: {error}", buffer[at:])
                return
            at, depth, is_inside = inner.end(), 1, True
            continue
        progress.characters += end - at
        yield _object_row(value, buffer[at:end])
        at = end


def _table(written: str) -> dict[str, Any]:
    """Rows that are lists, as the page that a spreadsheet's program writes; one faulty row if they cannot be read."""
    try:
        return {"values": _DECODER.decode(written.strip().removeprefix("\ufeff"))}
    except (ValueError, RecursionError) as error:
        is_large = len(written) > _LARGEST
        return _fault_row(_TOO_LARGE if is_large else f"the JSON array is broken here: {error}", written)


def _behind_list(text: io.TextIOWrapper, rest: str) -> Iterator[dict[str, Any]]:
    """What stands behind the list of an object too large to be read whole: its authors cannot be given to its posts."""
    if '"includes"' in rest + text.read(_PIECE):
        yield _fault_row("the object is too large: its authors in includes are not read; write a page a line", rest)


def _parse_line(line: str) -> dict[str, Any]:
    try:
        value = _DECODER.decode(line)
    except RecursionError:
        return _fault_row("nested too deep", line)
    except ValueError as error:
        return _parse_lenient(line, error)
    return _object_row(value, line)


def _parse_lenient(line: str, error: ValueError) -> dict[str, Any]:
    """A line that ends in a comma, as those of an array do."""
    bare = line.rstrip()
    if not bare.endswith((",", ";")):
        return _fault_row(f"not JSON: {error}", line)
    try:
        return _object_row(_DECODER.decode(bare[:-1]), bare)
    except (ValueError, RecursionError):
        return _fault_row(f"not JSON: {error}", line)


def _object_row(value: Any, source: str) -> dict[str, Any]:
    if json_values.has_typed(source):
        value = json_values.untyped(value)
    if not isinstance(value, dict):
        return _fault_row("not a JSON object", source)
    if _SURROGATE.search(source):
        value = _repair(value)
    if FAULT in value:
        value["column"] = value.pop(FAULT)
    row: dict[str, Any] = value
    return row


def _repair(value: dict[str, Any]) -> dict[str, Any]:
    """Half a character, which JSON can write and nothing can store, becomes the replacement character."""
    repaired: dict[str, Any] = json.loads(without_surrogates(json.dumps(value, ensure_ascii=False)))
    return repaired


def _fault_row(reason: str, source: str) -> dict[str, Any]:
    return {FAULT: reason, "line": without_surrogates(source[:2000])}
