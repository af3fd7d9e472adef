"""The options of `escucha export cases`: which cases, and how the file is written."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from monitor.cli.output import selections

ToOption: TypeAlias = Annotated[Path, typer.Option(help="File to write: .csv, .xlsx, .jsonl or .parquet.")]
OverwriteOption: TypeAlias = Annotated[
    bool, typer.Option("--overwrite", help="Replace FILE even if it is no earlier export of cases.")
]
NewOption: TypeAlias = Annotated[
    bool, typer.Option("--new", help="Only cases that were not exported yet; they are marked as exported.")
]
ListSeparatorOption: TypeAlias = Annotated[
    Literal[",", ";"],
    typer.Option(help='Column separator of a CSV; ";" suits an Excel with decimal commas (Spanish).'),
]
OnlyLinksOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        help="Network (x, ...) of which only ids and links are exported, repeatable; adds to exports.only_links."
    ),
]
MachineOption: TypeAlias = Annotated[
    bool | None,
    typer.Option(
        "--machine/--people",
        help="CSV and XLSX in codes for programs, or in words for people. Default: people; with --new "
        "exports.table of the settings.",
        show_default=False,
    ),
]
SelectionOption: TypeAlias = Annotated[
    str | None, typer.Option(help="A selection of the settings (exports.selections); options outrank its parts.")
]
SinceOption: TypeAlias = Annotated[
    date | None, typer.Option(parser=selections.day, metavar="DATE", help="Cases opened on this day or later.")
]
UntilOption: TypeAlias = Annotated[
    date | None, typer.Option(parser=selections.day, metavar="DATE", help="Cases opened on this day or earlier.")
]
BrandsOption: TypeAlias = Annotated[list[str] | None, typer.Option(help="Only this brand, repeatable.")]
NetworksOption: TypeAlias = Annotated[list[str] | None, typer.Option(help="Only this network, repeatable.")]
StageOption: TypeAlias = Annotated[list[str] | None, typer.Option(help="Only this stage, repeatable.")]
OwnerOption: TypeAlias = Annotated[list[str] | None, typer.Option(help='Only this owner, repeatable; "" is nobody.')]
CategoryOption: TypeAlias = Annotated[list[str] | None, typer.Option(help="Only this category, repeatable.")]
ColumnsOption: TypeAlias = Annotated[
    list[str] | None, typer.Option(help="Column to write, repeatable, in this order. Default: all.")
]
