"""Copies of a store that was filled once: filling it takes longer than most tests."""

from collections.abc import Callable
from pathlib import Path

import duckdb

from tests.conftest import ENGINE


def keep(path: Path) -> Callable[[Path], None]:
    """Keeps the store at that path as it is now. What is returned puts a copy of it at another."""
    if ENGINE == "postgres":
        from tests import on_postgres

        return on_postgres.running().keep(path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("CHECKPOINT")
    content = path.read_bytes()

    def put(copy: Path) -> None:
        copy.write_bytes(content)

    return put
