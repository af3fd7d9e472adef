"""The time of the posts: by its name and what it holds."""

from collections.abc import Sequence

from monitor.sources.files import looks, rivals, words
from monitor.sources.files.column_names import word_set
from monitor.sources.files.evidence import Evidence
from monitor.sources.files.roles.by_name import named_columns
from monitor.sources.files.vocabulary import time_names
from monitor.tables.times import is_relative

_HALF, _MOSTLY = 0.5, 0.8
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
        if named and not all(evidence.share(column, str.isdigit) > _HALF for column in named):
            return named[:1], True  # its times cannot be read: that is told
        return _unnamed_times(header, evidence), False
    readable = _absolute(readable, header, evidence)
    chosen = rivals.choose(readable, evidence, rivals.same_time, rivals.says_more(evidence))
    chosen += [
        column for column in readable if column not in chosen and rivals.are_of_two_zones(chosen[0], column, evidence)
    ]
    return chosen, len(chosen) == 1


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
