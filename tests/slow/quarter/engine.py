"""One engine for a database file between two processes that open it: starting it takes longer than a pass."""

from dataclasses import dataclass, field
from typing import Any

import duckdb
import pytest


@dataclass(slots=True)
class Engine:
    """The running engine of each file. A connection is a further one to the same file, as `duckdb.connect` gives it."""

    start: Any = field(default_factory=lambda: duckdb.connect)
    running: dict[str, duckdb.DuckDBPyConnection] = field(default_factory=dict)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """In the place of `duckdb.connect`."""
        monkeypatch.setattr(duckdb, "connect", self.connect)

    def connect(self, path: str = "", *, read_only: bool = False, config: Any = None) -> duckdb.DuckDBPyConnection:
        """A connection; one for reading is a transaction that may not write."""
        if not path:  # one in memory
            return self.start()
        if path not in self.running:
            self.running[path] = self.start(path, config=config)
        connection = self.running[path].cursor()
        if read_only:
            connection.execute("BEGIN TRANSACTION READ ONLY")
        return connection

    def stop(self) -> None:
        """Closes the files, so that another process can open them."""
        for engine in self.running.values():
            engine.close()
        self.running.clear()
