"""Tables and lines of state, as the health page shows them; what goes in is HTML already where it says so."""

import re
from collections.abc import Iterable, Sequence

import streamlit as st

from dashboard.i18n import t
from dashboard.ui import escaping


def status_line(words: str, *, warn: bool) -> None:
    """A line that says how things stand; a command of ours between backticks is set as code."""
    line = re.sub("`(escucha [^`]*)`", r"<code>\1</code>", escaping.escape(words))
    st.html(f'<p class="state{" warn" if warn else ""}">{line}</p>')


def line(gist: str, marks: str, who: str, last: str, *, words: str = "") -> None:
    """An entry of a list, all of it HTML: what it is about, its marks, whose it is, and what was last.

    `words` is no HTML: the whole of a gist that may be too long for its place, to be seen on hover.
    """
    hover = f' title="{escaping.escape(words)}"' if words else ""
    st.html(
        f'<div class="line"><span class="gist" dir="auto"{hover}>{gist}</span><span class="side">{marks}</span>'
        f'<span class="meta">{who}</span><span class="side meta">{last}</span></div>'
    )


def table(names: Sequence[str], rows: Iterable[tuple[str, ...]], figures: tuple[int, ...] = ()) -> None:
    """A table of cells that are HTML; `names` are keys of `column`, those at `figures` are set to the right.

    A row may have one cell more than there are names: it stands below the others, as wide as the table is seen.
    """
    side = ['class="n"' if at in figures else "" for at in range(len(names))]
    head = "".join(
        f"<th {at}>{escaping.escape(t('column.' + name))}</th>" for at, name in zip(side, names, strict=True)
    )
    body = "".join(_row(side, row) for row in rows)
    st.html(
        f'<div class="scroll"><table class="facts"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _row(side: Sequence[str], row: Sequence[str]) -> str:
    cells = "".join(f"<td {at}>{cell}</td>" for at, cell in zip(side, row[: len(side)], strict=True))
    if len(row) == len(side):
        return f"<tr>{cells}</tr>"
    (below,) = row[len(side) :]
    return f'<tr class="above">{cells}</tr><tr><td colspan="{len(side)}"><div class="below">{below}</div></td></tr>'
