"""Copies of a store that was filled once, which takes longer than most tests; and what it was before, restored."""

from collections.abc import Callable
from pathlib import Path

import duckdb

from monitor import store
from monitor.settings.loading import Store
from monitor.store import backup
from monitor.store.restores import numbers
from tests.conftest import ENGINE


def keep(place: Store) -> Callable[[Store], None]:
    """Keeps that store as it is now. What is returned makes another, which is not there yet, a copy of it."""
    if ENGINE == "postgres":
        from tests import on_postgres

        return on_postgres.running().keep(place)
    with duckdb.connect(str(place.path)) as connection:
        connection.execute("CHECKPOINT")
    content = place.path.read_bytes()

    def put(copy: Store) -> None:
        copy.path.write_bytes(content)

    return put


def back_up(place: Store, file: Path) -> Callable[[], None]:
    """Backs that store up as people do, to `file` where it is one. What is returned restores it as they do."""
    if ENGINE == "postgres":
        put = keep(place)

        def restore() -> None:
            put(place)
            with store.connect(place) as connection:
                numbers.begin(connection, None)  # `escucha store restored`

        return restore
    backup.backup(place, file, overwrite=True)
    return lambda: backup.restore(place, file)
