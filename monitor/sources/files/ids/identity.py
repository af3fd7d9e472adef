"""Which row is which post: by a column of ids, an address, else by every column of the row."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from monitor import networks
from monitor.models.posts import ROW_ID
from monitor.sources.files.ids.repeated import without_repeated
from monitor.sources.files.ids.unique import counters, unique_column
from monitor.sources.files.ids.written import are_rounded, bare_id, id_within, is_of_own_part, is_rounded, undisguised
from monitor.sources.files.ownership import is_own
from monitor.sources.files.vocabulary import time_names
from monitor.tables.columns import bare_name
from monitor.tables.counts import read_count
from monitor.tables.file_format import PART
from monitor.tables.layout import Layout
from monitor.tables.text import one_line
from monitor.tables.times import time_format
from monitor.tables.values import raw_value, value_of

_HALF = 0.5
_ROW_BYTES = 13
"""The size of the hash of a row."""
_CHANGING = re.compile(
    r"(?:n|num|numero|number|total)?(?:de|of)?(?:likes?|megusta|favou?rites?|favoritos|retweets?|reposts?|shares?|compartidos"
    r"|replies|respuestas|comments|comentarios|views?|vistas|visualizaciones|plays|reproducciones|impressions|impresiones"
    r"|reach|alcance|engagements?|interactions?|interacciones|reactions|reacciones|upvotes|downvotes|votes|votos|score"
    r"|followers?|seguidores|following|siguiendo|helpful|thumbsup|bookmarks?|quotes)(?:count|counts|total)?|[a-z]+count"
)
"""Bare names of columns whose values grow while the post stays the same."""


def with_ids(layout: Layout, sample: Sequence[Mapping[str, Any]], named: Collection[str] = ()) -> Layout:
    """The layout, with the column of ids, whether it is trusted, and the notes on it. `named`: roles a person named."""
    sample = [row for row in sample if not is_of_own_part(row, layout)]
    layout = replace(layout, changing=_changing(layout, sample), rounded_columns=_rounded_columns(layout, sample))
    if layout.columns.id is not None and "id" not in named and layout.entry is None and not layout.ids_within:
        layout = without_repeated(layout, sample, named)
    if layout.columns.id is None and layout.entry is None:
        layout = _with_unique(layout, sample)
    column = layout.columns.id
    if column is None:
        return layout.with_note(
            "no column holds ids: they are taken from the links where these hold one, else made from the whole row"
        )
    others = sorted(layout.rounded_columns - {column})
    if others:
        layout = layout.with_note(f"a spreadsheet rounded the ids in {', '.join(others)}: they are not used")
    missing = sum(bare_id(row, column) is None for row in sample)
    lost = sum(bare_id(row, column) is None and value_of(row, column) is not None for row in sample)
    rounded = column in layout.rounded_columns
    if missing and not lost and not rounded and missing > _HALF * len(sample):
        return layout.with_note(f"most rows have no id in {column}: for these the whole row stands")
    if rounded or missing > _HALF * len(sample):
        note = f"a spreadsheet rounded the ids in {column}: they are made from the whole row instead"
        return replace(layout.with_note(note), rounded_ids=rounded)
    if lost:
        note = f"a spreadsheet rounded {lost:,} of the ids looked at in {column}: for these the whole row stands"
        return layout.with_note(note)
    return layout


def post_id(raw: Mapping[str, Any], layout: Layout, permalink: str | None) -> str:
    """The id of the column, else the one in an address of X, else a hash that stays the same for the same row."""
    post_ids = networks.profile(layout.network).post_ids
    linked = post_ids.in_permalink(permalink) if permalink and post_ids else None
    if linked and layout.tool_ids:
        return linked
    return column_id(raw, layout) or linked or row_id(raw, layout)


def column_id(raw: Mapping[str, Any], layout: Layout) -> str | None:
    """The id that the column of ids holds, as a post of that row has it; None: it has none there."""
    if layout.own and layout.own.column == layout.columns.id and is_own(raw, layout):
        return None  # `↳ Respuesta` in its place
    found = _column_id(bare_id(raw, layout.columns.id), layout)
    return None if found is None else id_within(raw, layout, found)


def row_id(raw: Mapping[str, Any], layout: Layout) -> str:
    """An id made from all that a row says, but what changes while the post stays the same."""
    left_out = {
        *layout.changing,
        layout.columns.likes,
        layout.columns.replies,
        layout.columns.reposts,
        layout.scraped_at,
        PART,
    }
    if layout.reply:  # an answer may come later
        left_out |= {layout.reply.text, layout.reply.posted_at, layout.reply.author}
    left_out |= {column for one in layout.later for column in (one.text, one.posted_at)}
    parts = []
    for name in sorted(raw):
        if name not in left_out and (value := _said(raw, name)) is not None:
            parts += [name, value.lstrip("@") if name == layout.columns.author else value]
    return made_id(parts, _ROW_BYTES)


def _column_id(found: str | None, layout: Layout) -> str | None:
    if found is not None and layout.id_in is not None:
        found = match[1] if (match := layout.id_in.search(found)) else None
    if found is None or (layout.rounded_ids and is_rounded(undisguised(found))):
        return None
    return found if found.isprintable() else one_line(found)


def made_id(parts: Sequence[str], size: int) -> str:
    """An id made from these parts: their hash, of `size` bytes."""
    return ROW_ID + blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=size).hexdigest()


def _said(raw: Mapping[str, Any], name: str) -> str | None:
    value = raw_value(raw, name)
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True, default=str) if value else None
    return value_of(raw, name)


def _changing(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    named = {
        column
        for column in layout.form.header
        if (time_names.is_scraped(column) and _are_times(column, sample))
        or (_CHANGING.fullmatch(bare_name(column)) and _counts(column, sample))
    }
    taken = {column for _, column in layout.used_columns()}
    return frozenset((named | counters(layout, sample)) - (taken - _counted(layout)))


def _are_times(column: str, sample: Sequence[Mapping[str, Any]]) -> bool:
    return all(time_format(value) for row in sample if (value := value_of(row, column)))


def _counts(column: str, sample: Sequence[Mapping[str, Any]]) -> bool:
    return all(read_count(value) is not None for row in sample if (value := value_of(row, column)))


def _counted(layout: Layout) -> set[str]:
    columns = layout.columns
    return {column for column in (columns.likes, columns.replies, columns.reposts) if column}


def _rounded_columns(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    columns = (layout.columns.id, layout.columns.thread, layout.columns.in_reply_to, layout.columns.author_id)
    found = {column for column in columns if column}
    return frozenset(
        column for column in found if are_rounded(value for row in sample if (value := bare_id(row, column)))
    )


def _with_unique(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> Layout:
    others = (layout.zone_column, layout.scraped_at, layout.own.column if layout.own else None)
    used = {column for _, column in layout.used_columns()}
    taken = used | {*layout.texts} | {column for column in others if column}
    asked = {name for question in layout.questions for name, _ in question.candidates}
    column = unique_column(layout, sample, taken | asked | layout.changing)
    if column is None:
        return layout
    note = f"no name says which column holds ids: {column} is taken, in which no two rows are the same"
    return replace(layout.with_note(note), columns=replace(layout.columns, id=column))
