"""The cases of one person, a customer or an author on a network."""

from dataclasses import dataclass

from dashboard.customers import sql
from dashboard.customers.sql import OPEN
from monitor.models.cases import LEVELS
from monitor.store import Connection


@dataclass(frozen=True, slots=True)
class Whose:
    """One person: a customer by id, or else an author on a network."""

    customer_id: str = ""
    network: str = ""
    author: str = ""


def case_ids_of(connection: Connection, whose: Whose, *, offset: int, limit: int) -> tuple[list[int], int]:
    """The cases of a person, open ones first by priority, then the newest, without merged ones; and how many."""
    rows = connection.execute(
        f"""
        WITH {sql.whose()}
        SELECT case_id, count(*) OVER () FROM cases
        WHERE case_id IN (
            SELECT case_id FROM whose WHERE customer_id = $customer OR ($customer = ''
                AND case_id IN (SELECT case_id FROM cases WHERE network = $network AND lower(author) = lower($author)))
        )
        ORDER BY {OPEN} DESC, CASE WHEN {OPEN} THEN array_position(ARRAY{list(LEVELS)}, level) END, opened_at DESC,
            case_id DESC
        LIMIT $limit OFFSET $offset
        """,
        {"customer": whose.customer_id, "network": whose.network, "author": whose.author, "limit": limit,
         "offset": offset},
    ).fetchall()  # fmt: skip
    return [row[0] for row in rows], rows[0][1] if rows else 0
