"""Which column of a file holds the texts, for the commands that read nothing else of it: found as an import does."""

import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from monitor.errors import UnexpectedAnswer
from monitor.sources.files import catalogue, evidence
from monitor.sources.files.roles.text import texts_in
from monitor.tables import rows
from monitor.tables.columns import columns_hint
from monitor.tables.file_format import FileFormat, ReadProgress

USUAL = "text"
"""The column that is taken without a look at the others."""
_SAMPLE = 200
"""Rows looked at for the columns of a file that has no header."""


def header_of(file: Path, form: FileFormat) -> tuple[str, ...]:
    """The names of a file's columns; of one without a header those of its first rows."""
    return form.header or _keys(rows.rows(file, form, 0, ReadProgress()))


def find(file: Path, form: FileFormat) -> str:
    """The column of the texts: `text`, what is known of another tool's export, or by its name and what it holds.

    Raises UnexpectedAnswer where none or more than one may be it.
    """
    if USUAL in header_of(file, form):
        return USUAL
    found = evidence.look(file, form)
    header = form.header or found.names()
    entry = catalogue.match_form(form, header)
    known = entry.columns_in(header) if entry else {}
    column = known.get("text") or likeliest(file, header, found)
    if column is None:
        raise UnexpectedAnswer(f"no column of {file.name} holds the texts: --text-column NAME{columns_hint(header)}")
    return column


def likeliest(
    file: Path, header: Sequence[str], found: evidence.Evidence, others: Collection[str | None] = ()
) -> str | None:
    """The column of texts, none of `others`; None: none looks like it. Raises UnexpectedAnswer where two may be it."""
    texts, is_sure = texts_in([column for column in header if column not in others], found)
    if is_sure:
        return texts[0] if texts else None
    options = ", ".join(f"--text-column {shlex.quote(column)}" for column in texts)
    raise UnexpectedAnswer(f"more than one column of {file.name} may hold the texts: {options}")


def _keys(numbered_rows: Iterator[tuple[int, int | None, Mapping[str, Any]]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for _, _, row in islice(numbered_rows, _SAMPLE) for key in row if key))
