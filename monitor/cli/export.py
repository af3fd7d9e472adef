"""`escucha export cases`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from monitor.cli import common
from monitor.errors import HandOverPermanent, SettingsError

if TYPE_CHECKING:
    from monitor.settings.loading import Settings


def cases(
    to: Annotated[Path, typer.Option(help="File to write; its name ends in .csv, .xlsx, .jsonl or .parquet.")],
    new: Annotated[
        bool, typer.Option("--new", help="Only cases that no export holds yet; they count as exported from then on.")
    ] = False,
    separator: Annotated[
        Literal[",", ";"],
        typer.Option(help='Between the columns of a CSV; ";" for an Excel in Spanish (decimal commas).'),
    ] = ",",
    only_links: Annotated[
        list[str] | None,
        typer.Option(
            help="A network (x, ...) of whose posts only id and link are written; adds to exports.only_links."
        ),
    ] = None,
) -> None:
    """Writes cases with permalink, text, scores, labels and history. FILE is replaced as a whole, or not at all."""
    from monitor.exporters import files
    from monitor.sources import registry

    settings = common.current_settings()
    files.format_of(to)
    target = to.expanduser().absolute()
    for network in only_links or ():
        registry.module(network)  # a name that is mistyped would give the texts away
    if new and set(only_links or ()) - set(settings.exports.only_links):
        raise SettingsError("with --new, write only_links into [exports]: an export that breaks off is finished by it")
    if new:
        _export_new(settings, target, separator)
    else:
        _export_all(settings, target, separator, only_links or ())


def _export_all(settings: "Settings", target: Path, separator: str, only_links: Sequence[str]) -> None:
    from monitor.exporters import files
    from monitor.pipeline import hand_over

    rows = hand_over.case_rows(settings, only_links=only_links)
    receipt = files.write(rows, target, zone=settings.zone, separator=separator)
    common.out.print(f"wrote {_counted(receipt)} to {common.plain(str(target))}")


def _export_new(settings: "Settings", target: Path, separator: str) -> None:
    from monitor.exporters import files
    from monitor.pipeline import hand_over

    finished, faults = hand_over.finish_promised(settings)
    if finished:
        common.out.print(f"finished an earlier export first: {finished:,} cases, in the file it was meant for")
    waiting, name = hand_over.new_case_count(settings), common.plain(str(target))
    if waiting and target.exists():
        raise HandOverPermanent(
            f"{target} exists already and {waiting:,} cases are new: name another with --to (nothing was exported)"
        )
    if waiting:
        exports = settings.exports.model_copy(update={"separator": separator})
        count = hand_over.export_new(settings.model_copy(update={"exports": exports}), "files", str(target))
        common.out.print(f"wrote {count:,} new cases to {name}")
    elif target.exists():
        common.out.print(f"no new cases; {name} is left as it was")
    else:
        files.write((), target, zone=settings.zone, separator=separator)
        common.out.print(f"no new cases; wrote the header alone to {name}")
    if faults:
        raise faults[0]


def _counted(receipt: str) -> str:
    return receipt.partition(", ")[2]
