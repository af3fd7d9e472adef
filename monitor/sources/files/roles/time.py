"""The time of the posts: by its name and what it holds."""

import re
from collections.abc import Sequence

from monitor.sources.files import looks, rivals, speaker_words, words
from monitor.sources.files.column_names import word_set
from monitor.sources.files.evidence import Evidence
from monitor.sources.files.roles.by_name import named_columns
from monitor.sources.files.vocabulary import time_names
from monitor.tables.columns import bare_name
from monitor.tables.times import is_relative

_HALF, _MOSTLY = 0.5, 0.8
_WEAK = word_set("at data time ts dia cuando quando when hora posttime")
"""Names of times that are those of much else: values of theirs that cannot be read are none of the posts' times."""
_NUMBERS = re.compile(r"\d\D+\d")
"""What a date has, however it is written."""
_YES_OR_NO = speaker_words.YES | speaker_words.NO
_WRITTEN = (
    word_set("review reviews resena resenas avaliacao opinion opiniones opiniao"),
    word_set("comment comments comentario comentarios"),
    word_set("complaint complaints queja quejas reclamo reclamacion reclamacao"),
    word_set("message messages mensaje mensajes mensagem"),
    word_set("question questions pregunta preguntas pergunta"),
)
"""What is written, by what it is called: beside reviews, comments on them have times of their own."""


def without_others(header: Sequence[str], text: str, evidence: Evidence) -> list[str]:
    """The columns without those of another text than the posts': `Comment Created At` beside `Review Content`.

    As they are where no other text is called so, or no time were left.
    """
    named = [column for column in named_columns("text", header, words.is_no_text) if evidence.values(column)]
    others = {kind for column in named for kind in _kinds(column)} - _kinds(text) if _kinds(text) else set()
    left = [column for column in header if not _kinds(column) & others or _kinds(column) & _kinds(text)]
    return left if others and times_in(left, evidence)[0] else list(header)


def _kinds(column: str) -> set[int]:
    """What a name speaks of, by places in `_WRITTEN`."""
    names = set(words.words(column))
    return {place for place, kind in enumerate(_WRITTEN) if names & kind}


def times_in(header: Sequence[str], evidence: Evidence) -> tuple[list[str], bool]:
    """The column of the times and its rivals; and whether it is sure."""
    named = [column for column in named_columns("posted_at", header, time_names.is_no_time) if evidence.values(column)]
    named = [column for column in named if evidence.share(column, looks.is_clock) < _HALF] or named
    readable = [column for column in named if evidence.share(column, looks.is_time) >= _HALF]
    if not readable:
        told = [column for column in named if not _are_numbers(column, evidence)]
        told = told or [column for column in named if bare_name(column) not in _WEAK]
        if told:
            return told[:1], True  # its times cannot be read: that is told
        return _unnamed_times(header, evidence), False
    unread = [column for column in named if column not in readable and _may_be_unread(column, readable, evidence)]
    readable = _absolute(readable, header, evidence)
    chosen = rivals.choose(readable, evidence, rivals.same_time, rivals.says_more(evidence))
    chosen += [
        column for column in readable if column not in chosen and rivals.are_of_two_zones(chosen[0], column, evidence)
    ]
    chosen += unread
    return chosen, len(chosen) == 1


def _are_numbers(column: str, evidence: Evidence) -> bool:
    return evidence.share(column, str.isdigit) > _HALF


def _may_be_unread(column: str, readable: Sequence[str], evidence: Evidence) -> bool:
    """Whether a column of what cannot be read may hold the posts' times in a form that we do not know.

    It is called so by more than a word that means much else, or its values have numbers as dates have; and it is filled
    in at least half as many rows as one that can be read.
    """
    most = max(len(evidence.values(other)) for other in readable)
    if words.is_person(column) or 2 * len(evidence.values(column)) < most:
        return False  # `Posted by`
    if evidence.share(column, _is_no_date) >= _HALF:
        return False
    return bare_name(column) not in _WEAK or evidence.share(column, _has_numbers) >= _HALF


def _has_numbers(value: str) -> bool:
    return _NUMBERS.search(value) is not None


def _is_no_date(value: str) -> bool:
    """Whether it is a clock, or says yes or no."""
    return looks.is_clock(value) or value.casefold() in _YES_OR_NO


def _absolute(readable: list[str], header: Sequence[str], evidence: Evidence) -> list[str]:
    """Without the columns told from when they were seen ("hace 2 semanas"), where another tells the same times."""
    relative = [column for column in readable if evidence.share(column, is_relative) >= _HALF]
    if not relative:
        return readable
    absolute = [column for column in readable if column not in relative]
    others = [] if absolute else [column for column in header if _may_be_time(column, evidence)]
    return absolute or [one for one in others if rivals.count_alike(relative[0], one, evidence)] or readable


def _may_be_time(column: str, evidence: Evidence) -> bool:
    """Whether its values are times, whatever it is called; bare digits only those since 1970."""
    if time_names.is_no_time(column) or not evidence.values(column):
        return False
    return evidence.share(column, lambda value: looks.is_clear_time(value) or looks.is_since_1970(value)) >= _MOSTLY


def _unnamed_times(header: Sequence[str], evidence: Evidence) -> list[str]:
    """Columns full of times whose names do not say that they are others, those of something else last."""
    found = [
        column
        for column in header
        if not time_names.is_never_time(column) and evidence.share(column, looks.is_clear_time) >= _MOSTLY
    ]
    return sorted(found, key=time_names.is_no_time)
