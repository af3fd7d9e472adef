"""`escucha store`: all of one database into another, and what a server's database needs a person for."""

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common, usage
from monitor.cli.acting import actor, recorded
from monitor.errors import SettingsError

if TYPE_CHECKING:
    from monitor.store.postgres.schema import Standing

stores = typer.Typer(
    cls=usage.Commands,
    help="Moves everything from one database to another, and brings a server's to a new version.",
    no_args_is_help=True,
)


@stores.command()
def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The database to read: a file, or postgresql://...")],
    target: Annotated[str, typer.Argument(metavar="TO", help="An empty database, written as FROM is.")],
) -> None:
    """Copies all of FROM to TO, compares what arrived and verifies the history of the cases.

    Stop what writes to FROM before. A copy that was cut off goes on with the same command.
    """
    from monitor import store
    from monitor.store.moves import moving

    settings = common.current_settings()
    one, other = (settings.store.model_copy(update={"url": _checked(url)}) for url in (source, target))
    if store.exists(one):
        recorded.record(settings.model_copy(update={"store": one}), "export", "store")
    with common.progress_bars() as progress:
        copied = moving.copy(one, other, progress)
    rows, tables = sum(copied.rows.values()), sum(1 for count in copied.rows.values() if count)
    common.stdout.print(
        f"[green]✓[/] {rows:,} rows of {tables} tables copied to {common.escape(other.place)}, each compared, and "
        "the history of the cases checked in both"
    )
    common.stdout.print(f"Head of the history, the same in both: {copied.head}")
    common.stdout.print("Next: name the new database in store.url (escucha.toml), then escucha doctor")


@stores.command()
def restored(
    yes: Annotated[bool, typer.Option("--yes", help="It was: let the numbers jump.")] = False,
) -> None:
    """Lets numbers go on beyond all that may have gone out, once pg_restore has brought back an older database.

    Tracking codes, events and hand-overs that went out since the backup never come to mean a second thing.
    """
    from monitor import store
    from monitor.cases import codes
    from monitor.store.audit import carrying
    from monitor.store.restores import numbers

    settings = common.current_settings()
    if not yes:
        raise SettingsError(
            f"all numbers of {settings.store.place} would jump far ahead: add --yes if an older database was restored "
            "there just now"
        )
    with store.connect(settings.store) as connection:
        numbers.begin(connection, None)
        carrying.go_on(connection, None, actor=actor.name(), origin=recorded.ORIGIN)
        lasts = numbers.read(connection).numbers
    common.stdout.print(
        f"Numbers jump, since nobody knows which have gone out: the next case is "
        f"{codes.format_code(lasts['case_ids'] + 1)}. Next: escucha cases verify"
    )


@stores.command()
def migrate(
    finish: Annotated[
        bool, typer.Option("--finish", help="No machine runs an older version any more: run what waited for that.")
    ] = False,
) -> None:
    """Brings the database to this version. What older versions do not survive waits until you say --finish."""
    from monitor import store

    settings = common.current_settings()
    if not settings.store.is_server:
        with store.connect(settings.store):
            pass
    lines = standing_lines(store.standing(settings.store, finish=finish))
    for line in lines or ["the database is that of this version"]:
        common.stdout.print(common.told(line))


def standing_lines(standing: "Standing | None") -> list[str]:
    """What a person needs to know of how a server's database stands to this version; nothing where they agree."""
    if standing is None:
        return []
    lines = []
    if standing.newer:
        lines.append(f"the database is of a newer version ({standing.newest}), beside which this one works: update it")
    if standing.waiting:
        count = len(standing.waiting)
        waits = f"{count} changes of the database wait" if count > 1 else "1 change of the database waits"
        lines.append(f"{waits} until no machine runs an older version: escucha store migrate --finish")
    return lines


def _checked(url: str) -> str:
    from pydantic import ValidationError

    from monitor.settings.loading import Store

    try:
        return Store(url=url).url
    except ValidationError as error:
        raise SettingsError(str(error.errors()[0]["msg"]).removeprefix("Value error, ")) from None
