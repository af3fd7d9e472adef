"""`escucha export cases`."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from monitor.cli import common
from monitor.cli.output import selections, targets
from monitor.errors import HandOverPermanent, SettingsError

if TYPE_CHECKING:
    from monitor.exporters.words import CaseWords
    from monitor.models.exports import CaseRow, CaseSelection
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
    machine: Annotated[
        bool | None,
        typer.Option(
            "--machine/--people",
            help="CSV and XLSX in codes for programs, or in words for people. Default: people; with --new "
            "exports.table of the settings.",
            show_default=False,
        ),
    ] = None,
    selection: Annotated[
        str | None, typer.Option(help="A selection of the settings (exports.selections); options outrank its parts.")
    ] = None,
    since: Annotated[
        date | None,
        typer.Option(parser=selections.day, metavar="DATE", help="Cases opened on this day or later."),
    ] = None,
    until: Annotated[
        date | None,
        typer.Option(parser=selections.day, metavar="DATE", help="Cases opened on this day or earlier."),
    ] = None,
    brand: Annotated[list[str] | None, typer.Option(help="Only this brand, repeatable.")] = None,
    network: Annotated[list[str] | None, typer.Option(help="Only this network, repeatable.")] = None,
    stage: Annotated[list[str] | None, typer.Option(help="Only this stage, repeatable.")] = None,
    owner: Annotated[list[str] | None, typer.Option(help='Only this owner, repeatable; "" is nobody.')] = None,
    category: Annotated[list[str] | None, typer.Option(help="Only this category, repeatable.")] = None,
    column: Annotated[
        list[str] | None, typer.Option(help="Column to write, repeatable, in this order. Default: all.")
    ] = None,
) -> None:
    """Exports cases with permalink, text, scores, labels and history. The file is replaced whole or not at all."""
    from monitor.exporters import files
    from monitor.exporters.words import FOR_PEOPLE
    from monitor.pipeline.selections import selected
    from monitor.runs import now

    settings = common.current_settings()
    files.format_of(to)
    target = targets.target(to, settings)
    _check_only_links(settings, only_links or (), new=new)
    chosen = selections.select(
        settings,
        selection,
        {
            "since": since,
            "until": until,
            "brands": brand,
            "networks": network,
            "stages": stage,
            "owners": owner,
            "categories": category,
            "columns": column,
        },
    )
    exports = {"separator": separator, "columns": chosen.columns or (settings.exports.columns if new else ())}
    table = ("codes" if machine else "words") if machine is not None or not new else settings.exports.table
    shaped = settings.model_copy(update={"exports": settings.exports.model_copy(update={**exports, "table": table})})
    wanted = selected(chosen, settings.zone, now())
    if new:
        _export_new(settings, shaped, target, wanted)
        if machine is None and table == "codes" and files.format_of(target) in FOR_PEOPLE:
            common.stdout.print('the table is in codes, for programs; in words: --people, or exports.table = "words"')
    else:
        _export_all(shaped, target, wanted, only_links or ())
    common.stdout.print("Next: escucha status")


def _check_only_links(settings: "Settings", only_links: Sequence[str], *, new: bool) -> None:
    """Raises SettingsError for a network that is none: a name that is mistyped would give the texts away."""
    from monitor.sources import registry

    for name in only_links:
        registry.module(name)
    if new and set(only_links) - set(settings.exports.only_links):
        raise SettingsError(
            "with --new, name the network in only_links of [exports] in escucha.toml, not as an option: "
            "an interrupted export is finished by the settings"
        )


def _export_all(settings: "Settings", target: Path, wanted: "CaseSelection", only_links: Sequence[str]) -> None:
    from monitor import store
    from monitor.exporters import files
    from monitor.pipeline import hand_over
    from monitor.store.cases import exports

    words = files.words_for(settings, str(target))
    with store.connect(settings.store, read_only=True) as connection:
        ids = exports.case_ids(connection, wanted)
    count = _write(settings, target, hand_over.case_rows(settings, ids, only_links, words), words)
    name = common.escape(str(target))
    if count:
        common.stdout.print(f"wrote {count:,} {common.plural(count, 'case')} to {name}")
    else:
        common.stdout.print(f"no case fits; wrote a table without rows to {name}")


def _write(settings: "Settings", target: Path, rows: "Iterable[CaseRow]", words: "CaseWords | None") -> int:
    """Writes the file, in the form that the settings have by now. Returns how many cases."""
    from monitor.exporters import files

    receipt = files.write(
        rows,
        target,
        zone=settings.zone,
        separator=settings.exports.separator,
        columns=settings.exports.columns,
        words=words,
        group_readable=_is_group_readable(target, settings),
    )
    return int(receipt.rpartition(", ")[2].partition(" ")[0])


def _export_new(settings: "Settings", shaped: "Settings", target: Path, wanted: "CaseSelection") -> None:
    """`shaped`: with the form that was asked for; what was interrupted has the form of the settings."""
    from monitor.exporters import files
    from monitor.pipeline import hand_over

    count, faults = hand_over.finish_promised(settings)
    if count:
        common.stdout.print(
            f"finished an interrupted export first: {count:,} {common.plural(count, 'case')}, in the file it was for"
        )
    new_count, name = hand_over.new_case_count(settings, wanted), common.escape(str(target))
    if new_count and target.exists():
        waiting = "case waits" if new_count == 1 else "cases wait"
        raise HandOverPermanent(
            f"{target} exists already, and {new_count:,} new {waiting}; nothing was exported. "
            "Next: name another file with --to"
        )
    if new_count:
        count = hand_over.export_new(shaped, "files", str(target), wanted)
        common.stdout.print(f"wrote {count:,} new {common.plural(count, 'case')} to {name}")
    elif target.exists():
        common.stdout.print(f"no new cases; {name} stays as it is")
    else:
        _write(shaped, target, (), files.words_for(shaped, str(target)))
        common.stdout.print(f"no new cases; wrote an empty table to {name}")
    if faults:
        raise faults[0]


def _is_group_readable(target: Path, settings: "Settings") -> bool:
    """Whether the group of the exports' folder may read this file: what lies in it is handed over."""
    exports = settings.exports
    is_inside = exports.folder is not None and target.resolve().is_relative_to(exports.folder.resolve())
    return exports.group_readable and is_inside
