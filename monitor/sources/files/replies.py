"""The brand's own answers, which files of reviews hold beside the review: posts of ours in its thread."""

from dataclasses import replace
from datetime import datetime

from monitor.errors import RejectedPost
from monitor.models.posts import OWN_REPLY, OWN_REPLY_ID, Mention, Post
from monitor.sources.files.mentions import is_likely
from monitor.sources.files.texts import plain_text
from monitor.sources.files.times.timing import instant
from monitor.tables.layout import Layout
from monitor.tables.text import one_line
from monitor.tables.values import value_of


def own_replies(post: Post, mention: Mention, layout: Layout) -> list[Mention]:
    """The answers in the row that gave this mention: one or none.

    Raises RejectedPost when its time cannot be read: an answer at a wrong time would stop a case's clock there.
    """
    columns, raw = layout.reply, post.raw
    if columns is None or columns.posted_at is None:
        return []
    text = plain_text(value_of(raw, columns.text) or "", replace(layout, html=True))
    if not text:
        return []
    author = value_of(raw, columns.author)
    return [
        Mention(
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
    ]


def _replied_at(post: Post, layout: Layout, column: str) -> datetime:
    value = value_of(post.raw, column)
    if value is None:
        raise RejectedPost(f"the post is stored, its answer is not: no time in column {column}")
    try:
        replied_at = instant(value, post.raw, layout)
    except RejectedPost as error:
        raise RejectedPost(f"the post is stored, its answer is not: {error}") from None
    if not is_likely(replied_at, post.received_at):
        raise RejectedPost(f"the post is stored, its answer is not: the time cannot be right: {value[:60]!r}")
    return replied_at
