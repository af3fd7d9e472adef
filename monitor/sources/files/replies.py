"""What files of reviews hold beside the review: the brand's own answers, and what both wrote later in its thread."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from monitor.errors import RejectedPost
from monitor.models.posts import LATER_ID, OWN_REPLY, OWN_REPLY_ID, Mention, Post
from monitor.sources.files.mentions import is_likely
from monitor.sources.files.texts import plain_text
from monitor.sources.files.times.timing import instant
from monitor.tables.layout import LaterColumns, Layout
from monitor.tables.text import one_line
from monitor.tables.values import value_of


def has_replies(layout: Layout) -> bool:
    """Whether rows may hold more than their post."""
    return bool(layout.reply or layout.later)


def own_replies(post: Post, mention: Mention, layout: Layout) -> Iterator[Mention]:
    """The brand's answer in the row that gave this mention, and what its author and the brand wrote later.

    Raises RejectedPost, behind the last, when the time of one cannot be read: an answer at a wrong time would stop a
    case's clock there.
    """
    faults = list[str]()
    try:
        yield from _answer(post, mention, layout)
    except RejectedPost as error:
        faults.append(f"the post is stored, its answer is not: {error}")
    for number, columns in enumerate(layout.later, 1):
        try:
            yield from _later(post, mention, layout, columns, number)
        except RejectedPost as error:
            faults.append(f"the post is stored, what {columns.text} says is not: {error}")
    if faults:
        raise RejectedPost(faults[0])


def _answer(post: Post, mention: Mention, layout: Layout) -> Iterator[Mention]:
    columns, raw = layout.reply, post.raw
    if columns is None or columns.posted_at is None:
        return
    text = _text(post, layout, columns.text)
    if not text:
        return
    author = value_of(raw, columns.author)
    yield Mention(
        mention.network,
        mention.post_id + OWN_REPLY_ID,
        text,
        _replied_at(post, layout, columns.posted_at),
        mention.thread_id,
        {name: value_of(raw, name) for name in (columns.text, columns.posted_at, columns.author) if name},
        OWN_REPLY,
        author_name=one_line(author) if author else None,
        in_reply_to=mention.post_id,
    )


def _later(post: Post, mention: Mention, layout: Layout, columns: LaterColumns, number: int) -> Iterator[Mention]:
    text = _text(post, layout, columns.text)
    if not text:
        return
    yield Mention(
        mention.network,
        f"{mention.post_id}{LATER_ID}{number}",
        text,
        _replied_at(post, layout, columns.posted_at),
        mention.thread_id,
        {name: value_of(post.raw, name) for name in (columns.text, columns.posted_at)},
        OWN_REPLY if columns.is_own else mention.author,
        author_id=None if columns.is_own else mention.author_id,
        author_name=None if columns.is_own else mention.author_name,
        permalink=mention.permalink,
        in_reply_to=mention.post_id,
        language=None if columns.is_own else mention.language,
    )


def _text(post: Post, layout: Layout, column: str) -> str:
    return plain_text(value_of(post.raw, column) or "", replace(layout, html=True))


def _replied_at(post: Post, layout: Layout, column: str) -> datetime:
    value = value_of(post.raw, column)
    if value is None:
        raise RejectedPost(f"no time in column {column}")
    replied_at = instant(value, post.raw, layout)
    if not is_likely(replied_at, post.received_at):
        raise RejectedPost(f"the time cannot be right: {value[:60]!r}")
    return replied_at
