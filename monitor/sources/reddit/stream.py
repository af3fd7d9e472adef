"""New posts of Reddit by asking for them in turn, each post once."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from monitor.models.listings import DeletedPost, ListedPost, Listing, ReceivedPage, StreamMessage, PageRequest
from monitor.sources.reddit import things

PACE = 0.75  # seconds between two requests: 80 of the 100 a minute
ROUND = 3.0  # seconds; no listing is asked for more often
_REMEMBERED, _LEAST = 200, 10_000  # ids: two pages of each listing


class Seen:
    """The ids met last, at most `size` of them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._ids: OrderedDict[str, None] = OrderedDict()

    def is_new(self, name: str) -> bool:
        """Whether it was not met before; from now on it was."""
        known = name in self._ids
        self._ids[name] = None
        self._ids.move_to_end(name)
        if len(self._ids) > self._size:
            self._ids.popitem(last=False)
        return not known


@dataclass(slots=True)
class _Line:
    """A listing that is asked for again and again; `cursor`: it came so fast that older posts are still to be read."""

    listing: Listing
    begun: bool = False
    cursor: str | None = None

    def ask(self, fetch: Callable[[Listing, PageRequest], ReceivedPage], seen: Seen) -> list[StreamMessage]:
        """What is new in one page, oldest first."""
        answer = fetch(self.listing, PageRequest(cursor=self.cursor))
        fresh = [post for post in answer.posts if seen.is_new(things.fullname(post.raw) or repr(post.raw))]
        gone = [DeletedPost("reddit", name) for name in answer.gone if seen.is_new(f"{name}, gone")]
        outran = self.begun and len(fresh) == len(answer.posts) > 0
        self.cursor = answer.cursor if outran else None
        self.begun = True
        return [*(ListedPost(one, self.listing) if self.listing.whole else one for one in reversed(fresh)), *gone]


def polled(
    fetch: Callable[[Listing, PageRequest], ReceivedPage], listings: Sequence[Listing], stop: threading.Event
) -> Iterator[StreamMessage]:
    """Posts and deletions as they appear, None after each answer, until `stop` is set. Raises what `fetch` does."""
    seen = Seen(max(_LEAST, _REMEMBERED * len(listings)))
    lines = [_Line(one) for one in listings]
    while not stop.is_set():
        began = time.monotonic()
        for line in lines:
            yield from line.ask(fetch, seen)
            yield None
            if stop.wait(PACE):
                return
        yield None
        stop.wait(max(0.0, began + ROUND - time.monotonic()))
