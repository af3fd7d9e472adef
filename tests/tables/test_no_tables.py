"""Files that are no tables are called by their name, whatever their suffix, with what to do instead."""

import gzip
import io
import sqlite3
import zipfile
from pathlib import Path

import duckdb
import pytest

from monitor.errors import UnfitFile
from monitor.tables.columns import ColumnFinder
from monitor.tables.detect import detect_format

FINDER = ColumnFinder({"id": ("id",), "text": ("texto",), "posted_at": ("fecha",)})
NOISE = bytes(range(256)) * 8
PDF = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n"
MAIL = (
    "Return-Path: <ana@example.org>\r\nFrom: Ana <ana@example.org>\r\nSubject: No llega, otra vez\r\n"
    "Date: Sun, 1 Mar 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n\r\nMi pedido no llega.\r\n"
)


def detect(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    detect_format(path, FINDER)


def packed(*names: str, **texts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), "<x/>" * 200)  # without the time: it stands in tests' names
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return file.getvalue()


def compound_with(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream.encode("utf-16-le") + bytes(600)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (PDF + NOISE, r"document \(PDF\).*spreadsheet"),
        (PDF, r"document \(PDF\)"),
        (compound_with("WordDocument"), r"document \(Word\)"),
        (packed("[Content_Types].xml", "word/document.xml"), r"document \(Word\)"),
        (packed("[Content_Types].xml", "ppt/presentation.xml"), r"document \(PowerPoint\)"),
        (packed(mimetype="application/vnd.oasis.opendocument.text"), r"document \(OpenDocument\)"),
        (b"{\\rtf1\\ansi no llega, nunca}", r"document \(RTF\)"),
        (b"\x89PNG\r\n\x1a\n" + NOISE, r"picture \(PNG\).*export the table itself"),
        (b"\xff\xd8\xff\xe0" + NOISE, r"picture \(JPEG\)"),
        (b"GIF89a" + NOISE, r"picture \(GIF\)"),
        (b"\0\0\0\x18ftypheic" + NOISE, r"picture \(HEIC\)"),
        (b'<?xml version="1.0"?>\n<svg xmlns="a"><text>no llega</text></svg>', r"picture \(SVG\)"),
        (b"\0\0\0\x18ftypmp42" + NOISE, r"video \(MP4\)"),
        (MAIL.encode(), r"mail \(EML\).*export the messages"),
        (b"From ana@example.org Sun Mar  1 10:00:00 2026\nFrom: Ana\n\nNo llega\n", r"mail \(mbox\)"),
        (compound_with("__properties_version1.0"), r"mail \(Outlook\)"),
        (b"01/03/26, 9:59 - Mensajes cifrados\n01/03/26, 10:00 - Ana: No\n01/03/26, 10:05 - Leo: Ya\n",
         r"chat \(WhatsApp\)"),
        ("\u200e[1/3/26, 10:00:00] Ana: No\n[1/3/26, 10:05:11] Leo Sanz: Ya\n".encode(), r"chat \(WhatsApp\)"),
        (packed("Index/Document.iwa", "Index/Tables/DataList.iwa"), r"file of Numbers.*Export To"),
        (b"-- MySQL dump 10.13\nCREATE TABLE posts (id int);\n", r"database \(SQL\)"),
        (b"\0\x01\0\0Standard Jet DB\0" + NOISE, r"database \(Access\)"),
        (b"Obj\x01" + NOISE, "is Avro inside, which is not read"),
        (b"<?xml version='1.0'?>\n<rss><channel><item><title>no</title></item></channel></rss>", "is XML inside"),
        (b"BEGIN:VCARD\nFN:Ana\nEND:VCARD\n", "is vCard inside"),
        (packed("posts.csv")[:60], r"damaged or cut \(ZIP\).*export it again"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_called_by_its_name(tmp_path: Path, content: bytes, told: str) -> None:
    for name, bytes_ in (("a.bin", content), ("b.gz", gzip.compress(content))):
        with pytest.raises(UnfitFile, match=told):
            detect(tmp_path / name, bytes_)


def test_databases_are_told_and_not_read_as_text(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.csv") as lite:
        lite.execute("CREATE TABLE p (texto text)")
    lite.close()
    with duckdb.connect(str(tmp_path / "b.csv")) as duck:
        duck.execute("CREATE TABLE p (texto text)")
    for name, kind in (("a.csv", "SQLite"), ("b.csv", "DuckDB")):
        with pytest.raises(UnfitFile, match=rf"database \({kind}\): export the table"):
            detect_format(tmp_path / name, FINDER)


def test_a_broken_archive_is_told_without_the_words_of_programs(tmp_path: Path) -> None:
    whole = bytearray(packed("posts.csv"))
    whole[42:46] = b"\xff" * 4
    with pytest.raises(UnfitFile, match="it cannot be unpacked") as fault:
        detect(tmp_path / "a.zip", bytes(whole))
    assert "decompressing" not in str(fault.value)


@pytest.mark.parametrize(
    "text",
    [
        "ID3,fecha,texto\n1,2026-03-01,No llega\n",
        "GIF8;fecha;texto\n1;2026-03-01;No llega\n",
        "Report: todo\nFrom: 2026-03-01\nTo: 2026-03-07\n\nid,fecha,texto\n1,2026-03-01,No llega\n",
        "From 2026-03-01 00:00:00 to 2026-03-07\nBrand: Norvia\n\nid,fecha,texto\n1,2026-03-01,No llega\n",
        "fecha,hora,texto\n01/03/26,10:00,Ana: No llega\n01/03/26,10:05,Leo: Ya\n",
        "From,fecha,texto\nana,2026-03-01 10:00,Subject: no llega\n",
    ],
)
def test_tables_that_begin_alike_are_read(tmp_path: Path, text: str) -> None:
    detect(tmp_path / "a.csv", text.encode())
