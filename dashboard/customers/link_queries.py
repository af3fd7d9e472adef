"""Whose handles are whose, and links that wait for a person."""

from dataclasses import dataclass
from datetime import datetime

from dashboard.queries import search_sql
from monitor.models.cases import Case
from monitor.store import Connection
from monitor.store.customers.customers import LINKED, LinkReason, LinkStatus

_OPEN = "stage NOT IN ('closed', 'dismissed')"


@dataclass(frozen=True, slots=True)
class CustomerHandle:
    """A handle that is, might be or is not a customer's. `said_by` and `said_at`: the person who decided."""

    network: str
    handle: str
    customer_id: str
    name: str
    status: LinkStatus
    reason: LinkReason
    said_by: str | None
    said_at: datetime | None


_HANDLES = """
    SELECT network, handle, customer_id, coalesce(c.name, ''), status, reason, decided_by, decided_at
    FROM handles h LEFT JOIN customers c USING (customer_id)
"""
# A suggestion for a handle that is linked meanwhile waits for nobody.
_WAITING = f"""
    status = 'suggested' AND NOT EXISTS (
        SELECT 1 FROM handles o WHERE o.network = h.network AND o.handle = h.handle AND o.{LINKED})
"""


def handles_of(connection: Connection, customer_id: str) -> list[CustomerHandle]:
    """The handles of a customer, links first, suggestions and refusals behind."""
    rows = connection.execute(
        f"""
        {_HANDLES} WHERE customer_id = ? AND (status <> 'suggested' OR {_WAITING})
        ORDER BY array_position(ARRAY['imported', 'confirmed', 'suggested', 'refused'], status), network, handle
        """,
        [customer_id],
    ).fetchall()
    return [CustomerHandle(*row) for row in rows]


def open_suggestions(connection: Connection, limit: int) -> tuple[list[CustomerHandle], int]:
    """Suggested links that wait for a person, those with open cases first, and how many there are."""
    rows = connection.execute(
        f"""
        WITH open AS (
            SELECT network, lower(author) AS handle, count(*) AS n FROM cases
            WHERE {_OPEN} AND merged_into IS NULL AND author IS NOT NULL GROUP BY network, lower(author)
        )
        SELECT network, handle, customer_id, name, status, reason, decided_by, decided_at, count(*) OVER ()
        FROM (
            SELECT h.*, coalesce(c.name, '') AS name FROM handles h LEFT JOIN customers c USING (customer_id)
            WHERE {_WAITING}
        ) waiting LEFT JOIN open o USING (network, handle)
        ORDER BY coalesce(o.n, 0) DESC, network, handle, customer_id LIMIT ?
        """,
        [limit],
    ).fetchall()
    return [CustomerHandle(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


def suggestions_for(connection: Connection, case: Case) -> list[CustomerHandle]:
    """Who the author of a case might be."""
    if not case.author:
        return []
    rows = connection.execute(
        f"{_HANDLES} WHERE network = ? AND handle = lower(?) AND {_WAITING} ORDER BY customer_id",
        [case.network, case.author],
    ).fetchall()
    return [CustomerHandle(*row) for row in rows]


def search_customers(connection: Connection, words: str, limit: int) -> list[tuple[str, str]]:
    """(id, name) of customers whose id, name and handles hold these words, to link by hand: first whose id they are."""
    term = words.strip()
    if not term:
        return []
    test, values = search_sql.customer_test(term)
    rows = connection.execute(
        f"""
        SELECT customer_id, name FROM customers WHERE {test}
        ORDER BY lower(customer_id) = lower($term) DESC, name, customer_id LIMIT $limit
        """,
        {**values, "term": term, "limit": limit},
    ).fetchall()
    return [(row[0], row[1]) for row in rows]


def any_imported(connection: Connection) -> bool:
    """Whether any customer was imported."""
    return bool(connection.execute("SELECT 1 FROM customers LIMIT 1").fetchall())
