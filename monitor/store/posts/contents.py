"""What stored posts say: to tell whether a post that comes again under an id is the same."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeAlias

import pyarrow as pa

from monitor.store.connection import Connection

StoredAuthor: TypeAlias = tuple[str | None, str | None, str | None]
"""An author's handle, name and id."""


def stored(
    connection: Connection, network: str, post_ids: Sequence[str]
) -> Iterator[tuple[str, StoredAuthor, datetime, str]]:
    """Id, names of the author, time and text of those of these posts of a network that are stored."""
    connection.register("asked", pa.table({"post_id": pa.array(post_ids, pa.string())}))
    rows = connection.execute(
        """
        SELECT post_id, author, author_name, author_id, posted_at, text FROM mentions
        WHERE network = ? AND post_id IN (SELECT post_id FROM asked)
        """,
        [network],
    ).fetchall()
    connection.unregister("asked")
    yield from ((str(row[0]), (row[1], row[2], row[3]), row[4], str(row[5])) for row in rows)
