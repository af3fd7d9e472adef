"""`escucha formats`: the exports that are known."""

import re
from typing import Annotated

import typer
from rich.text import Text

from monitor.cli import common, terminal

_SHORT = 2  # letters
_GROUPS = {
    "chats": (), "desk": ("support", "atención"), "listening": ("listening", "escucha"), "meta": ("Meta",), "own": (),
    "reviews": ("reviews", "reseñas"), "video": ("video",), "microblogs": ("X", "Twitter"),
}  # fmt: skip
"""What the files of exports are about, in both languages; as the guides list them."""


def formats(
    word: Annotated[str, typer.Argument(help="Only those whose name or tool has this word.")] = "",
) -> None:
    """Lists the exports of other tools whose columns `escucha import` knows, and how to get each."""
    from monitor.sources.files import catalogue

    groups = catalogue.groups()
    spanish = terminal.language() == "es"
    found = 0
    for entry in catalogue.entries():
        name = entry.name_es if spanish and entry.name_es else entry.name
        how = entry.how_es if spanish else entry.how
        words = (*_GROUPS[groups[entry.id]], entry.id, entry.name, entry.name_es, entry.how, entry.how_es)
        if not _is_named(word, " ".join(words)):
            continue
        found += 1
        common.stdout.print(Text(f"{name} ({entry.id})", "bold"))
        common.print_wrapped(how, "  ")
    if not found:
        common.stdout.print(f"No known export has {word!r} in its name.", markup=False)
    common.stdout.print("Other tables are read too: escucha import FILE --network NAME --dry-run shows what is found.")


def _is_named(word: str, text: str) -> bool:
    """Whether words of the text begin with this; one of a letter or two, such as X, is a whole word."""
    from monitor.text.folding import fold

    end = r"(?![^\W_])" if len(word.strip()) <= _SHORT else ""
    return re.search(rf"(?<![^\W_]){re.escape(fold(word.strip()))}{end}", fold(text)) is not None
