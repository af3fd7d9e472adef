"""Who a person is in the store: accounts, customers, posts and cases, found from a handle or an id. Reads only."""

from dataclasses import dataclass
from typing import TypeAlias

import pyarrow as pa

from monitor.errors import EscuchaError
from monitor.store.customers.customers import LINKED
from monitor.store.engines.protocol import Connection
from monitor.text.folding import fold_handle

PersonAccount: TypeAlias = tuple[str, str, str]
"""A network, the network's own id of an account and its handle, folded; '' for what is not known."""
_MOST_STEPS = 20


@dataclass(frozen=True, slots=True)
class HeldPerson:
    """All that belongs to one person. `own_cases` hold nobody else's posts; `shared_cases` do.

    `names` are shown names and customers' names, as they are written.
    """

    accounts: tuple[PersonAccount, ...]
    customers: tuple[str, ...]
    names: tuple[str, ...]
    mention_ids: tuple[int, ...]
    own_cases: tuple[int, ...]
    shared_cases: tuple[int, ...]

    @property
    def case_ids(self) -> tuple[int, ...]:
        """All their cases."""
        return tuple(sorted({*self.own_cases, *self.shared_cases}))

    @property
    def subject(self) -> str:
        """What the audit log knows them by, as a keyed digest: a customer's id, or else an account."""
        if self.customers:
            return self.customers[0]
        return " ".join(self.accounts[0]) if self.accounts else ""

    @property
    def is_known(self) -> bool:
        """Whether anything is kept of them."""
        return bool(self.mention_ids or self.own_cases or self.shared_cases or self.customers)


def by_author(
    connection: Connection, author: str, network: str | None = None, account_id: str | None = None
) -> HeldPerson:
    """The person with this handle on a network, or on any.

    Raises EscuchaError where it was the handle of several accounts and `account_id` names none of them.
    """
    handle = fold_handle(author)
    rows = connection.execute(
        """
        SELECT DISTINCT network, coalesce(author_id, '') FROM mentions
        WHERE ltrim(lower(author), '@') = $1 AND ($2::VARCHAR IS NULL OR network = $2)
            AND ($3::VARCHAR IS NULL OR author_id = $3)
        UNION SELECT DISTINCT network, coalesce(author_id, '') FROM cases
        WHERE ltrim(lower(author), '@') = $1 AND ($2::VARCHAR IS NULL OR network = $2)
            AND ($3::VARCHAR IS NULL OR author_id = $3)
        UNION SELECT network, '' FROM handles
        WHERE handle = $1 AND ($2::VARCHAR IS NULL OR network = $2) AND $3::VARCHAR IS NULL
        ORDER BY 1, 2
        """,
        [handle, network, account_id],
    ).fetchall()
    _require_one_account(handle, rows)
    return _all_of(connection, {(network, id_, handle) for network, id_ in rows}, set())


def by_customer(connection: Connection, customer_id: str) -> HeldPerson:
    """The person who is this customer; nobody where there is none."""
    rows = connection.execute(
        """
        SELECT customer_id FROM customers WHERE customer_id = $1 UNION SELECT customer_id FROM handles
        WHERE customer_id = $1 UNION SELECT customer_id FROM cases WHERE customer_id = $1
        """,
        [customer_id],
    ).fetchall()
    return _all_of(connection, set(), {row[0] for row in rows})


def _require_one_account(handle: str, rows: list[tuple[str, str]]) -> None:
    networks = {network for network, _ in rows}
    if len(networks) > 1:
        raise EscuchaError(
            f"@{handle} is on several networks, and may be several people: name one with --network "
            f"({', '.join(sorted(networks))}), each in turn if they are one"
        )
    ids = [id_ for _, id_ in rows if id_]
    if len(ids) > 1:
        raise EscuchaError(f"@{handle} was the handle of several accounts: name one with --account ({', '.join(ids)})")


def _all_of(connection: Connection, accounts: set[PersonAccount], customers: set[str]) -> HeldPerson:
    """Follows accounts to their other handles and to customers, and back, until nothing new is found."""
    for _ in range(_MOST_STEPS):
        before = len(accounts), len(customers)
        accounts |= _other_handles(connection, accounts)
        customers |= _customers_of(connection, accounts)
        accounts |= _accounts_of(connection, customers, accounts)
        if before == (len(accounts), len(customers)):
            break
    _register(connection, accounts)
    mentions = connection.execute(
        f"SELECT m.mention_id, m.author_name FROM mentions m WHERE {_THEIRS.format('m')} ORDER BY 1"
    ).fetchall()
    mention_ids = [row[0] for row in mentions]
    own, shared = _cases_of(connection, mention_ids, customers)
    connection.unregister("their_accounts")
    names = {name for _, name in mentions if name} | _customer_names(connection, customers)
    with_id = {(network, handle) for network, id_, handle in accounts if id_}
    told = {account for account in accounts if account[1] or (account[0], account[2]) not in with_id}
    return HeldPerson(
        tuple(sorted(told)), tuple(sorted(customers)), tuple(sorted(names)), tuple(mention_ids), own, shared
    )


# An account is its id where both are known; somebody else may have the handle now.
_THEIRS = """EXISTS (
    SELECT 1 FROM their_accounts a WHERE a.network = {0}.network AND CASE WHEN a.id <> '' AND {0}.author_id IS NOT NULL
        THEN a.id = {0}.author_id ELSE a.handle <> '' AND a.handle = ltrim(lower({0}.author), '@') END)
"""


def _register(connection: Connection, accounts: set[PersonAccount]) -> None:
    columns = list(zip(*sorted(accounts), strict=True)) if accounts else [(), (), ()]
    arrays = [pa.array(column, pa.string()) for column in columns]
    connection.register("their_accounts", pa.table(arrays, names=["network", "id", "handle"]))


def _other_handles(connection: Connection, accounts: set[PersonAccount]) -> set[PersonAccount]:
    """What else these accounts were called, and their ids where only a handle is known."""
    _register(connection, accounts)
    rows = connection.execute(
        f"""
        SELECT DISTINCT m.network, coalesce(m.author_id, ''), coalesce(ltrim(lower(m.author), '@'), '') FROM mentions m
        WHERE {_THEIRS.format("m")}
        """
    ).fetchall()
    connection.unregister("their_accounts")
    known = {(network, id_) for network, id_, _ in accounts if id_}
    found = {(network, handle) for network, _, handle in accounts if handle}
    # A handle without an id leads to one id at most: of several nobody knows whose it is.
    return {
        row
        for row in rows
        if row[1] == "" or (row[0], row[1]) in known or ((row[0], row[2]) in found and _is_only(rows, row))
    }


def _is_only(rows: list[PersonAccount], row: PersonAccount) -> bool:
    return len({id_ for network, id_, handle in rows if (network, handle) == (row[0], row[2]) and id_}) == 1


def _customers_of(connection: Connection, accounts: set[PersonAccount]) -> set[str]:
    _register(connection, accounts)
    rows = connection.execute(
        f"""
        SELECT DISTINCT customer_id FROM handles h
        JOIN their_accounts a ON a.network = h.network AND a.handle = h.handle
        WHERE {LINKED}
        """
    ).fetchall()
    connection.unregister("their_accounts")
    return {row[0] for row in rows}


def _accounts_of(connection: Connection, customers: set[str], known: set[PersonAccount]) -> set[PersonAccount]:
    rows = connection.execute(
        f"""
        SELECT DISTINCT network, handle FROM handles
        WHERE {LINKED} AND customer_id IN (SELECT unnest(?::VARCHAR[]))
        """,
        [sorted(customers)],
    ).fetchall()
    named = {(network, handle) for network, _, handle in known}
    return {(network, "", handle) for network, handle in rows if (network, handle) not in named}


def _customer_names(connection: Connection, customers: set[str]) -> set[str]:
    rows = connection.execute(
        "SELECT name FROM customers WHERE name <> '' AND customer_id IN (SELECT unnest(?::VARCHAR[]))",
        [sorted(customers)],
    ).fetchall()
    return {row[0] for row in rows}


def _cases_of(
    connection: Connection, mention_ids: list[int], customers: set[str]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Their cases without anybody else's posts, and with."""
    rows = connection.execute(
        f"""
        WITH theirs AS (SELECT unnest($1::BIGINT[]) AS mention_id), found AS (
            SELECT case_id FROM case_mentions WHERE mention_id IN (SELECT mention_id FROM theirs)
            UNION SELECT case_id FROM cases c WHERE customer_id IN (SELECT unnest($2::VARCHAR[]))
                OR ({_THEIRS.format("c")})
        )
        SELECT f.case_id, EXISTS (
            SELECT 1 FROM case_mentions k WHERE k.case_id = f.case_id
                AND k.mention_id NOT IN (SELECT mention_id FROM theirs)
        ) FROM found f ORDER BY 1
        """,
        [mention_ids, sorted(customers)],
    ).fetchall()
    return tuple(id_ for id_, shared in rows if not shared), tuple(id_ for id_, shared in rows if shared)
