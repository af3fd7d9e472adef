"""Which rows of a file the brand wrote itself, and which are no posts, as the file says it."""

from collections.abc import Mapping
from typing import Any

from monitor.tables.file_format import PART
from monitor.tables.layout import Layout, MarkedRows
from monitor.tables.values import value_of


def is_own(raw: Mapping[str, Any], layout: Layout) -> bool:
    """Whether the row is ours, whatever the accounts are called that wrote it."""
    if layout.own_parts and str(raw.get(PART, "")).casefold() in layout.own_parts:
        return True
    return _has(raw, layout.own)


def is_private(raw: Mapping[str, Any], layout: Layout) -> bool:
    """Whether nobody outside has read it: a note of a desk. Where another column says that a customer wrote it: no."""
    own, private = layout.own, layout.private
    if private is None or not _has(raw, private):
        return False
    return own is None or private.column == own.column or value_of(raw, own.column) is None or is_own(raw, layout)


def _has(raw: Mapping[str, Any], mark: MarkedRows | None) -> bool:
    if mark is None or (mark.author and (value_of(raw, mark.author) or "").casefold() in mark.others):
        return False
    return mark.column is None or (value_of(raw, mark.column) or "").casefold() in mark.values
