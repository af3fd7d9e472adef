"""Who of a file's writers is the desk, by to whom the others write: one to whom nearly all do, and who writes itself.

Taken where several write to it; where one does, both may be the desk and a person is asked.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from monitor.sources.files import words
from monitor.sources.files.evidence import Evidence
from monitor.sources.files.others.asked_speakers import ROLE, Voices, question
from monitor.tables.layout import Layout, MarkedRows
from monitor.tables.values import value_of
from monitor.text.folding import fold
from monitor.text.mailboxes import mailbox

_MOSTLY = 0.8
"""The share of what others write that is written to the desk."""
_SEVERAL = 2
"""Writers to one of whom it is sure that it is the desk."""
_NOT_TO = ("reply", "replied", "respuest", "respond", "respost", "mention")
"""Within names of columns of whom a post answers, which is any other's."""
_BETWEEN = re.compile(r"[;,]")


def with_desk(layout: Layout, evidence: Evidence, named_own: str | None) -> Layout:
    """The layout with the rows of the desk's address as the brand's own, or the question whether they are.

    `named_own` is what a person says of the own rows: then nothing is looked for.
    """
    writer = layout.columns.author or layout.columns.author_name
    asked = {one.role for one in layout.questions} & {ROLE, "author"}
    if named_own or layout.entry or layout.own or layout.own_parts or asked or writer is None:
        return layout
    for column in layout.form.header:
        if column != writer and words.is_recipient(column) and not words.has_stem(column, _NOT_TO):
            called, writing = _desks(writer, column, evidence)
            if called:
                return _told(layout, writer, called, writing, evidence)
    return layout


def _told(layout: Layout, writer: str, called: Mapping[str, set[str]], writing: int, evidence: Evidence) -> Layout:
    if len(called) > 1 or writing < _SEVERAL:
        unknown = tuple(dict.fromkeys(value for values in called.values() for value in sorted(values)))
        found = question(Voices(writer, frozenset(), unknown=unknown), evidence)
        return replace(layout, questions=(*layout.questions, found))
    values = next(iter(called.values()))
    own = MarkedRows(writer, frozenset(value.casefold() for value in values))
    note = f"your own messages, no posts of customers: rows with {writer} = {', '.join(sorted(values))}"
    return replace(layout.with_note(note), own=own)


def _desks(writer: str, recipient: str, evidence: Evidence) -> tuple[dict[str, set[str]], int]:
    """Those who may be the desk, each with what its cells of the writer hold; and how many write to the first."""
    called: dict[str, set[str]] = defaultdict(set)
    letters: list[tuple[str, frozenset[str]]] = []
    for row in evidence.rows:
        cell, to = value_of(row, writer), value_of(row, recipient)
        if cell is None:
            continue
        person = next(_persons(cell))
        called[person].add(cell)
        if to is not None:
            letters.append((person, frozenset(_persons(to))))
    to_whom = {person for _, to in letters for person in to}
    desks = {person: values for person, values in called.items() if person in to_whom and _is_desk(person, letters)}
    first = next(iter(desks), "")
    return desks, len({person for person, to in letters if first in to and person != first})


def _is_desk(person: str, letters: list[tuple[str, frozenset[str]]]) -> bool:
    others = [to for writer, to in letters if writer != person]
    return bool(others) and sum(person in to for to in others) >= _MOSTLY * len(others)


def _persons(cell: str) -> Iterator[str]:
    """Each of the people in a cell: by the address where there is one, else by the name."""
    found = [fold(one.address) for part in _BETWEEN.split(cell) if (one := mailbox(part))]
    yield from found or [" ".join(fold(cell).split())]
