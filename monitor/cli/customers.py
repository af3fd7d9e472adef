"""`escucha customers`: customers from a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common, usage
from monitor.cli.acting import recorded
from monitor.cli.files import form

if TYPE_CHECKING:
    from monitor.customers.columns import CustomerColumns
    from monitor.customers.importing import CustomerImport

customers = typer.Typer(cls=usage.Commands, help="Imports customers and their handles.", no_args_is_help=True)


@customers.callback()
def _group() -> None:
    """Keeps `import` a command of its own while it is the only one."""


@customers.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, XLSX, XLS, ODS or Parquet; the first row names the columns.")],
    sheet: form.SheetOption = None,
    header_row: form.HeaderRowOption = None,
    separator: form.SeparatorOption = None,
    encoding: form.EncodingOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and store nothing.")] = False,
) -> None:
    """Imports the customers of FILE: adds new ones, updates the others, deletes none. Invalid rows are listed."""
    from monitor.customers import importing
    from monitor.runs import now
    from monitor.tables.file_format import FormOptions

    options, settings = FormOptions(sheet, header_row, separator, encoding), common.current_settings()
    imported = importing.import_file(settings, file, now=now(), dry_run=dry_run, options=options)
    if not dry_run:
        recorded.record(settings, "import", "customers", imported.new + imported.changed)
    for note in imported.columns.notes:
        common.stdout.print(common.told(note))
    _print_columns(imported.columns)
    for fault in imported.faults:
        common.stdout.print(common.escape(f"✗ {file.name}, ") + common.told(str(fault)))
    for conflict in imported.conflicts:
        resolution = (
            f"it stays linked to {conflict.held_by}, as a person confirmed"
            if conflict.held_by
            else "it stays unlinked until a person decides on the page Customers"
        )
        common.stdout.print(
            common.told(
                f"! the handle {conflict.handle} on {conflict.network} is in the rows of several customers "
                f"({', '.join(conflict.customers)}): {resolution}"
            )
        )
    _print_counts(imported, dry_run)


def _print_columns(columns: "CustomerColumns") -> None:
    from monitor.customers.columns import list_names

    roles = ("customer_id", "name", "surname", "lifetime_value", "purchases", "last_purchase")
    columns_used = [f"{role} = {getattr(columns, role)}" for role in roles if getattr(columns, role)]
    columns_used += [common.tell(f"handle on {network} = {name}") for network, name in columns.handles]
    common.stdout.print(common.told(f"columns: {list_names(columns_used)}"))
    if columns.ignored:
        personal = f"; personal data that is not needed: {list_names(columns.personal)}" if columns.personal else ""
        common.stdout.print(common.told(f"columns not stored: {list_names(columns.ignored)}{personal}"))


def _print_counts(imported: "CustomerImport", dry_run: bool) -> None:
    common.stdout.print(
        f"read {imported.rows:,} · new {imported.new:,} · changed {imported.changed:,} · "
        f"unchanged {imported.unchanged:,} · invalid {len(imported.faults):,}"
    )
    common.stdout.print(
        f"handles linked {imported.linked:,} · links suggested {imported.suggested:,} · "
        f"handle conflicts {len(imported.conflicts):,} · open cases updated {imported.cases:,}"
    )
    if imported.erased:
        common.stdout.print(f"not stored, since they were erased: {imported.erased:,}")
    if dry_run:
        common.stdout.print("Nothing was stored. Next: the same command without --dry-run")
    elif imported.suggested or imported.conflicts:
        common.stdout.print("Next: confirm or reject the suggested links on the page Customers (escucha dashboard)")
    elif imported.faults:
        common.stdout.print("Next: correct the invalid rows and import the file again; the others stay as they are")
