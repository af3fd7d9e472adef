"""Columns whose names mean a role, the best first."""

from collections.abc import Callable, Sequence

from monitor.sources.files import words
from monitor.sources.files.column_names import NAMES, WEAK
from monitor.tables.columns import bare_name

_FORMS_OF_TEXT = ("plain", "plaintext", "plain_text", "raw", "rendered", "html", "markdown", "value")
"""What stands inside an object that holds one text in several forms: WordPress's `content.rendered`."""


def named_columns(role: str, header: Sequence[str], is_not: Callable[[str], bool]) -> list[str]:
    """The columns whose names mean the role, the best first; those inside objects behind the others."""
    names = NAMES[role].split()
    ranked = []
    for position, column in enumerate(header):
        name, inside = bare_name(column), _name_inside(role, column)
        if is_not(column) or not (name in names or words.means(role, column) or inside in names):
            continue
        is_inside = name not in names and not words.means(role, column)
        name = inside if is_inside else name
        ranked.append(
            (is_inside, is_weak(column), names.index(name) if name in names else len(names), position, column)
        )
    return [column for *_, column in sorted(ranked)]


def _name_inside(role: str, column: str) -> str:
    """The name within the object that it stands in: `record.user.screen_name` is userscreenname; "" for no object."""
    parts = column.split(".")
    if role == "text" and len(parts) > 1 and parts[-1] in _FORMS_OF_TEXT:
        return bare_name(parts[-2])
    return bare_name(".".join(parts[-2 if role == "author" else -1 :])) if len(parts) > 1 else ""


def is_weak(column: str) -> bool:
    """Whether its name says less than others do, or that it is worked over."""
    return bare_name(column) in WEAK or words.is_worked_over(column)


def without_weak(columns: Sequence[str]) -> list[str]:
    """Those whose names say more, where there are any."""
    return [column for column in columns if not is_weak(column)] or list(columns)
