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
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from monitor.errors import UnexpectedAnswer
from monitor.models.making import quickly
from monitor.models.posts import Page, Post
from monitor.sources.files.ids.former import FORMER_LENGTH, former_ids, former_rule, moved_ids
from monitor.sources.files.ids.identity import column_id, row_id
from monitor.sources.files.inspect import inspect
from monitor.sources.files.mentions import to_mention
from monitor.sources.files.replies import has_replies, own_replies
from monitor.tables.file_format import NumberedRow, ReadProgress
from monitor.tables.forms.totals import is_total
from monitor.tables.layout import ROLES, Layout, PostColumns
from monitor.tables.rows import forget, placing, rows
from monitor.tables.text import without_surrogates

logger = logging.getLogger(__name__)

__all__ = [
    "FORMER_LENGTH",
    "ROLES",
    "DroppedFile",
    "Layout",
    "PostColumns",
    "column_id",
    "former_ids",
    "former_rule",
    "has_replies",
    "inspect",
    "list_drop_folder",
    "moved_ids",
    "own_replies",
    "read",
    "row_id",
    "to_mention",
]

_ENDS = 1 << 16
_UNFINISHED = (".part", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".swp", ".lock")
_NO_POSTS = ("thumbs.db", "desktop.ini")
_NETWORK = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_SUCH_AS = ", such as x, reddit, app_store (letters a to z, digits, _)"
LARGEST_PAGE = 1 << 24
"""Characters after which a page ends, however few posts it has."""
_post = quickly(Post)


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
    Rows of totals are left out.
    `on_bytes` is called with the bytes read so far after each page, at the end with `layout.size`. Raises
    UnexpectedAnswer when the file turns out to be damaged.
    """
    progress, place = ReadProgress(), placing(path, layout.form)
    numbered_rows = rows(path, layout.form, start_row, progress)
    while page := _page(numbered_rows, page_size, progress):
        posts = [_post(layout.network, raw, received_at, place(number, line)) for number, line, raw in page]
        yield Page(tuple(posts), str(page[-1][0] + 1))
        if on_bytes:
            on_bytes(min(progress.bytes, layout.size))
    if on_bytes:
        on_bytes(layout.size)
    forget()


def _page(numbered_rows: Iterator[NumberedRow], size: int, progress: ReadProgress) -> list[NumberedRow]:
    begin, page = progress.characters, list[NumberedRow]()
    for row in numbered_rows:
        if is_total(row[2]):
            continue
        page.append(row)
        if len(page) == size or progress.characters - begin > LARGEST_PAGE:
            break
    return page


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """A file in the drop folder. `fingerprint` changes when its content does, and stays when it is moved or renamed.

    One that cannot be looked at is told by its path until it can. `fault` says why it is not to be read, and the fix.
    """

    network: str
    path: Path
    fingerprint: str
    fault: str = ""

    @property
    def name(self) -> str:
        """The file's name as text: its bytes that are no UTF-8 are replaced."""
        return without_surrogates(self.path.name)

    def check(self) -> None:
        """Raises UnexpectedAnswer, with the fix, for what is not read."""
        if self.fault:
            raise UnexpectedAnswer(self.fault)


def list_drop_folder(folder: Path) -> list[DroppedFile]:
    """The files below `<folder>/<network>/`, sorted by path, without hidden and unfinished ones (`.part`, `~$...`).

    A file that vanishes while it is looked at is left out. What is there and is not read is among them with its fault,
    nothing of it opened: links, which may lead anywhere, pipes and devices, files in no network's folder, folders
    that cannot be looked into, and the drop folder itself where it does not exist.
    """
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.X_OK):
        reason = "cannot be looked into: give yourself the right" if folder.exists() else "is not there: create it"
        fault = f"the drop folder {folder} {reason}, or change networks.files.folder"
        return [DroppedFile("files", folder, f"folder {folder}", fault)]
    files = []
    for path, folder_fault in sorted(_walk(folder)):
        parts = path.relative_to(folder).parts
        network = without_surrogates(parts[0].lower()) if len(parts) > 1 else "files"
        shown_path = without_surrogates(str(path))
        try:
            fault = folder_fault or _fault(path, parts)
            files.append(DroppedFile(network, path, f"unread {shown_path}" if fault else _fingerprint(path), fault))
        except FileNotFoundError:
            logger.warning("file vanished from the drop folder", extra={"network": network, "path_name": path.name})
        except OSError:  # reading it tells why
            files.append(DroppedFile(network, path, f"unreadable {shown_path}"))
    return files


def _walk(top: Path) -> Iterator[tuple[Path, str]]:
    """All below it that is neither hidden nor unfinished nor a folder; folders only where they tell a fault.

    However deep: `Path.rglob` and, before Python 3.12, `os.walk` end at a thousand folders in each other.
    """
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    path = Path(entry.path)
                    if entry.name.startswith((".", "~")):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(path)
                    elif _is_finished(path):
                        yield path, ""
        except FileNotFoundError:
            logger.warning("file vanished from the drop folder", extra={"path_name": folder.name})
        except OSError as error:
            reason = f"the folder {folder.name} in the drop folder cannot be looked into ({error.strerror})"
            yield folder, f"{reason}: give yourself the right, or put its files higher up"


def _fault(path: Path, parts: Sequence[str]) -> str:
    """Why it is not read. Raises FileNotFoundError when it has vanished."""
    if path.is_symlink():
        return f"{path.name} in the drop folder is a link: put the file itself there"
    if not stat.S_ISREG(path.stat().st_mode):
        return f"{path.name} in the drop folder is a pipe or a device: put a file there"
    if len(parts) == 1:
        return f"{path.name} lies in the drop folder itself: put it in a folder there named after its network{_SUCH_AS}"
    if not _NETWORK.fullmatch(parts[0]):
        name = "".join(character if character.isprintable() else " " for character in parts[0][:80])
        return f"{name!r} in the drop folder: name the folder after its network{_SUCH_AS}"
    return ""


def _is_finished(path: Path) -> bool:
    return path.suffix.lower() not in _UNFINISHED and path.name.lower() not in _NO_POSTS


def _fingerprint(path: Path) -> str:
    """Size, and a hash of the first and the last 64 KiB."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        digest = blake2b(file.read(_ENDS), digest_size=12)
        file.seek(max(0, size - _ENDS))
        digest.update(file.read(_ENDS))
    return f"{size}-{digest.hexdigest()}"
