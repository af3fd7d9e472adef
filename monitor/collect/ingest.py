"""Pages of posts become stored mentions, together with the watermark that says how far the read is."""

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from monitor import store
from monitor.collect.matching import Matching
from monitor.errors import RejectedPost, UnexpectedAnswer
from monitor.models.posts import MatchedMention, Mention, Page, Post, Reject, Saved
from monitor.runs import Run, now
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.posts import edits, mentions

_WHOLE_PAGE = 10  # posts; when so many hold nothing readable, the answer is not understood


@dataclass(frozen=True, slots=True)
class Read:
    """What is read: the network, the key of its watermark, how a post is parsed and its brands are found.

    `updates`: a post that is known may have changed since.
    """

    network: str
    query: str
    to_mention: Callable[[Post], Mention]
    matching: Matching
    updates: bool = False


@dataclass(frozen=True, slots=True)
class Parsed:
    """So many posts, parsed: those to be kept with their matches, and those that could not be read."""

    posts: int
    found: Sequence[MatchedMention]
    rejects: Sequence[Reject]

    @property
    def understood(self) -> bool:
        """Whether anything of a page could be read; one of a few posts may hold only bad ones."""
        return len(self.rejects) < max(_WHOLE_PAGE, self.posts)


def store_pages(settings: Settings, run: Run, read: Read, pages: Iterable[Page]) -> None:
    """Stores page after page. Raises UnexpectedAnswer when nothing of a whole page, or of all pages, can be read."""
    rejects: Sequence[Reject] = ()
    with _without_cycle_collector():
        for page in pages:
            rejects = store_page(settings, run, read, page)
    if rejects and run.asked == run.saved.rejected:
        raise not_understood(read.network, rejects)


def store_page(settings: Settings, run: Run, read: Read, page: Page) -> Sequence[Reject]:
    """Stores one page and its watermark in one transaction; posts that match no query are left out.

    Returns the posts that could not be read, which are kept. Raises UnexpectedAnswer when that is the whole page: then
    the watermark stays where it was.
    """
    parsed = parse(page.posts, read)
    with store.connect(settings.store) as connection:
        at = now()
        write(connection, run, parsed, at, updates=read.updates)
        if page.watermark is not None and parsed.understood:
            mentions.move_watermark(connection, read.network, read.query, page.watermark, at)
    if not parsed.understood:
        raise not_understood(read.network, parsed.rejects)
    return parsed.rejects


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


def not_understood(network: str, rejects: Sequence[Reject]) -> UnexpectedAnswer:
    """The error for posts of which none could be read."""
    return UnexpectedAnswer(
        f"{network}: none of {len(rejects)} posts in a row could be read ({rejects[0].place}: {rejects[0].reason}); "
        "all are kept among the rejects"
    )


def parse(posts: Sequence[Post], read: Read) -> Parsed:
    """Reads the posts and finds their brands; a post that matches no query is in neither list."""
    found: list[MatchedMention] = []
    rejects: list[Reject] = []
    for post in posts:
        try:
            matched = read.matching(read.to_mention(post))
        except RejectedPost as error:
            raw = json.dumps(post.raw, ensure_ascii=True, default=str)
            rejects.append(Reject(post.network, post.place, str(error), raw))
            continue
        if matched is not None:
            found.append(matched)
    return Parsed(len(posts), found, rejects)


def together(pages: Sequence[Parsed]) -> Parsed:
    """Several as one."""
    return Parsed(
        sum(page.posts for page in pages),
        [one for page in pages for one in page.found],
        [one for page in pages for one in page.rejects],
    )


def write(connection: Connection, run: Run, parsed: Parsed, at: datetime, *, updates: bool) -> None:
    """Writes what was parsed of one network and counts it in the run.

    With `updates`, known posts become what they are now, and answers join the thread of the post they answer.
    """
    saved = mentions.save(connection, run.run_id, parsed.found, at)
    received = [one.mention for one in parsed.found] if updates else []
    if saved.stored:
        edits.join_threads(connection, received, at)
    if saved.duplicates:
        edits.update(connection, run.run_id, received, at)
    mentions.save_rejects(connection, run.run_id, parsed.rejects, at)
    run.add(connection, parsed.posts, saved + Saved(rejected=len(parsed.rejects)))
