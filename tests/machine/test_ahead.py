"""The next value is made while the last is worked on: in order, each once, and what fails is told in its place."""

from collections.abc import Iterator
from threading import Event

import pytest

from monitor.machine.ahead import ahead


def test_the_next_is_made_while_the_last_is_worked_on() -> None:
    begun = Event()

    def values() -> Iterator[str]:
        yield "first"
        begun.set()
        yield "second"

    coming = ahead(values())
    assert next(coming) == "first"
    assert begun.wait(60)
    assert list(coming) == ["second"]


def test_what_fails_is_raised_after_all_before_it() -> None:
    def values() -> Iterator[int]:
        yield from range(1, 4)
        raise LookupError("damaged")

    coming = ahead(values())
    assert [next(coming) for _ in range(3)] == [1, 2, 3]
    with pytest.raises(LookupError, match="damaged"):
        next(coming)


def test_who_stops_early_leaves_nothing_running() -> None:
    made = []

    def values() -> Iterator[int]:
        for value in range(1, 100):
            made.append(value)
            yield value

    coming = ahead(values())
    assert next(coming) == 1
    coming.close()
    assert made == [1, 2]
