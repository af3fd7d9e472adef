"""Accounts: made, given a role, held to brands and teams, put out of use. None is deleted: the history names them.

Each change is an entry of the audit log, in the same transaction; `by` is who makes it.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from monitor.cases.team.people import clean_name, fold_name
from monitor.errors import Refusal
from monitor.models.accounts import Account, Role
from monitor.models.audit import AuditKind, NewEntry
from monitor.store import Connection
from monitor.store.access import accounts
from monitor.store.audit import entries
from monitor.store.logins import sessions


def find(connection: Connection, name: str) -> Account | None:
    """The account of that name, whatever its capitals and accents; None where there is none."""
    return accounts.find(connection, fold_name(name))


def people(connection: Connection) -> list[Account]:
    """Every account, by name."""
    return accounts.all_accounts(connection)


def admins(connection: Connection) -> list[Account]:
    """The administrators who can log in."""
    return [account for account in people(connection) if account.active and account.role is Role.ADMIN]


def add(connection: Connection, name: str, role: Role, *, now: datetime, by: str = "") -> Account:
    """Makes an account without a password.

    Raises Refusal for what is no name of a person (a machine's, a customer's, nothing) and for one that is taken.
    """
    cleaned = clean_name(name)
    if not cleaned:
        raise Refusal("no_person", "{name!r} is no name of a person", name=name[:60])
    account = Account(cleaned, role, active=True, since=now)
    accounts.add(connection, fold_name(cleaned), account)
    _record(connection, account, by, "account", became="added", field=role.value)
    return account


def set_role(connection: Connection, name: str, role: Role, *, now: datetime, by: str = "") -> Account:
    """Gives the account another role. Raises Refusal where there is none, and for the last administrator."""
    before = _get(connection, name)
    account = _change(connection, replace(before, role=role, since=now))
    _record(connection, account, by, "role", was=before.role.value, became=role.value)
    return account


def deactivate(connection: Connection, name: str, *, now: datetime, by: str = "") -> Account:
    """Puts the account out of use, at once, and for good what is logged in as it. Raises as `set_role` does."""
    sessions.end_all(connection, fold_name(name))
    account = _change(connection, replace(_get(connection, name), active=False, since=now))
    _record(connection, account, by, "account", became="deactivated")
    return account


def activate(connection: Connection, name: str, *, now: datetime, by: str = "") -> Account:
    """Puts the account into use again. Raises Refusal where there is none."""
    account = _change(connection, replace(_get(connection, name), active=True, since=now))
    _record(connection, account, by, "account", became="reactivated")
    return account


def limit(
    connection: Connection, name: str, *, brands: Collection[str], teams: Collection[str], now: datetime, by: str = ""
) -> Account:
    """Holds the account to these brands and teams; without any: to nothing. Raises Refusal where there is none."""
    account = _change(connection, replace(_get(connection, name), brands=tuple(brands), teams=tuple(teams), since=now))
    held = ", ".join((*account.brands, *account.teams))
    _record(connection, account, by, "account", field=held, became="restricted")
    return account


def _get(connection: Connection, name: str) -> Account:
    account = find(connection, name)
    if account is None:
        raise Refusal("account_missing", "there is no account {name!r}; escucha users list names them", name=name)
    return account


def _change(connection: Connection, account: Account) -> Account:
    stays_admin = account.active and account.role is Role.ADMIN
    if not stays_admin and [admin.name for admin in admins(connection)] == [account.name]:
        raise Refusal("last_admin", "{name!r} is the last administrator; make another one first", name=account.name)
    accounts.change(connection, fold_name(account.name), account)
    return account


def _record(
    connection: Connection, account: Account, by: str, kind: AuditKind, *, field: str = "", was: str = "", became: str
) -> None:
    told = NewEntry(kind, by, "", "account", account.name, field, was, became)
    entries.record(connection, told, now=account.since)
