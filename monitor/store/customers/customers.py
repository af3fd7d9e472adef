"""Customers as they are imported, and whose handle is whose."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, TypeAlias

import pyarrow as pa

from monitor.store.connection import Connection
from monitor.store.erased import erased_list
from monitor.store.erased.erased_list import ErasedList

logger = logging.getLogger(__name__)

LinkStatus: TypeAlias = Literal["imported", "suggested", "confirmed", "refused"]
LinkReason: TypeAlias = Literal["file", "conflict", "same_handle", "same_name", "by_hand"]
LINKED = "status IN ('imported', 'confirmed')"
"""SQL: whether a row of `handles` is a link. A handle has at most one."""


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer as a file has it; None and '' are not known. `handles`: (network, handle without @, lower case)."""

    customer_id: str
    name: str = ""
    lifetime_value: float | None = None
    purchases: int | None = None
    last_purchase: date | None = None
    handles: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """A handle that more than one customer is said to have. `held_by`: whose it stays, since a person confirmed it."""

    network: str
    handle: str
    customers: tuple[str, ...]
    held_by: str | None


@dataclass(frozen=True, slots=True)
class CustomerImportCounts:
    """What an import wrote: customers that are new or changed, handles that became links, and the conflicts.

    `erased` are customers who were erased once: they are not stored again.
    """

    new: int
    changed: int
    linked: int
    conflicts: tuple[Conflict, ...]
    erased: int = 0


def save(connection: Connection, customers: Sequence[NewCustomer], now: datetime) -> CustomerImportCounts:
    """Adds customers and updates those that are there; what is not known in `customers` stays as it was.

    A handle of several customers becomes nobody's link, unless a person has confirmed whose it is. Who was erased is
    not stored again, and neither is a handle that was.
    """
    erased_count = len(customers)
    customers = _allowed(customers, erased_list.read(connection))
    erased_count -= len(customers)
    connection.register("batch", _customer_table(customers))
    new_count, changed_count = _save_customers(connection, now)
    connection.unregister("batch")
    connection.register("batch", _handle_table(customers))
    named = connection.sql("SELECT DISTINCT network, lower(handle) AS handle, customer_id FROM batch").to_arrow_table()
    connection.unregister("batch")
    connection.register("named", named)
    conflicts = _find_conflicts(connection)
    linked_count = _save_handles(connection, conflicts, now)
    connection.unregister("named")
    logger.debug("customers saved", extra={"count": new_count + changed_count})
    if conflicts:
        logger.warning("handles of several customers", extra={"count": len(conflicts)})
    return CustomerImportCounts(new_count, changed_count, linked_count, conflicts, erased_count)


def _allowed(customers: Sequence[NewCustomer], known: ErasedList) -> Sequence[NewCustomer]:
    if not known:
        return customers
    return [
        replace(customer, handles=tuple(handle for handle in customer.handles if not known.is_handle(*handle)))
        for customer in customers
        if not known.is_customer(customer.customer_id)
    ]


def _save_customers(connection: Connection, now: datetime) -> tuple[int, int]:
    updates = connection.execute(
        """
        UPDATE customers SET
            name = coalesce(nullif(b.name, ''), customers.name),
            lifetime_value = coalesce(b.lifetime_value, customers.lifetime_value),
            purchases = coalesce(b.purchases, customers.purchases),
            last_purchase = coalesce(b.last_purchase, customers.last_purchase),
            imported_at = ?
        FROM batch b WHERE b.customer_id = customers.customer_id AND (
            coalesce(nullif(b.name, ''), customers.name) <> customers.name
            OR coalesce(b.lifetime_value, customers.lifetime_value) IS DISTINCT FROM customers.lifetime_value
            OR coalesce(b.purchases, customers.purchases) IS DISTINCT FROM customers.purchases
            OR coalesce(b.last_purchase, customers.last_purchase) IS DISTINCT FROM customers.last_purchase)
        """,
        [now],
    ).fetchall()
    inserts = connection.execute(
        """
        INSERT INTO customers (customer_id, name, lifetime_value, purchases, last_purchase, value, imported_at)
        SELECT customer_id, name, lifetime_value, purchases, last_purchase, '', ?
        FROM batch b WHERE NOT EXISTS (SELECT 1 FROM customers c WHERE c.customer_id = b.customer_id)
        """,
        [now],
    ).fetchall()
    return int(inserts[0][0]), int(updates[0][0])


def _find_conflicts(connection: Connection) -> tuple[Conflict, ...]:
    rows = connection.execute(
        f"""
        SELECT network, handle, array_agg(DISTINCT customer_id ORDER BY customer_id) AS customers,
               min(customer_id) FILTER (WHERE status = 'confirmed') AS held_by
        FROM (
            SELECT network, handle, customer_id, 'imported' AS status FROM named
            UNION ALL
            SELECT network, handle, customer_id, status FROM handles
            WHERE {LINKED} AND (network, handle) IN (SELECT network, handle FROM named)
        ) AS said GROUP BY network, handle HAVING count(DISTINCT customer_id) > 1 ORDER BY network, handle
        """
    ).fetchall()
    return tuple(Conflict(network, handle, tuple(customers), owner_id) for network, handle, customers, owner_id in rows)


def _save_handles(connection: Connection, conflicts: Sequence[Conflict], now: datetime) -> int:
    """Links what is not in doubt; what is in doubt waits for a person. What a person decided stays."""
    connection.register("clash", _conflict_table(conflicts))
    connection.execute(
        """
        UPDATE handles SET status = 'suggested', reason = 'conflict' FROM clash c
        WHERE handles.network = c.network AND handles.handle = c.handle AND handles.status = 'imported'
        """
    ).fetchall()
    connection.execute(
        """
        INSERT INTO handles (network, handle, customer_id, status, reason)
        SELECT network, handle, customer_id, 'suggested', 'conflict'
        FROM named WHERE (network, handle) IN (SELECT network, handle FROM clash WHERE held_by IS NULL)
        ON CONFLICT DO NOTHING
        """
    ).fetchall()
    updates = connection.execute(
        """
        UPDATE handles SET status = 'imported', reason = 'file', decided_at = $now
        FROM named n
        WHERE handles.network = n.network AND handles.handle = n.handle AND handles.customer_id = n.customer_id
            AND handles.status = 'suggested'
            AND NOT EXISTS (SELECT 1 FROM clash c WHERE c.network = n.network AND c.handle = n.handle)
        """,
        {"now": now},
    ).fetchall()
    inserts = connection.execute(
        """
        INSERT INTO handles (network, handle, customer_id, status, reason, decided_at)
        SELECT network, handle, customer_id, 'imported', 'file', $now FROM named n
        WHERE NOT EXISTS (SELECT 1 FROM clash c WHERE c.network = n.network AND c.handle = n.handle)
        ON CONFLICT DO NOTHING
        """,
        {"now": now},
    ).fetchall()
    connection.unregister("clash")
    return int(updates[0][0]) + int(inserts[0][0])


def lifetime_values(connection: Connection) -> list[float]:
    """The lifetime values that are known, in no order."""
    rows = connection.execute("SELECT lifetime_value FROM customers WHERE lifetime_value IS NOT NULL")
    return [row[0] for row in rows.fetchall()]


def set_values(connection: Connection, top: float, large: float, medium: float) -> int:
    """Puts every customer into the segment by value that begins at these amounts. Returns how many changed."""
    updates = connection.execute(
        """
        UPDATE customers SET value = c.value FROM (
            SELECT customer_id, CASE WHEN lifetime_value IS NULL THEN '' WHEN lifetime_value >= $top THEN 'top'
                WHEN lifetime_value >= $large THEN 'large' WHEN lifetime_value >= $medium THEN 'medium'
                ELSE 'low' END AS value
            FROM customers
        ) c WHERE c.customer_id = customers.customer_id AND c.value <> customers.value
        """,
        {"top": top, "large": large, "medium": medium},
    ).fetchall()
    return int(updates[0][0])


def value_of(connection: Connection, customer_id: str) -> str | None:
    """The customer's segment by value ('' when that is not known); None when there is no such customer."""
    row = connection.execute("SELECT value FROM customers WHERE customer_id = ?", [customer_id]).fetchall()
    return str(row[0][0]) if row else None


def _customer_table(customers: Sequence[NewCustomer]) -> pa.Table:
    types = {"lifetime_value": pa.float64(), "purchases": pa.int32(), "last_purchase": pa.date32()}
    names = ("customer_id", "name", *types)
    return pa.table(
        {
            name: pa.array([getattr(customer, name) for customer in customers], types.get(name, pa.string()))
            for name in names
        }
    )


def _conflict_table(conflicts: Sequence[Conflict]) -> pa.Table:
    names = ("network", "handle", "held_by")
    return pa.table(
        {name: pa.array([getattr(conflict, name) for conflict in conflicts], pa.string()) for name in names}
    )


def _handle_table(customers: Sequence[NewCustomer]) -> pa.Table:
    rows = [(*handle, customer.customer_id) for customer in customers for handle in customer.handles]
    columns = list(zip(*rows, strict=True)) if rows else [(), (), ()]
    names = ("network", "handle", "customer_id")
    return pa.table({name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)})
