"""Escucha's tables in a PostgreSQL database, and their migrations."""

import logging
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


def bring_up_to_date(session: "psycopg.Connection[Any]", store: Store) -> None:
    """Creates the tables in an empty database and runs the migrations that are missing, each in its own transaction.

    Raises StoreOutdated when a newer Escucha wrote it, StoreForeign when the database has the wrong form.
    """
    if store.url in _current:
        return
    scripts = migrate.versions()
    with session.transaction():
        session.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        _require_form(session)
        applied = version(session)
        if applied > max(scripts):
            raise StoreOutdated(
                f"the database has version {applied}, this Escucha knows {max(scripts)}; update Escucha"
            )
        if not applied:
            session.execute(_script("baseline.sql"))
            applied = BASELINE
            session.execute("INSERT INTO migrations VALUES (%s, now())", [applied])
            logger.info("database created", extra={"migration": applied})
        for number in sorted(number for number in scripts if number > applied):
            session.execute(scripts[number])
            session.execute("INSERT INTO migrations VALUES (%s, now())", [number])
            logger.info("migration applied", extra={"migration": number})
    _current.add(store.url)


def know(url: str) -> None:
    """Notes that this database is up to date: it is a copy of one that is."""
    _current.add(url)


def forget(url: str) -> None:
    """It is looked at again at the next connection."""
    _current.discard(url)


def version(session: "psycopg.Connection[Any]") -> int:
    """The newest migration that the database has; 0 without tables."""
    row = session.execute("SELECT to_regclass('migrations') IS NOT NULL").fetchone()
    if row is None or not row[0]:
        return 0
    try:
        newest = session.execute("SELECT coalesce(max(version), 0) FROM migrations").fetchone()
    except psycopg.errors.UndefinedColumn:
        raise StoreForeign(
            "this PostgreSQL database holds another program's tables; make one for Escucha, or name a schema of its own"
        ) from None
    return int(newest[0]) if newest else 0


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


def _script(name: str) -> Any:
    return (files("monitor.store") / "postgres" / name).read_text(encoding="utf-8")
