"""A connection, as repositories know it."""

from typing import Any, Protocol


class Connection(Protocol):
    """What repositories ask of a connection, whichever engine is behind it. It is its own last result."""

    @property
    def description(self) -> Any:
        """Of each column of the last result its name first."""

    def execute(self, query: str, parameters: Any = None) -> "Connection":
        """Runs a statement, with `?`, `$1` or `$name` for its values."""

    def sql(self, query: str, *, params: Any = None) -> Any:
        """The same, for results as Arrow tables (`to_arrow_table`)."""

    def fetchall(self) -> list[Any]:
        """The rows; of a statement that gives none, one with how many it changed."""

    def fetchone(self) -> Any:
        """The next row; None when there is none left."""

    def register(self, name: str, table: Any) -> Any:
        """Makes an Arrow table one that statements may name."""

    def unregister(self, name: str) -> Any:
        """Forgets it."""
