"""Whether the database file is older than the one that was here: somebody copied a file over it without `restore`.

The engine counts in the file's headers how often it was written. After each writer the count is noted beside the file;
a file that counts less is an earlier one, and where the note stands alone a file was lost. A file that was written
anew, or restored, begins to count at its own count: it bears a mark drawn by lot, which is noted too, and a file with
another mark, or none, is not the one noted.
"""

import secrets
import struct
from contextlib import suppress
from pathlib import Path

from monitor import atomic_files
from monitor.store.engines.protocol import Connection

SUFFIX = ".writes"
"""What the note's name adds to the database's."""
MARK = "file"
"""Under which name in desk_marks a file's mark stands; one that never took another's place has none."""
_HEADERS = (4_096, 8_192)  # where the two stand; the newer one counts
_NO_MARK = "-"
_COUNT_AT = 8  # bytes, behind the checksum
_SIGN_AT, _SIGN = 8, b"DUCK"


def is_older(path: Path) -> bool:
    """Whether the file was written less often than when it was last noted, or is gone since and will be made anew.

    To be asked while nobody has it open.
    """
    noted, count = _noted(path), _count(path)
    if noted is None:
        return False
    return not path.exists() if count is None else count < noted[0]


def is_another(path: Path, mark: str) -> bool:
    """Whether the file, which bears this mark, is not the one that was last noted; an earlier version noted no mark."""
    noted = _noted(path)
    return noted is not None and noted[1] not in (None, mark)


def draw_mark(connection: Connection, table: str = "desk_marks") -> str:
    """Gives a file that is to take another's place a mark of its own. Returns it."""
    mark = secrets.token_hex(8)
    connection.execute(f"DELETE FROM {table} WHERE name = ?", [MARK])
    connection.execute(f"INSERT INTO {table} (name, mark) VALUES (?, ?)", [MARK, mark])
    return mark


def note(path: Path, mark: str | None) -> None:
    """Notes how often the file was written, and its mark, for its owner alone; to be called while nobody has it open.

    `mark` is None where it could not be read; nothing is noted then. A note that cannot be written stays as it was: an
    older one only notices less.
    """
    count = _count(path)
    if count is None or mark is None or (count, mark) == _noted(path):
        return
    with suppress(OSError):
        file = _note_of(path)
        atomic_files.make_private(file, create=True)
        file.write_text(f"{count} {mark or _NO_MARK}\n", encoding="utf-8")


def forget(path: Path) -> None:
    """Removes the note: another file takes the database's place. Raises OSError."""
    _note_of(path).unlink(missing_ok=True)


def _note_of(path: Path) -> Path:
    return path.with_name(path.name + SUFFIX)


def _noted(path: Path) -> tuple[int, str | None] | None:
    """Count and mark; None where the note is missing or unreadable, a mark of None in one of an earlier version."""
    try:
        count, _, mark = _note_of(path).read_text(encoding="utf-8").strip().partition(" ")
        return int(count), ("" if mark == _NO_MARK else mark or None)
    except (OSError, ValueError):
        return None


def _count(path: Path) -> int | None:
    """How often the file was written; None where there is none, or none of the engine's."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEADERS[-1] + _COUNT_AT + 8)
    except OSError:
        return None
    if len(head) < _HEADERS[-1] + _COUNT_AT + 8 or head[_SIGN_AT : _SIGN_AT + len(_SIGN)] != _SIGN:
        return None
    return max(int(struct.unpack_from("<Q", head, start + _COUNT_AT)[0]) for start in _HEADERS)
