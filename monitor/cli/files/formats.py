"""`escucha formats`: the exports that are known."""

from typing import Annotated

import typer
from rich.text import Text

from monitor.cli import common, terminal


def formats(
    word: Annotated[str, typer.Argument(help="Only those whose name or tool has this word.")] = "",
) -> None:
    """Lists the exports of other tools whose columns `escucha import` knows, and how to get each."""
    from monitor.sources.files import catalogue
    from monitor.text.folding import fold

    spanish = terminal.language() == "es"
    found = 0
    for entry in catalogue.entries():
        name = entry.name_es if spanish and entry.name_es else entry.name
        how = entry.how_es if spanish else entry.how
        if fold(word) not in fold(f"{entry.id} {entry.name} {name} {how}"):
            continue
        found += 1
        common.stdout.print(Text(f"{name} ({entry.id})", "bold"))
        common.stdout.print(Text(f"  {how}"))
    if not found:
        common.stdout.print(f"No known export has {word!r} in its name.", markup=False)
    common.stdout.print("Other tables are read too: escucha import FILE --network NAME --dry-run shows what is found.")
