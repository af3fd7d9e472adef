"""Posts with labels, from a file in whatever form: which columns hold what, and what the labels say."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from monitor.cli import common
from monitor.cli.classifier.classify import text_of
from monitor.errors import UnexpectedAnswer
from monitor.sources.files import evidence
from monitor.sources.files.column_names import NAMES
from monitor.sources.files.columns import FINDER as POST_FINDER
from monitor.sources.files.roles.text import texts_in
from monitor.tables import detect, rows
from monitor.tables.columns import ColumnFinder, bare_name, columns_hint
from monitor.tables.layout import ReadProgress
from monitor.tables.values import value_of
from monitor.text.language_names import language_code

_NAMES = {
    "complaint": ("complaint", "iscomplaint", "queja", "esqueja", "reclamo", "esreclamo", "reclamacion", "reclamacao"),
    "sentiment": ("sentiment", "sentimiento", "polarity", "polaridad", "sentimento"),
    "text": NAMES["text"].split(),  # behind the labels: a column called complaint may be either
    "language": NAMES["language"].split(),
}
_FINDER = ColumnFinder(_NAMES, option="--{role}-column ")
_YES = frozenset(
    {"1", "si", "s", "yes", "y", "true", "t", "verdadero", "v", "complaint", "queja", "reclamo", "reclamacion"}
)
_NO = frozenset(
    {"0", "no", "n", "false", "f", "falso", "none", "other", "otro", "noqueja", "nocomplaint", "notacomplaint"}
)
_SENTIMENTS: Mapping[str, Literal[0, 1, 2]] = {
    **dict.fromkeys(("neg", "negative", "negativo", "negativa", "n"), 0),
    **dict.fromkeys(("neu", "neutral", "neutro", "neutra", "none"), 1),
    **dict.fromkeys(("pos", "positive", "positivo", "positiva", "p"), 2),
}
_SAMPLE = 200
"""Rows looked at for the columns of a file that has no header."""


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """A text and its labels; `language` is None where the file does not say it."""

    text: str
    complaint: bool | None
    sentiment: Literal[0, 1, 2] | None
    language: str | None


@dataclass(slots=True)
class SkippedRows:
    """Rows that could not be used: how many, by reason, and where the first ones are."""

    most_places: int = 5
    reasons: dict[str, int] = field(default_factory=dict)
    places: dict[str, list[str]] = field(default_factory=dict)

    def add(self, reason: str, place: str) -> None:
        """Count a row."""
        self.reasons[reason] = self.reasons.get(reason, 0) + 1
        places = self.places.setdefault(reason, [])
        if len(places) < self.most_places:
            places.append(place)


def read(file: Path, overrides: Mapping[str, str | None], skipped: SkippedRows) -> Iterator[LabelledRow]:
    """Yield the usable rows and count the others in `skipped`.

    `overrides` gives the columns of text, complaint, sentiment and language; None: found by their names. Raises
    UnexpectedAnswer when the file cannot be read or lacks a text or any label.
    """
    form = detect.detect_format(file, POST_FINDER)
    for note in form.notes:
        common.stderr.print(common.told(note))
    header = form.header or _keys(rows.rows(file, form, 0, ReadProgress()))
    columns = _columns(file, header, overrides)
    if overrides.get("text") is None:
        columns["text"] = _text_column(file, header, columns, evidence.look(file, form))
    for number, line, row in rows.rows(file, form, 0, ReadProgress()):
        labelled = _row(row, columns)
        if isinstance(labelled, str):
            skipped.add(labelled, rows.place(file, form, number, line).removeprefix(f"{file.name}, "))
        else:
            yield labelled


def _keys(numbered_rows: Iterator[tuple[int, int | None, Mapping[str, Any]]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for _, _, row in islice(numbered_rows, _SAMPLE) for key in row if key))


def _columns(file: Path, header: Sequence[str], overrides: Mapping[str, str | None]) -> dict[str, str | None]:
    columns: dict[str, str | None] = {**dict.fromkeys(_NAMES), **_FINDER.find(file.name, header, overrides)}
    if columns["text"] is None:
        raise UnexpectedAnswer(f"no column of {file.name} holds the texts: --text-column NAME{columns_hint(header)}")
    if columns["complaint"] is None and columns["sentiment"] is None:
        options = "--complaint-column NAME or --sentiment-column NAME"
        raise UnexpectedAnswer(f"no column of {file.name} holds labels: {options}{columns_hint(header)}")
    return columns


def _text_column(
    file: Path, header: Sequence[str], columns: Mapping[str, str | None], found: evidence.Evidence
) -> str | None:
    """The column of texts. Raises UnexpectedAnswer where two may be it and say different things."""
    labels = {columns[role] for role in ("complaint", "sentiment", "language")}
    texts, is_sure = texts_in([column for column in header if column not in labels], found)
    if is_sure:
        return texts[0] if texts else columns["text"]
    options = ", ".join(f"--text-column {shlex.quote(column)}" for column in texts)
    raise UnexpectedAnswer(f"more than one column of {file.name} may hold the texts: {options}")


def _row(row: Mapping[str, Any], columns: Mapping[str, str | None]) -> LabelledRow | str:
    """The row, or why it cannot be used; never what stands in it."""
    text = text_of(row, columns["text"] or "")
    if isinstance(text, ValueError) or not text.strip():
        return "no usable text"
    complaint, sentiment = _folded_label(row, columns["complaint"]), _folded_label(row, columns["sentiment"])
    if complaint not in ("", *_YES, *_NO):
        return "complaint is neither yes nor no"
    if sentiment not in ("", *_SENTIMENTS):
        return "sentiment is not negative, neutral or positive"
    if not complaint and not sentiment:
        return "no label"
    return LabelledRow(
        text,
        complaint in _YES if complaint else None,
        _SENTIMENTS[sentiment] if sentiment else None,
        _language(row, columns["language"]),
    )


def _language(row: Mapping[str, Any], column: str | None) -> str | None:
    """The code without its region; what names no language as it is written."""
    code = language_code(value_of(row, column) or "")
    return code.partition("-")[0] if code else _folded_label(row, column, "-_") or None


def _folded_label(row: Mapping[str, Any], column: str | None, cut: str = "") -> str:
    """A label without accents, case and signs (a minus stays), "" if none; behind a sign of `cut` nothing counts."""
    value = (value_of(row, column) or "").removesuffix(".0")
    for sign in cut:
        value = value.partition(sign)[0]
    return f"{'-' if value.startswith('-') else ''}{bare_name(value)}"
