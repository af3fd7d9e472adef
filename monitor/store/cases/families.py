"""Whose conversations a case holds: its own, and those of the cases that it took in."""

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.store.connection import Connection
from monitor.text.folding import fold_handle


@dataclass(frozen=True, slots=True)
class CaseCustomer:
    """A conversation in the case `home`: of the customer whose first case has that `code` (monitor.cases.parties)."""

    home: int
    case_id: int
    code: str
    network: str
    thread_id: str
    author: str | None
    author_id: str | None
    customer_id: str | None

    def is_same(self, other: "CaseCustomer") -> bool:
        """Whether both are of one customer: linked, or one account of one network."""
        if self.customer_id is not None and self.customer_id == other.customer_id:
            return True
        return self.is_by(other.network, other.author, other.author_id)

    def is_by(self, network: str, author: str | None, author_id: str | None) -> bool:
        """Whether that is the customer: by the network's id where both are known, else by the handle."""
        if self.author_id and author_id:
            return (self.network, self.author_id) == (network, author_id)
        return self.is_called(network, author)

    def is_called(self, network: str, author: str | None) -> bool:
        """Whether the customer has this handle there."""
        if self.author is None or author is None or self.network != network:
            return False
        return fold_handle(self.author) == fold_handle(author)


def customers_of(connection: Connection, case_ids: Iterable[int]) -> list[CaseCustomer]:
    """The conversations of these cases, each case's own first.

    Those of a case that was merged twice are its taker's where the history of the last one does not name it.
    """
    rows = connection.execute(
        """
        WITH RECURSIVE named AS (
            SELECT DISTINCT case_id, became AS code FROM case_events WHERE kind = 'merged'
        ), family AS (
            SELECT case_id AS home, case_id, code FROM cases WHERE case_id IN (SELECT unnest(?::BIGINT[]))
            UNION ALL
            SELECT f.home, c.case_id, CASE WHEN f.case_id = f.home OR n.code IS NOT NULL THEN c.code ELSE f.code END
            FROM family f JOIN cases c ON c.merged_into = f.case_id
            LEFT JOIN named n ON n.case_id = f.home AND n.code = c.code
        )
        SELECT f.home, f.case_id, f.code, c.network, c.thread_id, c.author, c.author_id, c.customer_id
        FROM family f JOIN cases c ON c.case_id = f.case_id ORDER BY f.home, f.case_id <> f.home, f.case_id
        """,
        [list(case_ids)],
    ).fetchall()
    return [CaseCustomer(*row) for row in rows]
