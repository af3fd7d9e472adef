"""Parts of the queries about customers: their life-cycle, and whose each case is."""

from monitor.store.customers.customer_links import OWNED, is_theirs
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


# Whose each case is; a closed one too, whose customer was linked later.
WHOSE = f"""
    {OWNED}, whose AS (
        SELECT c.case_id, c.stage, c.merged_into, coalesce(c.customer_id, h.customer_id) AS customer_id
        FROM cases c LEFT JOIN owned h
            ON h.network = c.network AND h.handle = lower(c.author) AND {is_theirs("h", "c")}
        WHERE c.merged_into IS NULL
    )
"""
OPEN = "stage NOT IN ('closed', 'dismissed')"
