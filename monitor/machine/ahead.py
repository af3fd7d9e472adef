"""The next value is made while the last is worked on."""

from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_T = TypeVar("_T")


def ahead(values: Iterable[_T]) -> Generator[_T]:
    """The same values, in order and none of them None, each made in a thread while the one before is worked on.

    What is raised while one is made is raised in its place, after those before it. Whoever stops early waits until the
    one that is being made is done.
    """
    source = iter(values)
    with ThreadPoolExecutor(1, "ahead") as maker:
        coming = maker.submit(next, source, None)
        while (value := coming.result()) is not None:
            coming = maker.submit(next, source, None)
            yield value
