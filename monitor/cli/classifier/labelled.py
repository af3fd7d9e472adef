"""Posts with labels, from a file in whatever form: which columns hold what, and what the labels say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from monitor import i18n
from monitor.cli import common
from monitor.cli.classifier import text_column
from monitor.cli.classifier.classify import text_of
from monitor.errors import UnexpectedAnswer
from monitor.settings.desk import CATEGORIES, Category
from monitor.sources.files import evidence
from monitor.sources.files.column_names import NAMES
from monitor.sources.files.columns import FINDER as POST_FINDER
from monitor.tables import detect, rows
from monitor.tables.columns import ColumnFinder, bare_name, columns_hint
from monitor.tables.file_format import ReadProgress
from monitor.tables.values import value_of
from monitor.text.language_names import language_code

_NAMES = {
    "complaint": ("complaint", "iscomplaint", "queja", "esqueja", "reclamo", "esreclamo", "reclamacion", "reclamacao"),
    "sentiment": ("sentiment", "sentimiento", "polarity", "polaridad", "sentimento"),
    "about": ("about", "isabout", "aboutbrand", "aboutcompany", "sobremarca", "sobreempresa", "sobrelamarca"),
    "category": ("category", "categoria", "categoriaqueja", "complaintcategory"),
    "text": NAMES["text"].split(),  # behind the labels: a column called complaint may be either
    "language": NAMES["language"].split(),
}
_LABELS = ("complaint", "sentiment", "about", "category")
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


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """A text and its labels; `language` is None where the file does not say it.

    `about` is whether it is about a company, brand, product or service at all. `category` is one of the desk's.
    """

    text: str
    complaint: bool | None
    sentiment: Literal[0, 1, 2] | None
    language: str | None
    about: bool | None = None
    category: str | None = None


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


def read(
    file: Path, overrides: Mapping[str, str | None], skipped: SkippedRows, categories: Sequence[Category] = CATEGORIES
) -> Iterator[LabelledRow]:
    """Yield the usable rows and count the others in `skipped`.

    `overrides` gives the columns of text, complaint, sentiment, about, category and language; None: found by their
    names. `categories` are the desk's. Raises UnexpectedAnswer when the file cannot be read or lacks a text or any
    label.
    """
    names = _category_names(categories)
    form = detect.detect_format(file, POST_FINDER)
    for note in form.notes:
        common.stderr.print(common.told(note))
    header = text_column.header_of(file, form)
    found = evidence.look(file, form)
    columns = _columns(file, header, overrides, found, names)
    if overrides.get("text") is None:
        labels = {columns[role] for role in (*_LABELS, "language")}
        columns["text"] = text_column.likeliest(file, header, found, labels) or columns["text"]
    for number, line, row in rows.rows(file, form, 0, ReadProgress()):
        labelled = _row(row, columns, names)
        if isinstance(labelled, str):
            skipped.add(labelled, rows.place(file, form, number, line).removeprefix(f"{file.name}, "))
        else:
            yield labelled


def _columns(
    file: Path,
    header: Sequence[str],
    overrides: Mapping[str, str | None],
    found: evidence.Evidence,
    categories: Mapping[str, str],
) -> dict[str, str | None]:
    labels = {"about": _YES | _NO, "category": categories.keys()}
    kinds = {"about": "no yes or no", "category": "no category of the desk's"}

    def may_be(role: str, _name: str, column: str) -> bool:
        if role not in labels or found.share(column, lambda value: _folded(value) in labels[role]) > 0.5:
            return True
        again = f"to read it all the same: --{role}-column NAME"
        words = f"the column {column} holds {kinds[role]} and is not read; {again}"
        common.stderr.print(f"[yellow]![/] {common.told(words)}")
        return False

    columns: dict[str, str | None] = {**dict.fromkeys(_NAMES), **_FINDER.find(file.name, header, overrides, may_be)}
    if columns["text"] is None:
        raise UnexpectedAnswer(f"no column of {file.name} holds the texts: --text-column NAME{columns_hint(header)}")
    if not any(columns[label] for label in _LABELS):
        options = "--complaint-column NAME, --sentiment-column NAME, --about-column NAME or --category-column NAME"
        raise UnexpectedAnswer(f"no column of {file.name} holds labels: {options}{columns_hint(header)}")
    return columns


def _category_names(categories: Sequence[Category]) -> dict[str, str]:
    """The names of the desk's categories by how people write them, folded: as they are, and as they see them."""
    spellings = {}
    for category in categories:
        shown = i18n.tell("es", f"category {category.name}").removeprefix("category ")
        for spelling in (shown, category.en, category.es, category.name):
            spellings[_folded(spelling)] = category.name
    return {spelling: name for spelling, name in spellings.items() if spelling}


def _row(row: Mapping[str, Any], columns: Mapping[str, str | None], categories: Mapping[str, str]) -> LabelledRow | str:
    """The row, or why it cannot be used; never what stands in it."""
    text = text_of(row, columns["text"] or "")
    if isinstance(text, ValueError) or not text.strip():
        return "no usable text"
    labels = {label: _folded_label(row, columns[label]) for label in _LABELS}
    if misfit := _misfit(labels, categories):
        return misfit
    complaint, sentiment, about, category = labels.values()
    return LabelledRow(
        text,
        complaint in _YES if complaint else None,
        _SENTIMENTS[sentiment] if sentiment else None,
        _language(row, columns["language"]),
        about in _YES if about else None,
        categories.get(category),
    )


def _misfit(labels: Mapping[str, str], categories: Mapping[str, str]) -> str | None:
    """Why the labels of a row cannot be used."""
    fitting = {
        "complaint": ({*_YES, *_NO}, "complaint is neither yes nor no"),
        "sentiment": (_SENTIMENTS, "sentiment is not negative, neutral or positive"),
        "about": ({*_YES, *_NO}, "about is neither yes nor no"),
        "category": (categories, "category is none of the desk's"),
    }
    for label, (known, reason) in fitting.items():
        if labels[label] and labels[label] not in known:
            return reason
    return None if any(labels.values()) else "no label"


def _language(row: Mapping[str, Any], column: str | None) -> str | None:
    """The code without its region; what names no language as it is written."""
    code = language_code(value_of(row, column) or "")
    return code.partition("-")[0] if code else _folded_label(row, column, "-_") or None


def _folded_label(row: Mapping[str, Any], column: str | None, cut: str = "") -> str:
    """A label without accents, case and signs (a minus stays), "" if none; behind a sign of `cut` nothing counts."""
    return _folded(value_of(row, column) or "", cut)


def _folded(label: str, cut: str = "") -> str:
    value = label.removesuffix(".0")
    for sign in cut:
        value = value.partition(sign)[0]
    return f"{'-' if value.startswith('-') else ''}{bare_name(value)}"
