"""The pages of a file, read, matched and in the store's form."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from monitor.collect.ingest import IngestSpec
from monitor.collect.known.other_posts import OtherPosts
from monitor.collect.known.own_accounts import OwnAccounts
from monitor.collect.known.stored_posts import StoredPosts
from monitor.collect.matching import Matcher
from monitor.collect.reading.storing import ReadyPage, ready_page
from monitor.sources.files import source


@dataclass(frozen=True, slots=True)
class FileReading:
    """How a file is read, all of which may be handed to another process; `start_row` counts from 0."""

    layout: source.Layout
    ours: OwnAccounts
    matcher: Matcher
    received_at: datetime
    page_size: int
    start_row: int = 0

    def pages(self, stored: StoredPosts, on_bytes: Callable[[int], None]) -> Generator[ReadyPage]:
        """What `stored` tells must include the pages before the one that is asked for.

        `on_bytes` is told how far the file is read. Raises UnexpectedAnswer when the file turns out to be damaged.
        """
        rows = OtherPosts(self.ours, stored, self.layout)
        spec = IngestSpec(
            rows.to_mention,
            self.matcher,
            settle=rows.settled,
            own_replies=partial(source.own_replies, layout=self.layout) if source.has_replies(self.layout) else None,
        )
        pages = source.read(
            self.layout.path,
            self.layout,
            received_at=self.received_at,
            page_size=self.page_size,
            start_row=self.start_row,
            on_bytes=on_bytes,
        )
        before = 0
        for page in pages:
            yield replace(ready_page(page, spec), renumbered=rows.renumbered - before)
            before = rows.renumbered
