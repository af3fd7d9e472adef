"""Tables and lines of state, as the health page shows them; what goes in is HTML already where it says so."""

from collections.abc import Iterable, Sequence

import streamlit as st

from dashboard.i18n import t
from dashboard.ui import escaping


def status_line(words: str, *, warn: bool) -> None:
    """A line that says how things stand."""
    st.html(f'<p class="state{" warn" if warn else ""}">{escaping.escape(words)}</p>')


def table(names: Sequence[str], rows: Iterable[tuple[str, ...]], figures: tuple[int, ...] = ()) -> None:
    """A table of cells that are HTML; `names` are keys of `column`, those at `figures` are set to the right."""
    side = ['class="n"' if at in figures else "" for at in range(len(names))]
    head = "".join(
        f"<th {at}>{escaping.escape(t('column.' + name))}</th>" for at, name in zip(side, names, strict=True)
    )
    body = "".join(
        f"<tr>{''.join(f'<td {at}>{cell}</td>' for at, cell in zip(side, row, strict=True))}</tr>" for row in rows
    )
    st.html(
        f'<div class="scroll"><table class="facts"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )
