"""Files that are spoilt: read or refused, told by name, and never more than that."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.collect import files
from monitor.collect.ingest import IngestSpec, parse
from monitor.collect.matching import by_queries
from monitor.customers import importing as customers
from monitor.runs import no_progress, now
from monitor.settings.loading import Settings
from monitor.sources.files import source
from monitor.sources.files.source import DroppedFile
from monitor.surveys import importing as answers
from monitor.tables import binary, workbooks
from tests.slow.fuzz.files import BINARIES, TEXTS, Maker, spoilt_file
from tests.slow.fuzz.inputs import fuzz

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("engine")]
Read = Callable[[Settings, Path], object]


def read_posts(settings: Settings, path: Path) -> None:
    """Without the store, which takes longer than all else."""
    layout = source.inspect(path, network="x", time_zone=settings.zone)
    spec = IngestSpec(lambda post: source.to_mention(post, layout), by_queries(settings.brands))
    for page in source.read(path, layout, received_at=now()):
        parse(page.posts, spec)


READS: tuple[Read, ...] = (
    *3 * (read_posts,),
    lambda settings, path: files.collect_file(settings, DroppedFile("x", path, str(path)), no_progress),
    lambda settings, path: customers.import_file(settings, path, now=now()),
    lambda settings, path: answers.import_answers(settings, path, actor="ana", now=now()),
)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    yield
    workbooks._spool.cache_clear()
    binary._beginning.cache_clear()


def read_spoilt(settings: Settings, folder: Path, makers: dict[str, Maker]) -> Callable[[random.Random], object]:
    def act(chance: random.Random) -> None:
        suffix, content = spoilt_file(chance, makers)
        path = folder / f"{chance.random()}.{suffix}"
        path.write_bytes(content)
        try:
            chance.choice(READS)(settings, path)
        finally:
            path.unlink()

    return act


def test_texts_that_are_spoilt(settings: Settings, tmp_path: Path) -> None:
    fuzz(5_500, read_spoilt(settings, tmp_path, TEXTS))


def test_binary_files_that_are_spoilt(settings: Settings, tmp_path: Path) -> None:
    fuzz(300, read_spoilt(settings, tmp_path, BINARIES))
