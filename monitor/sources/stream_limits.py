"""What no stream may do to us: send a line without end, drip without a sign of life, or more than memory holds."""

import sys
from collections.abc import Callable, Iterator
from queue import Queue
from time import monotonic
from typing import Any, TypeVar

import urllib3

from monitor.errors import SourceUnavailable, UnexpectedAnswer
from monitor.models.listings import ListedPost, StreamMessage
from monitor.models.posts import Post

LONGEST = 1 << 20
"""Bytes of a line or message, unpacked: more than the longest post with all that comes with it."""
LARGEST_WAITING = 64_000_000
"""Bytes of memory for what was received and not taken yet; then the network has to wait."""
_BLOCK = 1 << 16
_T = TypeVar("_T")


def lines(network: str, answer: Any, silence: float) -> Iterator[bytes]:
    """The lines of a long answer as they come, without their ends; `answer` is urllib3's.

    Raises SourceUnavailable when it is cut off, or when no whole line comes for `silence` seconds, whatever drips;
    UnexpectedAnswer for a line without end.
    """
    pending, whole_at = bytearray(), monotonic()
    while block := _read(network, answer):
        *complete, rest = block.split(b"\n")
        for line in complete:
            yield bytes(pending) + line
            pending.clear()
            whole_at = monotonic()
        pending += rest
        if len(pending) > LONGEST:
            raise too_long(network)
        if monotonic() - whole_at > silence:
            raise SourceUnavailable(f"{network}: the stream sent no whole line for {silence:g} seconds")


def _read(network: str, answer: Any) -> bytes:
    """What has come; to wait for a full block would keep a post back until the next one."""
    try:
        block: bytes = answer.read1(_BLOCK, decode_content=True)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise SourceUnavailable(f"{network}: the stream was cut off ({type(error).__name__})") from None
    return block


def too_long(network: str) -> UnexpectedAnswer:
    """The error for a line or message that is longer than one may be."""
    reason = f"a message longer than {LONGEST:,} bytes; it is opened again"
    return UnexpectedAnswer(f"{network}: the stream sent {reason}")


def memory_of(value: Any) -> int:
    """Bytes that a message takes in memory, with all that JSON has in it."""
    size, values = 0, [value]
    while values:
        part = values.pop()
        size += sys.getsizeof(part)
        if isinstance(part, dict):
            values += part
            values += part.values()
        elif isinstance(part, list | tuple):
            values += part
    return size


def memory_of_message(message: StreamMessage) -> int:
    """The same of what a stream hands on."""
    post = message.post if isinstance(message, ListedPost) else message
    return memory_of(post.raw) if isinstance(post, Post) else sys.getsizeof(post)


class BoundedQueue(Queue[_T]):
    """A queue that is full when it holds `most` elements, or as much as memory may hold of them."""

    def __init__(self, most: int, measure: Callable[[_T], int]) -> None:
        """`measure` gives the bytes of an element."""
        self._measure, self._bytes = measure, 0
        super().__init__(most)

    def _qsize(self) -> int:
        count = super()._qsize()
        return max(count, self.maxsize) if count and self._bytes >= LARGEST_WAITING else count

    def _put(self, item: _T) -> None:
        size = self._measure(item)
        self._bytes += size
        self.queue.append((size, item))

    def _get(self) -> _T:
        element: _T
        size, element = self.queue.popleft()
        self._bytes -= size
        return element
