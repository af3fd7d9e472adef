"""The same store on both engines: what every page, export and figure asks for has one answer."""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from monitor import store
from monitor.cli.commands import app
from monitor.settings.loading import Store
from monitor.store import connection as connecting
from monitor.store.engines import dialects
from monitor.store.moves import moving
from tests.benchmarks import caseload
from tests.benchmarks.pages import PAGES
from tests.dashboard.pages import open_page
from tests.postgres_server import PostgresServer

FRAGMENTS: tuple[Callable[[Any], str], ...] = (
    dialects.distinct_ids,
    dialects.ids_by_place,
    *(partial(dialects.distinct_values, table=name, column="network") for name in ("matches", "mentions")),
    partial(dialects.distinct_values, table="matches", column="brand"),
)
_LAST_ORDER = re.compile(r"\bORDER\s+BY\b[^()]*$", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """A statement that was run, its values, and the tables that were registered then."""

    sql: str
    values: Sequence[object] | Mapping[str, object]
    tables: Mapping[str, pa.Table]


class Recording:
    """A connection that notes what is asked of it."""

    def __init__(self, inner: Any, noted: list[Asked]) -> None:
        self._inner, self._noted = inner, noted
        self._tables: dict[str, pa.Table] = {}

    @property
    def __class__(self) -> type:
        """That of the connection inside, by which statements know the engine."""
        return type(self._inner)

    def execute(self, query: str, parameters: Any = None) -> Any:
        self._noted.append(Asked(query, parameters or (), dict(self._tables)))
        return self._inner.execute(query, parameters)

    def sql(self, query: str, *, params: Any = None) -> Any:
        self._noted.append(Asked(query, params or (), dict(self._tables)))
        return self._inner.sql(query, params=params)

    def register(self, name: str, table: pa.Table) -> None:
        self._tables[name] = table
        self._inner.register(name, table)

    def unregister(self, name: str) -> None:
        self._tables.pop(name)
        self._inner.unregister(name)


@contextmanager
def recorded(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Asked]]:
    """What is read from the store during the body."""
    noted: list[Asked] = []

    @contextmanager
    def connect(place: Store, *, read_only: bool = False, as_copy: bool = False) -> Iterator[Any]:
        with connecting.connect(place, read_only=read_only, as_copy=as_copy) as inner:
            yield Recording(inner, noted) if read_only else inner

    with monkeypatch.context() as patched:
        patched.setattr(store, "connect", connect)
        yield noted


def answer(connection: Any, asked: Asked) -> list[Any]:
    """The rows; in an order of their own where the statement asks for none."""
    for name, table in asked.tables.items():
        connection.register(name, table)
    rows = [_plain(row) for row in connection.execute(_spoken(asked.sql, connection), asked.values).fetchall()]
    for name in asked.tables:
        connection.unregister(name)
    return rows if _LAST_ORDER.search(asked.sql) else sorted(rows, key=repr)


def _spoken(sql: str, connection: Any) -> str:
    """The statement with the fragments that this engine has of its own."""
    with duckdb.connect() as file:
        for fragment in FRAGMENTS:
            sql = sql.replace(fragment(file), fragment(connection))
    return sql


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return None if math.isnan(value) else float(f"{value:.9g}")
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


def _ask_everything(folder: Path, case: int) -> None:
    pages = [(page, dict(query)) for page, query in PAGES.values()]
    pages += [("cases", {"q": "almacén"}), ("inbox", {"q": "horas nadie"}), ("metrics", {"period": "365"})]
    for page, query in pages:
        shown = open_page(page, **{key: str(case) if value == "CASE" else value for key, value in query.items()})
        assert not shown.exception, (page, shown.exception)
    for command in (
        ["status", "--json"], ["cases", "verify"], ["export", "cases", str(folder / "cases.csv")],
        ["export", "cases", str(folder / "cases.xlsx")], ["report", "monthly", "--month", "2026-09"], ["doctor"],
    ):  # fmt: skip
        CliRunner().invoke(app, command)


@pytest.mark.parametrize(("mentions", "cases"), [(3_000, 400), pytest.param(50_000, 7_000, marks=pytest.mark.slow)])
def test_every_question_has_one_answer(
    mentions: int,
    cases: int,
    tmp_path: Path,
    postgres_server: PostgresServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = caseload.fill(tmp_path / "store.duckdb", cases, mentions=mentions)
    server = Store(url=postgres_server.create_database(f"differential_{mentions}"))
    moving.copy(file, server, lambda *_: None)
    monkeypatch.setenv("ESCUCHA_STORE__URL", file.url)
    with recorded(monkeypatch) as noted:
        _ask_everything(tmp_path, cases)
    questions = {json.dumps([one.sql, repr(one.values)]): one for one in noted}
    assert len({one.sql for one in questions.values()}) > 100
    differing = []
    with store.connect(file, read_only=True) as one, store.connect(server, read_only=True) as other:
        for asked in questions.values():
            expected, found = answer(one, asked), answer(other, asked)
            if expected != found:
                differing.append((asked.sql, asked.values, expected[:5], found[:5]))
    assert not differing, "\n\n".join(map(str, differing))
