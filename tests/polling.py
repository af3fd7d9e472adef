"""Waiting for what other threads and processes do."""

import time
from collections.abc import Callable


def until(done: Callable[[], object], seconds: float = 180.0) -> float:
    """Waits until `done()`; returns how long that took. The limit tells what never happens from what is slow."""
    began = time.monotonic()
    while not done():
        assert time.monotonic() - began < seconds, "it did not happen in time"
        time.sleep(0.1)
    return time.monotonic() - began
