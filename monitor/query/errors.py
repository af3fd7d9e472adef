"""How a fault in a query is told."""

from monitor.errors import QueryRejected


def query_error(text: str, position: int, expected: str) -> QueryRejected:
    """The error that names the column, says what was expected there and points at it; `position` counts from 0."""
    line = text.replace("\n", " ").replace("\t", " ")
    return QueryRejected(f"column {position + 1}: expected {expected}\n  {line}\n  {' ' * position}^")
