"""What stands where the settings say the database is, when it is something else: a folder, a table, another database.

Told by its first bytes, which are read only while nobody has the file open as a database: closing a database file
inside the process that has it open would drop the engine's own lock.
"""

from pathlib import Path

from monitor.errors import StoreForeign

_BEGINNING = 1_024  # bytes looked at
_SIGNS = {
    b"SQLite format 3\0": "an SQLite database",
    b"PAR1": "a Parquet table",
    b"PK\x03\x04": "a spreadsheet or a ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"\x1f\x8b": "a packed file",
    b"%PDF": "a PDF",
}
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_REMEDY = "name the database in store.url, such as data/escucha.duckdb, which is made on first use"


def require(path: Path) -> None:
    """Raises StoreForeign for what is no file, and for a file of another kind that nobody has opened as a database."""
    if path.is_dir():
        raise _fault(path, "a folder")
    barrier = next((folder for folder in path.parents if folder.exists()), path.parent)
    if barrier.is_file():
        raise StoreForeign(f"{barrier} is a file, so that no database can lie in it: {_REMEDY}")
    if not path.with_name(path.name + ".lock").exists():
        require_kind(path)


def require_kind(path: Path) -> None:
    """Raises StoreForeign for a file of another kind; to be called while nobody has it open as a database."""
    try:
        with path.open("rb") as file:
            beginning = file.read(_BEGINNING)
    except OSError:
        return
    kind = next((name for sign, name in _SIGNS.items() if beginning.startswith(sign)), "")
    if kind or _is_text(beginning):
        raise _fault(path, kind or "a text file, such as a CSV")


def _fault(path: Path, kind: str) -> StoreForeign:
    return StoreForeign(f"{path} is {kind}, not Escucha's database: {_REMEDY}")


def _is_text(beginning: bytes) -> bool:
    return bool(beginning.strip()) and (beginning.startswith(_BYTE_ORDER_MARKS) or b"\0" not in beginning)
