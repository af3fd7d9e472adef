"""Escucha's tables in a PostgreSQL database, and their migrations.

Machines are brought to a new version one after the other: what older code survives is run at the first connection, the
rest once a person says that no older one runs any more. So those that are run early may not rely on those that wait.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import psycopg

from monitor.errors import StoreForeign, StoreOutdated
from monitor.settings.loading import Store
from monitor.store import migrate

logger = logging.getLogger(__name__)

BASELINE = 16
"""The migration whose tables a new database gets at once; later ones run on both engines."""
_LOCK = 0x45534356  # of those who migrate
_FORM = ("UTF8", "b", "C.UTF-8")  # encoding, provider and locale of the database
_current: set[str] = set()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a database stands to this version of Escucha, by the numbers of migrations.

    `newer` are there and not known here, and this version goes on beside them; `waiting` are not there, because older
    code would not survive them.
    """

    newest: int
    newer: tuple[int, ...]
    waiting: tuple[int, ...]


def bring_up_to_date(session: "psycopg.Connection[Any]", store: Store) -> None:
    """Creates the tables in an empty database and runs the migrations that older code survives.

    Raises StoreOutdated when a newer Escucha has made it what this one does not survive, StoreForeign when the database
    has the wrong form.
    """
    if store.url in _current:
        return
    scripts = migrate.versions()
    with session.transaction():
        session.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        _require_form(session)
        rows = _rows(session)
        _require_survived(rows, scripts)
        is_new = not rows
        if is_new:
            session.execute(_script("baseline.sql"))
            _note(session, BASELINE)
            logger.info("database created", extra={"migration": BASELINE})
        _run(session, {number: scripts[number] for number in _missing(rows, scripts, expanding=not is_new)})
    _current.add(store.url)


def standing(session: "psycopg.Connection[Any]") -> Standing:
    """How the database stands to this version."""
    scripts, rows = migrate.versions(), _rows(session)
    newer = tuple(sorted(number for number in rows if number > max(scripts)))
    return Standing(max(rows, default=0), newer, tuple(_missing(rows, scripts)) if rows else ())


def finish(session: "psycopg.Connection[Any]") -> None:
    """Runs what waits, for which nobody may run an older version any more."""
    scripts = migrate.versions()
    with session.transaction():
        session.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        rows = _rows(session)
        _require_survived(rows, scripts)
        _run(session, {number: scripts[number] for number in _missing(rows, scripts)})


def know(url: str) -> None:
    """Notes that this database is up to date: it is a copy of one that is."""
    _current.add(url)


def forget(url: str) -> None:
    """It is looked at again at the next connection."""
    _current.discard(url)


def version(session: "psycopg.Connection[Any]") -> int:
    """The newest migration that the database has; 0 without tables."""
    return max(_rows(session), default=0)


def _rows(session: "psycopg.Connection[Any]") -> set[int]:
    """What is noted of migrations: n where n was run, and -n beside it where older code survives it."""
    row = session.execute("SELECT to_regclass('migrations') IS NOT NULL").fetchone()
    if row is None or not row[0]:
        return set()
    try:
        return {number for (number,) in session.execute("SELECT version FROM migrations").fetchall()}
    except psycopg.errors.UndefinedColumn:
        raise StoreForeign(
            "this PostgreSQL database holds another program's tables; make one for Escucha, or name a schema of its own"
        ) from None


def _missing(rows: set[int], scripts: Mapping[int, str], *, expanding: bool = False) -> list[int]:
    """The migrations that were not run, in order; `expanding`: only those that older code survives."""
    return sorted(
        number
        for number, script in scripts.items()
        if number > BASELINE and number not in rows and (not expanding or migrate.is_expanding(script))
    )


def _require_survived(rows: set[int], scripts: Mapping[int, str]) -> None:
    newest, known = max(rows, default=0), max(scripts)
    if newest <= known:
        return
    if any(number > known and -number not in rows for number in rows):
        raise StoreOutdated(f"the database has version {newest}, this Escucha knows {known}; update Escucha")
    logger.warning("database of a newer version, which this one survives", extra={"migration": newest})


def _run(session: "psycopg.Connection[Any]", scripts: Mapping[int, str]) -> None:
    for number, script in scripts.items():
        for part in (script, *_own_parts(number)):
            session.execute(part)
        _note(session, number)
        if migrate.is_expanding(script):
            _note(session, -number)
        logger.info("migration applied", extra={"migration": number})


def _note(session: "psycopg.Connection[Any]", number: int) -> None:
    session.execute("INSERT INTO migrations VALUES (%s, now())", [number])


def _require_form(session: "psycopg.Connection[Any]") -> None:
    """Text is compared and folded by code points, as everywhere in Escucha: another order sorts lists otherwise."""
    row = session.execute(
        """
        SELECT pg_encoding_to_char(encoding), datlocprovider, datlocale FROM pg_database
        WHERE datname = current_database()
        """
    ).fetchone()
    if row != _FORM:
        raise StoreForeign(
            "this PostgreSQL database sorts and folds text otherwise than Escucha does; make one for it (PostgreSQL 17 "
            "or newer): CREATE DATABASE escucha TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin "
            "BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
        )


def _own_parts(number: int) -> list[Any]:
    """What a migration does beside on a server alone: indexes, and the functions that PostgreSQL lacks."""
    names = sorted(file.name for file in (files("monitor.store") / "postgres").iterdir())
    return [_script(name) for name in names if name.startswith(f"{number:04d}_") and name.endswith(".sql")]


def _script(name: str) -> Any:
    return (files("monitor.store") / "postgres" / name).read_text(encoding="utf-8")
