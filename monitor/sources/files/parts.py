"""Parts of a file, sheets and tables below each other: rows say in which they stand where it tells who wrote them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from monitor.sources.files import catalogue
from monitor.sources.files.columns import FINDER
from monitor.sources.files.evidence import Evidence, look
from monitor.sources.files.ids import scopes
from monitor.sources.files.others.asked_speakers import part_question
from monitor.sources.files.speakers import NOBODY, FileSpeakers
from monitor.tables.file_format import PART, FileFormat, FilePart
from monitor.tables.forms import sides
from monitor.tables.forms.threads import IN_REPLY_TO
from monitor.tables.layout import Layout
from monitor.tables.rows import in_part
from monitor.tables.values import flat_names, value_of

_HALF, _MOSTLY = 0.5, 0.8
_FEW = 5
"""People who answer for a brand, at most, in a file that does not say who they are."""


def parts_of(form: FileFormat, below: Sequence[FilePart]) -> tuple[FilePart, ...]:
    """The parts in order: the sheets, or the first table, and `below`, the tables under them."""
    sheets = [FilePart(sheet.first, sheet.name) for sheet in form.sheets]
    return tuple(sorted([*(sheets or [FilePart(0, "1")]), *below], key=lambda part: part.first))


def with_titled(
    path: Path, form: FileFormat, found: Evidence, below: Sequence[FilePart]
) -> tuple[FileFormat, Evidence]:
    """The form whose rows say in which part they stand, and these rows, where a title tells who wrote them."""
    parts = parts_of(form, below)
    if any(part.header for part in parts):
        form = replace(form, parts=parts)
        return form, look(path, form)
    own, asked = _sides(parts)
    return told(form, found, parts) if own or asked else (form, found)


def told(form: FileFormat, found: Evidence, parts: Sequence[FilePart]) -> tuple[FileFormat, Evidence]:
    """The form whose rows say in which of these parts they stand, and these rows."""
    if form.parts:
        return form, found
    rows = tuple(in_part(parts, number, row) for number, row in zip(found.numbers, found.rows, strict=True))
    return replace(form, parts=tuple(parts)), replace(found, rows=rows, _values={})


def with_scopes(layout: Layout, found: Evidence, below: Sequence[FilePart]) -> tuple[Layout, Evidence]:
    """The layout with what its ids count within: its parts, in which its rows then say that they stand, or a column.

    `below`: tables under the first.
    """
    parts = parts_of(layout.form, below)
    if len(parts) > 1 and not layout.form.parts and layout.form.kind in ("separated", "spreadsheet", "html"):
        form, rows = told(layout.form, found, parts)
        scoped = scopes.with_scopes(replace(layout, form=form), rows)
        if scoped.ids_within == PART:
            return scoped, rows
    return scopes.with_scopes(layout, found), found


def with_asked_lists(path: Path, form: FileFormat, found: Evidence) -> tuple[FileFormat, Evidence]:
    """The form, and its rows, that say in which list they stood, where such a list may be the brand's answers."""
    if not form.answers or catalogue.match_form(form, found.names()):
        return form, found
    tagged = look(path, replace(form, asked_lists=form.answers))
    asked = tuple(key for key in form.answers if _may_be_ours(key, tagged.rows))
    if not asked:
        return form, found
    form = replace(form, asked_lists=asked)
    return form, tagged if asked == form.answers else look(path, form)


def _may_be_ours(key: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether answers in lists with this key may be the brand's: nobody signs them, or the same few to several posts.

    Those in a list beside the one of posts may always be.
    """
    answers = [row for row in rows if row.get(PART) == key]
    others = [row for row in rows if row.get(PART) != key]
    if not answers or not others or all(IN_REPLY_TO not in row for row in answers):
        return bool(answers and others)
    columns = FINDER.find("", list(dict.fromkeys(name for row in rows for name in flat_names(row))))
    column = columns.get("author") or columns.get("author_name") or columns.get("author_id")
    signed = [(author, row[IN_REPLY_TO]) for row in answers if (author := value_of(row, column)) and IN_REPLY_TO in row]
    if len(signed) < _HALF * len(answers):
        return True
    customers = {value_of(row, column) for row in others}
    answered: dict[str, set[Any]] = defaultdict(set)
    for author, post in signed:
        answered[author].add(post)
    few = [author for author, posts in answered.items() if len(posts) > 1 and author not in customers]
    return len(few) <= _FEW and sum(author in few for author, _ in signed) >= _MOSTLY * len(signed)


def with_titles(speakers: FileSpeakers, form: FileFormat, found: Evidence, named: str | None) -> FileSpeakers:
    """Who speaks, with the parts whose titles say that the brand wrote them; and the question where they may.

    `named` is what a person says of the own rows.
    """
    own, asked = ([], form.asked_lists) if form.asked_lists else _sides(form.parts)
    if named == NOBODY or (named or "").startswith(PART) or not (own or asked):
        return speakers
    if own:
        note = f"your own messages, no posts of customers: rows with {PART} = {', '.join(own)}"
        speakers = replace(
            speakers, own_parts=frozenset(name.casefold() for name in own), notes=(*speakers.notes, note)
        )
    if asked and not (speakers.own or speakers.questions or named):
        guessed = speakers.own_parts | {name.casefold() for name in asked}
        speakers = replace(speakers, own_parts=guessed, questions=(part_question(asked, found),))
    return speakers


def _sides(parts: Collection[FilePart]) -> tuple[list[str], list[str]]:
    """The names of the parts that the brand wrote; and of those that it may have.

    Of a file's only part no answer is asked about, and `Sent` alone is.
    """
    found = {part.name: sides.side_of(part.name) for part in parts}
    own = [name for name, side in found.items() if side == "own"]
    asked = [name for name, side in found.items() if side == "asked"]
    if len(own) + len(asked) < len(found):
        return own, asked
    clear = [name for name in own if not sides.says_sent_alone(name)]
    return clear, [name for name in own if name not in clear]
