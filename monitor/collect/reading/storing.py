"""Pages that are ready are stored, several in one transaction."""

import gc
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from monitor import store
from monitor.collect.ingest import IngestSpec, finish_page, is_readable, parse, unreadable_error
from monitor.models.posts import IngestCounts, Page, Reject
from monitor.runs import Run, now
from monitor.runs.holding import Hold
from monitor.settings.loading import Settings
from monitor.store import memory
from monitor.store.posts import mentions
from monitor.store.posts.batches import MentionBatch, batch_of

_AT_ONCE, _MOST_ROWS, _MOST_BYTES = 4, 40_000, 1 << 25
"""Pages in one transaction, and rows and bytes of their columns after which it has no further one.

The more there are in one, the less of the processor a row takes: to open, commit and close takes longer than to store
two pages, and longer still as the database grows.
"""


@dataclass(frozen=True, slots=True)
class ReadyPage:
    """So many posts, parsed and in the store's form, with the watermark behind them; those that could not be read.

    `renumbered` of them got an id of their own.
    """

    count: int
    batch: MentionBatch
    rejects: Sequence[Reject]
    watermark: str | None = None
    renumbered: int = 0

    @property
    def is_readable(self) -> bool:
        """Whether anything of it could be read."""
        return is_readable(self.count, self.rejects)


def ready_page(page: Page, spec: IngestSpec) -> ReadyPage:
    """The page, parsed and ready to be stored."""
    parsed = parse(page.posts, spec)
    return ReadyPage(parsed.count, batch_of(parsed.mentions), parsed.rejects, page.watermark)


class PageStore:
    """Stores the pages of one network; posts that are known stay as they are. `query` is the key of the watermark.

    `own` is the lease of what is read, where others may read it too.
    """

    def __init__(self, settings: Settings, run: Run, network: str, query: str, own: Hold | None = None) -> None:
        self._settings, self._run, self._network, self._query, self._own = settings, run, network, query, own
        self._waiting: list[ReadyPage] = []

    def store(self, pages: Iterable[ReadyPage]) -> None:
        """Stores all pages; also those before one that cannot be made, whose error is raised.

        Raises UnexpectedAnswer when nothing of a whole page, or of all pages, can be read.
        """
        rejects: Sequence[Reject] = ()
        with _without_cycle_collector():
            try:
                for page in pages:
                    self._waiting.append(page)
                    rejects = page.rejects
                    if self._is_enough() or not page.is_readable:
                        self._flush()
            except Exception:
                self._flush()
                raise
            self._flush()
        if rejects and self._run.received == self._run.saved.rejected:
            raise unreadable_error(self._network, rejects)

    def settle(self, post_ids: Collection[str]) -> None:
        """From here on those of these posts that are in a page are stored."""
        asked = frozenset(post_ids)
        if any(not asked.isdisjoint(page.batch.mentions["post_id"].to_pylist()) for page in self._waiting):
            self._flush()

    def _is_enough(self) -> bool:
        rows = sum(page.count for page in self._waiting)
        size = sum(page.batch.mentions.nbytes for page in self._waiting)
        return len(self._waiting) == _AT_ONCE or rows >= _MOST_ROWS or size >= _MOST_BYTES

    def _flush(self) -> None:
        """Stores what waits, with the watermarks, in one transaction; posts that could not be read are kept.

        Raises UnexpectedAnswer when they are the whole last page: then the watermark stays before it.
        """
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        with store.connect(self._settings.store) as connection:
            if self._own is not None:
                self._own.require(connection)
            memory.prepare_for_many(connection)
            for page in waiting:
                at = now()
                watermarks = {self._query: page.watermark} if page.watermark is not None and page.is_readable else {}
                counts = mentions.save_batch(connection, self._run.run_id, page.batch, at)
                counts += IngestCounts(renumbered=page.renumbered)
                finish_page(connection, self._run, self._network, page, counts, at, watermarks)
        if not page.is_readable:
            raise unreadable_error(self._network, page.rejects)


@contextmanager
def _without_cycle_collector() -> Iterator[None]:
    """Pages are tens of thousands of values without cycles; looking for cycles in them took a third of an import."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
