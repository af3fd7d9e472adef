"""Ids that stand in rows of different posts: those of the posts that the rows answer, or of their threads."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from monitor.sources.files.ids.written import bare_id, related_id
from monitor.sources.files.looks import is_free_text
from monitor.tables.layout import Layout, OpenQuestion
from monitor.tables.values import time_text, value_of

RowValues: TypeAlias = Mapping[str, Any]
Says: TypeAlias = Callable[[RowValues], str | None]
"""What a row says of itself."""
_HALF, _MOSTLY = 0.5, 0.8
_EXAMPLES, _LONGEST_EXAMPLE = 3, 80


def without_repeated(layout: Layout, sample: Sequence[RowValues], named: Collection[str]) -> Layout:
    """The layout without its column of ids where most rows share theirs with another post.

    Where those rows have one text, it is that of the post they answer: another column that differs is asked about.
    """
    column, columns = layout.columns.id, layout.columns
    ids = [found for row in sample if (found := bare_id(row, column))]
    if len(set(ids)) == len(ids):
        return layout
    if _share(layout, sample, lambda row: value_of(row, columns.text)) > _HALF:
        note = f"{column} is the same in posts of different texts: it is no post's id"
        return _without_references(layout.with_note(note), sample, ids)
    if (
        min(_share(layout, sample, _author(layout)), _share(layout, sample, lambda row: time_text(row, columns)))
        <= _HALF
    ):
        return layout
    note = f"{column} is the same in posts of different authors: it is no post's id"
    layout = _without_references(layout.with_note(note), sample, ids)
    others = [] if "text" in named or layout.texts else _differing_texts(layout, sample)
    if not others or any(question.role == "text" for question in layout.questions):
        return layout
    candidates = tuple((name, _examples(name, sample)) for name in (*others, str(columns.text)))
    layout = replace(layout, columns=replace(layout.columns, text=others[0]))
    return replace(layout, questions=(*layout.questions, OpenQuestion("text", candidates, "--column text=NAME")))


def _without_references(layout: Layout, sample: Sequence[RowValues], ids: Sequence[str]) -> Layout:
    """The layout without its column of ids, and without those that refer to these: each may mean several posts.

    A column that says of each row what its id says is none of them: both are the thread's.
    """
    column, shared = layout.columns.id, {found for found, times in Counter(ids).items() if times > 1}
    columns = replace(layout.columns, id=None)
    for role in ("in_reply_to", "thread"):
        name = getattr(columns, role)
        pairs = [(related_id(row, name, layout), bare_id(row, column)) for row in sample] if name else []
        others = [found for found, own in pairs if found and found != own]
        if others and sum(found in shared for found in others) > _HALF * len(others):
            note = f"{name} refers to {column}, which is not one post's: it joins no posts"
            layout, columns = layout.with_note(note), replace(columns, **{role: None})
    return replace(layout, columns=columns)


def _share(layout: Layout, sample: Sequence[RowValues], says: Says) -> float:
    """The share of the rows whose id is also that of a row that says something else."""
    said: dict[str, set[str]] = defaultdict(set)
    pairs = [(bare_id(row, layout.columns.id), says(row)) for row in sample]
    for found, value in pairs:
        if found and value:
            said[found].add(value)
    return sum(len(said.get(found or "", ())) > 1 for found, _ in pairs) / max(1, len(pairs))


def _author(layout: Layout) -> Says:
    column = layout.columns.author or layout.columns.author_name
    return lambda row: value_of(row, column)


def _differing_texts(layout: Layout, sample: Sequence[RowValues]) -> list[str]:
    """Columns of free text, not in use, that rows do not share."""
    used = {column for _, column in layout.used_columns()}
    found = []
    for column in layout.form.header:
        values = [value for row in sample if (value := value_of(row, column))]
        is_text = values and sum(map(is_free_text, values)) >= _HALF * len(values)
        if column not in used and is_text and len(set(values)) >= _MOSTLY * len(sample):
            found.append(column)
    return found


def _examples(column: str, sample: Sequence[RowValues]) -> tuple[str, ...]:
    values = dict.fromkeys(" ".join(value.split()) for row in sample if (value := value_of(row, column)))
    return tuple(value[:_LONGEST_EXAMPLE] for value in list(values)[:_EXAMPLES])
