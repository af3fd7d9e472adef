"""Which row is which post: by a column of ids, an address, else by what the row says."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from monitor import networks
from monitor.tables.layout import Layout
from monitor.tables.text import one_line
from monitor.tables.values import id_of, is_rounded, time_text, value_of

_FEW = 5
"""Rows that prove nothing."""


def with_ids(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> Layout:
    """The layout, with whether its ids are trusted, and the notes on them."""
    if layout.columns.id is None:
        source = "they are taken from the links where these hold one, else made from author, time and text"
        return layout.with_note(f"no column holds ids: {source}")
    values = [value for row in sample if (value := value_of(row, layout.columns.id))]
    missing = sum(id_of(row, layout.columns.id) is None for row in sample)
    long = [value for value in values if value.isdigit() and len(value) > 16]
    rounded = len(long) >= _FEW and all(map(is_rounded, long))
    if rounded or (missing and missing > len(sample) / 2):
        note = f"a spreadsheet rounded the ids in {layout.columns.id}: they are made from author, time and text instead"
        return replace(layout.with_note(note), rounded_ids=rounded)
    return layout


def post_id(raw: Mapping[str, Any], layout: Layout, author: str | None, permalink: str | None, text: str) -> str:
    """The id of the column, else the one in an address of X, else a hash that stays the same for the same row."""
    post_ids = networks.profile(layout.network).post_ids
    linked = post_ids.in_permalink(permalink) if permalink and post_ids else None
    if linked and layout.tool_ids:
        return linked
    column_id = id_of(raw, layout.columns.id)
    if column_id is not None and layout.id_in is not None:
        column_id = found[1] if (found := layout.id_in.search(column_id)) else None
    if column_id is not None and not (layout.rounded_ids and is_rounded(column_id)):
        return column_id if column_id.isprintable() else one_line(column_id) or _hash_id(raw, layout, author, text)
    return linked or _hash_id(raw, layout, author, text)


def _hash_id(raw: Mapping[str, Any], layout: Layout, author: str | None, text: str) -> str:
    parts = (author or "", time_text(raw, layout.columns) or "", text)
    return "h" + blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=12).hexdigest()
