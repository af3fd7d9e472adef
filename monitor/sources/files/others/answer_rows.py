"""Rows that call themselves answers: `↳ Respuesta` where the others have their id, or `Respuesta:` before their text.

Nothing says whose they are: a person is asked.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from monitor.sources.files import speaker_words
from monitor.sources.files.column_names import word_set
from monitor.sources.files.evidence import Evidence
from monitor.sources.files.others.asked_speakers import ROLE, rows_question
from monitor.sources.files.words import words
from monitor.tables.layout import Layout, MarkedRows
from monitor.tables.values import value_of

_ANSWERS = word_set(
    "respuesta respuestas reply replies response answer resposta respostas replica contestacion antwort reponse "
    "risposta"
)
_OTHERS = speaker_words.OF_BRAND | word_set("de del la el da do a of the our nuestra nossa des der re")
_LABEL = re.compile(r"\W*([^:\n]{3,40}):\s")
"""What stands before a text and may say that it answers."""
_LONGEST, _FEWEST, _MOST_WRITERS = 40, 2, 5


def with_answer_rows(layout: Layout, evidence: Evidence, named_own: str | None) -> Layout:
    """The layout, asking whether the rows that call themselves answers are the brand's.

    `named_own` is what a person says of the own rows: then nothing is looked for.
    """
    asked = {one.role for one in layout.questions} & {ROLE, "author"}
    if named_own or layout.entry or layout.own or layout.own_parts or asked:
        return layout
    mark = _by_column(layout, evidence) or _by_label(layout, evidence)
    if mark is None:
        return layout
    question = rows_question(mark.column or "", sorted(mark.values), evidence)
    layout = replace(layout, own=mark, questions=(*layout.questions, question))
    return layout.with_note("no column says which posts your own messages answer: each is kept by itself")


def _by_column(layout: Layout, evidence: Evidence) -> MarkedRows | None:
    """The column some of whose cells say answer, and the others something else of each row, as ids and numbers do."""
    for column in layout.form.header:
        if column == layout.columns.text or speaker_words.is_of_kinds(column) or speaker_words.strength(column):
            continue
        found = Counter(value.casefold() for value in evidence.values(column) if len(value) <= _LONGEST)
        answers = frozenset(value for value in found if _says_answer(value))
        others = sum(found.values()) - sum(found[value] for value in answers)
        are_different = 2 * len(found.keys() - answers) > others > 0
        if answers and are_different and sum(found[value] for value in answers) >= _FEWEST:
            return MarkedRows(column, answers)
    return None


def _by_label(layout: Layout, evidence: Evidence) -> MarkedRows | None:
    """Those few whose texts all begin with a word for answer, where others' do not."""
    writer = layout.columns.author or layout.columns.author_name
    said = [(value_of(row, writer), _is_labelled(row, layout.columns.text)) for row in evidence.rows] if writer else []
    answering = {name.casefold() for name, is_answer in said if name and is_answer}
    others = {name.casefold() for name, is_answer in said if name and not is_answer}
    count = sum(is_answer for _, is_answer in said)
    if not others or not 0 < len(answering) <= _MOST_WRITERS or count < max(_FEWEST, 2 * len(answering)):
        return None
    return MarkedRows(writer, frozenset(answering)) if answering.isdisjoint(others) else None


def _is_labelled(row: Mapping[str, Any], text: str | None) -> bool:
    found = _LABEL.match(value_of(row, text) or "")
    return found is not None and _says_answer(found[1])


def _says_answer(value: str) -> bool:
    named = set(words(value))
    return bool(named & _ANSWERS) and named <= _ANSWERS | _OTHERS
