"""`escucha export cases`."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from monitor.cli import common
from monitor.errors import HandOverPermanent, SettingsError

if TYPE_CHECKING:
    from monitor.settings.loading import Settings


def cases(
    to: Annotated[Path, typer.Option(help="File to write: .csv, .xlsx, .jsonl or .parquet.")],
    new: Annotated[
        bool, typer.Option("--new", help="Only cases that were not exported yet; they are marked as exported.")
    ] = False,
    separator: Annotated[
        Literal[",", ";"],
        typer.Option(help='Column separator of a CSV; ";" suits an Excel with decimal commas (Spanish).'),
    ] = ",",
    only_links: Annotated[
        list[str] | None,
        typer.Option(
            help="Network (x, ...) of which only ids and links are exported, repeatable; adds to exports.only_links."
        ),
    ] = None,
) -> None:
    """Exports cases with permalink, text, scores, labels and history. The file is replaced whole or not at all."""
    from monitor.exporters import files
    from monitor.sources import registry

    settings = common.current_settings()
    files.format_of(to)
    target = Path(os.path.abspath(to.expanduser()))  # noqa: PTH100 (resolving links would hide the name that was asked for)
    for network in only_links or ():
        registry.module(network)  # a name that is mistyped would give the texts away
    if new and set(only_links or ()) - set(settings.exports.only_links):
        raise SettingsError(
            "with --new, name the network in only_links of [exports] in escucha.toml, not as an option: "
            "an interrupted export is finished by the settings"
        )
    if new:
        _export_new(settings, target, separator)
    else:
        _export_all(settings, target, separator, only_links or ())
    common.stdout.print("Next: escucha status")


def _export_all(settings: "Settings", target: Path, separator: str, only_links: Sequence[str]) -> None:
    from monitor.exporters import files
    from monitor.pipeline import hand_over

    rows = hand_over.case_rows(settings, only_links=only_links)
    readable = _is_group_readable(target, settings)
    receipt = files.write(rows, target, zone=settings.zone, separator=separator, group_readable=readable)
    count = int(receipt.rpartition(", ")[2].partition(" ")[0])
    common.stdout.print(f"wrote {count:,} {common.plural(count, 'case')} to {common.escape(str(target))}")


def _export_new(settings: "Settings", target: Path, separator: str) -> None:
    from monitor.exporters import files
    from monitor.pipeline import hand_over

    count, faults = hand_over.finish_promised(settings)
    if count:
        common.stdout.print(
            f"finished an interrupted export first: {count:,} {common.plural(count, 'case')}, in the file it was for"
        )
    new_count, name = hand_over.new_case_count(settings), common.escape(str(target))
    if new_count and target.exists():
        waiting = "case waits" if new_count == 1 else "cases wait"
        raise HandOverPermanent(
            f"{target} exists already, and {new_count:,} new {waiting}; nothing was exported. "
            "Next: name another file with --to"
        )
    if new_count:
        exports = settings.exports.model_copy(update={"separator": separator})
        count = hand_over.export_new(settings.model_copy(update={"exports": exports}), "files", str(target))
        common.stdout.print(f"wrote {count:,} new {common.plural(count, 'case')} to {name}")
    elif target.exists():
        common.stdout.print(f"no new cases; {name} stays as it is")
    else:
        readable = _is_group_readable(target, settings)
        files.write((), target, zone=settings.zone, separator=separator, group_readable=readable)
        common.stdout.print(f"no new cases; wrote an empty table to {name}")
    if faults:
        raise faults[0]


def _is_group_readable(target: Path, settings: "Settings") -> bool:
    """Whether the group of the exports' folder may read this file: what lies in it is handed over."""
    exports = settings.exports
    is_inside = exports.folder is not None and target.resolve().is_relative_to(exports.folder.resolve())
    return exports.group_readable and is_inside
