"""JSON lines, and arrays of JSON objects: read piece by piece, never whole."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from monitor.tables.encoding import bytes_read, lines, open_text
from monitor.tables.layout import FAULT, FileFormat, NumberedRow, ReadProgress
from monitor.tables.text import without_surrogates
from monitor.text import json_values

_PIECE = 1 << 20
_LARGEST = 1 << 24
"""Characters one object may take before the array counts as broken."""
_BEAT = 256
_DECODER = json_values.decoder()
_BLANK = re.compile(r"[\s,]*")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def line_rows(path: Path, form: FileFormat, start: int, progress: ReadProgress) -> Iterator[NumberedRow]:
    """The rows of a JSON-lines file from line `start` (counted from 0) on; blank lines are no rows."""
    with open_text(path, form.encoding) as text:
        for number, line in enumerate(lines(text)):
            if number % _BEAT == 0:
                progress.bytes = bytes_read(text)
            progress.characters += len(line)
            if number >= start and not line.isspace():
                yield number, None, _parse_line(line)
        progress.bytes = bytes_read(text)


def array_rows(path: Path, form: FileFormat, start: int, progress: ReadProgress) -> Iterator[NumberedRow]:
    """The elements of a JSON array from `start` on. What cannot be read ends it, told as one last faulty row."""
    with open_text(path, form.encoding) as text:
        for number, row in enumerate(_elements(text, progress)):
            if number >= start:
                yield number, None, row


def _elements(text: io.TextIOWrapper, progress: ReadProgress) -> Iterator[dict[str, Any]]:
    decode = _DECODER.raw_decode
    buffer = text.read(_PIECE).lstrip("\ufeff \t\r\n").removeprefix("[")
    at, has_more = 0, True
    while True:
        progress.bytes = bytes_read(text)
        blank = _BLANK.match(buffer, at)
        at = blank.end() if blank else at
        if buffer.startswith("]", at):
            return
        try:
            value, end = decode(buffer, at)
        except RecursionError:
            yield _fault_row("the JSON array is nested too deep here", buffer[at:])
            return
        except ValueError as error:
            if not has_more or len(buffer) - at > _LARGEST:
                yield _fault_row(f"the JSON array is broken here: {error}", buffer[at:])
                return
            piece = text.read(_PIECE)
            has_more = bool(piece)
            buffer, at = buffer[at:] + piece, 0
            continue
        progress.characters += end - at
        yield _object_row(value, buffer[at:end])
        at = end


def _parse_line(line: str) -> dict[str, Any]:
    try:
        value = _DECODER.decode(line)
    except RecursionError:
        return _fault_row("nested too deep", line)
    except ValueError as error:
        return _fault_row(f"not JSON: {error}", line)
    return _object_row(value, line)


def _object_row(value: Any, source: str) -> dict[str, Any]:
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
