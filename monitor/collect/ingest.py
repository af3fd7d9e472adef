"""Ingest: pages of posts become stored mentions, together with the watermark that says how far they have been read."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from types import MappingProxyType
from typing import Protocol, TypeAlias

from monitor.collect.matching import Matcher
from monitor.errors import RejectedPost, UnexpectedAnswer, fault_place
from monitor.masking import answers
from monitor.masking.masks import mask, mask_known, unlikely
from monitor.models.posts import IngestCounts, MatchedMention, Mention, Post, Reject
from monitor.runs import Run
from monitor.store import Connection
from monitor.store.posts import collection_state, edits, mentions

logger = logging.getLogger(__name__)

_NO_WATERMARKS: Mapping[str, str] = MappingProxyType({})
_LONGEST_TEXT, _LONGEST_REJECT = 100_000, 1_000_000
_LONGEST_ID, _LONGEST_NAME, _LONGEST_LINK = 1_000, 500, 4_000
"""Characters of a post's text, of a rejected post as JSON; of ids, of authors and languages, of an address."""
_Found: TypeAlias = tuple[int, Post, MatchedMention]
_WHOLE_PAGE = 10  # posts; when so many hold nothing readable, the page is unreadable


@dataclass(frozen=True, slots=True)
class IngestSpec:
    """How posts are ingested: how one is parsed and its brands are found.

    `settle` gives the mentions of a page, in the same order, the ids under which they are stored; `to_mention` and the
    matcher know nothing of what is stored. `own_replies` gives the brand's answers that came with a post, where any
    may; they are about the same brands.
    """

    to_mention: Callable[[Post], Mention]
    matcher: Matcher
    settle: Callable[[Sequence[tuple[Post, Mention]]], Sequence[Mention]] = lambda found: [
        mention for _, mention in found
    ]
    own_replies: Callable[[Post, Mention], Iterable[Mention]] | None = None


class KeptPosts(Protocol):
    """Posts of which some could not be read."""

    @property
    def count(self) -> int:
        """How many there are."""

    @property
    def rejects(self) -> Sequence[Reject]:
        """Those that could not be read."""


@dataclass(frozen=True, slots=True)
class ParsedPosts:
    """So many posts, parsed: those to be kept with their matches, and those that could not be read."""

    count: int
    mentions: Sequence[MatchedMention]
    rejects: Sequence[Reject]

    @property
    def is_readable(self) -> bool:
        """Whether anything of a page could be read; one of a few posts may hold only bad ones."""
        return is_readable(self.count, self.rejects)


def is_readable(count: int, rejects: Sequence[Reject]) -> bool:
    """Whether anything of so many posts could be read; a few may all be bad."""
    return len(rejects) < max(_WHOLE_PAGE, count)


def unreadable_error(network: str, rejects: Sequence[Reject]) -> UnexpectedAnswer:
    """The error for posts of which none could be read."""
    return UnexpectedAnswer(
        f"{network}: none of {len(rejects)} posts in a row could be read ({rejects[0].place}: {rejects[0].reason}); "
        "all are kept among the rejects"
    )


def parse(posts: Sequence[Post], spec: IngestSpec) -> ParsedPosts:
    """Reads the posts and finds their brands; a post that matches no query is in neither list."""
    found, faults = _read_posts(posts, spec)
    settled = spec.settle([(post, outcome.mention) for _, post, outcome in found])
    matches: list[MatchedMention] = []
    secrets = unlikely()
    for (place, post, outcome), mention in zip(found, settled, strict=True):
        matches.append(outcome if mention is outcome.mention else MatchedMention(mention, outcome.matches))
        if spec.own_replies is None:
            continue
        try:
            for reply in spec.own_replies(post, mention):
                matches.append(MatchedMention(_fit_to_keep(reply, secrets), outcome.matches))
        except Exception as error:  # nor an answer its post
            faults.append((place, _reject(post, error)))
    return ParsedPosts(len(posts), matches, [reject for _, reject in sorted(faults, key=itemgetter(0))])


def _read_posts(posts: Sequence[Post], spec: IngestSpec) -> tuple[list[_Found], list[tuple[int, Reject]]]:
    """What each post is by itself, whatever is stored, with its place among them; and those that cannot be read.

    One that matches no query is left out.
    """
    found: list[_Found] = []
    faults: list[tuple[int, Reject]] = []
    secrets, to_mention, matcher = unlikely(), spec.to_mention, spec.matcher
    for place, post in enumerate(posts):
        try:
            match = matcher(_fit_to_keep(to_mention(post), secrets))
        except Exception as error:  # one post must not stop the others
            faults.append((place, _reject(post, error)))
        else:
            if match is not None:
                found.append((place, post, match))
    return found, faults


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
    watermarks: Mapping[str, str] = _NO_WATERMARKS,
) -> None:
    """Writes a page of one network: posts, mentions, rejects, the run's counts, and the watermarks after it, by key.

    The one definition of it, for networks and streams; call it in the transaction that stores what else came with the
    page. Known posts become what they are now, and answers join the thread of the post they answer. A page may be
    several together.
    """
    counts = mentions.save(connection, run.run_id, parsed.mentions, at)
    known_posts = [matched.mention for matched in parsed.mentions]
    if counts.stored:
        edits.join_threads(connection, known_posts, at)
    if counts.duplicates:
        edits.update(connection, run.run_id, known_posts, at)
    finish_page(connection, run, network, parsed, counts, at, watermarks)


def finish_page(
    connection: Connection,
    run: Run,
    network: str,
    page: KeptPosts,
    counts: IngestCounts,
    at: datetime,
    watermarks: Mapping[str, str],
) -> None:
    """Writes what of a page is not its mentions, of which `counts` were kept: rejects, watermarks, the run's counts."""
    mentions.save_rejects(connection, run.run_id, page.rejects, at)
    for key, watermark in watermarks.items():
        collection_state.move_watermark(connection, network, key, watermark, at)
    run.add(connection, page.count, counts + IngestCounts(rejected=len(page.rejects)))
    context = {"network": network, "run": run.run_id, "rejects": len(page.rejects)}
    logger.info("batch stored", extra={**context, "count": counts.stored})
    if page.rejects:
        logger.warning("posts rejected", extra=context)
