"""Queues that fill and empty, on a server whose statistics say that they are empty."""

from collections.abc import Callable

from monitor import store
from monitor.settings.loading import Store
from monitor.store.engines import dialects


def test_what_is_taken_out_of_a_queue_is_looked_up_in_its_index(new_store: Callable[[], Store]) -> None:
    with store.connect(new_store()) as connection:
        connection.execute("INSERT INTO pending SELECT 'open', n FROM generate_series(1, 500) AS g(n)")
        connection.execute("ANALYZE pending")
        connection.execute("DELETE FROM pending")
        connection.execute("INSERT INTO pending SELECT 'classify', n FROM generate_series(1, 20000) AS g(n)")
        given = dialects.within(connection, "SELECT n FROM generate_series(1, 5000) AS g(n)")
        plan = connection.execute(f"EXPLAIN DELETE FROM pending WHERE step = 'classify' AND mention_id {given}")
        conditions = [line for (line,) in plan.fetchall() if "Index Cond" in line]
    assert any("mention_id = ANY" in condition for condition in conditions)
