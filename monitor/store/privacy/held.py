"""Everything that is held about a person, as plain values, for that person. Reads only."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from monitor.store.engines.protocol import Connection
from monitor.store.erased.erased_list import ErasedList
from monitor.store.privacy import marks, texts
from monitor.store.privacy.people import HeldPerson

HeldRows: TypeAlias = list[dict[str, Any]]
"""Rows of one kind, by the names of their columns."""

_EVER = datetime(1, 1, 1, tzinfo=UTC)
_THEIRS = "mention_id IN (SELECT unnest(?::BIGINT[]))"
_OF_POSTS = {
    "posts": f"""
        SELECT network, post_id, author, author_id, author_name, text, language, posted_at, permalink, thread_id,
            in_reply_to, is_repost, likes, replies, reposts, quotes, edited_at, stored_at, deleted_at
        FROM mentions WHERE {_THEIRS} ORDER BY posted_at
    """,
    "earlier_texts": f"""
        SELECT m.post_id, e.replaced_at, e.text FROM edits e JOIN mentions m USING (mention_id)
        WHERE {_THEIRS} ORDER BY e.replaced_at
    """,
    "received": f"""
        SELECT m.post_id, p.received_at, p.raw FROM posts p JOIN mentions m USING (mention_id)
        WHERE {_THEIRS} ORDER BY p.received_at
    """,
    "classifications": f"""
        SELECT m.post_id, c.classified_at, c.model, c.sentiment, c.decision, c.p_complaint, c.category
        FROM classifications c JOIN mentions m USING (mention_id) WHERE {_THEIRS} ORDER BY c.classified_at
    """,
    "searches": f"""
        SELECT m.post_id, t.brand, t.query, t.terms FROM matches t JOIN mentions m USING (mention_id)
        WHERE {_THEIRS} ORDER BY t.posted_at
    """,
}
_IN_CASES = "case_id IN (SELECT unnest(?::BIGINT[]))"
_OF_CASES = {
    "cases": f"""
        SELECT code, brand, network, author, author_id, language, stage, opened_at, channel, category, severity, remedy,
            root_cause, decision, tags, agreement, lost_reason, customer_id, value, first_answered_at, resolved_at
        FROM cases WHERE {_IN_CASES} ORDER BY case_id
    """,
    "history": f"""
        SELECT c.code, e.happened_at, e.kind, e.stage, e.field, e.was, e.became, e.note, e.took_place_at
        FROM case_events e JOIN cases c USING (case_id) WHERE {_IN_CASES} ORDER BY e.event_id
    """,
    "answers": f"""
        SELECT c.code, a.sent_at, a.text FROM answers a JOIN cases c USING (case_id)
        WHERE {_IN_CASES} ORDER BY a.sent_at
    """,
    "surveys": f"""
        SELECT c.code, s.asked_at, s.answered_at, s.satisfaction, s.recommend, s.comment
        FROM surveys s JOIN cases c USING (case_id) WHERE {_IN_CASES} ORDER BY s.asked_at
    """,
    "follow_ups": f"""
        SELECT c.code, f.due_at, f.status, f.done_at, f.channel, f.outcome, f.note
        FROM follow_ups f JOIN cases c USING (case_id) WHERE {_IN_CASES} ORDER BY f.due_at
    """,
    "handed_over": f"""
        SELECT c.code, x.destination, x.place, x.delivered_at FROM export_cases k JOIN exports x USING (export_id)
        JOIN cases c USING (case_id) WHERE {_IN_CASES} ORDER BY x.export_id
    """,
}
_OF_CUSTOMERS = {
    "customers": """
        SELECT customer_id, name, lifetime_value, purchases, last_purchase, value, imported_at FROM customers
        WHERE customer_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY customer_id
    """,
    "handles": """
        SELECT network, handle, customer_id, status, decided_at FROM handles
        WHERE customer_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY network, handle
    """,
}


def about(connection: Connection, person: HeldPerson) -> dict[str, HeldRows]:
    """What is held, by kind, in the order in which a person reads it; names of colleagues are left out.

    Of cases that others' posts are in, the history is left out too: it is theirs as well.
    """
    held: dict[str, HeldRows] = {
        "accounts": [
            dict(zip(("network", "account_id", "handle"), account, strict=True)) for account in person.accounts
        ]
    }
    groups: tuple[tuple[dict[str, str], Sequence[object]], ...] = (
        (_OF_CUSTOMERS, person.customers), (_OF_POSTS, person.mention_ids), (_OF_CASES, person.own_cases),
    )  # fmt: skip
    for statements, ids in groups:
        for name, sql in statements.items():
            held[name] = connection.sql(sql, params=[list(ids)]).to_arrow_table().to_pylist()
    shared = connection.sql(_OF_CASES["cases"], params=[list(person.shared_cases)]).to_arrow_table().to_pylist()
    held["cases"] += shared
    held["unreadable"] = _rejects(connection, person)
    return held


def _rejects(connection: Connection, person: HeldPerson) -> HeldRows:
    """What was received, could not be read, and names the person."""
    known = ErasedList(marks.of_person(connection, person, ErasedList(()), _EVER, for_ever=False))
    column = texts.REJECTED
    keys = [
        key
        for rows in texts.candidates(connection, column, marks.hints(connection, person))
        for key, text in rows
        if column.masked(known, text) != text
    ]
    found: HeldRows = (
        connection.sql(
            """
            SELECT network, reason, rejected_at, raw FROM rejects
            WHERE reject_key IN (SELECT unnest(?::VARCHAR[])) ORDER BY rejected_at
            """,
            params=[keys],
        )
        .to_arrow_table()
        .to_pylist()
    )
    return found
