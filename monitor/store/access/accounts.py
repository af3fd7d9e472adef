"""The accounts: who may work here, as what, and held to which brands and teams."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from monitor.errors import Refusal
from monitor.models.accounts import Account, Role
from monitor.store.connection import Connection

_KINDS = ("brand", "team")


def all_accounts(connection: Connection) -> list[Account]:
    """Every account, by name."""
    return _accounts(connection, "", [])


def find(connection: Connection, folded: str) -> Account | None:
    """The account of that name, folded; None where there is none."""
    return next(iter(_accounts(connection, "WHERE folded = ?", [folded])), None)


def add(connection: Connection, folded: str, account: Account) -> None:
    """Keeps a new account. Raises Refusal where there is one of that name."""
    if find(connection, folded):
        raise Refusal("account_exists", "there is an account {name!r} already", name=account.name)
    connection.execute(
        "INSERT INTO accounts (folded, name, role, active, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?)",
        [folded, account.name, account.role.value, account.active, account.since, account.since],
    )
    _keep_limits(connection, folded, account)


def change(connection: Connection, folded: str, account: Account) -> None:
    """Keeps role, activity and limits of an account that is there, changed at its `since`."""
    connection.execute(
        "UPDATE accounts SET role = ?, active = ?, changed_at = ? WHERE folded = ?",
        [account.role.value, account.active, account.since, folded],
    )
    connection.execute("DELETE FROM account_limits WHERE folded = ?", [folded])
    _keep_limits(connection, folded, account)


def _keep_limits(connection: Connection, folded: str, account: Account) -> None:
    for kind, names in zip(_KINDS, (account.brands, account.teams), strict=True):
        for name in dict.fromkeys(names):
            connection.execute("INSERT INTO account_limits (folded, kind, name) VALUES (?, ?, ?)", [folded, kind, name])


def _accounts(connection: Connection, where: str, values: list[object]) -> list[Account]:
    rows: list[tuple[str, str, str, bool, datetime]] = connection.execute(
        f"SELECT folded, name, role, active, changed_at FROM accounts {where} ORDER BY folded", values
    ).fetchall()
    limits: list[tuple[str, str, str]] = connection.execute(
        f"SELECT folded, kind, name FROM account_limits {where} ORDER BY name", values
    ).fetchall()
    return [
        replace(
            Account(name, Role(role), active, since),
            brands=_named(limits, folded, "brand"),
            teams=_named(limits, folded, "team"),
        )
        for folded, name, role, active, since in rows
    ]


def _named(limits: Iterable[tuple[str, str, str]], folded: str, kind: str) -> tuple[str, ...]:
    return tuple(name for owner, limit, name in limits if (owner, limit) == (folded, kind))
