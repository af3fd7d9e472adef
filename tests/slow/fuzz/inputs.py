"""What the fuzzers share: a seed for every input, values that nobody expects, bounds on time and memory.

FUZZ=10 tries ten times as many inputs, FUZZ_SEED=N begins with seed N; a fault is told with its seed.
"""

import logging
import os
import random
import resource
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from monitor.errors import EscuchaError, fault_place

TIMES = float(os.environ.get("FUZZ", "1"))
FIRST = int(os.environ.get("FUZZ_SEED", "0"))
BUSY, WAITING = 10.0, 120.0
"""Seconds of a processor, and seconds of the clock (a machine may have other work), that one input may take."""
MEMORY = 1 << 30
"""Bytes by which the process may grow."""
VALUES: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 1, 2**31, 2**63, 10**30, 10**400, 1.5, -0.0, 1e308, float("nan"), float("inf")),
    *("", " ", "\0", "\ud83d", "\ufffe", "\u202e", "²", "Ⅷ", "٣", "=1+1", "@", "#", "https://[", "javascript:x", "<p"),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2026-02-30", "1e400", "9" * 30, "-1", "NaN", "nan"),
    *("x" * 70_000, "e\u0301" * 9_000, "<b>" * 20_000, "((((" * 5_000, [], [None], [[]], {}, {"id": []}, {"": {}}),
)
PIECES = (
    *(b"\0", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\x1a", b"\r", b"\n", b"\r\n", b"\x0b\x0c\x85"),
    *(b'"', b'""', b"'", b",", b";", b"\t", b"|", b"\\", b"\\u", b"\\ud83d", b"{", b"}", b"[", b"]", b"[[[[", b"null"),
    *(b"1e400", b"NaN", b"-", b"9" * 5_000, b"&", b"&#1114112;", b"<", b"]]>", b"<!--", b"<![CDATA[", b"PK\x03\x04"),
)


class _TooLong(BaseException):
    """No Exception: what the product makes of those must not hide it."""


def mutated(chance: random.Random, content: bytes, most: int = 6) -> bytes:
    """The bytes with one to `most` places changed, cut, doubled, moved or filled."""
    made = bytearray(content)
    for _ in range(chance.randint(1, most)):
        begin = chance.randrange(len(made) + 1)
        end = min(len(made), begin + chance.choice((0, 1, 2, 8, 100, 3_000)))
        piece = chance.choice((chance.choice(PIECES), chance.randbytes(3), bytes(made[begin:end])))
        made[begin:end] = piece * chance.choice((0, 1, 1, 1, 2, 50)) + chance.choice((b"", bytes(made[begin:end])))
    return bytes(made[: chance.randrange(len(made) + 1)] if chance.random() < 0.1 else made)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a value of JSON: what holds it, and its key there."""
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from places(value[key])


def spoil(chance: random.Random, value: Any) -> None:
    """Takes a few values away, or puts others in their place."""
    for _ in range(chance.randint(1, 4)):
        outer, key = chance.choice(list(places(value)) or [({"": ""}, "")])
        if chance.random() < 0.3:
            del outer[key]
        else:
            outer[key] = chance.choice(VALUES)


class _Unforeseen(logging.Handler):
    """Hears of the faults that the product caught, in order to go on, and logged with their traceback."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[BaseException] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1] and not isinstance(record.exc_info[1], EscuchaError):
            self.errors.append(record.exc_info[1])


@contextmanager
def _watched() -> Iterator[None]:
    def end(number: int, _frame: object) -> None:
        raise _TooLong(f"more than {BUSY:g} s of work" if number == signal.SIGPROF else f"more than {WAITING:g} s")

    before = {number: signal.signal(number, end) for number in (signal.SIGPROF, signal.SIGALRM)}
    signal.setitimer(signal.ITIMER_PROF, BUSY)
    signal.setitimer(signal.ITIMER_REAL, WAITING)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def _place(error: BaseException) -> str:
    """Where it was raised, and the last line of ours on the way there."""
    frames = [frame.f_code.co_filename + f":{line}" for frame, line in traceback.walk_tb(error.__traceback__)]
    ours = next((place for place in reversed(frames) if "/monitor/" in place), "")
    return f"{fault_place(error)} below {ours.rpartition('/monitor/')[2]}: {str(error)[:120]!r}"


def fuzz(count: int, act: Callable[[random.Random], object]) -> None:
    """Acts with so many seeds: it may return, or refuse with an error of Escucha's, in bounded time and memory.

    Faults are told together, each with the seeds that bring it about.
    """
    unforeseen, faults = _Unforeseen(), dict[str, list[int]]()
    grown_from = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    logging.getLogger("monitor").addHandler(unforeseen)
    try:
        for seed in range(FIRST, FIRST + round(count * TIMES)):
            unforeseen.errors.clear()
            try:
                with _watched():
                    act(random.Random(seed))
            except EscuchaError:
                pass
            except (Exception, _TooLong) as error:
                unforeseen.errors.append(error)
            grown = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - grown_from)
            if grown > MEMORY:
                unforeseen.errors.append(MemoryError(f"{grown:,} bytes"))
                grown_from += MEMORY // 1024
            for error in unforeseen.errors:
                faults.setdefault(f"{fault_place(error)}: {str(error)[:120]!r}", []).append(seed)
    finally:
        logging.getLogger("monitor").removeHandler(unforeseen)
    if faults:
        pytest.fail(
            "\n".join(f"{place} x{len(seeds)}, seeds {seeds[:5]}" for place, seeds in faults.items()), pytrace=False
        )
