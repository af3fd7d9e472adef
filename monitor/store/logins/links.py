"""One-time links with which somebody sets a password: only their hashes, until they are used or expire."""

from datetime import datetime

from monitor.store.engines.protocol import Connection


def add(connection: Connection, token_hash: str, folded: str, expires_at: datetime) -> None:
    """Keeps a link for an account, in place of its earlier ones; '' is the first administrator."""
    connection.execute("DELETE FROM login_links WHERE folded = ?", [folded])
    connection.execute(
        "INSERT INTO login_links (token_hash, folded, expires_at) VALUES (?, ?, ?)", [token_hash, folded, expires_at]
    )


def find(connection: Connection, token_hash: str, now: datetime) -> str | None:
    """Whose it is, folded; None for one that was used, has expired or never was."""
    rows = connection.execute(
        "SELECT folded FROM login_links WHERE token_hash = ? AND expires_at > ?", [token_hash, now]
    ).fetchall()
    return rows[0][0] if rows else None


def use_up(connection: Connection, token_hash: str, now: datetime) -> str | None:
    """Whose it is, as `find` says, once."""
    rows = connection.execute(
        "DELETE FROM login_links WHERE token_hash = ? AND expires_at > ? RETURNING folded", [token_hash, now]
    ).fetchall()
    return rows[0][0] if rows else None
