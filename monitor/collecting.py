"""Collecting: pages of posts become stored mentions, together with the watermark that says how far the read is."""

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from monitor import store
from monitor.errors import RejectedPost, UnexpectedAnswer
from monitor.matching import Matching, by_queries
from monitor.models import MatchedMention, Mention, Page, Post, Reject, Saved
from monitor.running import Progress, Run, now, recorded
from monitor.settings import Settings
from monitor.sources import files
from monitor.store import mentions

_END = "end"  # the watermark of a file read whole
_WHOLE_PAGE = 10  # posts; when so many hold nothing readable, the answer is not understood


@dataclass(frozen=True, slots=True)
class Read:
    """What is read: the network, the key of its watermark, and how a mention's brands are found."""

    network: str
    query: str
    matching: Matching


def store_pages(
    settings: Settings, run: Run, read: Read, pages: Iterable[Page], to_mention: Callable[[Post], Mention]
) -> None:
    """Stores page after page, each with its watermark in one transaction.

    Raises UnexpectedAnswer when nothing of a whole page, or of all pages, can be read; the rejects are kept.
    """
    rejects: list[Reject] = []
    with _without_cycle_collector():
        for page in pages:
            found, rejects = _parsed(page, to_mention, read.matching)
            understood = bool(found) or len(rejects) < _WHOLE_PAGE
            with store.connect(settings.store) as connection:
                at = now()
                saved = mentions.save(connection, run.run_id, found, at)
                mentions.save_rejects(connection, run.run_id, rejects, at)
                if page.watermark is not None and understood:
                    mentions.move_watermark(connection, read.network, read.query, page.watermark, at)
                run.add(connection, len(page.posts), saved + Saved(rejected=len(rejects)))
            if not understood:
                raise _not_understood(read.network, rejects)
    if rejects and run.asked == run.saved.rejected:
        raise _not_understood(read.network, rejects)


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


def _not_understood(network: str, rejects: Sequence[Reject]) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        f"{network}: none of {len(rejects)} posts in a row could be read ({rejects[0].place}: {rejects[0].reason}); "
        "all are kept among the rejects"
    )


def _parsed(
    page: Page, to_mention: Callable[[Post], Mention], matching: Matching
) -> tuple[list[MatchedMention], list[Reject]]:
    found: list[MatchedMention] = []
    rejects: list[Reject] = []
    for post in page.posts:
        try:
            found.append(matching(to_mention(post)))
        except RejectedPost as error:
            raw = json.dumps(post.raw, ensure_ascii=True, default=str)
            rejects.append(Reject(post.network, post.place, str(error), raw))
    return found, rejects


def import_file(settings: Settings, layout: files.Layout, matching: Matching, progress: Progress) -> Run:
    """Reads a whole file into the store; what is there already is left as it is. Returns the run with its counts."""
    with recorded(settings, "import", str(layout.path)) as run:
        _read_file(settings, run, layout, Read(layout.network, str(layout.path), matching), 0, progress)
    return run


def dropped_files(settings: Settings) -> list[files.Dropped]:
    """Files of the drop folder that have not been read to their end.

    Looking is a run of its own, though nothing was dropped: Health tells a quiet folder from one that nobody looks at.
    """
    folder = settings.networks.files.folder
    if folder is None:
        return []
    with recorded(settings, "collect", "files") as run:
        found = files.inbox(folder)
        with store.connect(settings.store) as connection:
            new = [one for one in found if mentions.watermark(connection, one.network, one.fingerprint) != _END]
            run.add(connection, len(new), Saved())
    return new


def collect_file(settings: Settings, dropped: files.Dropped, progress: Progress) -> Saved:
    """Reads a file of the drop folder from where an earlier run left it; the queries say which brands it is about."""
    with recorded(settings, "collect", f"{dropped.network}: {dropped.path.name}") as run:
        with store.connect(settings.store, read_only=True) as connection:
            reached = mentions.watermark(connection, dropped.network, dropped.fingerprint)
        layout = files.survey(dropped.path, network=dropped.network, time_zone=settings.zone)
        read = Read(dropped.network, dropped.fingerprint, by_queries(settings.brands))
        _read_file(settings, run, layout, read, int(reached or 0), progress)
        with store.connect(settings.store) as connection:
            mentions.move_watermark(connection, read.network, read.query, _END, now())
    return run.saved


def _read_file(
    settings: Settings, run: Run, layout: files.Layout, read: Read, start_row: int, progress: Progress
) -> None:
    pages = files.read(
        layout.path,
        layout,
        received_at=now(),
        page_size=settings.networks.files.page_size,
        start_row=start_row,
        on_bytes=lambda position: progress(layout.path.name, position, layout.size),
    )
    store_pages(settings, run, read, pages, lambda post: files.to_mention(post, layout))
