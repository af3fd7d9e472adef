"""Ids that count anew in each sheet, or below each post or chat of a table: they are ids only together with it.

So are those of what a row answers. Where no row refers to them, or no column tells within what they count, they are
none: `repeated`.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from monitor.sources.files.column_names import word_set
from monitor.sources.files.evidence import Evidence
from monitor.sources.files.ids.repeated import RowValues
from monitor.sources.files.ids.written import answered_id, bare_id, is_of_own_part
from monitor.sources.files.looks import is_free_text
from monitor.sources.files.ownership import is_own
from monitor.sources.files.words import words
from monitor.tables.file_format import PART
from monitor.tables.layout import Layout
from monitor.tables.values import time_text, value_of

Within: TypeAlias = Callable[[RowValues], str | None]
"""What a row's id counts within."""
_HOLDERS = word_set(
    "chat conversation conversacion conversa thread hilo topic tema post publicacion publicacao ticket case caso file "
    "archivo arquivo sheet hoja group grupo channel canal page pagina product producto forum foro parent padre room "
    "sala"
)
"""Words of names of what holds posts whose ids count from 1."""
_NAMES = _HOLDERS | word_set(
    "id ids ref referencia reference queja reclamo reclamacion complaint review resena comentario comment mensaje "
    "message responde respuesta reply answers answered resposta solicitud radicado folio expediente"
)
"""Words of names of what an answer tells of the post that it answers."""
_MOSTLY, _HALF = 0.8, 0.5
_OF_NETWORKS = 12
"""Characters from which an id is a network's own."""


@dataclass(frozen=True, slots=True)
class _Row:
    """What a row says of itself; `answered` is the id that it answers."""

    values: RowValues
    own_id: str
    answered: str | None
    said: tuple[str | None, str | None, str | None]
    """Author, time and text."""


def with_scopes(layout: Layout, found: Evidence) -> Layout:
    """The layout with the column within which its ids count, where they do and rows refer to them. `found`: its rows.

    Rows of a file of several sheets say in which they stand.
    """
    if layout.entry or layout.columns.id is None:
        return layout
    layout = _with_own_part(layout, found)
    if layout.columns.in_reply_to is None:
        return layout
    rows = list(_rows(layout, [row for row in found.rows if not is_of_own_part(row, layout)]))
    if not _counts_anew(rows, lambda _row: ""):
        return layout
    for column in _holders(layout, found):
        lost = _unresolved(rows, column, is_all=found.is_all)
        if lost is not None:
            return _within(layout, column, lost)
    return layout


def _with_own_part(layout: Layout, found: Evidence) -> Layout:
    """The layout with what the brand's rows in a part of their own answer, and whether their ids are others' there."""
    ours = [row for row in found.rows if PART in row and is_own(row, layout)]
    ids = {bare_id(row, layout.columns.id) for row in found.rows if not (PART in row and is_own(row, layout))} - {None}
    own_ids = [found_id for row in ours if (found_id := bare_id(row, layout.columns.id)) is not None]
    if not ours or not ids:
        return layout
    shared = sum(one in ids for one in own_ids)
    answered = _own_answers(layout, ours, ids)
    if answered is None and shared >= _MOSTLY * len(ours) and not _is_counter(own_ids):
        answered = layout.columns.id
    layout = replace(layout, own_answers=answered, own_ids_anew=bool(shared) and answered != layout.columns.id)
    if answered is None and not any(answered_id(row, layout) for row in ours):
        return layout.with_note("no column says which posts your own messages answer: each is kept by itself")
    return layout


def _own_answers(layout: Layout, ours: Sequence[RowValues], ids: Collection[str | None]) -> str | None:
    """The column of the brand's rows that holds the ids of other posts, by its name and what it holds."""
    used = {column for role, column in layout.used_columns() if role not in ("in_reply_to", "thread")}
    names = dict.fromkeys(name for row in ours for name in row)
    for column in (layout.columns.in_reply_to, *(name for name in names if name not in used)):
        if column is None or (column != layout.columns.in_reply_to and not _NAMES & set(words(column))):
            continue
        values = [value for row in ours if (value := bare_id(row, column)) is not None]
        if values and len(values) >= _HALF * len(ours) and sum(one in ids for one in values) >= _MOSTLY * len(values):
            return column
    return None


def _is_counter(ids: Sequence[str]) -> bool:
    """Whether ids only number the rows: 1, 2, 3."""
    return [*ids] in ([str(number) for number in range(first, first + len(ids))] for first in (0, 1))


def _within(layout: Layout, column: str, lost: int) -> Layout:
    columns = layout.columns
    layout = replace(layout, ids_within=column)
    layout = layout.with_note(f"{columns.id} counts anew in each {column}: it is an id only together with it")
    if not lost:
        return layout
    return layout.with_note(f"{lost:,} of the ids looked at in {columns.in_reply_to} name no row of the same {column}")


def _rows(layout: Layout, values: Sequence[RowValues]) -> Iterator[_Row]:
    columns = layout.columns
    author = columns.author or columns.author_name
    for row in values:
        own_id = bare_id(row, columns.id)
        if own_id is not None and len(own_id) < _OF_NETWORKS:
            said = (value_of(row, author), time_text(row, columns), value_of(row, columns.text))
            yield _Row(row, own_id, answered_id(row, layout), said)


def _counts_anew(rows: Sequence[_Row], within: Within) -> bool:
    """Whether an id is mostly that of different posts: of another text, and author or time."""
    posts: dict[tuple[str | None, str], list[_Row]] = defaultdict(list)
    for row in rows:
        posts[within(row.values), row.own_id].append(row)
    shared = [found for found in posts.values() if len(found) > 1]
    others = sum(any(_are_others(found[0], one) for one in found[1:]) for found in shared)
    return others > _HALF * len(shared)


def _are_others(one: _Row, other: _Row) -> bool:
    return one.said[2] != other.said[2] and one.said[:2] != other.said[:2]


def _holders(layout: Layout, found: Evidence) -> Iterator[str]:
    """The columns within whose values ids may count: the sheet, the thread, others that are called so."""
    columns = layout.columns
    if layout.form.parts:
        yield PART
    if columns.thread and columns.thread != columns.in_reply_to:
        yield columns.thread
    used = {column for role, column in layout.used_columns() if role != "thread"}
    for column in layout.form.header:
        if column in used or column == columns.thread or not _HOLDERS & set(words(column)):
            continue
        values = found.values(column)
        if 1 < len(set(values)) < len(values) and found.share(column, is_free_text) < _HALF:
            yield column


def _unresolved(rows: Sequence[_Row], column: str, *, is_all: bool) -> int | None:
    """How many rows answer what is not within the same value of a column; None: ids do not count within it.

    They do where none is that of two posts there, no row answers itself, rows that answer stand with one that does not,
    and most find what they answer.
    """

    def within(values: RowValues) -> str | None:
        return value_of(values, column)

    if any(within(row.values) is None for row in rows) or _counts_anew(rows, within):
        return None
    answers = [row for row in rows if row.answered is not None]
    if any(row.answered == row.own_id for row in answers):
        return None
    ids = {(within(row.values), row.own_id) for row in rows}
    begun = {within(row.values) for row in rows if row.answered is None}
    if is_all and not all(within(row.values) in begun for row in answers):
        return None
    lost = sum((within(row.values), row.answered) not in ids for row in answers)
    return None if is_all and lost > (1 - _MOSTLY) * len(answers) else lost if is_all else 0
