"""Copies of a store that was filled once: filling it takes longer than most tests."""

from collections.abc import Callable

import duckdb

from monitor.settings.loading import Store
from tests.conftest import ENGINE


def keep(store: Store) -> Callable[[Store], None]:
    """Keeps that store as it is now. What is returned makes another, which is not there yet, a copy of it."""
    if ENGINE == "postgres":
        from tests import on_postgres

        return on_postgres.running().keep(store)
    with duckdb.connect(str(store.path)) as connection:
        connection.execute("CHECKPOINT")
    content = store.path.read_bytes()

    def put(copy: Store) -> None:
        copy.path.write_bytes(content)

    return put
