"""Columns that a person named by hand: what they hold must be what was said."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from monitor.errors import UnexpectedAnswer
from monitor.sources.files.evidence import Evidence
from monitor.tables.columns import columns_hint
from monitor.tables.counts import read_count
from monitor.tables.layout import Layout
from monitor.tables.rows import place
from monitor.tables.times import time_format

_HALF = 0.5
_LONGEST_VALUE = 60
_TIMES = "2026-03-01 10:00, 01/03/2026 10:00, 1 de marzo de 2026, March 1, 2026 10:00 AM, 1772355600"
_COUNTS = "12, 1.234, 1,2 mil, 1.1K"
_ADDRESSES = "https://example.org/1"
_WHAT = {"posted_at": "times", "permalink": "addresses", **dict.fromkeys(("likes", "replies", "reposts"), "counts")}

Reads: TypeAlias = Callable[[str], bool]
"""Whether a value can be read."""


def check(layout: Layout, evidence: Evidence, columns: Mapping[str, str]) -> None:
    """Raises UnexpectedAnswer for a column (`columns`: role -> column) that is empty, or mostly unfit."""
    for role, column in columns.items():
        if role == "text" and not evidence.values(column):
            raise UnexpectedAnswer(f"--column text={column}: that column of {layout.path.name} is empty in every row")
        if role in ("likes", "replies", "reposts"):
            _check(layout, evidence, role, column, _is_count, _COUNTS)
        if role == "permalink":
            _check(layout, evidence, role, column, _is_address, _ADDRESSES)


def check_times(layout: Layout, evidence: Evidence) -> None:
    """Raises UnexpectedAnswer when no value of the column of times can be read, whoever chose it."""
    column = layout.columns.posted_at
    if column and evidence.values(column) and not evidence.share(column, _is_time):
        raise _unread(layout, evidence, "posted_at", column, _is_time, _TIMES)


def _check(layout: Layout, evidence: Evidence, role: str, column: str, reads: Reads, forms: str) -> None:
    if evidence.values(column) and evidence.share(column, reads) < _HALF:
        raise _unread(layout, evidence, role, column, reads, forms)


def _unread(layout: Layout, evidence: Evidence, role: str, column: str, reads: Reads, forms: str) -> UnexpectedAnswer:
    """The error for a column whose values cannot be read: the first of them, where it stands and what would do."""
    number, value = evidence.first_value(column, lambda value: not reads(value)) or (0, "")
    where = place(layout.path, layout.form, number, None).removeprefix(f"{layout.path.name}, ")
    few = "few" if evidence.share(column, reads) else "no"
    return UnexpectedAnswer(
        f"column {column} of {layout.path.name} holds {few} {_WHAT[role]} that can be read: {value[:_LONGEST_VALUE]!r} "
        f"({where}). Forms that would do: {forms}. Another column: --column {role}=NAME"
        f"{columns_hint(layout.form.header)}"
    )


def _is_time(value: str) -> bool:
    return bool(time_format(value))


def _is_count(value: str) -> bool:
    return read_count(value) is not None


def _is_address(value: str) -> bool:
    return value.lower().startswith(("http://", "https://"))
