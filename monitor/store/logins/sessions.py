"""Who is logged in: a row for each browser, with a hash of what it holds."""

from dataclasses import dataclass
from datetime import datetime

from monitor.models.accounts import Role
from monitor.store.engines.protocol import Connection


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A browser that is logged in: as which account, in which role now; since when, and seen when (UTC)."""

    token_hash: str
    folded: str
    name: str
    role: Role
    begun_at: datetime
    seen_at: datetime


def begin(connection: Connection, token_hash: str, folded: str, now: datetime, ends_at: datetime) -> None:
    """Keeps a new session; those that have ended are forgotten."""
    connection.execute("DELETE FROM login_sessions WHERE ends_at <= ?", [now])
    connection.execute(
        "INSERT INTO login_sessions (token_hash, folded, begun_at, seen_at, ends_at) VALUES (?, ?, ?, ?, ?)",
        [token_hash, folded, now, now, ends_at],
    )


def live(connection: Connection, now: datetime, seen_after: datetime) -> list[LiveSession]:
    """Those of active accounts that have not ended and were seen after that moment."""
    rows = connection.execute(
        """
        SELECT s.token_hash, s.folded, a.name, a.role, s.begun_at, s.seen_at
        FROM login_sessions s JOIN accounts a ON a.folded = s.folded
        WHERE a.active AND s.ends_at > ? AND s.seen_at > ?
        """,
        [now, seen_after],
    ).fetchall()
    return [
        LiveSession(token_hash, folded, name, Role(role), begun_at, seen_at)
        for token_hash, folded, name, role, begun_at, seen_at in rows
    ]


def see(connection: Connection, token_hash: str, now: datetime) -> None:
    """Somebody has just worked with it."""
    connection.execute(
        "UPDATE login_sessions SET seen_at = ? WHERE token_hash = ? AND seen_at < ?", [now, token_hash, now]
    )


def has(connection: Connection, token_hash: str) -> bool:
    """Whether nobody has ended it."""
    return bool(connection.execute("SELECT 1 FROM login_sessions WHERE token_hash = ?", [token_hash]).fetchall())


def end(connection: Connection, token_hash: str) -> None:
    """The browser is logged out."""
    connection.execute("DELETE FROM login_sessions WHERE token_hash = ?", [token_hash])


def end_all(connection: Connection, folded: str, but: str = "") -> None:
    """All browsers of an account are logged out, but the one with that hash."""
    connection.execute("DELETE FROM login_sessions WHERE folded = ? AND token_hash <> ?", [folded, but])


def void(connection: Connection) -> None:
    """Nobody is logged in any more, and no one-time link opens anything: a restore would bring back what had ended."""
    connection.execute("DELETE FROM login_sessions")
    connection.execute("DELETE FROM login_links")
