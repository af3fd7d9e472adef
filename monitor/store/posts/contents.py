"""What stored posts say: whether a post that comes again is the same, and which of them other queries would find."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias

from monitor.models.posts import Mention
from monitor.store.connection import Connection

StoredAuthor: TypeAlias = tuple[str | None, str | None, str | None]
"""An author's handle, name and id."""


def stored(
    connection: Connection, network: str, post_ids: Sequence[str]
) -> Iterator[tuple[str, StoredAuthor, datetime, str]]:
    """Id, names of the author, time and text of those of these posts of a network that are stored."""
    rows = connection.execute(
        """
        SELECT post_id, author, author_name, author_id, posted_at, text FROM mentions
        WHERE network = ? AND post_id IN (SELECT unnest(?::VARCHAR[]))
        """,
        [network, list(post_ids)],
    ).fetchall()
    yield from ((str(row[0]), (row[1], row[2], row[3]), row[4], str(row[5])) for row in rows)


class PostSpan(NamedTuple):
    """The posts of a time: how many, and the lowest and the highest of their `mention_id`; others may lie between."""

    size: int
    first: int
    last: int


def span(connection: Connection, since: datetime, until: datetime) -> PostSpan:
    """The posts that were posted after `since`, and not after `until`."""
    row = connection.execute(
        """
        SELECT count(*), coalesce(min(mention_id), 0), coalesce(max(mention_id), -1) FROM mentions
        WHERE posted_at > ? AND posted_at <= ? AND deleted_at IS NULL
        """,
        [since, until],
    ).fetchall()[0]
    return PostSpan(*map(int, row))


def matchable(connection: Connection, since: datetime, until: datetime, first: int, end: int) -> Iterator[Mention]:
    """Those of them with ids from `first` to before `end`, with what queries are tried on and nothing else."""
    rows = connection.execute(
        """
        SELECT network, text, posted_at, author, language FROM mentions
        WHERE mention_id >= ? AND mention_id < ? AND posted_at > ? AND posted_at <= ? AND deleted_at IS NULL
        """,
        [first, end, since, until],
    ).fetchall()
    for network, text, posted_at, author, language in rows:
        yield Mention(network, "", text, posted_at, "", {}, author=author, language=language)
