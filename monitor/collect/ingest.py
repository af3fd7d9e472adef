"""Ingest: pages of posts become stored mentions, together with the watermark that says how far they have been read."""

import gc
import json
import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from monitor import store
from monitor.collect.matching import Matcher
from monitor.errors import RejectedPost, UnexpectedAnswer, fault_place
from monitor.machine.ahead import ahead
from monitor.masking import answers
from monitor.masking.masks import mask, mask_known, unlikely
from monitor.models.posts import IngestCounts, MatchedMention, Mention, Page, Post, Reject
from monitor.runs import Run, now
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.posts import collection_state, edits, mentions

logger = logging.getLogger(__name__)

_NO_WATERMARKS: Mapping[str, str] = MappingProxyType({})
_LONGEST_TEXT, _LONGEST_REJECT = 100_000, 1_000_000
_LONGEST_ID, _LONGEST_NAME, _LONGEST_LINK = 1_000, 500, 4_000
"""Characters of a post's text, of a rejected post as JSON; of ids, of authors and languages, of an address."""
_TURN = 0.0005
"""Seconds for which a thread keeps the interpreter that another waits for; Python's own are ten times that."""
_WHOLE_PAGE = 10  # posts; when so many hold nothing readable, the page is unreadable


@dataclass(frozen=True, slots=True)
class IngestSpec:
    """How posts are ingested: their network, the key of their watermark, how one is parsed and its brands are found.

    `updates`: a post that is known may have changed since. `settle` gives the mentions of a page, in the same order,
    the ids under which they are stored; `to_mention` and the matcher know nothing of what is stored. `own_replies`
    gives the brand's answers that came with a post; they are about the same brands.
    """

    network: str
    query: str
    to_mention: Callable[[Post], Mention]
    matcher: Matcher
    updates: bool = False
    settle: Callable[[Sequence[tuple[Post, Mention]]], Sequence[Mention]] = lambda found: [
        mention for _, mention in found
    ]
    own_replies: Callable[[Post, Mention], Iterable[Mention]] = lambda _post, _mention: ()


@dataclass(frozen=True, slots=True)
class ReadPosts:
    """So many posts and what each is by itself, whatever is stored; one that matches no query is left out."""

    count: int
    outcomes: Sequence[tuple[Post, MatchedMention | Reject]]


@dataclass(frozen=True, slots=True)
class ParsedPosts:
    """So many posts, parsed: those to be kept with their matches, and those that could not be read."""

    count: int
    mentions: Sequence[MatchedMention]
    rejects: Sequence[Reject]

    @property
    def is_readable(self) -> bool:
        """Whether anything of a page could be read; one of a few posts may hold only bad ones."""
        return len(self.rejects) < max(_WHOLE_PAGE, self.count)


def store_pages(settings: Settings, run: Run, spec: IngestSpec, pages: Iterable[Page]) -> None:
    """Stores page after page, each while the next is read.

    Raises UnexpectedAnswer when nothing of a whole page, or of all pages, can be read.
    """
    rejects: Sequence[Reject] = ()
    reading = ahead((page, read_posts(page.posts, spec)) for page in pages)
    with _without_cycle_collector(), _short_turns(), closing(reading) as coming:
        for page, found in coming:
            rejects = _store_page(settings, run, spec, page.watermark, found)
    if rejects and run.received == run.saved.rejected:
        raise unreadable_error(spec.network, rejects)


def _store_page(
    settings: Settings, run: Run, spec: IngestSpec, watermark: str | None, found: ReadPosts
) -> Sequence[Reject]:
    """Stores one page and its watermark in one transaction; posts that match no query are left out.

    Returns the posts that could not be read, which are kept. Raises UnexpectedAnswer when that is the whole page: then
    the watermark stays where it was.
    """
    parsed = _settled(found, spec)
    watermarks = {spec.query: watermark} if watermark is not None and parsed.is_readable else {}
    with store.connect(settings.store) as connection:
        write_page(connection, run, spec.network, parsed, now(), updates=spec.updates, watermarks=watermarks)
    if not parsed.is_readable:
        raise unreadable_error(spec.network, parsed.rejects)
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


@contextmanager
def _short_turns() -> Iterator[None]:
    """Storing a page waits for the thread that reads the next after each call into the engine and the system."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(_TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def unreadable_error(network: str, rejects: Sequence[Reject]) -> UnexpectedAnswer:
    """The error for posts of which none could be read."""
    return UnexpectedAnswer(
        f"{network}: none of {len(rejects)} posts in a row could be read ({rejects[0].place}: {rejects[0].reason}); "
        "all are kept among the rejects"
    )


def parse(posts: Sequence[Post], spec: IngestSpec) -> ParsedPosts:
    """Reads the posts and finds their brands; a post that matches no query is in neither list."""
    return _settled(read_posts(posts, spec), spec)


def read_posts(posts: Sequence[Post], spec: IngestSpec) -> ReadPosts:
    """Reads the posts and finds their brands, without a look at what is stored."""
    outcomes: list[tuple[Post, MatchedMention | Reject]] = []
    secrets = unlikely()
    for post in posts:
        try:
            match = spec.matcher(_fit_to_keep(spec.to_mention(post), secrets))
        except Exception as error:  # one post must not stop the others
            outcomes.append((post, _reject(post, error)))
        else:
            if match is not None:
                outcomes.append((post, match))
    return ReadPosts(len(posts), outcomes)


def _settled(read: ReadPosts, spec: IngestSpec) -> ParsedPosts:
    """What is to be stored of the posts: under which ids, and with the brand's answers."""
    matches: list[MatchedMention] = []
    rejects: list[Reject] = []
    secrets = unlikely()
    found = [(post, outcome.mention) for post, outcome in read.outcomes if isinstance(outcome, MatchedMention)]
    mentions = iter(spec.settle(found))
    for post, outcome in read.outcomes:
        if isinstance(outcome, Reject):
            rejects.append(outcome)
            continue
        mention = next(mentions)
        matches.append(outcome if mention is outcome.mention else MatchedMention(mention, outcome.matches))
        try:
            for reply in spec.own_replies(post, mention):
                matches.append(MatchedMention(_fit_to_keep(reply, secrets), outcome.matches))
        except Exception as error:  # nor an answer its post
            rejects.append(_reject(post, error))
    return ParsedPosts(read.count, matches, rejects)


def _fit_to_keep(mention: Mention, secrets: Sequence[str]) -> Mention:
    return _within_bounds(_without_credentials(mention, secrets))


def _without_credentials(mention: Mention, secrets: Sequence[str]) -> Mention:
    """The mention without the credentials that an answer held encoded and that stand in plain once it is read."""
    if not secrets:
        return mention
    texts = (mention.text, mention.author or "", mention.author_name or "", mention.permalink or "")
    if not answers.holds_plain(texts, secrets):
        return mention
    text, author, author_name, permalink = (answers.mask_plain(text, secrets) for text in texts)
    raw = {"cut": "a post that held a credential"}
    names = replace(mention, author=author or None, author_name=author_name or None, permalink=permalink or None)
    return replace(names, text=text, raw=raw)


def _within_bounds(mention: Mention) -> Mention:
    """The mention with what is too long cut, which its text says at its end. Raises RejectedPost for an endless id."""
    ids = (mention.post_id, mention.thread_id, mention.in_reply_to or "", mention.quotes or "", mention.author_id or "")
    names = (mention.author or "", mention.author_name or "", mention.language or "")
    if len("".join((*ids, *names, mention.permalink or "", mention.text))) <= _LONGEST_NAME:  # all that most need
        return mention
    if max(map(len, ids)) > _LONGEST_ID:
        raise RejectedPost(f"an id of more than {_LONGEST_ID:,} characters")
    if max(map(len, names)) > _LONGEST_NAME:
        author, author_name, language = (name[:_LONGEST_NAME] or None for name in names)
        mention = replace(mention, author=author, author_name=author_name, language=language)
    if len(mention.permalink or "") > _LONGEST_LINK:
        mention = replace(mention, permalink=None)
    if len(mention.text) > _LONGEST_TEXT:
        logger.warning("post cut", extra={"network": mention.network, "count": len(mention.text)})
        text = f"{mention.text[:_LONGEST_TEXT]} […] (+{len(mention.text) - _LONGEST_TEXT:,})"
        mention = replace(mention, text=text, raw={"cut": f"a text of {len(mention.text):,} characters"})
    return mention


def _reject(post: Post, error: Exception) -> Reject:
    """The post that this error kept from being read."""
    if isinstance(error, RejectedPost):
        reason = str(error)
    else:
        logger.error("post cannot be read", exc_info=error, extra={"network": post.network})
        reason = f"a fault in Escucha itself: {fault_place(error)}; please report it"
    try:
        raw = json.dumps(post.raw, ensure_ascii=True, default=str)
    except (ValueError, RecursionError):
        raw = "null"
    if len(raw) > _LONGEST_REJECT:
        raw = json.dumps({"cut": f"{len(raw):,} characters", "beginning": raw[:_LONGEST_TEXT]})
    return Reject(post.network, mask(post.place), reason, mask_known(raw))


def combine(pages: Sequence[ParsedPosts]) -> ParsedPosts:
    """Several as one."""
    return ParsedPosts(
        sum(page.count for page in pages),
        [mention for page in pages for mention in page.mentions],
        [reject for page in pages for reject in page.rejects],
    )


def write_page(
    connection: Connection,
    run: Run,
    network: str,
    parsed: ParsedPosts,
    at: datetime,
    *,
    updates: bool,
    watermarks: Mapping[str, str] = _NO_WATERMARKS,
) -> None:
    """Writes a page of one network: posts, mentions, rejects, the run's counts, and the watermarks after it, by key.

    The one definition of it, for files, networks and streams; call it in the transaction that stores what else came
    with the page. With `updates`, known posts become what they are now, and answers join the thread of the post they
    answer. A page may be several together.
    """
    counts = mentions.save(connection, run.run_id, parsed.mentions, at)
    known_posts = [matched.mention for matched in parsed.mentions] if updates else []
    if counts.stored:
        edits.join_threads(connection, known_posts, at)
    if counts.duplicates:
        edits.update(connection, run.run_id, known_posts, at)
    mentions.save_rejects(connection, run.run_id, parsed.rejects, at)
    for key, watermark in watermarks.items():
        collection_state.move_watermark(connection, network, key, watermark, at)
    run.add(connection, parsed.count, counts + IngestCounts(rejected=len(parsed.rejects)))
    context = {"network": network, "run": run.run_id, "rejects": len(parsed.rejects)}
    logger.info("batch stored", extra={**context, "count": counts.stored})
    if parsed.rejects:
        logger.warning("posts rejected", extra=context)
