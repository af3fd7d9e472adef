"""Between customers and cases: whose a new case is, and cases that are out of step with the links."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pyarrow as pa

from monitor.models.cases import Case
from monitor.store.connection import Connection
from monitor.store.customers.customers import LINKED
from monitor.store.customers.handles import HandleDecision

_TIME = pa.timestamp("us", tz="UTC")


def owned(of: str = "true") -> str:
    """SQL: the customers' handles as `owned`, or those `of` which a condition on `handles` holds.

    `holder` is the network's id of the first account that wrote as the customer with it. Somebody else may have the
    handle now: where both ids are known they decide (`is_theirs`).
    """
    return f"""
    linked AS (
        SELECT network, handle, customer_id, value FROM handles JOIN customers USING (customer_id)
        WHERE {LINKED} AND {of}
    ), holders AS (
        SELECT DISTINCT ON (l.network, l.handle) l.network, l.handle, m.author_id AS holder
        FROM linked l JOIN cases c ON c.customer_id = l.customer_id AND c.network = l.network
        JOIN case_mentions k ON k.case_id = c.case_id
        JOIN mentions m ON m.mention_id = k.mention_id AND m.network = l.network AND lower(m.author) = l.handle
        WHERE m.author_id IS NOT NULL ORDER BY l.network, l.handle, m.posted_at
    ), owned AS (
        SELECT l.network, l.handle, l.customer_id, l.value, h.holder
        FROM linked l LEFT JOIN holders h ON h.network = l.network AND h.handle = l.handle
    )
    """


def is_theirs(owned: str, account: str) -> str:
    """SQL: whether a handle of `owned` is that of the account (the names of two tables) and not a former one's."""
    return f"coalesce({owned}.holder = {account}.author_id, true)"


@dataclass(frozen=True, slots=True)
class AuthorProfile:
    """What is known of the author of a case: the linked customer, if any, and its segment by value.

    `earlier_cases`: how often they came before with the same brand, dismissed cases left out: once for each case of the
    thread, and once for each 24 hours before these in which they began others. Many threads in a day are one contact.
    """

    customer_id: str | None
    value: str
    earlier_cases: int


@dataclass(frozen=True, slots=True)
class OutdatedLink:
    """An open case whose customer or value is no longer what the links say."""

    case_id: int
    customer_id: str | None
    value: str


def author_profiles(connection: Connection, author_cases: Sequence[Case], within: timedelta) -> list[AuthorProfile]:
    """What is known of the authors of these cases, in their order; they need not be stored.

    Earlier cases are those that began before and had a post in the time `within` before the case's first post.
    """
    if not author_cases:
        return []
    connection.register("asked", _case_table(author_cases))
    rows = connection.execute(
        f"""
        WITH {owned()},
        renamed AS (
            SELECT network, author_id, max(customer_id) AS customer_id FROM cases
            WHERE author_id IS NOT NULL AND customer_id IS NOT NULL AND channel = 'network'
            GROUP BY network, author_id HAVING count(DISTINCT customer_id) = 1
        ),
        before_rename AS (
            SELECT a.n, max(c.customer_id) AS customer_id
            FROM asked a JOIN cases c ON c.network = a.network AND c.author_id = a.author_id
            WHERE c.customer_id IS NOT NULL AND c.channel = 'network' AND lower(c.author) <> a.handle
            GROUP BY a.n HAVING count(DISTINCT c.customer_id) = 1
        ),
        whose AS (
            SELECT a.*, CASE WHEN o.holder IS NULL AND a.given IS NULL AND b.customer_id IS NOT NULL THEN b.customer_id
                ELSE coalesce(o.customer_id, a.given, i.customer_id) END AS customer_id
            FROM asked a
            LEFT JOIN owned o ON o.network = a.network AND o.handle = a.handle AND {is_theirs("o", "a")}
            LEFT JOIN before_rename b ON b.n = a.n
            LEFT JOIN renamed i ON i.network = a.network AND i.author_id = a.author_id
        ),
        who AS (
            SELECT w.*, coalesce(u.value, '') AS value
            FROM whose w LEFT JOIN customers u ON u.customer_id = w.customer_id
        ),
        handle_of AS (
            SELECT n, brand, case_id, began, thread_id, network, handle, author_id FROM who WHERE handle IS NOT NULL
            UNION
            SELECT n, brand, case_id, began, thread_id, o.network, o.handle, NULL
            FROM who JOIN owned o USING (customer_id)
            WHERE o.network <> who.network OR o.handle <> coalesce(who.handle, '')
        ),
        told AS (
            SELECT case_id, brand, network, lower(author) AS handle, author_id, customer_id, thread_id, first_post_at,
                last_post_at
            FROM cases WHERE stage <> 'dismissed' AND merged_into IS NULL
            UNION ALL
            SELECT case_id, brand, network, handle, author_id, customer_id, thread_id, began, ended FROM who
            WHERE case_id NOT IN (SELECT case_id FROM cases)
        ),
        before AS (
            SELECT n, t.case_id, h.thread_id = t.thread_id AS same_thread, h.began, t.first_post_at
            FROM handle_of h JOIN told t USING (brand, network, handle)
            WHERE coalesce(h.author_id = t.author_id, true)  -- somebody else may have the handle now
                AND t.case_id <> h.case_id AND (t.first_post_at, t.case_id) < (h.began, h.case_id)
                AND t.last_post_at >= h.began - $within::INTERVAL
            UNION
            SELECT n, t.case_id, h.thread_id = t.thread_id, h.began, t.first_post_at
            FROM who h JOIN told t USING (brand, network, author_id)
            WHERE t.case_id <> h.case_id AND (t.first_post_at, t.case_id) < (h.began, h.case_id)
                AND t.last_post_at >= h.began - $within::INTERVAL
            UNION
            SELECT n, t.case_id, h.thread_id = t.thread_id, h.began, t.first_post_at
            FROM who h JOIN told t USING (brand, customer_id)
            WHERE t.case_id <> h.case_id AND (t.first_post_at, t.case_id) < (h.began, h.case_id)
                AND t.last_post_at >= h.began - $within::INTERVAL
        ),
        days AS (
            SELECT n, case_id, same_thread, floor((epoch_us(began) - epoch_us(first_post_at)) / 86400000000) AS day
            FROM before
        ),
        earlier AS (
            SELECT n, case_id FROM days WHERE same_thread
            UNION
            SELECT n, min(case_id) FROM days WHERE NOT same_thread AND day > 0 GROUP BY n, day
        )
        SELECT customer_id, value, coalesce(e.earlier, 0)
        FROM who LEFT JOIN (SELECT n, count(*) AS earlier FROM earlier GROUP BY n) e USING (n) ORDER BY n
        """,
        {"within": within},
    ).fetchall()
    connection.unregister("asked")
    return [AuthorProfile(*row) for row in rows]


def _case_table(author_cases: Sequence[Case]) -> pa.Table:
    return pa.table(
        {
            "n": pa.array(range(len(author_cases)), pa.int64()),
            "case_id": pa.array([case.case_id for case in author_cases], pa.int64()),
            "brand": pa.array([case.brand for case in author_cases], pa.string()),
            "network": pa.array([case.network for case in author_cases], pa.string()),
            "handle": pa.array([case.author.lower() if case.author else None for case in author_cases], pa.string()),
            "thread_id": pa.array([case.thread_id for case in author_cases], pa.string()),
            "author_id": pa.array([case.author_id for case in author_cases], pa.string()),
            "given": pa.array([case.customer_id for case in author_cases], pa.string()),
            "began": pa.array([case.first_post_at for case in author_cases], _TIME),
            "ended": pa.array([case.last_post_at for case in author_cases], _TIME),
        }
    )


def post_counts(connection: Connection, case_ids: Sequence[int]) -> dict[int, int]:
    """How many posts each case holds; one without any (told by telephone) counts as one."""
    rows = connection.execute(
        "SELECT case_id, count(*) FROM case_mentions WHERE case_id IN (SELECT unnest(?::BIGINT[])) GROUP BY case_id",
        [list(case_ids)],
    ).fetchall()
    return dict.fromkeys(case_ids, 1) | dict(rows)


# Open cases with whom they should belong to; $network and $handle narrow it to one author.
_OUTDATED = f"""
    WITH {owned()},
    freed AS (
        SELECT network, handle, customer_id FROM handles
        WHERE status = 'refused' OR (status = 'suggested' AND reason = 'conflict')
    ),
    wanted AS (
        SELECT c.case_id, c.customer_id, c.value,
               coalesce(o.customer_id, CASE WHEN f.handle IS NULL THEN c.customer_id END) AS becomes
        FROM cases c
        LEFT JOIN owned o ON o.network = c.network AND o.handle = lower(c.author) AND {is_theirs("o", "c")}
        LEFT JOIN freed f ON f.network = c.network AND f.handle = lower(c.author) AND f.customer_id = c.customer_id
        WHERE c.stage NOT IN ('closed', 'dismissed') AND c.merged_into IS NULL
            AND (o.handle IS NOT NULL OR c.customer_id IS NOT NULL)
            AND ($network::VARCHAR IS NULL OR (c.network = $network AND lower(c.author) = lower($handle)))
    ),
    steps AS (
        SELECT case_id, becomes, coalesce(u.value, '') AS value
        FROM wanted w LEFT JOIN customers u ON u.customer_id = w.becomes
        WHERE w.customer_id IS DISTINCT FROM becomes OR w.value <> coalesce(u.value, '')
    )
"""


def outdated_links(connection: Connection, *, handle: tuple[str, str] | None = None, limit: int) -> list[OutdatedLink]:
    """Open cases, of one (network, handle) or all, whose customer or value is not what the links say, by id.

    A case keeps a customer whom nobody linked by handle (a telephone call), and gets that customer's new value.
    """
    network, name = handle or (None, None)
    rows = connection.execute(
        f"{_OUTDATED} SELECT case_id, becomes, value FROM steps ORDER BY case_id LIMIT $limit",
        {"network": network, "handle": name, "limit": limit},
    ).fetchall()
    return [OutdatedLink(*row) for row in rows]


def count_outdated_links(connection: Connection) -> int:
    """How many open cases are out of step."""
    values = {"network": None, "handle": None}
    return int(connection.execute(f"{_OUTDATED} SELECT count(*) FROM steps", values).fetchall()[0][0])


def case_opened_since(connection: Connection, decision: HandleDecision) -> str | None:
    """The code of a case opened since a handle was said to be a customer's, and theirs by that; None for none."""
    if decision.was and decision.was.status in ("imported", "confirmed"):
        return None
    rows = connection.execute(
        """
        SELECT code FROM cases WHERE network = ? AND lower(author) = lower(?) AND customer_id = ? AND opened_at > ?
        ORDER BY case_id LIMIT 1
        """,
        [decision.network, decision.handle, decision.customer_id, decision.now.decided_at],
    ).fetchall()
    return str(rows[0][0]) if rows else None
