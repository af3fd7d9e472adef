"""`escucha store`: all of one database into another, on whichever engine."""

from typing import Annotated

import typer

from monitor.cli import common, usage

stores = typer.Typer(cls=usage.Commands, help="Moves everything from one database to another.", no_args_is_help=True)


@stores.command()
def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The database to read: a file, or postgresql://...")],
    target: Annotated[str, typer.Argument(metavar="TO", help="An empty database, written as FROM is.")],
) -> None:
    """Copies all of FROM to TO, compares what arrived and verifies the history of the cases.

    Stop what writes to FROM before. A copy that was cut off goes on with the same command.
    """
    from monitor.store import moving

    settings = common.current_settings()
    one, other = (settings.store.model_copy(update={"url": _checked(url)}) for url in (source, target))
    with common.progress_bars() as progress:
        copied = moving.copy(one, other, progress)
    rows, tables = sum(copied.rows.values()), sum(1 for count in copied.rows.values() if count)
    common.stdout.print(
        f"[green]✓[/] {rows:,} rows of {tables} tables copied to {common.escape(other.place)}, each compared; the "
        "history of the cases is sound"
    )
    common.stdout.print(f"Head of the history, the same in both: {copied.head}")
    common.stdout.print("Next: name the new database in store.url (escucha.toml), then escucha doctor")


@stores.command()
def restored() -> None:
    """Lets numbers go on beyond all that may have gone out, once pg_restore has brought back an older database.

    Tracking codes, events and hand-overs that went out since the backup never come to mean a second thing.
    """
    from monitor import store
    from monitor.cases import codes
    from monitor.store.restores import numbers

    settings = common.current_settings()
    with store.connect(settings.store) as connection:
        numbers.begin(connection, None)
        lasts = numbers.read(connection).numbers
    common.stdout.print(
        f"Numbers jump, since nobody knows which have gone out: the next case is "
        f"{codes.format_code(lasts['case_ids'] + 1)}. Next: escucha cases verify"
    )


def _checked(url: str) -> str:
    from pydantic import ValidationError

    from monitor.errors import SettingsError
    from monitor.settings.loading import Store

    try:
        return Store(url=url).url
    except ValidationError as error:
        raise SettingsError(str(error.errors()[0]["msg"]).removeprefix("Value error, ")) from None
