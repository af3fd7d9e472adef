"""What the desk notes for itself, by name: whose turn it is, under which rules the cases were worked out."""

from monitor.store.connection import Connection


def get(connection: Connection, name: str) -> str | None:
    """The mark of that name."""
    rows = connection.execute("SELECT mark FROM desk_marks WHERE name = ?", [name]).fetchall()
    return rows[0][0] if rows else None


def put(connection: Connection, name: str, mark: str) -> None:
    """Sets the mark of that name."""
    connection.execute(
        "INSERT INTO desk_marks (name, mark) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET mark = excluded.mark",
        [name, mark],
    )
