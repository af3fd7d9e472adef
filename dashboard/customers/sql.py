"""Parts of the queries about customers: their life-cycle, and whose each case is."""

from monitor.store.customers.customer_links import is_theirs, owned
from monitor.store.customers.customers import LINKED


def segments_sql(of: str) -> str:
    """CTEs that add `lifecycle` to the customers `of`, as cases.segments.lifecycle would."""
    return f"""
        newcomers AS (SELECT customer_id FROM {of} WHERE purchases = 0 AND last_purchase IS NULL),
        written AS (
            SELECT customer_id FROM cases WHERE customer_id IN (SELECT customer_id FROM newcomers)
            UNION
            SELECT h.customer_id FROM mentions m
            JOIN handles h ON h.network = m.network AND h.handle = lower(m.author)
            WHERE h.customer_id IN (SELECT customer_id FROM newcomers) AND h.{LINKED}
        ),
        segmented AS (
            SELECT c.*, CASE
                WHEN last_purchase IS NULL AND purchases IS DISTINCT FROM 0 THEN ''
                WHEN last_purchase IS NULL THEN CASE WHEN w.customer_id IS NULL THEN 'potential' ELSE 'probable' END
                WHEN $today::DATE - last_purchase <= $current THEN 'current'
                WHEN $today::DATE - last_purchase <= $active THEN 'active' ELSE 'inactive' END AS lifecycle
            FROM {of} c LEFT JOIN written w USING (customer_id)
        )
    """


OPEN = "stage NOT IN ('closed', 'dismissed')"
OF_CASE = """
    EXISTS (SELECT 1 FROM cases a WHERE a.case_id = $1 AND a.network = handles.network AND lower(a.author) = handle)
"""
"""The handles that the case `$1` can have by its author."""
OF_CUSTOMER = """
    EXISTS (
        SELECT 1 FROM handles o WHERE o.customer_id = $1 AND o.network = handles.network AND o.handle = handles.handle)
"""
"""The handles of the customer `$1`, whoever else has them."""


def whose(of: str = "true") -> str:
    """CTEs, the last of which, `whose`, tells whose each case is; a closed one too, whose customer was linked later.

    `of`: a condition on `handles`, where those of one customer or one case are enough: all take long.
    """
    return f"""
    {owned(of)}, whose AS (
        SELECT c.case_id, c.stage, c.merged_into, coalesce(c.customer_id, h.customer_id) AS customer_id
        FROM cases c LEFT JOIN owned h
            ON h.network = c.network AND h.handle = lower(c.author) AND {is_theirs("h", "c")}
        WHERE c.merged_into IS NULL
    )
    """
