"""Who accounts are at another login."""

from monitor.store.engines.protocol import Connection


def find(connection: Connection, identity: str) -> str | None:
    """The account, folded, of somebody whom the other login calls so; None where it is nobody's."""
    rows = connection.execute("SELECT folded FROM login_identities WHERE identity = ?", [identity]).fetchall()
    return rows[0][0] if rows else None


def save(connection: Connection, identity: str, folded: str) -> None:
    """Whom the other login calls so is this account, and nobody else; what it was called before is forgotten."""
    connection.execute("DELETE FROM login_identities WHERE folded = ? AND identity <> ?", [folded, identity])
    connection.execute(
        """
        INSERT INTO login_identities (identity, folded) VALUES (?, ?)
        ON CONFLICT (identity) DO UPDATE SET folded = excluded.folded
        """,
        [identity, folded],
    )
