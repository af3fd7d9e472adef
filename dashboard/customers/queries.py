"""Customers: how many in each segment, the searchable list, one customer with its cases."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from dashboard.customers.sql import OF_CASE, OF_CUSTOMER, OPEN, segments_sql, whose
from dashboard.queries import search_sql
from monitor.cases import segments
from monitor.models.posts import Stage
from monitor.settings.desk import Segments
from monitor.store import Connection
from monitor.store.customers.customers import LINKED


@dataclass(frozen=True, slots=True)
class CustomerFilters:
    """Which customers to list: None for all of a kind; words in id, name or handle."""

    value: str | None = None
    lifecycle: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as the list shows it. `complaints` are cases that were not dismissed; satisfaction is from 1 to 5."""

    customer_id: str
    name: str
    lifetime_value: float | None
    purchases: int | None
    last_purchase: date | None
    value: str
    lifecycle: str
    open: int = 0
    complaints: int = 0
    satisfaction: int | None = None


@dataclass(frozen=True, slots=True)
class CustomerCase:
    """A case of a customer."""

    case_id: int
    code: str
    network: str
    author: str | None
    stage: Stage
    category: str
    opened_at: datetime


def counts(connection: Connection, today: date, cutoffs: Segments) -> dict[tuple[str, str], int]:
    """How many customers are in each (value, life-cycle); '' is not known."""
    rows = connection.execute(
        f"WITH {segments_sql('customers')} SELECT value, lifecycle, count(*) FROM segmented GROUP BY value, lifecycle",
        _days(today, cutoffs),
    ).fetchall()
    return {(value, lifecycle): count for value, lifecycle, count in rows}


def entries(
    connection: Connection, filters: CustomerFilters, today: date, cutoffs: Segments, *, offset: int, limit: int
) -> tuple[list[Customer], int]:
    """One page of the list, those with open cases first, then the most complaints and value; and how many fit."""
    where, values = _where(filters)
    # Working out the life-cycle of all takes looking at all posts: that of the page is enough unless it is asked for.
    before, source = (
        (f"{segments_sql('customers')},", "segmented") if filters.lifecycle is not None else ("", "customers")
    )
    after = "" if before else f", {segments_sql('page')}"
    rows = connection.execute(
        f"""
        WITH {before} {whose()},
        told AS (
            SELECT customer_id, count(*) FILTER (WHERE {OPEN}) AS open,
                count(*) FILTER (WHERE stage <> 'dismissed') AS complaints
            FROM whose WHERE customer_id IS NOT NULL GROUP BY customer_id
        ),
        page AS (
            SELECT s.*, coalesce(open, 0) AS open, coalesce(complaints, 0) AS complaints, count(*) OVER () AS total
            FROM {source} s LEFT JOIN told USING (customer_id) WHERE {where}
            ORDER BY open DESC, complaints DESC, lifetime_value DESC NULLS LAST, customer_id
            LIMIT $limit OFFSET $offset
        ),
        asked AS (
            SELECT w.customer_id, (array_agg(y.satisfaction ORDER BY y.answered_at DESC))[1] AS satisfaction
            FROM whose w JOIN surveys y USING (case_id)
            WHERE y.satisfaction IS NOT NULL AND w.customer_id IN (SELECT customer_id FROM page) GROUP BY w.customer_id
        ) {after}
        SELECT p.customer_id, name, lifetime_value, purchases, last_purchase, value, lifecycle, open, complaints,
               satisfaction, total
        FROM {"page" if before else "segmented"} p LEFT JOIN asked USING (customer_id)
        ORDER BY open DESC, complaints DESC, lifetime_value DESC NULLS LAST, p.customer_id
        """,
        _days(today, cutoffs) | values | {"limit": limit, "offset": offset},
    ).fetchall()
    return [Customer(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


def imported_at(connection: Connection) -> datetime | None:
    """When a customer was last added or changed; None when there is none."""
    imported: datetime | None = connection.execute("SELECT max(imported_at) FROM customers").fetchall()[0][0]
    return imported


def _where(filters: CustomerFilters) -> tuple[str, dict[str, Any]]:
    tests, values = ["true"], dict[str, Any]()
    for name, value in (("value", filters.value), ("lifecycle", filters.lifecycle)):
        if value is not None:
            tests.append(f"s.{name} = ${name}")
            values[name] = value
    test, words = search_sql.customer_test(filters.words, "s.customer_id")
    return " AND ".join([*tests, test]), values | words


def _days(today: date, cutoffs: Segments) -> dict[str, Any]:
    return {"today": today, "current": cutoffs.current_days, "active": cutoffs.active_days}


def find_customer(connection: Connection, customer_id: str, today: date, cutoffs: Segments) -> Customer | None:
    """A customer with counts and the last satisfaction; None when there is none of that id."""
    row = connection.execute(
        """
        SELECT customer_id, name, lifetime_value, purchases, last_purchase, value FROM customers WHERE customer_id = ?
        """,
        [customer_id],
    ).fetchall()
    if not row:
        return None
    customer = Customer(*(*row[0], ""))
    totals = connection.execute(
        f"""
        WITH {whose(OF_CUSTOMER)}
        SELECT count(*) FILTER (WHERE {OPEN}), count(*) FILTER (WHERE stage <> 'dismissed'), (
            SELECT satisfaction FROM surveys
            WHERE satisfaction IS NOT NULL AND case_id IN (SELECT case_id FROM whose WHERE customer_id = $1)
            ORDER BY answered_at DESC LIMIT 1)
        FROM whose WHERE customer_id = $1
        """,
        [customer_id],
    ).fetchall()[0]
    lifecycle = segments.lifecycle(
        customer.purchases,
        customer.last_purchase,
        has_written=customer.last_purchase is None and _has_written(connection, customer_id),
        today=today,
        cutoffs=cutoffs,
    )
    return replace(customer, lifecycle=lifecycle, open=totals[0], complaints=totals[1], satisfaction=totals[2])


def customer_of(connection: Connection, case_id: int) -> str | None:
    """Whose a case is, a closed one's by its handle too; None where nobody knows, or where it was merged."""
    rows = connection.execute(
        f"WITH {whose(OF_CASE)} SELECT customer_id FROM whose WHERE case_id = $1", [case_id]
    ).fetchall()
    return rows[0][0] if rows else None


def _has_written(connection: Connection, customer_id: str) -> bool:
    rows = connection.execute(
        f"""
        SELECT EXISTS (SELECT 1 FROM cases WHERE customer_id = $1) OR EXISTS (
            SELECT 1 FROM mentions m JOIN handles h ON h.network = m.network AND h.handle = lower(m.author)
            WHERE h.customer_id = $1 AND h.{LINKED})
        """,
        [customer_id],
    ).fetchall()
    return bool(rows[0][0])


def cases_of(connection: Connection, customer_id: str, limit: int, *, but: int = -1) -> list[CustomerCase]:
    """The newest cases of a customer, without the one `but`."""
    rows = connection.execute(
        f"""
        WITH {whose(OF_CUSTOMER)}
        SELECT case_id, code, network, author, stage, category, opened_at FROM cases
        WHERE case_id IN (SELECT case_id FROM whose WHERE customer_id = $1) AND case_id <> $2
        ORDER BY opened_at DESC, case_id DESC LIMIT $3
        """,
        [customer_id, but, limit],
    ).fetchall()
    return [CustomerCase(*row) for row in rows]
