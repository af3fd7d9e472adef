"""The words of a post: plain, also where the column holds HTML."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from monitor.sources.files import words
from monitor.sources.files.vocabulary.bbcode import has_bbcode, without_bbcode
from monitor.sources.html import to_text
from monitor.tables.columns import bare_name
from monitor.tables.layout import Layout
from monitor.tables.text import clean
from monitor.tables.values import value_of
from monitor.text.mailboxes import mailbox
from monitor.text.nobody import is_taken_away
from monitor.text.quoted_mail import ends_quoting, quotes_mail, without_quoted

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
_OF_REDDIT = "selftext"
SUBJECTS = ("asunto", "subject", "assunto", "titulo", "title", "motivo")
"""Bare names of columns that hold a few words of a complaint where the text holds none."""
_SHARE = 0.05
"""Of the texts, those with markup that make a column one of HTML."""


def with_markup(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> Layout:
    """The layout, with whether its texts are HTML, by the column's name or by many of its texts; or have BBCode."""
    column = layout.columns.text or ""
    texts = [value for row in sample if (value := value_of(row, column))]
    if any(map(has_bbcode, texts)):
        note = f"texts in {column} have BBCode: they are stored as plain text, without what they quote of others"
        layout = replace(layout.with_note(note), bbcode=True)
    marked = sum(_MARKUP.search(value) is not None for value in texts)
    needed = 1 if _HTML_NAMES.search(bare_name(column)) else max(1, _SHARE * len(texts))
    if marked < needed:
        return layout
    return replace(layout.with_note(f"texts in {column} are HTML: they are stored as plain text"), html=True)


def with_quotes(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> Layout:
    """The layout with whether its texts are mails that quote others: as lines say, or `>` where mailboxes write."""
    columns = layout.columns
    quoting = 0
    for row in sample:
        written = value_of(row, columns.text)
        if written is None or "\n" not in written:
            continue
        sender = value_of(row, columns.author or columns.author_name)
        is_mail = sender is not None and "@" in sender and mailbox(sender) is not None
        quoting += quotes_mail(written) or (is_mail and ends_quoting(written))
    if not quoting:
        return layout
    note = f"mails in {columns.text} quote those they answer: what is quoted is left out of the posts' words"
    return replace(layout.with_note(note), quotes=True)


def with_titles(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> Layout:
    """The layout with the title that is among the words of Reddit's posts; or a note on rows with a subject alone."""
    text = layout.columns.text or ""
    named = {bare_name(column): column for column in layout.form.header}
    if bare_name(text) == _OF_REDDIT and "title" in named:
        return replace(layout, title=named["title"])
    asked = any(question.role == "text" for question in layout.questions)
    for column in (named[name] for name in SUBJECTS if name in named and not (asked or layout.texts)):
        count = sum(value_of(row, text) is None and value_of(row, column) is not None for row in sample)
        if count and column != text:
            note = f"rows without words in {text} that have some in {column}, not taken: {count:,} of those looked at"
            return layout.with_note(f"{note}; --column text={column} reads that column instead")
    return layout


def with_originals(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> Layout:
    """The layout with what people wrote before its translation, in files that have columns of translations."""
    header, text = layout.form.header, layout.columns.text or ""
    if layout.texts or not any(words.is_translated(column) for column in header):
        return layout
    asked = {column for one in layout.questions if one.role == "text" for column, _ in one.candidates}
    found = [column for column in header if words.is_original(column)]
    original = found[0] if len(found) == 1 and any(value_of(row, found[0]) for row in sample) else None
    beside = next((column for column in (text, *asked) if column != original), None)
    if original is None or beside is None or asked - {original, beside}:
        return layout
    questions = tuple(one for one in layout.questions if one.role != "text")
    note = f"of a text and its translation the text is taken: {original}, and {beside} in rows without one"
    return replace(layout.with_note(note), texts=(original, beside), questions=questions)


def with_title(title: str | None, text: str | None) -> str | None:
    """A post's title and what stands below it, in one text; None where it has neither, or was taken away."""
    if text and is_taken_away(text):
        return None
    return "\n\n".join(part for part in (title, text) if part) or None


def plain_text(written: str, layout: Layout) -> str:
    """The text as people meant it, stripped; '' when nothing is left. A text without markup keeps its lines.

    Google's translation beside it is left out.
    """
    written = without_bbcode(written) if layout.bbcode else written
    text = clean(to_text(written) if layout.html and _MARKUP.search(written) else written)
    if layout.quotes:
        text = without_quoted(text)
    if "(" not in text:
        return text
    return _TRANSLATED_LAST.sub("", _TRANSLATED_FIRST.sub("", text, 1))
