"""Answers that were received and are not stored yet: in a file beside the database, or in the server's own tables.

Many pages are stored in one transaction, which is some ten times faster than one each. What is received meanwhile is
in the journal, so that a process killed before the transaction loses no page: the next session stores them first, on
whichever machine. While it is open nobody else reads the network.
"""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Protocol

import portalocker

from monitor import atomic_files, store
from monitor.collect import watermark
from monitor.errors import StoreBusy, UnexpectedAnswer
from monitor.models.listings import BackfillWindow, Charge, CoverageGap, Listing, ReceivedPage
from monitor.models.posts import Post
from monitor.runs.holding import Hold
from monitor.settings.loading import Store
from monitor.store import Connection, faults, holders
from monitor.store.posts import received_pages

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A page, the listing (and window of a backfill) it is of, and what is stored with it.

    `before` is the watermark it goes on from (None: the first page), `after` the one once it is stored. `requests` is
    how many it took.
    """

    listing: Listing
    window: BackfillWindow | None
    before: str | None
    after: str
    page: ReceivedPage
    gaps: tuple[CoverageGap, ...]
    requests: int

    @property
    def key(self) -> str:
        """The name of its watermark."""
        return watermark_key(self.listing, self.window)

    @property
    def ends_whole(self) -> bool:
        """Whether it is the last page of a read that has come to its end and brought all there is of its time."""
        return (
            self.listing.dated and not self.listing.cap and not self.gaps and watermark.parse(self.after).walk is None
        )


def watermark_key(listing: Listing, window: BackfillWindow | None) -> str:
    """The name of a listing's watermark; a backfill has its own."""
    return listing.key + (f" [{window.since.isoformat()} - {window.until.isoformat()}]" if window else "")


class Journal(Protocol):
    """The open journal of a network."""

    def append(self, entry: JournalEntry) -> None:
        """Writes it behind the others; it survives the end of this process.

        Raises UnexpectedAnswer if it cannot be written down, StoreErrors if the journal cannot, LeaseLost if the
        network is another's by now.
        """

    def unstored(self) -> list[JournalEntry]:
        """What an earlier process left behind, up to an answer it was killed in the middle of writing.

        So do lines end it that another version of Escucha wrote: what they hold is read again from the network.
        """

    def settle(self, connection: Connection) -> None:
        """Everything in it is stored by this connection's transaction."""

    def clear(self) -> None:
        """Everything in it is stored."""


class _FileJournal:
    """In a file beside the database, which is emptied once the transaction has ended."""

    def __init__(self, file: IO[bytes], network: str) -> None:
        self._file, self._network = file, network

    def append(self, entry: JournalEntry) -> None:
        line = _line(entry)
        with faults.translated_system(Path(self._file.name)):
            self._file.seek(0, 2)
            self._file.write(line.encode() + b"\n")
            self._file.flush()

    def unstored(self) -> list[JournalEntry]:
        self._file.seek(0)
        return _entries(self._file, self._network)

    def settle(self, connection: Connection) -> None:
        """Waits for the end of the transaction."""

    def clear(self) -> None:
        self._file.seek(0)
        self._file.truncate()


class _SharedJournal:
    """In the server's own tables, for whoever holds the network's lease; emptied by the transaction itself."""

    def __init__(self, place: Store, network: str, own: Hold) -> None:
        self._place, self._network, self._own = place, network, own
        self._may_hold = True

    def append(self, entry: JournalEntry) -> None:
        line = _line(entry)
        with store.connect(self._place) as connection:
            self._own.require(connection)
            received_pages.append(connection, self._network, line)
        self._may_hold = True

    def unstored(self) -> list[JournalEntry]:
        with store.connect(self._place, read_only=True) as connection:
            lines = received_pages.of_network(connection, self._network)
        self._may_hold = bool(lines)
        return _entries(lines, self._network)

    def settle(self, connection: Connection) -> None:
        received_pages.delete(connection, self._network)
        self._may_hold = False

    def clear(self) -> None:
        if self._may_hold:
            with store.connect(self._place) as connection:
                self._own.require(connection)
                self.settle(connection)


def _line(entry: JournalEntry) -> str:
    try:
        return json.dumps(_to_json(entry), default=_json_value)
    except RecursionError:
        network, kind = entry.listing.network, entry.listing.kind
        raise UnexpectedAnswer(f"{network}: {kind}: an answer with more in each other than can be stored") from None


def _entries(lines: Iterable[str | bytes], network: str) -> list[JournalEntry]:
    entries = []
    for line in lines:
        try:
            entries.append(_from_json(json.loads(line)))
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            logger.warning(
                "journal ends with a line that cannot be read",
                extra={"network": network, "count": len(entries), "reason": type(error).__name__},
            )
            break
    return entries


def journal_of(place: Store, network: str, own: Hold) -> AbstractContextManager[Journal]:
    """The journal of a network, for this process alone, which holds the network's lease (`own`)."""
    return nullcontext(_SharedJournal(place, network, own)) if place.is_server else open_journal(place, network)


def folder_of(place: Store) -> Path:
    """Where the journals in files are, one a network."""
    return place.path.with_name(f"{place.path.name}.reading")


@contextmanager
def open_journal(place: Store, network: str) -> Iterator[Journal]:
    """The journal in a file.

    Raises StoreBusy while another process has it, StoreFull or StoreUnwritable when it cannot be written.
    """
    path = folder_of(place) / f"{network}.jsonl"
    lock = portalocker.Lock(path, "a+b", timeout=place.busy_timeout, fail_when_locked=False)
    try:
        with faults.translated_system(path):
            path.parent.mkdir(parents=True, exist_ok=True, mode=atomic_files.PRIVATE_FOLDER)
            atomic_files.make_private(path, create=True)
            file = lock.acquire()
    except portalocker.exceptions.LockException:
        holder = holders.describe(path)
        raise StoreBusy(
            f"{network} is being read by another process{f' ({holder})' if holder else ''}; try again when that has "
            "ended"
        ) from None
    try:
        yield _FileJournal(file, network)
    finally:
        lock.release()


def contiguous(entries: Sequence[JournalEntry], watermarks: Mapping[str, str | None]) -> list[JournalEntry]:
    """Those that go on from the stored watermarks (by key): others are stored, or a backup was restored since.

    A watermark moved by these would then hide what lies between.
    """
    reached = dict(watermarks)
    chain = []
    for entry in entries:
        if entry.before == reached[entry.key]:
            chain.append(entry)
            reached[entry.key] = entry.after
    return chain


def _to_json(entry: JournalEntry) -> dict[str, Any]:
    page = entry.page
    return {
        "listing": asdict(entry.listing),
        "window": entry.window and asdict(entry.window),
        "before": entry.before,
        "position": entry.after,
        "posts": [(post.raw, post.received_at, post.place) for post in page.posts],
        "gone": page.gone,
        "charges": [(charge.resource, charge.dollars, charge.units) for charge in page.charges],
        "holes": [asdict(gap) for gap in entry.gaps],
        "requests": entry.requests,
    }


def _json_value(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _from_json(fields: dict[str, Any]) -> JournalEntry:
    listing = Listing(**fields["listing"])
    posts = (Post(listing.network, raw, datetime.fromisoformat(at), place) for raw, at, place in fields["posts"])
    charges = (Charge(*charge) for charge in fields["charges"])
    window = fields["window"]
    return JournalEntry(
        listing,
        window and BackfillWindow(*map(datetime.fromisoformat, (window["since"], window["until"]))),
        fields["before"],
        fields["position"],
        ReceivedPage(tuple(posts), gone=tuple(fields["gone"]), charges=tuple(charges)),
        tuple(
            CoverageGap(datetime.fromisoformat(gap["since"]), datetime.fromisoformat(gap["until"]), gap["reason"])
            for gap in fields["holes"]
        ),
        fields["requests"],
    )
