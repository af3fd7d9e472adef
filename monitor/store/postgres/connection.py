"""A connection to PostgreSQL, as the repositories use one.

One writer at a time, as with a file: its transaction begins with an advisory lock, which keeps numbers without holes in
order and the chain of events exact. Readers see the database as it was at their first statement, and wait for nobody.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import psycopg.conninfo
import pyarrow as pa

from monitor.errors import StoreError
from monitor.settings.loading import Store
from monitor.store import rewriting
from monitor.store.postgres import bulk, faults, schema, statements, values

logger = logging.getLogger(__name__)

_LOCK = 0x45534355  # any number that all of Escucha's agree on, and hardly anybody else
_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"  # it sees what was there when the lock was given
# Who is stopped while it writes (a laptop closed, a virtual machine moved) keeps the others waiting no longer.
_HURRY = "SELECT set_config('idle_in_transaction_session_timeout', '1min', true)"
_WAIT = f"{_HURRY}, pg_advisory_xact_lock(%s)"
_ALIVE: dict[str, Any] = {
    "connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}  # fmt: skip
_SHORT_WAIT = 2.0  # seconds
# To translate a statement into machine code takes longer than most run; sums over months do not fit into 4 MB, the
# server's own choice. The server too lets go of a machine that is gone, and of a process that was killed within a
# statement.
_SETTLE = """
    SELECT set_config('TimeZone', 'UTC', false), set_config('DateStyle', 'ISO', false),
        set_config('lock_timeout', %s, false), set_config('jit', 'off', false),
        set_config('work_mem', greatest(pg_size_bytes(current_setting('work_mem')), 33554432) / 1024 || 'kB', false),
        set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false),
        set_config('tcp_keepalives_count', '3', false),
        set_config('idle_in_transaction_session_timeout', '10min', false),
        CASE WHEN version() LIKE '%%linux%%' THEN set_config('client_connection_check_interval', '2s', false) END
"""
_CHANGED = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn, psycopg.errors.UndefinedFunction)
"""What is said where the tables were taken away, or made anew by a newer version."""
_ERASED_FROM = (
    "mentions", "posts", "edits", "received_pages", "matches", "classifications", "rejects", "runs", "absences",
    "paid_resources", "watermarks", "gaps", "pauses", "cases", "case_events", "answers", "surveys", "follow_ups",
    "incidents", "corrective_actions", "campaigns", "campaign_keys", "campaign_decisions", "saved_filters", "customers",
    "handles", "locked_people", "audit_entries",
)  # fmt: skip
"""Where what is erased may have stood (docs/privacy.md)."""


class PostgresConnection:
    """What the repositories ask of a connection. Read every result before the next statement."""

    def __init__(self, session: "psycopg.Connection[Any]") -> None:
        values.adapt(session)
        self._cursor = psycopg.RawCursor(session)
        self._cursor.format = psycopg.pq.Format.BINARY
        self._tables: dict[str, pa.Table] = {}

    def execute(
        self, query: str, parameters: Sequence[object] | Mapping[str, object] | None = None
    ) -> "PostgresConnection":
        """Runs a statement, with `?`, `$1` or `$name` for its values; registered tables may stand in it by name."""
        statement = statements.numbered(query)
        given = statement.values(parameters or ())
        expressions = [self._expression(name, query, given) for name in statements.named(query, list(self._tables))]
        self._cursor.execute(statements.with_tables(statement.text, expressions), given)
        return self

    def sql(self, query: str, *, params: Sequence[object] | Mapping[str, object] | None = None) -> "PostgresConnection":
        """The same."""
        return self.execute(query, params)

    def fetchall(self) -> list[Any]:
        """The rows of the last statement; of one that gives none, one with how many rows it changed."""
        return self._cursor.fetchall() if self._cursor.description else [(self._cursor.rowcount,)]

    def fetchone(self) -> Any:
        """The next row; None when there is none left."""
        return self._cursor.fetchone() if self._cursor.description else (self._cursor.rowcount,)

    def to_arrow_table(self) -> pa.Table:
        """The rows of the last statement as columns."""
        description = self._cursor.description or []
        columns = list(zip(*self._cursor.fetchall(), strict=True)) or [()] * len(description)
        names = [column.name for column in description]
        types = [values.arrow_type(column.type_code) for column in description]
        return pa.table([pa.array(column, kind) for column, kind in zip(columns, types, strict=True)], names=names)

    def register(self, name: str, table: pa.Table) -> None:
        """Makes an Arrow table one that statements may name."""
        self._tables[name] = table

    def unregister(self, name: str) -> None:
        """Forgets a registered table."""
        self._tables.pop(name, None)

    def execute_before(self, queries: Sequence[str]) -> None:
        """Runs statements that a reader's transaction may not hold, such as for views of its own; it begins anew."""
        self._cursor.execute("ROLLBACK")
        for query in queries:
            self._cursor.execute(query)
        self._cursor.execute(_READ)

    def copy_in(self, table: str, columns: Sequence[str], text: memoryview) -> None:
        """Adds rows in the form of `engines.lines` to a table."""
        bulk.write(self._cursor.connection, table, columns, text)

    def copy_out(self, table: str, columns: Sequence[str], where: str, given: Sequence[object]) -> pa.Table:
        """Columns of a table, where a condition with `?` for these values holds."""
        return bulk.read(self._cursor.connection, table, columns, where, given)

    def _expression(self, name: str, query: str, given: list[object]) -> str:
        """The registered table as a table expression; those of its columns that the query names become values."""
        table = self._tables[name]
        table = table.select(statements.columns_named(query, table.schema.names))
        arrays, columns = [], []
        for field, column in zip(table.schema, table.columns, strict=True):
            given.append(values.column_values(column))
            kind, is_list = values.column_type(field.type), pa.types.is_list(field.type)
            arrays.append(f"${len(given)}::{'text' if is_list else kind}[]")
            columns.append(f"{field.name}::{kind} AS {field.name}" if is_list else field.name)
        names = ", ".join(table.schema.names)
        return f"{name} AS (SELECT {', '.join(columns)} FROM unnest({', '.join(arrays)}) AS arrays ({names}))"


@contextmanager
def connect(store: Store, *, read_only: bool = False, waits: bool = True) -> Iterator[PostgresConnection]:
    """A connection for one short piece of work; a writer's is one transaction, undone if the body raises.

    Creates the tables and migrates them as needed. `waits` false: other writers are not waited for. Raises StoreBusy
    when another writer does not end within `store.busy_timeout` seconds, StoreTransient when there is no connection,
    StoreError for what the server says.
    """
    with faults.translated(store), _session(store, store.busy_timeout) as session:
        schema.bring_up_to_date(session, store)
        connection = PostgresConnection(session)
        session.execute(_READ if read_only else _WRITE)
        if not read_only:
            session.execute(_WAIT, [_LOCK]) if waits else session.execute(_HURRY)
        try:
            yield connection
        except BaseException as error:
            with suppress(psycopg.Error):
                session.execute("ROLLBACK")
            if isinstance(error, _CHANGED):
                schema.forget(store.url)
            raise
        _commit(session, is_written=not read_only)


def exists(store: Store) -> bool:
    """Whether Escucha's tables are there."""
    with faults.translated(store), _session(store, store.busy_timeout) as session:
        return schema.version(session) > 0


def standing(store: Store, *, finish: bool = False) -> schema.Standing:
    """How the database stands to this version; `finish`: after running what waits. Raises as `connect` does."""
    with faults.translated(store), _session(store, store.busy_timeout) as session:
        schema.bring_up_to_date(session, store)
        if finish:
            schema.finish(session)
        return schema.standing(session)


def rewrite_erased(store: Store) -> bool:
    """Writes the tables anew in which something erased may stand. Raises as `connect` does.

    Each is locked meanwhile. Somebody who reads it for long is not waited for: others would wait behind. Raises
    StoreError too where this user is no owner of them: the server only warns, and leaves them as they are.
    """
    warnings: list[str] = []
    with faults.translated(store), _session(store, _SHORT_WAIT) as session:
        session.add_notice_handler(lambda notice: warnings.append(notice.severity_nonlocalized or ""))
        for table in _ERASED_FROM:
            session.execute(f"VACUUM (FULL) {table}")
    if "WARNING" in warnings:
        raise StoreError(
            f"tables of {store.place} could not be written anew, and what was erased may stand in their files still: "
            "let the owner of the tables run escucha privacy compact"
        )
    with connect(store) as connection:
        connection.execute("DELETE FROM desk_marks WHERE name = ?", [rewriting.MARK])
    return True


def _commit(session: "psycopg.Connection[Any]", *, is_written: bool) -> None:
    try:
        session.execute("COMMIT")
    except psycopg.OperationalError as error:
        if is_written:
            raise faults.CommitUnknown from error
        raise


@contextmanager
def _session(store: Store, lock_wait: float) -> "Iterator[psycopg.Connection[Any]]":
    """A session as Escucha needs it; `lock_wait` is in seconds. A line that is dead is noticed on both sides."""
    try:
        session = psycopg.connect(store.url, autocommit=True, client_encoding="UTF8", **_ALIVE | _given(store.url))
    except psycopg.Error as error:
        raise faults.not_connected(error, store) from None
    with session:
        session.execute(_SETTLE, [f"{int(lock_wait * 1_000)}ms"])
        yield session


def _given(url: str) -> dict[str, Any]:
    """What the address says of the line itself, which stands."""
    given = psycopg.conninfo.conninfo_to_dict(url)
    return {name: value for name, value in given.items() if name in _ALIVE}
