"""Files for their owner alone, written whole or not at all: beside their target first, then in its place."""

import errno
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
"""Modes of what Escucha writes: people's posts and customers stand in all of it."""
GROUP_FILE, GROUP_FOLDER = 0o640, 0o750
"""Those of exports that the settings let the folder's group read."""
_OTHERS = 0o077  # what anybody but the owner may do
_STALE = 3_600  # seconds after which an unfinished file beside the target belongs to a dead process


@contextmanager
def replacing(
    target: Path, *, keep_existing: bool = False, group_readable: bool = False, as_before: bool = False
) -> Iterator[BinaryIO]:
    """Opens a new file, to be written and read, that takes the target's place when the body ends well.

    Only its owner may read it, also where others could read the one before; `group_readable`: the group of its folder
    may too, where this user is in it. `as_before`: with the owner, group and mode of the one before. The folder is
    created; a link is followed. `keep_existing`: where a target is there by then, it stays. Raises OSError; then, and
    when the body raises, the target is what it was before.
    """
    destination = Path(os.path.realpath(target))
    if not destination.parent.exists():
        destination.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        if group_readable:
            destination.parent.chmod(GROUP_FOLDER)  # whatever the umask
    if destination.exists() and not (destination.is_file() or destination.is_dir()):  # a folder is refused later
        raise OSError(errno.EINVAL, "is a device or a pipe, not a file", str(destination))
    sweep(destination.parent)
    part = destination.parent / f".escucha-{secrets.token_hex(8)}.part"
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            if group_readable:
                _open_to_group(descriptor, destination.parent)
            if as_before and destination.exists():
                _let_in_as_before(descriptor, destination.stat())
            os.fsync(file.fileno())
        if keep_existing:
            _link(part, destination)
        else:
            part.replace(destination)
    finally:
        part.unlink(missing_ok=True)
    flush_folder(destination.parent)


def _link(part: Path, destination: Path) -> None:
    """Gives the file its name, unless another has it. Some file systems know no second names."""
    try:
        os.link(part, destination)
    except FileExistsError:
        return
    except OSError:
        if not os.path.lexists(destination):
            part.replace(destination)


def _open_to_group(descriptor: int, folder: Path) -> None:
    with suppress(PermissionError):
        os.chown(descriptor, -1, folder.stat().st_gid)
    os.fchmod(descriptor, GROUP_FILE)


def _let_in_as_before(descriptor: int, before: os.stat_result) -> None:
    """Raises PermissionError where this user may not give a file to whoever owned the one before."""
    now = os.fstat(descriptor)
    if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
        os.chown(descriptor, before.st_uid, before.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(before.st_mode))


def make_private(file: Path, *, create: bool = False) -> bool:
    """Takes from everybody but the owner what they may do with a file. Returns whether that was anything.

    `create`: makes an empty one where there is none. Somebody else's file, and what is no file, stays as it is. Raises
    OSError.
    """
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        if create:
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT, PRIVATE_FILE))
        return False
    if not stat.S_ISREG(mode) or not mode & _OTHERS:
        return False
    with suppress(PermissionError):
        file.chmod(mode & ~_OTHERS & 0o7777)
        return True
    return False


def sweep(folder: Path, after: float = _STALE) -> None:
    """Removes unfinished files that nobody has written to for so many seconds."""
    for part in folder.glob(".escucha-*.part"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > after:
                part.unlink()


def flush_folder(folder: Path) -> None:
    """Makes the new name itself survive a power cut, where the system allows it."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
