"""A store that is the copy of another, and not whole yet, bears a mark; nobody but the copy opens it."""

from contextlib import suppress
from typing import Final

from monitor.errors import StoreError
from monitor.settings.loading import Store
from monitor.store.engines.protocol import Connection

MARK: Final = "copied_from"
"""Under which name in desk_marks it notes whose copy it is."""
INDEXES: Final = "copied_indexes"
"""Under which name it notes the indexes of a server that are made once its rows are there."""
_whole: set[str] = set()


def refuse(connection: Connection, store: Store, identity: str) -> None:
    """Raises StoreError for a half copy; one that this process has seen whole, by `identity`, is not asked again."""
    if identity in _whole:
        return
    if _is_marked(connection):
        raise StoreError(
            f"{store.place} is a copy that was cut off: let escucha store copy end it with the same command, or name "
            "the store that it is a copy of"
        )
    _whole.add(identity)


def _is_marked(connection: Connection) -> bool:
    """Whether it is one; a file older than the marks is none."""
    from duckdb import CatalogException

    with suppress(CatalogException):
        return bool(connection.execute("SELECT 1 FROM desk_marks WHERE name = ?", [MARK]).fetchall())
    return False
