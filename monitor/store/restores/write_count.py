"""Whether the database file is older than the one that was here: somebody copied a file over it without `restore`.

The engine counts in the file's headers how often it was written. After each writer the count is noted beside the file;
a file that counts less is an earlier one.
"""

import struct
from contextlib import suppress
from pathlib import Path

from monitor import atomic_files

SUFFIX = ".writes"
"""What the note's name adds to the database's."""
_HEADERS = (4_096, 8_192)  # where the two stand; the newer one counts
_COUNT_AT = 8  # bytes, behind the checksum
_SIGN_AT, _SIGN = 8, b"DUCK"


def is_older(path: Path) -> bool:
    """Whether the file was written less often than when it was last noted; to be asked while nobody has it open."""
    noted, count = _noted(path), _count(path)
    return noted is not None and count is not None and count < noted


def note(path: Path) -> None:
    """Notes how often the file was written, for its owner alone; to be called while nobody has it open.

    A note that cannot be written stays as it was: an older one only notices less.
    """
    count = _count(path)
    if count is None or count == _noted(path):
        return
    with suppress(OSError):
        file = _note_of(path)
        atomic_files.make_private(file, create=True)
        file.write_text(f"{count}\n", encoding="ascii")


def forget(path: Path) -> None:
    """Removes the note: another file takes the database's place. Raises OSError."""
    _note_of(path).unlink(missing_ok=True)


def _note_of(path: Path) -> Path:
    return path.with_name(path.name + SUFFIX)


def _noted(path: Path) -> int | None:
    try:
        return int(_note_of(path).read_text(encoding="ascii"))
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
