"""Columns that a person named by hand: what they hold must be what was said."""

from collections.abc import Callable, Mapping

from monitor.errors import UnexpectedAnswer
from monitor.sources.files.evidence import Evidence
from monitor.tables.counts import read_count
from monitor.tables.layout import Layout
from monitor.tables.rows import place
from monitor.tables.times import time_format

_HALF = 0.5
_LONGEST_VALUE = 60
_TIMES = "2026-03-01 10:00, 01/03/2026 10:00, 1 de marzo de 2026, March 1, 2026 10:00 AM, 1772355600"
_ADDRESS = "an address that begins with http:// or https://"
_FORMS: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "posted_at": (lambda value: bool(time_format(value)), _TIMES),
    "permalink": (lambda value: value.lower().startswith(("http://", "https://")), _ADDRESS),
    **dict.fromkeys(
        ("likes", "replies", "reposts"), (lambda value: read_count(value) is not None, "12, 1.234, 1,2 mil, 1.1K")
    ),
}
"""How a role's values can be read, and the forms that would do."""


def check(layout: Layout, evidence: Evidence, columns: Mapping[str, str]) -> None:
    """Raises UnexpectedAnswer for a column (`columns`: role -> column) that is empty, or mostly unfit."""
    for role, column in columns.items():
        if role == "text" and not evidence.values(column):
            raise UnexpectedAnswer(f"--column text={column}: that column of {layout.path.name} is empty in every row")
        if role not in _FORMS:
            continue
        reads, forms = _FORMS[role]
        if evidence.values(column) and evidence.share(column, reads) < _HALF:
            raise unread(layout, evidence, role, column, reads, forms)


def unread(
    layout: Layout, evidence: Evidence, role: str, column: str, reads: Callable[[str], bool], forms: str
) -> UnexpectedAnswer:
    """The error for a column whose values cannot be read: the first of them, where it stands and what would do."""
    number, value = evidence.first_value(column, lambda value: not reads(value)) or (0, "")
    where = place(layout.path, layout.form, number, None)
    return UnexpectedAnswer(
        f"column {column} cannot be read as {role}: {value[:_LONGEST_VALUE]!r} ({where}); forms that would do: {forms}"
    )
