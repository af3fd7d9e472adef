"""Whatever a network answers, a source raises errors of ours and no others: any other would end the whole run."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor.collect import collector
from monitor.errors import RejectedPost, SourceError
from monitor.models.listings import Listing, Meter, PageRequest
from monitor.sources import registry
from monitor.sources.base import Rechecks, Source
from tests.sources.contract.conftest import Bench
from tests.sources.fakes import Reply

SOURCES = Path(__file__).parents[1]
ROUNDS = 60
EARLIEST, LATEST = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"
HOSTILE: tuple[Any, ...] = (
    *(None, True, -1, 0, 2**31, 10**30, 1.5, float("nan"), float("inf"), EARLIEST, LATEST, "1e400", "9" * 30),
    *("", " ", "\0", "\ud83d", "²", "https://[", "javascript:x", "<p", [], [None], [[]], {}, {"id": []}, {"data": 1}),
)
BODIES = (
    "null",
    "1",
    '"x"',
    "[]",
    "{}",
    "[null]",
    "NaN",
    "[" * 100_000,
    '{"data":' * 50_000,
    "9" * 5_000,
    "<a>" * 9_000,
)
WAITS = ("nan", "inf", "1e400", "-1e400", "", "-5", "soon", "Mon, 01 Jan 9999 00:00:00 -2359", "9" * 400)


def opened(bench: Bench) -> tuple[Source, Listing]:
    (listing,) = collector.listings(bench.settings, bench.network, bench.settings.brands)
    return registry.module(bench.network).connect(bench.settings, Meter()), listing


def spoil(bench: Bench, fault: Callable[[Reply], Reply], *, others: bool = False) -> None:
    """Every page is what `fault` makes of it, or every other answer."""
    bench.site.forget()
    (bench.site.others if others else bench.site.pages).update(dict.fromkeys(range(1, 20), fault))


def read(source: Source, listing: Listing) -> None:
    """Two pages, and all their posts."""
    want = PageRequest()
    for _ in range(2):
        answer = source.fetch(listing, want)
        for post in answer.posts:
            with suppress(RejectedPost):
                registry.module(listing.network).to_mention(post)
        if answer.cursor is None:
            return
        want = PageRequest(cursor=answer.cursor, note=answer.note)


class Spoiler:
    """Makes of an answer, or of one that was recorded, one with a few of its values gone or replaced."""

    def __init__(self, network: str) -> None:
        self.chance = random.Random(1)
        files = sorted((SOURCES / network / "recordings").iterdir())
        self.recorded = [json.loads(one.read_text()) for one in files if one.suffix == ".json"]
        self.recorded += [one.read_text() for one in files if one.suffix in (".atom", ".xml")]

    def page(self, reply: Reply) -> Reply:
        page = self.chance.choice([reply.body, reply.body, *self.recorded])
        return replace(reply, body=self.text(page) if isinstance(page, str) else self.values(page))

    def answer(self, reply: Reply) -> Reply:
        return replace(reply, body=self.values(reply.body))

    def values(self, page: Any) -> Any:
        made = json.loads(json.dumps(page))
        for _ in range(self.chance.randint(1, 4)):
            outer, key = self.chance.choice(list(places(made)) or [({"": ""}, "")])
            if self.chance.random() < 0.3:
                del outer[key]
            else:
                outer[key] = self.chance.choice(HOSTILE)
        return made

    def text(self, page: str) -> str:
        begin = self.chance.randrange(len(page))
        hostile = str(self.chance.choice(HOSTILE)).replace("\ud83d", "")
        return page[:begin] + hostile + page[begin + self.chance.choice((0, 1, 5, 40)) :]


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in it."""
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from places(value[key])


def test_values_that_are_something_else(bench: Bench) -> None:
    bench.add(2 * bench.fake.page_size)
    source, listing = opened(bench)
    spoiler = Spoiler(bench.network)
    for _ in range(ROUNDS):
        spoil(bench, spoiler.page)
        with suppress(SourceError):
            read(source, listing)


def test_looked_up_values_that_are_something_else(bench: Bench) -> None:
    source, _ = opened(bench)
    if not isinstance(source, Rechecks):
        pytest.skip(f"{bench.network} cannot look posts up again")
    asked = bench.ids(bench.add(3))
    spoiler = Spoiler(bench.network)
    for _ in range(ROUNDS):
        spoil(bench, spoiler.answer, others=True)
        with suppress(SourceError):
            source.check(asked)


@pytest.mark.parametrize("status", [200, 400, 403, 500])
def test_bodies_that_are_something_else(bench: Bench, status: int) -> None:
    bench.add(1)
    source, listing = opened(bench)
    for body in BODIES:
        spoil(bench, lambda reply, body=body: replace(reply, body=body, status=status))  # type: ignore[misc]
        with suppress(SourceError):
            read(source, listing)


@pytest.mark.parametrize("header", ["Retry-After", "x-rate-limit-reset"])
def test_waits_that_are_none(bench: Bench, header: str) -> None:
    bench.add(1)
    source, listing = opened(bench)
    for wait in WAITS:
        spoil(bench, lambda _, wait=wait: Reply({}, 429, {header: wait}, first=0))  # type: ignore[misc]
        with pytest.raises(SourceError):
            read(source, listing)
