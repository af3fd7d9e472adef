"""What a person says of a file's form (`FormOptions`): read as people write it, refused where the file is another."""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from monitor.errors import UnfitFile
from monitor.tables.file_format import SEPARATORS, FormOptions, quoted

_SHOWN_ROWS, _SHOWN_CHARACTERS = 10, 80
"""Rows that a message shows, and characters of a row."""
_WORDS = {"comma": ",", "coma": ",", "semicolon": ";", "puntoycoma": ";", "tab": "\t", "tabulador": "\t", "\\t": "\t",
          "bar": "|", "pipe": "|", "barra": "|", "space": " ", "espacio": " "}  # fmt: skip


def check_options(path: Path, options: FormOptions, form: str, fitting: Sequence[str]) -> None:
    """Raises UnfitFile for an option that says nothing of a file of this form."""
    for option in fields(options):
        if getattr(options, option.name) not in (None, [], ()) and option.name not in fitting:
            raise UnfitFile(
                "file_option",
                "{file} is {form}: leave out {option}, which says nothing of such a file",
                file=path.name,
                form=form,
                option=f"--{option.name.replace('_', '-')}",
            )


def separator_named(path: Path, separator: str | None, text: str) -> str | None:
    """The character for what a person typed: `;`, `semicolon`, `tab`. Raises UnfitFile if the file's text has none."""
    if separator is None:
        return None
    sign = _WORDS.get(separator.lower().replace(" ", ""), separator) if separator != " " else separator
    if len(sign) == 1 and sign not in '"\r\n\0\\' and sign in text:
        return sign
    present = [f"{name} ({text.count(character):,})" for character, name in SEPARATORS.items() if character in text]
    raise UnfitFile(
        "file_separator",
        "{file} has no column separated by {separator}: --separator is one sign or comma, semicolon, tab, bar. "
        "At its beginning stand: {present}",
        file=path.name,
        separator=quoted([separator]),
        present=", ".join(present) or "none of these",
    )


def header_row_error(path: Path, row: int, rows: Sequence[tuple[int, Sequence[Any]]]) -> UnfitFile:
    """For a row that is to name the columns and holds nothing; `rows` are the first that do, with their numbers."""
    shown = [
        f"{number}: {', '.join(str(cell) for cell in cells if cell)[:_SHOWN_CHARACTERS]}"
        for number, cells in rows[:_SHOWN_ROWS]
    ]
    return UnfitFile(
        "file_header_row",
        "{file} names no columns in row {row}: --header-row is the number of the row that does, or 0. Its rows: {rows}",
        file=path.name,
        row=row,
        rows=" | ".join(shown),
    )
