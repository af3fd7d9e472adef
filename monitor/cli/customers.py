"""`escucha customers`: who the customers are, from a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common

if TYPE_CHECKING:
    from monitor.customers.columns import Columns
    from monitor.customers.importing import Imported

customers = typer.Typer(help="Customers: import them and their handles.", no_args_is_help=True)


@customers.callback()
def _group() -> None:
    """Keeps `import` a command of its own while it is the only one."""


@customers.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, XLSX, XLS, ODS or Parquet; the first row names the columns.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen and store nothing.")] = False,
) -> None:
    """Adds the customers of FILE, or updates those that are there; none is deleted. Rows that are bad are listed."""
    from monitor.customers import importing
    from monitor.runs import now

    imported = importing.import_file(common.current_settings(), file, now=now(), dry_run=dry_run)
    _tell_columns(imported.columns)
    for fault in imported.faults:
        common.out.print(common.plain(f"✗ {file.name}, {fault}"))
    for conflict in imported.conflicts:
        whose = (
            f"it stays {conflict.held_by}'s, as a person confirmed"
            if conflict.held_by
            else "it is linked to none until a person says whose it is, on the page Customers"
        )
        common.out.print(
            common.plain(
                f"! {conflict.handle} on {conflict.network} is said to be {' and '.join(conflict.customers)}: {whose}"
            )
        )
    _tell_counts(imported, dry_run)


def _tell_columns(columns: "Columns") -> None:
    from monitor.customers.columns import shown

    roles = ("customer_id", "name", "surname", "lifetime_value", "purchases", "last_purchase")
    used = [f"{role} = {getattr(columns, role)}" for role in roles if getattr(columns, role)]
    used += [f"handle on {network} = {name}" for network, name in columns.handles]
    common.out.print(common.plain(f"columns: {shown(used)}"))
    if columns.ignored:
        personal = f"; personal, and of no use here: {shown(columns.personal)}" if columns.personal else ""
        common.out.print(common.plain(f"columns not stored: {shown(columns.ignored)}{personal}"))


def _tell_counts(imported: "Imported", dry_run: bool) -> None:
    common.out.print(
        f"read {imported.rows:,} · new {imported.new:,} · changed {imported.changed:,} · "
        f"as before {imported.unchanged:,} · bad {len(imported.faults):,}"
    )
    common.out.print(
        f"handles linked {imported.linked:,} · links suggested {imported.suggested:,} · "
        f"handles of several customers {len(imported.conflicts):,} · open cases changed {imported.cases:,}"
    )
    if dry_run:
        common.out.print("Nothing was stored. Next: the same command without --dry-run")
    elif imported.suggested or imported.conflicts:
        common.out.print("Next: confirm or refuse the suggested links on the page Customers (escucha dashboard)")
    elif imported.faults:
        common.out.print("Next: correct the bad rows and import the file again; the others stay as they are")
