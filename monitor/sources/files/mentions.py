"""From a row to a mention; pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from monitor import networks
from monitor.errors import RejectedPost
from monitor.models.making import quickly
from monitor.models.posts import OWN_REPLY, Mention, Post
from monitor.sources.files import people
from monitor.sources.files.ids import identity
from monitor.sources.files.ids.written import answered_id, id_above, related_id
from monitor.sources.files.others import related
from monitor.sources.files.ownership import is_own, is_private
from monitor.sources.files.texts import plain_text, with_title
from monitor.sources.files.times.timing import read_time
from monitor.sources.files.vocabulary import chat_events
from monitor.tables import rich
from monitor.tables.file_format import FAULT
from monitor.tables.layout import Layout, PostColumns
from monitor.tables.values import count_of, truth_of, value_of
from monitor.text.language_names import language_code
from monitor.text.nobody import is_taken_away

_OLDEST = 2000
"""Years before it are faults of a file, not posts."""
_AHEAD = timedelta(days=1)
"""How far clocks and time zones may be wrong."""
_NO_LANGUAGE = frozenset({"und", "unknown", "desconocido", "undefined", "qme", "qst", "qht", "qam", "qct", "zxx"})
"""ISO 639 for "not said", and X's codes for posts without words."""
_LONGEST_LANGUAGE = 16
"""Characters of a language's code that is kept though nobody knows it."""
_mention = quickly(Mention)


def to_mention(post: Post, layout: Layout) -> Mention:
    """The mention a row of the file stands for.

    Raises RejectedPost, saying why, when the row does not fit the header, has no text, no time that can be read, or one
    before 2000 or more than a day after `post.received_at`.
    """
    raw, columns = post.raw, layout.columns
    if FAULT in raw:
        raise RejectedPost(str(raw[FAULT]))
    if is_private(raw, layout):
        raise RejectedPost("a note of the desk, no post")
    if layout.events and chat_events.is_event(raw, layout):
        raise RejectedPost(chat_events.NO_POST)
    original = _written(raw, layout)
    text = plain_text(original, layout) if original else ""
    if not original or not text:
        raise RejectedPost(f"no text in column {columns.text}")
    if is_taken_away(text):
        raise RejectedPost("it was deleted")
    permalink = _permalink(value_of(raw, columns.permalink)) if columns.permalink else None
    is_ours = is_own(raw, layout)
    if is_ours and layout.own_names_customer:
        columns = replace(columns, author=None, author_id=None, author_name=None)
    answered = related.answered_post(raw, layout, permalink)
    author = people.author_of(raw, columns, post.network, None if answered else permalink)
    name = _author_name(raw, columns, author, layout)
    if not layout.entry and chat_events.tells_event(text, author or name):
        raise RejectedPost(chat_events.NO_POST)
    post_id = identity.post_id(raw, layout, None if answered else permalink)
    posted_at = _posted_at(post, layout, post_id)
    in_reply_to = answered or (answered_id(raw, layout) if columns.in_reply_to or layout.own_answers else None)
    in_reply_to = (in_reply_to if in_reply_to != post_id else None) or id_above(post_id)
    thread = related_id(raw, columns.thread, layout) if columns.thread else None
    post_ids = networks.profile(post.network).post_ids
    if permalink is None and post_ids:
        permalink = post_ids.permalink(author, post_id)
    return _mention(
        post.network,
        post_id,
        text,
        posted_at,
        thread or in_reply_to or post_id,
        raw,
        OWN_REPLY if is_ours else author,
        people.author_id_of(raw, layout) if columns.author_id else None,
        name or (author if is_ours else None),
        permalink,
        in_reply_to,
        _language(value_of(raw, columns.language)) if columns.language else None,
        text.startswith("RT @") or (columns.is_repost is not None and truth_of(raw, columns.is_repost)),
        count_of(raw, columns.likes) if columns.likes else None,
        count_of(raw, columns.replies) if columns.replies else None,
        count_of(raw, columns.reposts) if columns.reposts else None,
    )


def _author_name(raw: Mapping[str, Any], columns: PostColumns, author: str | None, layout: Layout) -> str | None:
    """The author's name with the surname behind it; of mail it stands beside the address, in one column."""
    is_beside = columns.author_name is None and author is not None and "@" in author
    name = people.author_name_of(raw, columns) if columns.author_name or is_beside else None
    return people.whole_name(raw, name, layout.surnames) if layout.surnames and columns.author_name else name


def _written(raw: Mapping[str, Any], layout: Layout) -> str | None:
    """The words as the file has them: of several columns the first that the row fills."""
    if layout.title:
        return with_title(value_of(raw, layout.title), value_of(raw, layout.columns.text))
    if not layout.texts:
        written = value_of(raw, layout.columns.text)
    else:
        written = next((value for column in layout.texts if (value := value_of(raw, column))), None)
    return written and (rich.words_in(written) or written)


def _posted_at(post: Post, layout: Layout, post_id: str) -> datetime:
    if layout.times_from_ids:
        post_ids = networks.profile(layout.network).post_ids
        posted_at = post_ids.time(post_id) if post_ids else None
        if posted_at is None:
            raise RejectedPost("no time, and the id does not tell it")
    else:
        posted_at = read_time(post.raw, layout)
    if not is_likely(posted_at, post.received_at):
        raise RejectedPost(f"the time cannot be right: {posted_at.isoformat()}")
    return posted_at


def is_likely(posted_at: datetime, received_at: datetime) -> bool:
    """Whether a post of a file may be from then: neither before 2000 nor more than a day after the file was read."""
    return posted_at.year >= _OLDEST and posted_at <= received_at + _AHEAD


def _permalink(value: str | None) -> str | None:
    """Only http and https, so that a post never brings `javascript:` to the dashboard."""
    if value is None or not value.lower().startswith(("http://", "https://")):
        return None
    return value if value.isprintable() and " " not in value else None


def _language(value: str | None) -> str | None:
    """The code; what names no language as it was written."""
    if not value or value.lower() in _NO_LANGUAGE:
        return None
    return language_code(value) or (value.lower().replace("_", "-") if len(value) <= _LONGEST_LANGUAGE else None)
