"""What tells the language of a short post beside its words: the network's tag, its thread, its author's other posts."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.models.posts import OWN_REPLY
from monitor.store.connection import Connection

LONG = 60
"""Characters from which on a post tells its language by itself; those with fewer are the short ones."""
_TEXTS = 3  # that are read of a thread, and of an author: the latest
_CHARACTERS = 300  # that are read of each of them
_DAYS = 90  # before the posts asked for

_NEAR = """
    WITH asked AS (
        SELECT network, {column} AS name, posted_at FROM mentions
        WHERE mention_id IN (SELECT unnest($1::BIGINT[])) AND {column} <> $2
    ), latest AS (
        SELECT m.network, m.{column} AS name, substr(m.text, 1, {characters}) AS text,
            row_number() OVER (PARTITION BY m.network, m.{column} ORDER BY m.posted_at DESC, m.mention_id) AS place
        FROM mentions m
        JOIN (SELECT DISTINCT network, name FROM asked) a ON a.network = m.network AND a.name = m.{column}
        WHERE length(m.text) >= {long} AND m.posted_at >= (SELECT min(posted_at) FROM asked) - INTERVAL '{days} days'
    )
    SELECT network, name, text FROM latest WHERE place <= {texts} ORDER BY network, name, place
"""


@dataclass(frozen=True, slots=True)
class LanguageSigns:
    """The network's tag, and longer texts (their beginnings, at most three each) of the thread and of the author."""

    tag: str | None = None
    thread: tuple[str, ...] = ()
    author: tuple[str, ...] = ()


def signs(connection: Connection, mention_ids: Sequence[int]) -> dict[int, LanguageSigns]:
    """The signs of the language of these mentions, classified or not; meant for short ones."""
    ids = list(mention_ids)
    if not ids:
        return {}
    threads = _texts(connection, "thread_id", ids)
    authors = _texts(connection, "author", ids)
    rows = connection.execute(
        """
        SELECT mention_id, network, thread_id, author, language FROM mentions
        WHERE mention_id IN (SELECT unnest($1::BIGINT[]))
        """,
        [ids],
    ).fetchall()
    return {
        mention_id: LanguageSigns(tag, threads.get((network, thread), ()), authors.get((network, author), ()))
        for mention_id, network, thread, author, tag in rows
    }


def _texts(connection: Connection, column: str, mention_ids: list[int]) -> dict[tuple[str, str], tuple[str, ...]]:
    statement = _NEAR.format(column=column, characters=_CHARACTERS, long=LONG, days=_DAYS, texts=_TEXTS)
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for network, name, text in connection.execute(statement, [mention_ids, OWN_REPLY]).fetchall():
        found[network, name] = (*found.get((network, name), ()), text)
    return found
