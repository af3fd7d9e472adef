"""Posts of files under the ids that earlier versions made for them."""

from collections.abc import Iterator, Sequence

from monitor.store.connection import Connection


def any_made(connection: Connection, network: str, beginning: str, length: int) -> bool:
    """Whether a post of the network has an id of that length that begins so."""
    rows = connection.execute(
        "SELECT 1 FROM mentions WHERE network = ? AND post_id LIKE ? AND length(post_id) = ? LIMIT 1",
        [network, f"{beginning}%", length],
    ).fetchall()
    return bool(rows)


def stored_answers(connection: Connection, network: str, post_ids: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Id, thread and answer as received (JSON) of those of these posts that are stored, one for each version."""
    rows = connection.execute(
        """
        SELECT m.post_id, m.thread_id, p.raw FROM mentions m JOIN posts p ON p.mention_id = m.mention_id
        WHERE m.network = ? AND m.post_id IN (SELECT unnest(?::VARCHAR[]))
        """,
        [network, list(post_ids)],
    ).fetchall()
    yield from ((str(post_id), str(thread_id), str(raw)) for post_id, thread_id, raw in rows)
