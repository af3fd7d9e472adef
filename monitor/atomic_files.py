"""Files that are written whole or not at all: beside their target first, then in its place."""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_STALE = 3_600  # seconds after which an unfinished file beside the target belongs to a dead process


@contextmanager
def replacing(target: Path, *, private: bool = False, keep_existing: bool = False) -> Iterator[BinaryIO]:
    """Opens a new file, to be written and read, that takes the target's place when the body ends well.

    The folder is created; a link is followed. `private`: only its owner may read it. `keep_existing`: where a target is
    there by then, it stays. Raises OSError; then, and when the body raises, the target is what it was before.
    """
    destination = Path(os.path.realpath(target))
    destination.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o777)
    _sweep(destination.parent)
    part = destination.parent / f".escucha-{secrets.token_hex(8)}.part"
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if keep_existing:
            with suppress(FileExistsError):
                os.link(part, destination)
        else:
            part.replace(destination)
    finally:
        part.unlink(missing_ok=True)
    _flush_folder(destination.parent)


def _sweep(folder: Path) -> None:
    for part in folder.glob(".escucha-*.part"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > _STALE:
                part.unlink()


def _flush_folder(folder: Path) -> None:
    """Makes the new name itself survive a power cut, where the system allows it."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
