"""The passwords of accounts, hashed, and what their second step is made from."""

from dataclasses import dataclass
from datetime import datetime

from monitor.store.engines.protocol import Connection


@dataclass(frozen=True, slots=True)
class StoredPassword:
    """How an account says who it is. `code_key`: what its codes are made from, with the secret beside the database.

    `code_step` is the last step of 30 s whose code was taken; both None without a second step.
    """

    password_hash: str
    changed_at: datetime
    code_key: str | None
    code_step: int | None


def get(connection: Connection, folded: str) -> StoredPassword | None:
    """That of an account; None where it has none."""
    rows = connection.execute(
        "SELECT password_hash, changed_at, code_key, code_step FROM login_passwords WHERE folded = ?", [folded]
    ).fetchall()
    return StoredPassword(*rows[0]) if rows else None


def save(connection: Connection, folded: str, password_hash: str, now: datetime) -> None:
    """Gives an account a password; its second step stays."""
    connection.execute(
        """
        INSERT INTO login_passwords (folded, password_hash, changed_at) VALUES (?, ?, ?)
        ON CONFLICT (folded) DO UPDATE SET password_hash = excluded.password_hash, changed_at = excluded.changed_at
        """,
        [folded, password_hash, now],
    )


def save_hash(connection: Connection, folded: str, old_hash: str, new_hash: str) -> None:
    """Keeps the same password in a newer form, where nobody has changed it meanwhile."""
    connection.execute(
        "UPDATE login_passwords SET password_hash = ? WHERE folded = ? AND password_hash = ?",
        [new_hash, folded, old_hash],
    )


def delete(connection: Connection, folded: str) -> None:
    """Takes password and second step away."""
    connection.execute("DELETE FROM login_passwords WHERE folded = ?", [folded])


def save_code_key(connection: Connection, folded: str, code_key: str | None, code_step: int | None) -> None:
    """Sets up a second step, whose code of `code_step` is used up; None, None: there is none any more."""
    connection.execute(
        "UPDATE login_passwords SET code_key = ?, code_step = ? WHERE folded = ?", [code_key, code_step, folded]
    )


def take_code(connection: Connection, folded: str, step: int) -> bool:
    """Uses up the code of a step. False where it, or a later one, was used before."""
    rows = connection.execute(
        "UPDATE login_passwords SET code_step = ? WHERE folded = ? AND code_step < ? RETURNING folded",
        [step, folded, step],
    ).fetchall()
    return bool(rows)
