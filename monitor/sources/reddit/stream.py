"""New posts of Reddit by asking for them in turn, each post once."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from monitor.models.listings import DeletedPost, ListedPost, Listing, PageRequest, ReceivedPage, StreamMessage
from monitor.sources.reddit import nodes

PACE = 0.75  # seconds between two requests: 80 of the 100 a minute
ROUND = 3.0  # seconds; no listing is asked for more often
_REMEMBERED, _LEAST = 200, 10_000  # ids: two pages of each listing


class RecentIds:
    """The ids met last, at most `size` of them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._ids: OrderedDict[str, None] = OrderedDict()

    def is_new(self, name: str) -> bool:
        """Whether it was not met before; from now on it was."""
        is_known = name in self._ids
        self._ids[name] = None
        self._ids.move_to_end(name)
        if len(self._ids) > self._size:
            self._ids.popitem(last=False)
        return not is_known


@dataclass(slots=True)
class _PolledListing:
    """A listing that is asked for again and again; `cursor`: it came so fast that older posts are still to be read."""

    listing: Listing
    has_read: bool = False
    cursor: str | None = None

    def poll(self, fetch: Callable[[Listing, PageRequest], ReceivedPage], recent: RecentIds) -> list[StreamMessage]:
        """What is new in one page, oldest first."""
        page = fetch(self.listing, PageRequest(cursor=self.cursor))
        posts = [post for post in page.posts if recent.is_new(nodes.fullname(post.raw) or repr(post.raw))]
        deletions = [DeletedPost("reddit", name) for name in page.gone if recent.is_new(f"{name}, gone")]
        is_behind = self.has_read and len(posts) == len(page.posts) > 0
        self.cursor = page.cursor if is_behind else None
        self.has_read = True
        newest_last = list(reversed(posts))
        if self.listing.whole:
            return [*(ListedPost(post, self.listing) for post in newest_last), *deletions]
        return [*newest_last, *deletions]


def poll_listings(
    fetch: Callable[[Listing, PageRequest], ReceivedPage], listings: Sequence[Listing], stop: threading.Event
) -> Iterator[StreamMessage]:
    """Posts and deletions as they appear, None after each answer, until `stop` is set. Raises what `fetch` does."""
    recent = RecentIds(max(_LEAST, _REMEMBERED * len(listings)))
    polled = [_PolledListing(listing) for listing in listings]
    while not stop.is_set():
        began = time.monotonic()
        for listing in polled:
            yield from listing.poll(fetch, recent)
            yield None
            if stop.wait(PACE):
                return
        yield None
        stop.wait(max(0.0, began + ROUND - time.monotonic()))
