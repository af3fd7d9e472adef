"""What tells the language of a short post beside its words: the network's tag, its thread, its author's other posts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.models.posts import OWN_REPLY
from monitor.store.connection import Connection

LONG = 60
"""Characters from which on a post tells its language by itself; those with fewer are the short ones."""
_LATEST = 6  # posts of a thread, and of an author, that are looked at; what is long among them is read
_CHARACTERS = 300  # that are read of each of them
_BEFORE = timedelta(days=30)  # the earliest of the posts asked for

# Texts are the most of a store: only those that are read are touched, by `_TEXTS`.
_NEAR = """
    SELECT network, name, mention_id FROM (
        SELECT network, {column} AS name, mention_id,
            row_number() OVER (PARTITION BY network, {column} ORDER BY posted_at DESC, mention_id) AS place
        FROM mentions WHERE {column} IN (SELECT unnest($1::VARCHAR[])) AND posted_at >= $2
    ) AS latest WHERE place <= $3 ORDER BY network, name, place
"""
_TEXTS = """
    SELECT mention_id, substr(text, 1, $2) FROM mentions
    WHERE mention_id IN (SELECT unnest($1::BIGINT[])) AND length(text) >= $3
"""
_Near = Mapping[tuple[str, str], Sequence[int]]


@dataclass(frozen=True, slots=True)
class LanguageSigns:
    """The network's tag, and longer texts (their beginnings, the latest) of the thread and of the author."""

    tag: str | None = None
    thread: tuple[str, ...] = ()
    author: tuple[str, ...] = ()


def signs(connection: Connection, mention_ids: Sequence[int]) -> dict[int, LanguageSigns]:
    """The signs of the language of these mentions, classified or not; meant for short ones."""
    rows = connection.execute(
        """
        SELECT mention_id, network, thread_id, author, language, posted_at FROM mentions
        WHERE mention_id IN (SELECT unnest($1::BIGINT[]))
        """,
        [list(mention_ids)],
    ).fetchall()
    if not rows:
        return {}
    since = min(row[5] for row in rows) - _BEFORE
    threads = _near(connection, "thread_id", {row[2] for row in rows}, since)
    authors = _near(connection, "author", {row[3] for row in rows} - {None, OWN_REPLY}, since)
    texts = _texts(
        connection, (mention_id for near in (threads, authors) for ids in near.values() for mention_id in ids)
    )

    def read(near: _Near, network: str, name: str | None) -> tuple[str, ...]:
        return tuple(texts[mention_id] for mention_id in near.get((network, name or ""), ()) if mention_id in texts)

    return {
        mention_id: LanguageSigns(tag, read(threads, network, thread), read(authors, network, author))
        for mention_id, network, thread, author, tag, _ in rows
    }


def _near(
    connection: Connection, column: str, names: Iterable[str], since: datetime
) -> dict[tuple[str, str], list[int]]:
    """The latest posts of each thread, or author, by network and name."""
    found: dict[tuple[str, str], list[int]] = {}
    statement = _NEAR.format(column=column)
    for network, name, mention_id in connection.execute(statement, [sorted(names), since, _LATEST]).fetchall():
        found.setdefault((network, name), []).append(mention_id)
    return found


def _texts(connection: Connection, mention_ids: Iterable[int]) -> dict[int, str]:
    ids = sorted(set(mention_ids))
    return dict(connection.execute(_TEXTS, [ids, _CHARACTERS, LONG]).fetchall())
