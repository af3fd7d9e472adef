"""Columns that hold the brands' own accounts: who wrote the posts, or the brand's profile beside its customers.

Asked where no name tells it; and an own account in every row is told.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeAlias

from monitor import networks
from monitor.collect.known.own_accounts import OwnAccounts
from monitor.settings.loading import Settings
from monitor.sources.files import looks, speaker_words, words
from monitor.sources.files.asking import NOBODY
from monitor.sources.files.catalogue import entry_named
from monitor.sources.files.ids.repeated import RowValues
from monitor.sources.files.others.asked_speakers import ROLE
from monitor.sources.files.ownership import is_own
from monitor.sources.files.source import Layout
from monitor.tables.file_format import ReadProgress
from monitor.tables.forms.totals import is_total
from monitor.tables.layout import OpenQuestion
from monitor.tables.rows import rows
from monitor.tables.values import value_of
from monitor.text.folding import fold

_ROWS, _SEVERAL, _EXAMPLES = 5_000, 2, 3
"""Rows that are looked at; in how many an own account stands alone, so that it is asked; values that are shown."""
_NEARLY_ALL, _HALF = 0.95, 0.5
"""Shares of a column's values: own accounts from which it is the brand's profile; and that is most of them."""
_LONGEST_NAME = 60
"""Characters of a person's name."""
_OWN_ROWS = "your own messages, no posts of customers:"
"""How the note begins on rows that are taken as ours."""
_NONE: Collection[str] = ()
_Values: TypeAlias = Mapping[str, list[str]]


def with_own_column(settings: Settings, layout: Layout, named: Collection[str] = _NONE) -> Layout:
    """The layout with what its columns say of the brands' own accounts, and questions where that is in doubt.

    `named` are the roles for which a person named the column.
    """
    ours = OwnAccounts(settings)
    if not settings.own_accounts or "author" in {question.role for question in layout.questions}:
        return layout
    found = [row for _, _, row in islice(rows(layout.path, layout.form, 0, ReadProgress()), _ROWS)]
    values = _values(layout, found)
    columns = layout.columns
    if ROLE not in named:
        layout = _without_known_rows(_without_others(layout, ours, found), ours, found)
    if not columns.author and not columns.author_name:
        return layout if layout.own or layout.entry else _with_unnamed(layout, ours, values)
    return layout if {"author", "author_name"} & {*named} else _without_profile(layout, ours, values)


def _without_known_rows(layout: Layout, ours: OwnAccounts, found: Sequence[RowValues]) -> Layout:
    """The layout without the question whether some rows are ours, all or none, where own accounts wrote all of them."""
    author = layout.columns.author or layout.columns.author_name
    asked = [one for one in layout.questions if one.role == ROLE and one.candidates[-1][0] == NOBODY]
    rows_asked = [row for row in found if is_own(row, layout)]
    if not asked or not rows_asked or not all(ours.named(value_of(row, author)) for row in rows_asked):
        return layout
    return replace(layout, questions=tuple(one for one in layout.questions if one not in asked))


def _values(layout: Layout, found: Sequence[RowValues]) -> _Values:
    found = [row for row in found if not is_total(row)]
    return {
        column: [value for row in found if (value := value_of(row, column))]
        for column in layout.form.header
        if not words.is_no_author(column)
    }


def _with_unnamed(layout: Layout, ours: OwnAccounts, values: _Values) -> Layout:
    """The layout, asking whether the column that holds own accounts says who wrote the posts."""
    used = {column for _, column in layout.used_columns()}
    column = next((column for column in values if column not in used and _are_authors(ours, values[column])), None)
    return layout if column is None else _asking(layout, [column], values)


def _are_authors(ours: OwnAccounts, values: list[str]) -> bool:
    """Whether some are own accounts and most of the others different: brands and channels are the same few."""
    others = [value for value in values if not ours.named(value)]
    return len(values) - len(others) >= _SEVERAL and len(set(others)) * 2 > len(others) > 0


def _without_profile(layout: Layout, ours: OwnAccounts, values: _Values) -> Layout:
    """The layout, asking who wrote the posts where that column holds the brand in nearly all rows and one its people.

    With a note where it holds nothing but own accounts and no other may be meant.
    """
    columns = layout.columns
    author = columns.author or columns.author_name or ""
    cells = values.get(author, [])
    own = [value for value in cells if ours.named(value)]
    if not own or len(own) < _NEARLY_ALL * len(cells):
        return layout
    used = {column for role, column in layout.used_columns() if role != "author_name"} | {author}
    rivals = [
        column
        for column, found in values.items()
        if column not in used and _may_be_people(column, found, len(cells), ours, columns.author_name)
    ]
    if rivals and not layout.entry:
        return _asking(layout, [*rivals, author], values)
    if len(own) < len(cells):
        return layout
    shown = ", ".join(dict.fromkeys(own))
    return layout.with_note(
        f"every row of {author} is of an own account ({shown}): none opens a case; if another column says who wrote "
        "them: --column author=NAME"
    )


def _may_be_people(column: str, values: list[str], count: int, ours: OwnAccounts, name: str | None) -> bool:
    """Whether a column beside the brand's holds people: called so, or with an @ before most values."""
    if len(values) < _HALF * count or len(set(values)) < _SEVERAL:
        return False
    if sum(bool(ours.named(value)) for value in values) > _HALF * len(values):
        return False
    if any(len(value) > _LONGEST_NAME for value in values) or all(map(looks.is_no_word, values)):
        return False
    is_marked = sum(value.startswith("@") for value in values) > _HALF * len(values)
    return column == name or is_marked or words.is_person(column)


def _asking(layout: Layout, candidates: list[str], values: _Values) -> Layout:
    columns = layout.columns
    shown = tuple((column, tuple(dict.fromkeys(values[column]))[:_EXAMPLES]) for column in candidates)
    question = OpenQuestion("author", shown, "--column author=NAME")
    name = None if columns.author_name in candidates else columns.author_name
    columns = replace(columns, author=candidates[0], author_name=name)
    return replace(layout, columns=columns, questions=(*layout.questions, question))


def _without_others(layout: Layout, ours: OwnAccounts, found: Sequence[RowValues]) -> Layout:
    """The layout, in which the answers of other companies are not ours.

    `inbound` and `is_company_reply` say in files of several companies who asks and who answers, not which company.
    Names of several words are those of a desk's people, who write as the brand, unless the row names another company.
    """
    own, columns = layout.own, layout.columns
    author = columns.author or columns.author_id or columns.author_name
    if own is None or own.column is None or author is None or layout.network not in networks.profiles():
        return layout
    if layout.entry and entry_named(layout.entry).own:
        return layout
    answers = [row for row in found if (value_of(row, own.column or "") or "").casefold() in own.values]
    authors = list(dict.fromkeys(value for row in answers if (value := value_of(row, author))))
    others = [value for value in authors if not ours.named(value) and looks.is_handle(value) and not value.isdigit()]
    if speaker_words.is_inbound(own.column):
        return _without_own(layout, others) if others else layout
    if not any(map(ours.named, authors)):
        others = []
    others += [value for row in answers if (value := value_of(row, author)) and _is_of_another(row, author, ours)]
    return _with_other_authors(layout, author, [value for value in dict.fromkeys(others) if not ours.named(value)])


def _is_of_another(row: RowValues, author: str, ours: OwnAccounts) -> bool:
    """Whether a column of companies names one in this row that is none of ours and whose name the author bears."""
    companies = [column for column in row if column != author and words.is_company(column)]
    found = [value for column in companies if (value := value_of(row, column)) and not ours.names_brand(value)]
    name = fold(value_of(row, author) or "")
    return any(fold(value) in name for value in found)


def _without_own(layout: Layout, others: Sequence[str]) -> Layout:
    own = layout.own
    notes = tuple(note for note in layout.notes if not note.startswith(_OWN_ROWS))
    layout = replace(layout, own=None, own_names_customer=False, notes=notes)
    if own is None:
        return layout
    return layout.with_note(
        f"{own.column} does not tell your own messages: {', '.join(others[:_EXAMPLES])} are none of your own accounts; "
        f"if all are yours: --column own={own.column}={','.join(sorted(own.values))}"
    )


def _with_other_authors(layout: Layout, author: str, others: Sequence[str]) -> Layout:
    own = layout.own
    if not others or own is None:
        return layout
    own = replace(own, author=author, others=frozenset(value.casefold() for value in others))
    return replace(layout, own=own).with_note(
        f"not your own, though {own.column} says so: {', '.join(others[:_EXAMPLES])} are none of your own accounts; "
        f"if all are yours: --column own={own.column}={','.join(sorted(own.values))}"
    )
