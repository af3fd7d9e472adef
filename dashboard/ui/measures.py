"""How figures of the desk are written: times of work, shares, changes, each with how many cases it stands on."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

import streamlit as st

from dashboard.i18n import t
from dashboard.ui import escaping, formatting
from dashboard.ui.formatting import number, percent
from monitor.store.metrics.speed import Proportion
from monitor.store.metrics.voices import Apart

Colour: TypeAlias = Literal["off", "inverse"]
"""off: neither good nor bad; inverse: less is better."""
FEW = 10
"""Below so many cases a share or a percentile is shown as too few to say."""


def share(measure: Proportion, digits: int = 0) -> str:
    """A share, or a dash where it stands on too few."""
    return percent(measure.share, digits) if measure.n >= FEW else "–"


def sample_size(count: int, *, few: int = FEW) -> str:
    """On how many cases a figure stands, and that they are too few where they are."""
    return t("metrics.of_none") if not count else t("metrics.of_few" if count < few else "metrics.of", n=count)


def change(now: float | None, before: float | None) -> str | None:
    """By how much a figure went up or down, in hundredths of what it was; None where there is nothing to tell."""
    if now is None or not before:
        return None
    difference = now / before - 1
    return f"{'+' if difference > 0 else '-'}{percent(abs(difference))}" if round(100 * difference) else None


def points(now: Proportion, before: Proportion) -> str | None:
    """By how many percentage points a share went up or down; None where it did not, or either stands on too few."""
    if now.share is None or before.share is None or min(now.n, before.n) < FEW:
        return None
    difference = round((now.share - before.share) * 100, 1)
    if not difference:
        return None
    return t("metrics.points", points=f"{'+' if difference > 0 else '-'}{formatting.decimal(abs(difference))}")


def figure(name: str, value: str, basis: str, change_text: str | None, *, colour: Colour = "off") -> None:
    """A headline figure: `name` is a key of `measure`, which has `<name>_help` too; `basis` says on what it stands."""
    with st.container(border=True, height="stretch", gap="xxsmall"):
        st.metric(t(f"measure.{name}"), value, change_text, delta_color=colour, help=t(f"measure.{name}_help"))
        st.caption(basis)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> None:
    """A table of words, not HTML: the first `left` columns are names, the others figures."""
    sides = ["" if at < left else ' class="n"' for at in range(len(heads))]

    def line(cells: Sequence[str], mark: str) -> str:
        parts = zip(sides, cells, strict=True)
        return f"<tr>{''.join(f'<{mark}{side}>{escaping.escape(cell)}</{mark}>' for side, cell in parts)}</tr>"

    head, body = line(heads, "th"), "".join(line(row, "td") for row in rows)
    st.html(f'<div class="scroll"><table class="facts"><thead>{head}</thead><tbody>{body}</tbody></table></div>')


def apart(apart: Apart, unclassified: int = 0) -> str:
    """Which posts are in no figure of what people say, or mentions that wait for the classifier; '' for none."""
    parts = {name: getattr(apart, name) for name in ("owned", "reposts", "copies", "unmatched", "deleted")}
    parts["unclassified"] = unclassified
    told = ", ".join(t(f"overview.apart_{name}", n=count) for name, count in parts.items() if count)
    return t("overview.apart", parts=told) if told else ""


def count_and_previous(count: int, before: int) -> str:
    """A count beside the one of the period before: "120 (98)"."""
    return f"{number(count)} ({number(before)})"
