"""The tests on PostgreSQL instead of a DuckDB file (`TEST_ENGINE=postgres`): a database for each path.

A test names a file; here that file's store is a database of a real server, made from one that has the tables. What
another process opens by that path is not seen here: those tests, and those of the file itself, say so.
"""

import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from monitor.settings.loading import Store
from monitor.store import connection
from monitor.store.postgres import connection as postgres
from tests.postgres_server import PostgresServer

_TEMPLATE = "escucha_template"
_EMPTY = """
DO $$
DECLARE
    made record;
    holds boolean;
BEGIN
    FOR made IN SELECT relname, relkind FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') AND relname <> 'migrations'
    LOOP
        IF made.relkind = 'S' THEN
            PERFORM setval(made.relname::regclass, 1, false);
        ELSE
            EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', made.relname) INTO holds;
            IF holds THEN
                EXECUTE format('DELETE FROM %I', made.relname);
            END IF;
        END IF;
    END LOOP;
    INSERT INTO chain VALUES (0, '');
END $$
"""

_running: list["Databases"] = []


def running() -> "Databases":
    """Those of this test run."""
    return _running[0]


def _name_of(url: str) -> str:
    return url.rpartition("/")[2]


class Databases:
    """The databases of a server, by the path that a test knows them by."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._made: dict[str, str] = {}
        self._free: list[str] = []
        self._copies: dict[str, str] = {}
        _running[:] = [self]
        with postgres.connect(Store(url=server.create_database(_TEMPLATE))):
            pass

    def store_of(self, store: Store, *, create: bool) -> Store | None:
        """The store on the server for this one; None where there is none and none is to be made."""
        if store.is_server:
            return store
        path = str(store.path)
        if path not in self._made:
            if not create:
                return None
            self._made[path] = self._free.pop() if self._free else self._new()
        return Store(url=self._made[path], busy_timeout=store.busy_timeout)

    def paths(self) -> frozenset[str]:
        """The paths that have a database."""
        return frozenset(self._made)

    def empty_but(self, kept: Collection[str]) -> None:
        """Empties the databases of the other paths, for the next test."""
        for path in self.paths().difference(kept):
            url = self._made.pop(path)
            if path in self._copies:
                self._server.drop_database(self._copies.pop(path))
                continue
            with psycopg.connect(url, autocommit=True) as session:
                session.execute(_EMPTY)
            self._free.append(url)

    def keep(self, path: Path) -> Callable[[Path], None]:
        """Keeps what the store at that path holds. What is returned puts a copy of it at another."""
        kept = f"kept_{secrets.token_hex(4)}"
        self._server.create_database(kept, _name_of(self._made[str(path)]))

        def put(copy: Path) -> None:
            name = f"copy_{secrets.token_hex(4)}"
            self._made[str(copy)] = self._server.create_database(name, kept)
            self._copies[str(copy)] = name
            postgres.schema.know(self._made[str(copy)])

        return put

    def _new(self) -> str:
        url = self._server.create_database(f"t{secrets.token_hex(8)}", _TEMPLATE)
        postgres.schema.know(url)
        return url

    @contextmanager
    def connect(self, store: Store, *, read_only: bool = False, as_copy: bool = False) -> Iterator[Any]:
        """As `store.connect`."""
        own = self.store_of(store, create=True)
        assert own is not None
        with connection.connect(own, read_only=read_only, as_copy=as_copy) as opened:
            yield opened

    def exists(self, store: Store) -> bool:
        """As `store.exists`."""
        own = self.store_of(store, create=False)
        return own is not None and connection.exists(own)

    def identity(self, store: Store) -> str:
        """As `store.identity`: a database is another for each test that uses it."""
        return connection.identity(store) if store.is_server else str(store.path)
