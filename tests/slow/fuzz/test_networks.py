"""Answers that are spoilt, of every network, through its real client: read or refused, told, and never more."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor.collect import collector, session
from monitor.collect.ingest import IngestSpec, parse
from monitor.collect.matching import by_listing
from monitor.errors import RateLimited
from monitor.models.listings import Listing, Meter, PageRequest
from monitor.sources import registry
from monitor.sources.base import Rechecks, Source
from tests.slow.fuzz.inputs import PIECES, VALUES, fuzz, mutated, spoil
from tests.sources import fakes
from tests.sources.contract.conftest import Bench
from tests.sources.contract.server import encoded, serving
from tests.sources.fakes import Reply

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("engine")]
SOURCES = Path(__file__).parents[2] / "sources"
HEADERS = (
    "Retry-After",
    "x-rate-limit-reset",
    "x-ratelimit-remaining",
    "Content-Type",
    "Content-Encoding",
    "Link",
    "ETag",
)
STATUSES = (200, 200, 200, 201, 204, 301, 302, 304, 400, 401, 403, 404, 410, 418, 422, 429, 500, 503, 599, 999)
Fault = Callable[[Reply], Reply]


@pytest.fixture(params=registry.networks())
def bench(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(session, "_RETRY_WAIT", 0.001)
    monkeypatch.setattr(session, "_TRIES", 1)
    fake = fakes.of(request.param)
    with serving(fake) as site:
        made = Bench(request.param, fake, site, tmp_path)
        made.add(2 * fake.page_size)
        yield made


class Spoiler:
    """Makes of an answer, or of one that was recorded, another one."""

    def __init__(self, network: str) -> None:
        files = sorted((SOURCES / network / "recordings").iterdir())
        self.recorded = [json.loads(file.read_text()) for file in files if file.suffix == ".json"]
        self.recorded += [file.read_text() for file in files if file.suffix in (".atom", ".xml")]

    def fault(self, chance: random.Random) -> Fault:
        """One that does the same whenever the same answer comes."""
        seed = chance.random()
        return lambda reply: self._spoilt(random.Random(seed), reply)

    def _spoilt(self, chance: random.Random, reply: Reply) -> Reply:
        body = chance.choice((reply.body, reply.body, *self.recorded)) if reply.first is not None else reply.body
        if chance.random() < 0.6 and not isinstance(body, str):
            body = json.loads(json.dumps(body))
            spoil(chance, body)
        else:
            body = mutated(chance, encoded(replace(reply, body=body)))
        if chance.random() < 0.2:
            value = chance.choice((*map(str, VALUES), *(piece.decode("latin-1") for piece in PIECES)))[:2_000]
            value = "".join(character for character in value if character.isprintable() and ord(character) < 256)
            reply = replace(reply, headers={**reply.headers, chance.choice(HEADERS): value})
        return replace(reply, body=body, status=chance.choice(STATUSES) if chance.random() < 0.2 else reply.status)


def opened(bench: Bench) -> tuple[Source, Listing]:
    (listing,) = collector.listings(bench.settings, bench.network, bench.settings.brands)
    return registry.module(bench.network).connect(bench.settings, Meter()), listing


def read_pages(bench: Bench, source: Source, listing: Listing) -> None:
    """Two pages, and all their posts."""
    spec = IngestSpec(registry.module(bench.network).to_mention, by_listing(bench.settings.brands, listing))
    request = PageRequest()
    for _ in range(2):
        page = source.fetch(listing, request)
        parse(page.posts, spec)
        if page.cursor is None:
            return
        request = PageRequest(cursor=page.cursor, note=page.note)


def test_answers_that_are_spoilt(bench: Bench) -> None:
    spoiler, ids = Spoiler(bench.network), bench.ids(bench.site.posts.every)
    source, listing = opened(bench)

    def act(chance: random.Random) -> None:
        nonlocal source
        bench.site.forget()
        faults: dict[int, Any] = {number: spoiler.fault(chance) for number in range(1, 20)}
        (bench.site.others if chance.random() < 0.2 else bench.site.pages).update(faults)
        try:
            if chance.random() < 0.1:
                bench.pause_ends()
                bench.collect()
            elif isinstance(source, Rechecks) and chance.random() < 0.2:
                bench.site.others.update(faults)
                source.check(ids)
            else:
                read_pages(bench, source, listing)
        except RateLimited:
            source = opened(bench)[0]
            raise

    fuzz(700, act)
