"""Which rows of a file the brand wrote itself, as the file says it."""

from collections.abc import Mapping
from typing import Any

from monitor.tables.layout import Layout
from monitor.tables.values import value_of


def is_own(raw: Mapping[str, Any], layout: Layout) -> bool:
    """Whether the row is ours, whatever the accounts are called that wrote it."""
    if layout.own is None:
        return False
    return layout.own.column is None or (value_of(raw, layout.own.column) or "").casefold() in layout.own.values
