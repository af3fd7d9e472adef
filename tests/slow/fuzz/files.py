"""Well-formed files of posts, customers and answers, made in code, in every form that is read: to be spoilt."""

import csv
import io
import json
import random
import struct
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import xlsxwriter
from pyarrow import parquet

from tests.slow.fuzz.inputs import VALUES, mutated, places, spoil

Row = dict[str, Any]
_TEXTS = ("El pedido no llega", "my order is late; again", 'dice "hola", y nada', "línea 1\nlínea 2", "😡 ¿cuándo?")
_TIMES = (
    "2026-03-02T09:00:00Z",
    "02/03/2026 9:00",
    "1772442000",
    "Mon Mar 02 09:00:00 +0000 2026",
    "2 de marzo de 2026",
)
_FIRST = 1_990_000_000_000_000_000
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"


def rows(chance: random.Random) -> list[Row]:
    """A few rows, the columns of one form of export or another."""
    time, text = chance.choice(_TIMES), chance.choice(_TEXTS)
    shape: Callable[[int], Row] = chance.choice(
        (
            lambda number: {"id": number, "text": text, "created_at": time, "author": "ana", "likes": 3},
            lambda number: {"Mensaje": text, "Fecha": time, "Usuario": "@leo", "Enlace": f"https://x.com/a/status/{number}"},
            lambda number: {"id": str(number), "created_at": time, "full_text": text, "user": {"screen_name": "ana"}},
        )
    )  # fmt: skip
    return [shape(number) for number in range(_FIRST, _FIRST + chance.randint(1, 8))]


def _separated(chance: random.Random, listed: Sequence[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=chance.choice(",;\t|"), lineterminator=chance.choice(("\n", "\r\n", "\r")))
    writer.writerow(listed[0])
    writer.writerows(row.values() for row in listed)
    return text.getvalue().encode(chance.choice(("utf-8", "utf-8-sig", "utf-16", "cp1252")), "replace")


def _json(chance: random.Random, listed: Sequence[Row]) -> bytes:
    if chance.random() < 0.5:
        return json.dumps(listed).encode()
    return "\n".join(json.dumps(row) for row in listed).encode()


def _archive(parts: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return whole.getvalue()


def _xlsx(chance: random.Random, listed: Sequence[Row]) -> bytes:
    whole = io.BytesIO()
    workbook = xlsxwriter.Workbook(whole, {"in_memory": True, "strings_to_urls": False})
    sheet = workbook.add_worksheet("posts")
    for place, row in enumerate((list(listed[0]), *(row.values() for row in listed))):
        for column, value in enumerate(row):
            sheet.write(place, column, str(value) if isinstance(value, dict) else value)
    workbook.add_worksheet("empty")
    workbook.close()
    return _spoilt_archive(chance, whole.getvalue())


def _ods(chance: random.Random, listed: Sequence[Row]) -> bytes:
    begin, end = '<table:table-cell office:value-type="string"><text:p>', "</text:p></table:table-cell>"
    table = (listed[0], *(row.values() for row in listed))
    cells = ["".join(f"{begin}{value}{end}" for value in row) for row in table]
    names = " ".join(f'xmlns:{name}="{_OFFICE}{name}:1.0"' for name in ("office", "table", "text"))
    content = (
        f'<office:document-content {names}><office:body><office:spreadsheet><table:table table:name="posts">'
        + "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
        + "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = f'<m:manifest xmlns:m="{_OFFICE}manifest:1.0"/>'
    parts = {"mimetype": kind, "META-INF/manifest.xml": manifest.encode(), "content.xml": content.encode()}
    return _spoilt_archive(chance, _archive(parts))


def _spoilt_archive(chance: random.Random, content: bytes) -> bytes:
    """One part is spoilt inside, so that what unpacks it meets it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    if chance.random() < 0.8:
        name = chance.choice(list(parts))
        parts[name] = mutated(chance, parts[name])
    return _archive(parts)


def _xls(chance: random.Random, listed: Sequence[Row]) -> bytes:
    """Excel's old records, BIFF8, in a compound file of one stream."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    def label(row: int, column: int, value: object) -> bytes:
        text = str(value)[:200]
        head = struct.pack("<HHHHB", row, column, 0, len(text), 1)
        return record(0x0204, head + text.encode("utf-16-le", "replace")[: 2 * len(text)])

    begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    sheet = record(0x0809, begin[:2] + b"\x10\x00" + begin[4:])
    table = (list(listed[0]), *(list(row.values()) for row in listed))
    sheet += b"".join(label(row, column, cell) for row, cells in enumerate(table) for column, cell in enumerate(cells))
    sheet += record(0x000A, b"")
    name = b"\x05\x00posts"
    start = len(record(0x0809, begin)) + 4 + 6 + len(name) + 4
    bound = record(0x0085, struct.pack("<IBB", start, 0, 0) + name)
    stream = record(0x0809, begin) + bound + record(0x000A, b"") + sheet
    return compound(mutated(chance, stream) if chance.random() < 0.8 else stream)


def compound(stream: bytes, name: str = "Workbook") -> bytes:
    """A compound file (OLE) with this one stream."""
    sectors = max(8, -(-len(stream) // 512))
    entries = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE][:128]
    table = struct.pack(f"<{len(entries)}I", *entries).ljust(512, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    head += struct.pack("<IIIIIIIII", 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    head += b"\xff" * (512 - len(head))

    def entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
        written = (name + "\0").encode("utf-16-le")
        links = struct.pack("<HBBIII", len(written), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        return written.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", first, size)

    length = max(4096, len(stream))
    folder = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(name, 2, 0xFFFFFFFF, 2, length) + bytes(256)
    return head + table + folder.ljust(512, b"\0") + stream.ljust(sectors * 512, b"\0")


def _parquet(chance: random.Random, listed: Sequence[Row]) -> bytes:
    count = len(listed)
    odd = chance.choice(
        (
            pa.array([[{"a": [1, None]}]] * count), pa.array([Decimal("1.50")] * count), pa.nulls(count),
            pa.array([b"\xff\0"] * count), pa.array([datetime(2026, 3, 2, tzinfo=UTC)] * count),
            pa.array([2**62] * count, pa.timestamp("ns")), pa.array([float("nan")] * count),
            pa.array(["x"] * count).dictionary_encode(), pa.array([10**6] * count, pa.duration("s")),
            pa.array([[("k", 1)]] * count, pa.map_(pa.string(), pa.int64())), pa.array([-(2**31)] * count, pa.date32()),
        )
    )  # fmt: skip
    columns = {name: pa.array([str(row[name]) for row in listed]) for name in listed[0]}
    columns[chance.choice(("odd", "", "text.", "id", chance.choice(list(columns))))] = odd
    whole = io.BytesIO()
    parquet.write_table(pa.table(columns), whole, compression=chance.choice(("none", "snappy", "zstd")))
    return whole.getvalue()


Maker = Callable[[random.Random, Sequence[Row]], bytes]
TEXTS: dict[str, Maker] = {"csv": _separated, "json": _json}
BINARIES: dict[str, Maker] = {"xlsx": _xlsx, "ods": _ods, "xls": _xls, "parquet": _parquet}


def spoilt_file(chance: random.Random, makers: dict[str, Maker]) -> tuple[str, bytes]:
    """A file in one of these forms, spoilt in its values or in its bytes; the name may lie about the form."""
    kind = chance.choice(list(makers))
    listed = rows(chance)
    if kind == "json" and chance.random() < 0.5:
        spoil(chance, listed)
    elif chance.random() < 0.3:
        spoil_cells(chance, listed)
    is_table = bool(listed) and isinstance(listed[0], dict) and bool(listed[0])
    content = makers[kind](chance, listed) if is_table else json.dumps(listed).encode()
    if chance.random() < (0.7 if kind in TEXTS else 0.4):
        content = mutated(chance, content)
    return chance.choice((kind, kind, kind, "csv", "xlsx", "parquet", "bin")), content


def spoil_cells(chance: random.Random, listed: list[Row]) -> None:
    """Texts and numbers, and none of JSON's own, in the place of others."""
    values = [value for value in VALUES if isinstance(value, str) and len(value) < 30_000 and value != "\ud83d"]
    for _ in range(chance.randint(1, 3)):
        row, name = chance.choice([place for place in places(listed) if isinstance(place[0], dict)])
        row[name] = chance.choice(values)
