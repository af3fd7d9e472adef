"""What stored posts say: to tell whether a post that comes again under an id is the same."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeAlias

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
