"""What the desk notes for itself, by name: whose turn it is, under which rules the cases were worked out."""

from monitor.store.engines.protocol import Connection


def get(connection: Connection, name: str) -> str | None:
    """The value kept under that name; None when there is none."""
    rows = connection.execute("SELECT mark FROM desk_marks WHERE name = ?", [name]).fetchall()
    return rows[0][0] if rows else None


def get_many(connection: Connection, *names: str) -> dict[str, str]:
    """The values kept under these names, by name; none in a database older than what it notes."""
    from duckdb import CatalogException

    try:
        rows = connection.execute(
            "SELECT name, mark FROM desk_marks WHERE name IN (SELECT unnest(?::VARCHAR[]))", [list(names)]
        ).fetchall()
    except CatalogException:
        return {}
    return dict(rows)


def put(connection: Connection, name: str, value: str) -> None:
    """Keeps a value under that name, in place of the one before."""
    connection.execute(
        "INSERT INTO desk_marks (name, mark) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET mark = excluded.mark",
        [name, value],
    )
