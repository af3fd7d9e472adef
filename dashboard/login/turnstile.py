"""How many may try to log in at once, and how often each address: checking costs time, and guessing is free."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_MINUTE = 60.0
_MOST_ADDRESSES = 10_000


class TooOften(Exception):
    """Somebody, or everybody, asks too often at the moment."""


class Turnstile:
    """Lets `at_once` through, has `waiting` more wait, and each visitor come `per_minute` times."""

    def __init__(self, *, at_once: int = 2, waiting: int = 30, of_one: int = 3, per_minute: int = 30) -> None:
        self._most, self._of_one, self._per_minute = at_once + waiting, of_one, per_minute
        self._free = asyncio.Semaphore(at_once)
        self._here: Counter[str] = Counter()
        self._came: dict[str, deque[float]] = {}

    @asynccontextmanager
    async def passing(self, visitor: str) -> AsyncIterator[None]:
        """Waits for a turn. Raises TooOften at once where there is none to be had."""
        # Whoever hammers is hasty by all they send, not by the few that were looked at.
        if self._is_hasty(visitor) or self._here[visitor] >= self._of_one or self._here.total() >= self._most:
            raise TooOften
        self._here[visitor] += 1
        try:
            async with self._free:
                yield
        finally:
            self._here[visitor] -= 1
            if not self._here[visitor]:
                del self._here[visitor]

    def _is_hasty(self, visitor: str) -> bool:
        moment = time.monotonic()
        if len(self._came) >= _MOST_ADDRESSES:
            self._came = {name: times for name, times in self._came.items() if times[-1] > moment - _MINUTE}
            if len(self._came) >= _MOST_ADDRESSES:  # made up, by so many in a minute
                self._came.clear()
        times = self._came.setdefault(visitor, deque(maxlen=self._per_minute))
        if len(times) == times.maxlen and times[0] > moment - _MINUTE:
            return True
        times.append(moment)
        return False
