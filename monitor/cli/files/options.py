"""The options of `escucha import` that say what the file does not: whose posts they are, which column holds what."""

from typing import Annotated, Literal, TypeAlias

import typer

NetworkOption: TypeAlias = Annotated[str, typer.Option(help="Network the posts come from: x, reddit, facebook, ...")]
BrandOption: TypeAlias = Annotated[
    str | None, typer.Option(help="Assign all posts to this brand. Default: the brands' queries decide.")
]
ColumnOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        help="ROLE=COLUMN where the guess is wrong, repeatable; roles: text, id, author, posted_at, thread, ..."
    ),
]
TimeZoneOption: TypeAlias = Annotated[
    str | None, typer.Option(help="Time zone of times without an offset. Default: time_zone of the settings.")
]
DateOrderOption: TypeAlias = Annotated[
    Literal["dmy", "mdy", "ymd", "swapped"] | None,
    typer.Option(help="Which of 03/04/2026 is the day: dmy, mdy; ymd: 26-04-03; swapped: a spreadsheet turned them."),
]
AcceptOption: TypeAlias = Annotated[
    bool, typer.Option("--accept-guesses", help="Take the likeliest column where two may be meant, and go on.")
]
DryRunOption: TypeAlias = Annotated[
    bool, typer.Option("--dry-run", help="Show the columns and five rows as they would be stored, and store nothing.")
]
JsonOption: TypeAlias = Annotated[
    bool, typer.Option("--json", help="With --dry-run: tell all of it as one JSON object.")
]
