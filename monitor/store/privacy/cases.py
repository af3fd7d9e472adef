"""Cases of the erased: what was said in them goes, what was done and how long it took stays."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from monitor.models.cases import Event
from monitor.store.engines.protocol import Connection
from monitor.store.erased.erased_list import ErasedList
from monitor.store.privacy import redaction
from monitor.store.privacy.redaction import LeftWords
from monitor.store.privacy.texts import hinted
from monitor.text.folding import fold_handle

_WITHOUT_WORDS = ("exported", "deleted", "erased", "merged", "absorbed", "parted")
"""Kinds of events whose notes are Escucha's own."""
_WORDS = "coalesce(note, '') || ' ' || coalesce(was, '') || ' ' || coalesce(became, '')"


def of_erased(connection: Connection, known: ErasedList, mention_ids: Sequence[int]) -> list[int]:
    """Cases that hold posts of the erased alone, or are by author or customer theirs; for who has no HeldPerson."""
    rows = connection.execute(
        """
        SELECT case_id, network, author, author_id, customer_id, last_post_at FROM cases
        WHERE author IS NOT NULL OR author_id IS NOT NULL OR customer_id IS NOT NULL
        """
    ).fetchall()
    named = [
        row[0]
        for row in rows
        if known.is_author(row[1], row[2], row[3], row[5]) or (row[4] and known.is_customer(row[4]))
    ]
    found = connection.execute(
        """
        WITH theirs AS (SELECT unnest($1::BIGINT[]) AS mention_id), cases_found AS (
            SELECT case_id FROM case_mentions WHERE mention_id IN (SELECT mention_id FROM theirs)
            UNION SELECT unnest($2::BIGINT[])
        )
        SELECT f.case_id FROM cases_found f WHERE NOT EXISTS (
            SELECT 1 FROM case_mentions k JOIN mentions m ON m.mention_id = k.mention_id
            WHERE k.case_id = f.case_id AND m.erased_length IS NULL AND m.deleted_at IS NULL
                AND k.mention_id NOT IN (SELECT mention_id FROM theirs))
        """,
        [list(mention_ids), named],
    ).fetchall()
    return [row[0] for row in found]


def of_posts(connection: Connection, mention_ids: Collection[int]) -> list[int]:
    """The cases that hold these posts."""
    rows = connection.execute(
        "SELECT DISTINCT case_id FROM case_mentions WHERE mention_id IN (SELECT unnest(?::BIGINT[]))",
        [list(mention_ids)],
    ).fetchall()
    return [row[0] for row in rows]


def erase(
    connection: Connection,
    known: ErasedList,
    own_cases: Sequence[int],
    hints: Sequence[str] | None,
    actor: str,
    now: datetime,
) -> list[Event]:
    """Erases what was said in these cases, and whom the list names in others. Returns the events that lost words."""
    theirs = "case_id IN (SELECT unnest(?::BIGINT[]))"
    for sql in (
        f"UPDATE answers SET text = '' WHERE {theirs}",
        f"UPDATE surveys SET comment = '' WHERE {theirs}",
        f"UPDATE follow_ups SET note = '' WHERE {theirs}",
    ):
        connection.execute(sql, [list(own_cases)]).fetchall()
    _forget_author(connection, known)
    return redaction.redact(connection, _left_words(connection, known, own_cases, hints), actor, now)


def _forget_author(connection: Connection, known: ErasedList) -> None:
    """Who the case is of: somebody as before where people are counted, and nobody."""
    rows = connection.execute(
        """
        SELECT case_id, network, author, author_id, customer_id, first_post_at FROM cases
        WHERE author IS NOT NULL OR author_id IS NOT NULL OR customer_id IS NOT NULL
        """
    ).fetchall()
    changed = []
    for case_id, network, author, author_id, customer_id, at in rows:
        is_theirs = known.is_author(network, author, author_id, at)
        is_customers = bool(customer_id) and known.is_customer(customer_id)
        if is_theirs or is_customers:
            identity = author_id or fold_handle(author)
            person = known.stand_in("person", network, identity) if identity else None
            customer = known.stand_in("customer", customer_id) if is_customers else customer_id
            changed.append({"case_id": case_id, "author_id": person, "customer_id": customer})
    if not changed:
        return
    schema = pa.schema([("case_id", pa.int64()), ("author_id", pa.string()), ("customer_id", pa.string())])
    connection.register("freed", pa.Table.from_pylist(changed, schema=schema))
    connection.execute(
        """
        UPDATE cases SET author = NULL, author_id = f.author_id, customer_id = f.customer_id
        FROM freed f WHERE cases.case_id = f.case_id
        """
    ).fetchall()
    connection.unregister("freed")


def _left_words(
    connection: Connection, known: ErasedList, own_cases: Sequence[int], hints: Sequence[str] | None
) -> dict[int, LeftWords]:
    own = set(own_cases)
    return {
        event_id: _left(known, kind, field, (note, was, became), is_own=case_id in own)
        for event_id, case_id, kind, field, note, was, became in _events(connection, own_cases, hints)
    }


def _left(
    known: ErasedList, kind: str, field: str | None, words: tuple[str, str | None, str | None], *, is_own: bool
) -> LeftWords:
    note, was, became = words
    note = "" if is_own and kind not in _WITHOUT_WORDS else known.masked(note)
    if kind == "customer":
        was, became = (
            known.stand_in("customer", one) if one and known.is_customer(one) else one for one in (was, became)
        )
    elif field == "author" and is_own:
        was = became = None
    else:
        was, became = (known.masked(one) if one else one for one in (was, became))
    return LeftWords(note, was, became)


def _events(connection: Connection, own_cases: Sequence[int], hints: Sequence[str] | None) -> list[Any]:
    columns = "event_id, case_id, kind, field, note, was, became"
    if hints is None:
        return connection.execute(
            f"SELECT {columns} FROM case_events WHERE note <> '' OR was <> '' OR became <> ''"
        ).fetchall()
    if not hints:
        return connection.execute(
            f"SELECT {columns} FROM case_events WHERE case_id IN (SELECT unnest(?::BIGINT[]))", [list(own_cases)]
        ).fetchall()
    test, values = hinted(connection, _WORDS, hints)
    return connection.execute(
        f"SELECT {columns} FROM case_events WHERE {test} OR case_id IN (SELECT unnest($2::BIGINT[]))",
        [*values, list(own_cases)],
    ).fetchall()


def erase_customers(connection: Connection, known: ErasedList) -> int:
    """Deletes customers of the list with their handles, and handles of erased accounts. Returns how many customers."""
    ids = [row[0] for row in connection.execute("SELECT customer_id FROM customers").fetchall()]
    gone = [id_ for id_ in ids if known.is_customer(id_)]
    rows = connection.execute("SELECT network, handle, customer_id FROM handles").fetchall()
    handles = [row for row in rows if known.is_customer(row[2]) or known.is_handle(row[0], row[1])]
    if gone:
        connection.execute(
            "DELETE FROM customers WHERE customer_id IN (SELECT unnest(?::VARCHAR[]))", [gone]
        ).fetchall()
    if handles:
        columns = [pa.array(column, pa.string()) for column in zip(*handles, strict=True)]
        connection.register("freed", pa.table(columns, names=["network", "handle", "customer_id"]))
        connection.execute(
            """
            DELETE FROM handles WHERE EXISTS (
                SELECT 1 FROM freed f WHERE f.network = handles.network AND f.handle = handles.handle
                    AND f.customer_id = handles.customer_id)
            """
        ).fetchall()
        connection.unregister("freed")
    return len(gone)
