"""The rows of a file of customers, read into values; what cannot be read is told by row, column and fix. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from monitor.customers import cells
from monitor.customers.cells import BadCell, Notation, Problem
from monitor.customers.columns import CustomerColumns
from monitor.store.customers.customers import NewCustomer
from monitor.tables.table import TableRow
from monitor.tables.values import value_of

PROBLEMS: dict[Problem, str] = {
    "unreadable": "the row cannot be read ({value}): look for a quote or a separator too many",
    "no_id": "there is no id in {column}: give the customer one",
    "rounded_id": "a spreadsheet has rounded the id {value} in {column}: export the column as text",
    "too_long": "{column} holds more than {value} characters: shorten it",
    "twice": "the customer {value} stands in an earlier row already: keep one of the two",
    "no_amount": "{value} in {column} is no amount: write it like 1234.50 or 1.234,50",
    "unclear_amount": "{value} in {column} may be thousands or decimals, both occur: write all of them one way",
    "no_count": "{value} in {column} is no whole number from 0 on: write it like 12",
    "no_date": "{value} in {column} is no date: write it like 2025-04-03 or 03/04/2025",
    "unclear_date": "{value} in {column} may be day or month first, both occur: write it like 2025-04-03",
    "future_date": "{value} in {column} has not come yet: correct it",
    "no_handle": "{value} in {column} is no handle: write it like @ana_ruiz, several with a space between them",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that was not taken: which, why, in which column, and what stood there (cut)."""

    row: int | str
    problem: Problem
    column: str = ""
    value: str = ""

    def __str__(self) -> str:
        """In one sentence, with the fix."""
        return f"row {self.row}: " + PROBLEMS[self.problem].format(column=self.column, value=self.value)


def parse(columns: CustomerColumns, raw: Sequence[TableRow], today: date) -> tuple[list[NewCustomer], list[Fault]]:
    """The customers, and the rows that are none; every row is one or the other."""
    writing = cells.notation(
        (row.cells.get(columns.lifetime_value or "") for row in raw),
        (value_of(row.cells, columns.last_purchase) for row in raw),
    )
    customers: dict[str, NewCustomer] = {}
    faults = []
    for row in raw:
        try:
            customer = _customer(columns, row, writing, today)
            if customer.customer_id in customers:
                raise BadCell("twice", columns.customer_id, customer.customer_id)
        except BadCell as bad:
            faults.append(Fault(row.number, bad.problem, bad.column, bad.value))
        else:
            customers[customer.customer_id] = customer
    return list(customers.values()), faults


def _customer(columns: CustomerColumns, row: TableRow, writing: Notation, today: date) -> NewCustomer:
    if row.fault:
        raise BadCell("unreadable", "", row.fault)
    row_cells = row.cells
    return NewCustomer(
        cells.customer_id(row_cells, columns.customer_id),
        " ".join(
            part for part in (cells.name(row_cells, columns.name), cells.name(row_cells, columns.surname)) if part
        ),
        cells.amount(row_cells, columns.lifetime_value, writing),
        cells.count(row_cells, columns.purchases),
        cells.day(row_cells, columns.last_purchase, writing, today),
        tuple(
            dict.fromkeys(
                (net, handle) for net, name in columns.handles for handle in cells.handles(row_cells, name, net)
            )
        ),
    )
