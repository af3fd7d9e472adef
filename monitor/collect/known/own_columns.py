"""Files in which no name says who wrote the posts, though a column holds the brands' own accounts: that is asked."""

from dataclasses import replace
from itertools import islice

from monitor.settings.loading import Settings
from monitor.sources.files import words
from monitor.sources.files.source import Layout
from monitor.tables.forms.totals import is_total
from monitor.tables.layout import OpenQuestion, ReadProgress
from monitor.tables.rows import rows
from monitor.tables.values import value_of
from monitor.text.folding import fold_handle

_ROWS, _SEVERAL, _EXAMPLES = 5_000, 2, 3
"""Rows that are looked at; in how many an own account stands alone, so that it is asked; values that are shown."""


def with_own_column(settings: Settings, layout: Layout) -> Layout:
    """The layout, asking whether the column that holds own accounts says who wrote the posts, where no other does."""
    columns, asked = layout.columns, {question.role for question in layout.questions}
    if columns.author or columns.author_name or layout.own or layout.entry or "author" in asked:
        return layout
    used = {column for _, column in layout.used_columns()}
    found = list(islice(rows(layout.path, layout.form, 0, ReadProgress()), _ROWS))
    values = {
        column: [value for _, _, row in found if not is_total(row) and (value := value_of(row, column))]
        for column in layout.form.header
        if column not in used and not words.is_no_author(column)
    }
    column = next((column for column, cells in values.items() if _are_authors(settings, cells)), None)
    if column is None:
        return layout
    question = OpenQuestion(
        "author", ((column, tuple(dict.fromkeys(values[column]))[:_EXAMPLES]),), "--column author=NAME"
    )
    return replace(layout, columns=replace(columns, author=column), questions=(*layout.questions, question))


def _are_authors(settings: Settings, values: list[str]) -> bool:
    """Whether some are own accounts and most of the others different: brands and channels are the same few."""
    others = [value for value in values if fold_handle(value) not in settings.own_accounts]
    return len(values) - len(others) >= _SEVERAL and len(set(others)) * 2 > len(others) > 0
