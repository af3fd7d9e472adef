"""The tests on PostgreSQL instead of a DuckDB file (`TEST_ENGINE=postgres`): a database for each path.

A test names a file; here that file's store is a database of a real server, made from one that has the tables. What
settings name a file, in a file of theirs or the environment, are read as if they named that database: the program is
then what it is for people with a server. Another process is told the address by `address_of`.
"""

import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import psycopg

from monitor.settings import loading
from monitor.settings.loading import Settings, Store
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

_load = loading.load
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
        self._urls: dict[str, str] = {}
        self._opened: set[str] = set()
        self._copies: set[str] = set()
        self._free: list[str] = []
        self._opening = Lock()
        _running[:] = [self]
        with postgres.connect(Store(url=server.create_database(_TEMPLATE))):
            pass

    def named(self, store: Store) -> Store:
        """The store on the server for this one, which may not be there yet."""
        if store.is_server:
            return store
        path = str(store.path)
        if path not in self._urls:
            self._urls[path] = self._server.url(f"t{secrets.token_hex(8)}")
        return Store(url=self._urls[path], busy_timeout=store.busy_timeout)

    def opened(self, store: Store) -> Store:
        """The same, which is there."""
        own = self.named(store)
        with self._opening:
            if own.url in self._urls.values() and own.url not in self._opened:
                name = _name_of(own.url)
                if self._free:
                    self._server.rename_database(self._free.pop(), name)
                else:
                    self._server.create_database(name, _TEMPLATE)
                self._know(own)
        return own

    def paths(self) -> frozenset[str]:
        """The paths that have a database."""
        return frozenset(self._urls)

    def empty_but(self, kept: Collection[str]) -> None:
        """Empties the databases of the other paths, for the next test."""
        for path in self.paths().difference(kept):
            url = self._urls.pop(path)
            if url in self._copies:
                self._server.drop_database(_name_of(url))
            elif url in self._opened:
                with psycopg.connect(url, autocommit=True) as session:
                    session.execute(_EMPTY)
                self._free.append(_name_of(url))
            self._opened.discard(url)
            self._copies.discard(url)

    def keep(self, store: Store) -> Callable[[Store], None]:
        """Keeps what that store holds. What is returned makes it, or another, hold that."""
        kept = f"kept_{secrets.token_hex(4)}"
        self._server.create_database(kept, _name_of(self.named(store).url))

        def put(copy: Store) -> None:
            own = self.named(copy)
            if own.url in self._opened:
                self._server.drop_database(_name_of(own.url))
            self._server.create_database(_name_of(own.url), kept)
            self._copies.add(own.url)
            self._know(own)

        return put

    def _know(self, store: Store) -> None:
        self._opened.add(store.url)
        postgres.schema.know(store.url)

    def load(self, config: Path | None = None) -> Settings:
        """As `settings.loading.load`."""
        settings = _load(config)
        return settings.model_copy(update={"store": self.named(settings.store)})

    @contextmanager
    def connect(
        self, store: Store, *, read_only: bool = False, as_copy: bool = False, waits: bool = True
    ) -> Iterator[Any]:
        """As `store.connect`."""
        with connection.connect(self.opened(store), read_only=read_only, as_copy=as_copy, waits=waits) as opened:
            yield opened

    def exists(self, store: Store) -> bool:
        """As `store.exists`."""
        own = self.named(store)
        return (own.url not in self._urls.values() or own.url in self._opened) and connection.exists(own)

    def identity(self, store: Store) -> str:
        """As `store.identity`."""
        return connection.identity(self.named(store))
