"""Pages that a network gave and that are not stored yet, each as a line of text; a server's alone."""

from monitor.store.connection import Connection


def append(connection: Connection, network: str, page: str) -> None:
    """Keeps a page behind the others of its network."""
    connection.execute(
        """
        INSERT INTO received_pages
        SELECT $1::VARCHAR, coalesce(max(number), 0) + 1, $2::VARCHAR FROM received_pages WHERE network = $1::VARCHAR
        """,
        [network, page],
    )


def of_network(connection: Connection, network: str) -> list[str]:
    """Those of a network, in the order in which they came."""
    rows = connection.execute("SELECT page FROM received_pages WHERE network = ? ORDER BY number", [network]).fetchall()
    return [row[0] for row in rows]


def delete(connection: Connection, network: str) -> None:
    """All of a network are stored: to be called in the transaction that stores them."""
    connection.execute("DELETE FROM received_pages WHERE network = ?", [network])


def networks(connection: Connection) -> list[str]:
    """Those that have any."""
    return [row[0] for row in connection.execute("SELECT DISTINCT network FROM received_pages ORDER BY 1").fetchall()]


def cut(connection: Connection, network: str, count: int) -> None:
    """Forgets so many of the last pages of a network: they are read again."""
    connection.execute(
        """
        DELETE FROM received_pages WHERE network = $1 AND number IN (
            SELECT number FROM received_pages WHERE network = $1 ORDER BY number DESC LIMIT $2)
        """,
        [network, count],
    ).fetchall()
