"""The words of a post: plain, also where the column holds HTML."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from monitor.sources.html import to_text
from monitor.tables.columns import bare_name
from monitor.tables.layout import Layout
from monitor.tables.text import clean
from monitor.tables.values import value_of

_MARKUP = re.compile(
    r"<(?:p|br|div|span|a|b|i|u|strong|em|ul|ol|li|blockquote|pre|img|h[1-6]|table|t[rdh]|font|html|body|small|hr)"
    r"(?:\s[^<>]{0,2000})?/?>|</(?:p|div|span|a|strong|em|ul|ol|blockquote|table|html|body)>",
    re.IGNORECASE,
)
_HTML_NAMES = re.compile(r"html|textdisplay")
_BY_MACHINE = re.compile(
    r"\((?:translated by|traducido por|traduzido p(?:or|elo)|tradu[çc][ãa]o do|tradu[iï]t per) google\)"
).pattern
_TRANSLATED_FIRST = re.compile(rf"\s*{_BY_MACHINE}.*?\(original\)\s*(?=\S)", re.IGNORECASE | re.DOTALL)
_TRANSLATED_LAST = re.compile(rf"(?<=\S)\s*{_BY_MACHINE}.*", re.IGNORECASE | re.DOTALL)
"""How Google puts its translation beside a review's own words."""
_SHARE = 0.05
"""Of the texts, those with markup that make a column one of HTML."""


def with_markup(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> Layout:
    """The layout, with whether its texts are HTML: by the column's name or by many of its texts."""
    column = layout.columns.text or ""
    texts = [value for row in sample if (value := value_of(row, column))]
    marked = sum(_MARKUP.search(value) is not None for value in texts)
    needed = 1 if _HTML_NAMES.search(bare_name(column)) else max(1, _SHARE * len(texts))
    if marked < needed:
        return layout
    return replace(layout.with_note(f"texts in {column} are HTML: they are stored as plain text"), html=True)


def plain_text(written: str, layout: Layout) -> str:
    """The text as people meant it, stripped; '' when nothing is left. A text without markup keeps its lines.

    Google's translation beside it is left out.
    """
    text = clean(to_text(written) if layout.html and _MARKUP.search(written) else written)
    if "(" not in text:
        return text
    return _TRANSLATED_LAST.sub("", _TRANSLATED_FIRST.sub("", text, 1))
