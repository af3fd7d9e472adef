"""Importing customers and their handles from a file, again and again; what follows for links and open cases."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from monitor import store
from monitor.access.permitted import permitted
from monitor.access.roles import Permission
from monitor.casework import customers
from monitor.customers import columns as customers_columns
from monitor.customers import rows as customers_rows
from monitor.customers.columns import CustomerColumns
from monitor.customers.rows import Fault
from monitor.errors import UnfitFile
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.customers import customer_links, suggestions
from monitor.store.customers import customers as stored
from monitor.store.customers.customers import Conflict, NewCustomer
from monitor.tables.file_format import NO_OPTIONS, FormOptions

logger = logging.getLogger(__name__)

ACTOR = "escucha"


@dataclass(frozen=True, slots=True)
class CustomerImport:
    """What an import did, or with `dry_run` would do. Counts are rows, customers, handles, links and cases."""

    columns: CustomerColumns
    rows: int
    new: int
    changed: int
    linked: int
    suggested: int
    cases: int
    faults: tuple[Fault, ...]
    conflicts: tuple[Conflict, ...]
    erased: int = 0  # once, so that they are not stored again

    @property
    def unchanged(self) -> int:
        """Customers that were there already, just so."""
        return self.rows - len(self.faults) - self.new - self.changed - self.erased


class _DryRun(Exception):
    """Ends a dry run's transaction."""

    def __init__(self, imported: CustomerImport) -> None:
        super().__init__()
        self.imported = imported


@permitted(Permission.IMPORT_CUSTOMERS)
def import_file(
    settings: Settings,
    path: Path,
    *,
    now: datetime,
    dry_run: bool = False,
    actor: str = ACTOR,
    options: FormOptions = NO_OPTIONS,
) -> CustomerImport:
    """Reads a file of customers (CSV, TSV, XLSX, XLS, ODS, Parquet) into the store; rows that are bad are told.

    Customers that are there are updated, none is deleted, an empty cell keeps what is known, and what people decided
    on links stays. All customers are written in one transaction; then the open cases of new links get their customers,
    some at a time: importing again goes on where that stopped.

    Raises UnexpectedAnswer when the file cannot be read or all its rows are bad; nothing is written then.
    """
    columns, raw = customers_columns.read(path, options)
    today = now.astimezone(settings.zone).date()
    customer_rows, faults = customers_rows.parse(columns, raw, today)
    if not customer_rows:
        raise UnfitFile(
            "file_bad",
            "{file}: no row can be imported, nothing was changed; the first: {fault}",
            file=path.name,
            fault=faults[0],
        )
    try:
        with store.connect(settings.store) as connection:
            imported = _save(connection, settings, customer_rows, columns, faults, now)
            if dry_run:
                raise _DryRun(imported)
    except _DryRun as dry_run_end:
        return dry_run_end.imported
    context = {"path_name": path.name, "count": len(customer_rows), "rejects": len(faults)}
    logger.info("customers imported", extra=context)
    return replace(imported, cases=customers.sync_all_links(settings, actor=actor, now=now))


def _save(
    connection: Connection,
    settings: Settings,
    customer_rows: Sequence[NewCustomer],
    columns: CustomerColumns,
    faults: Sequence[Fault],
    now: datetime,
) -> CustomerImport:
    saved = stored.save(connection, customer_rows, now)
    customers.set_values(connection, settings)
    suggested = suggestions.suggest(connection)
    waiting = customer_links.count_outdated_links(connection)
    rows = len(customer_rows) + len(faults)
    return CustomerImport(
        columns,
        rows,
        saved.new,
        saved.changed,
        saved.linked,
        suggested,
        waiting,
        tuple(faults),
        saved.conflicts,
        saved.erased,
    )
