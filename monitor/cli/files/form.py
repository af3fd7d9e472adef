"""The options that say of a file's form what is not to be found out, alike in every command that reads a table."""

from typing import Annotated, TypeAlias

import typer

SheetOption: TypeAlias = Annotated[
    list[str] | None, typer.Option(help="Sheet of a workbook, repeatable. Default: all with the same header.")
]
HeaderRowOption: TypeAlias = Annotated[
    int | None, typer.Option(min=0, help="Row that names the columns, from 1; 0: none does. Default: found.")
]
SeparatorOption: TypeAlias = Annotated[
    str | None, typer.Option(help="What separates columns: , ; | or tab. Default: found.")
]
EncodingOption: TypeAlias = Annotated[
    str | None, typer.Option(help="Encoding, such as utf-8 or cp1252. Default: found.")
]
