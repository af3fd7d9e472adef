"""Files of posts: `inspect` a file, `read` it page by page, turn each post `to_mention`; and the drop folder.

    layout = inspect(path, network="x", time_zone=ZoneInfo("Europe/Madrid"))
    for page in read(path, layout, received_at=now):
        mentions = [to_mention(post, layout) for post in page.posts]  # RejectedPost says why one is not

CSV, TSV, JSON lines, JSON arrays, Parquet, XLSX (also XLS, ODS). What is guessed, how, and what is rejected:
`monitor.tables`.
"""

import logging
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from monitor.errors import UnexpectedAnswer
from monitor.models.posts import Page, Post
from monitor.sources.files.inspect import inspect
from monitor.sources.files.mentions import to_mention
from monitor.tables.layout import ROLES, Layout, PostColumns, ReadProgress
from monitor.tables.rows import place, rows

logger = logging.getLogger(__name__)

__all__ = ["ROLES", "DroppedFile", "Layout", "PostColumns", "inspect", "list_drop_folder", "read", "to_mention"]

_ENDS = 1 << 16
_UNFINISHED = (".part", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".swp", ".lock")
_NO_POSTS = ("thumbs.db", "desktop.ini")
_NETWORK = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


def read(
    path: Path,
    layout: Layout,
    *,
    received_at: datetime,
    page_size: int = 5_000,
    start_row: int = 0,
    on_bytes: Callable[[int], None] | None = None,
) -> Iterator[Page]:
    """The file, in pages of `page_size` posts at most; memory holds one page (of a spreadsheet: the sheet).

    A page's `watermark` is the number of the next row as text: `start_row=int(watermark)` goes on behind that page. A
    file without further rows gives no page. Rows that cannot be read are among the posts; `to_mention` rejects them.
    `on_bytes` is called with the bytes read so far after each page, at the end with `layout.size`. Raises
    UnexpectedAnswer when the file turns out to be damaged.
    """
    progress = ReadProgress()
    numbered_rows = rows(path, layout.form, start_row, progress)
    while page := list(islice(numbered_rows, page_size)):
        posts = tuple(
            Post(layout.network, raw, received_at, place(path, layout.form, number, line)) for number, line, raw in page
        )
        yield Page(posts, str(page[-1][0] + 1))
        if on_bytes:
            on_bytes(min(progress.bytes, layout.size))
    if on_bytes:
        on_bytes(layout.size)


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """A file in the drop folder. `fingerprint` changes when its content does, and stays when it is moved or renamed.

    One that cannot be looked at is told by its path until it can.
    """

    network: str
    path: Path
    fingerprint: str

    def check(self) -> None:
        """Raises UnexpectedAnswer, with the fix, for what is not read: a link, a folder that names no network."""
        if self.path.is_symlink():
            raise UnexpectedAnswer(f"{self.path.name} in the drop folder is a link: put the file itself there")
        if not _NETWORK.fullmatch(self.network):
            folder = "".join(character if character.isprintable() else " " for character in self.network[:80])
            raise UnexpectedAnswer(
                f"{folder!r} in the drop folder: name the folder after its network, such as x, reddit, app_store "
                "(letters a to z, digits, _)"
            )


def list_drop_folder(folder: Path) -> list[DroppedFile]:
    """The files below `<folder>/<network>/`, sorted by path, without hidden and unfinished ones (`.part`, `~$...`).

    A folder that does not exist is empty. A file that vanishes while it is looked at is left out. Links, which may lead
    anywhere, are among them and not followed: `DroppedFile.check` tells them.
    """
    files = []
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        parts = path.relative_to(folder).parts
        if any(part.startswith((".", "~")) for part in parts):
            continue
        if path.is_symlink():
            files.append(DroppedFile(parts[0], path, f"link {path}"))
        elif len(parts) > 1 and _is_finished(path):
            try:
                files.append(DroppedFile(parts[0], path, _fingerprint(path)))
            except FileNotFoundError:
                context = {"network": parts[0], "path_name": path.name}
                logger.warning("file vanished from the drop folder", extra=context)
            except OSError:  # reading it tells why
                files.append(DroppedFile(parts[0], path, f"unreadable {path}"))
    return files


def _is_finished(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() not in _UNFINISHED and path.name.lower() not in _NO_POSTS


def _fingerprint(path: Path) -> str:
    """Size, and a hash of the first and the last 64 KiB."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        digest = blake2b(file.read(_ENDS), digest_size=12)
        file.seek(max(0, size - _ENDS))
        digest.update(file.read(_ENDS))
    return f"{size}-{digest.hexdigest()}"
