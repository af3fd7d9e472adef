"""Answers that were received and are not stored yet, in a file beside the database.

Many pages are stored in one transaction, which is some ten times faster than one each. What is received meanwhile is
in the journal, so that a process killed before the transaction loses no page: the next visit stores them first. While
it is open nobody else reads the network.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, Any

import portalocker

from monitor.errors import StoreBusy, UnexpectedAnswer
from monitor.models.listings import Answer, Charge, Hole, Listing, Window
from monitor.models.posts import Post
from monitor.settings.loading import Store


@dataclass(frozen=True, slots=True)
class Received:
    """An answer, the listing (and window of a backfill) it is a page of, and what is stored with it.

    `before` is the watermark it goes on from (None: the first page), `position` the one after it. `requests` is how
    many it took.
    """

    listing: Listing
    window: Window | None
    before: str | None
    position: str
    answer: Answer
    holes: tuple[Hole, ...]
    requests: int

    @property
    def key(self) -> str:
        """The name of its watermark."""
        return watermark_key(self.listing, self.window)


def watermark_key(listing: Listing, window: Window | None) -> str:
    """The name of a listing's watermark; a backfill has its own."""
    return listing.key + (f" [{window.since.isoformat()} - {window.until.isoformat()}]" if window else "")


class Journal:
    """The open journal of a network."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def append(self, one: Received) -> None:
        """Writes it behind the others; it survives the end of this process. Raises UnexpectedAnswer if it cannot be."""
        try:
            told = json.dumps(_told(one), default=_plain)
        except RecursionError:
            network, kind = one.listing.network, one.listing.kind
            raise UnexpectedAnswer(f"{network}: {kind}: an answer with more in each other than can be stored") from None
        self._file.seek(0, 2)
        self._file.write(told.encode() + b"\n")
        self._file.flush()

    def left(self) -> list[Received]:
        """What an earlier process left behind, up to an answer it was killed in the middle of writing.

        So do lines end it that another version of Escucha wrote: what they hold is read again from the network.
        """
        self._file.seek(0)
        found = []
        for line in self._file:
            try:
                found.append(_read(json.loads(line)))
            except (ValueError, TypeError, LookupError, AttributeError):
                break
        return found

    def clear(self) -> None:
        """Everything in it is stored."""
        self._file.seek(0)
        self._file.truncate()


@contextmanager
def opened(store: Store, network: str) -> Iterator[Journal]:
    """The journal of a network, for this process alone. Raises StoreBusy while another one has it."""
    path = store.path.with_name(f"{store.path.name}.reading") / f"{network}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with portalocker.Lock(path, "a+b", timeout=store.busy_timeout, fail_when_locked=False) as file:
            path.chmod(0o600)
            yield Journal(file)
    except portalocker.exceptions.LockException:
        raise StoreBusy(f"{network} is being read by another process; try again when that has ended") from None


def _told(one: Received) -> dict[str, Any]:
    answer = one.answer
    return {
        "listing": asdict(one.listing),
        "window": one.window and asdict(one.window),
        "before": one.before,
        "position": one.position,
        "posts": [(post.raw, post.received_at, post.place) for post in answer.posts],
        "gone": answer.gone,
        "charges": [(charge.resource, charge.dollars, charge.units) for charge in answer.charges],
        "holes": [asdict(hole) for hole in one.holes],
        "requests": one.requests,
    }


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _read(told: dict[str, Any]) -> Received:
    listing = Listing(**told["listing"])
    posts = (Post(listing.network, raw, datetime.fromisoformat(at), place) for raw, at, place in told["posts"])
    charges = (Charge(*charge) for charge in told["charges"])
    window = told["window"]
    return Received(
        listing,
        window and Window(*map(datetime.fromisoformat, (window["since"], window["until"]))),
        told["before"],
        told["position"],
        Answer(tuple(posts), gone=tuple(told["gone"]), charges=tuple(charges)),
        tuple(
            Hole(datetime.fromisoformat(one["since"]), datetime.fromisoformat(one["until"]), one["reason"])
            for one in told["holes"]
        ),
        told["requests"],
    )
