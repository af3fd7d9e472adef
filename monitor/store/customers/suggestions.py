"""Links between handles and customers that are worth a person's look."""

import logging
from collections.abc import Sequence

from monitor.store.connection import Connection
from monitor.store.customers.customers import LINKED

logger = logging.getLogger(__name__)

# How names are compared: without case, accents and doubled spaces.
_NAME = "lower(strip_accents(trim(regexp_replace({}, '\\s+', ' ', 'g'))))"
_SHORTEST_NAME, _SHORTEST_HANDLE = 8, 5


def suggest(connection: Connection, case_ids: Sequence[int] | None = None) -> int:
    """Suggests links for the authors of these cases, or of all open ones, that are nobody's. Returns how many are new.

    Two reasons only: exactly one customer has the same handle on another network; or the author's shown name, of two
    words at least, is exactly one customer's. What was suggested or refused once is not suggested again.
    """
    if not connection.execute("SELECT 1 FROM customers LIMIT 1").fetchall():
        return 0
    which = (
        "c.stage NOT IN ('closed', 'dismissed')" if case_ids is None else "c.case_id IN (SELECT unnest($ids::BIGINT[]))"
    )
    strangers = connection.sql(
        f"""
        SELECT DISTINCT c.network, lower(c.author) AS handle, {_NAME.format("m.author_name")} AS name
        FROM cases c JOIN case_mentions k ON k.case_id = c.case_id JOIN mentions m ON m.mention_id = k.mention_id
        WHERE {which} AND c.merged_into IS NULL AND c.author IS NOT NULL AND m.author = c.author
            AND NOT EXISTS (
                SELECT 1 FROM handles h WHERE h.network = c.network AND h.handle = lower(c.author) AND {LINKED})
        """,
        params=None if case_ids is None else {"ids": list(case_ids)},
    ).to_arrow_table()
    connection.register("strangers", strangers)
    handle_matches = connection.execute(
        f"""
        INSERT INTO handles (network, handle, customer_id, status, reason)
        SELECT s.network, s.handle, min(h.customer_id), 'suggested', 'same_handle'
        FROM strangers s JOIN handles h ON h.handle = s.handle AND h.network <> s.network
        WHERE h.{LINKED} AND length(s.handle) >= {_SHORTEST_HANDLE}
        GROUP BY s.network, s.handle HAVING count(DISTINCT h.customer_id) = 1
        ON CONFLICT DO NOTHING
        """
    ).fetchall()
    name_matches = connection.execute(
        f"""
        INSERT INTO handles (network, handle, customer_id, status, reason)
        SELECT s.network, s.handle, min(u.customer_id), 'suggested', 'same_name'
        FROM (
            SELECT network, handle, min(name) AS name FROM strangers
            WHERE name LIKE '% %' AND length(name) >= {_SHORTEST_NAME}
            GROUP BY network, handle HAVING count(DISTINCT name) = 1
        ) s
        JOIN (SELECT customer_id, {_NAME.format("name")} AS name FROM customers WHERE name LIKE '% %') u USING (name)
        GROUP BY s.network, s.handle HAVING count(DISTINCT u.customer_id) = 1
        ON CONFLICT DO NOTHING
        """
    ).fetchall()
    connection.unregister("strangers")
    count = int(handle_matches[0][0]) + int(name_matches[0][0])
    logger.debug("links suggested", extra={"count": count})
    return count
