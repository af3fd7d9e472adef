"""Columns of sentences whatever they are called: rivals of one whose name a desk gives to its own notes too."""

import re
from collections.abc import Sequence

from monitor.sources.files import looks, rivals, words
from monitor.sources.files.column_names import WEAK, word_set
from monitor.sources.files.evidence import Evidence
from monitor.tables.columns import bare_name
from monitor.tables.layout import Layout

_SHARED = WEAK | word_set(
    "comment comments comentario feedback message mensaje mensagem avaliacao note notes notas remarks"
)
"""Names under which files hold what a customer wrote, or what the desk noted of it."""
_DESCRIPTIONS = word_set("description descripcion descricao")
_PEOPLE = word_set("name nombre nome fullname displayname nombrecompleto nomecompleto")
"""Names of columns for a person, whether or not one who posts."""
_COUNTS_OF_A_PERSON = word_set("followerscount followers seguidores publicmetricsfollowerscount numfollowers")
_OTHER_COUNTS_OF_A_PERSON = word_set(
    "friendscount friends following followingcount statusescount listedcount tweetcount siguiendo"
)
_COUNTS_OF_A_POST = re.compile(
    r"(?:like|likes|retweet|retweets|reply|replies|repost|share|shares|view|views|play|plays|comment|comments|"
    r"megusta|compartidos|respuestas|visualizaciones)(?:count|s)?"
)
_HALF, _MOSTLY, _LIKE = 0.5, 0.8, 1 / 3
"""Shares of values; and of the length of one text, from which another may be the text as well."""
_WORD = re.compile(r"[^\W\d_]+")
_FEWEST_WORDS = 5


def unnamed_rivals(chosen: Sequence[str], header: Sequence[str], evidence: Evidence) -> list[str]:
    """Columns that may be the text as well as the chosen one; none where its name leaves no doubt.

    They hold sentences of a like length, in most of the rows, and different ones.
    """
    best = chosen[0]
    if not may_be_a_desks(best):
        return []
    return [
        column
        for column in header
        if column not in chosen
        and (not words.is_no_text(column) or words.is_reason_told(column))
        and _may_be_as_well(column, best, evidence)
        and not rivals.are_one(best, column, evidence, rivals.same_text)
    ]


def may_be_a_desks(column: str) -> bool:
    """Whether its name is one under which files hold a desk's notes as well as what customers wrote."""
    return bare_name(column.rpartition(".")[2]) in _SHARED


def are_sentences(column: str, evidence: Evidence) -> bool:
    """Whether a column holds sentences of several words."""
    return evidence.share(column, _is_sentence) >= _HALF


def likeliest_first(columns: Sequence[str], evidence: Evidence) -> list[str]:
    """Those first whose names say that a customer wrote them; those last that a desk may have, or that never differ.

    Of what people were asked what went badly is before what went well.
    """

    def doubts(column: str) -> tuple[bool | int, ...]:
        is_said_once = len(evidence.values(column)) > 1 and len(set(evidence.values(column))) == 1
        return (
            words.may_be_of_business(column),
            words.praise(column),
            is_said_once,
            not words.is_of_customer(column),
            words.is_note(column),
        )

    return sorted(columns, key=doubts)


def are_biographies(column: str, header: Sequence[str]) -> bool:
    """Whether a column of descriptions stands in a file of accounts: beside their followers, and no counts of posts."""
    names = {bare_name(other) for other in header}
    if bare_name(column) not in _DESCRIPTIONS or not names & _COUNTS_OF_A_PERSON:
        return False
    return bool(names & _OTHER_COUNTS_OF_A_PERSON) or not any(map(_COUNTS_OF_A_POST.fullmatch, names))


def with_doubt(layout: Layout) -> Layout:
    """The layout, with a note where the descriptions beside bare names may be those of people, and no posts."""
    name = layout.columns.author_name or layout.columns.author
    if (
        layout.entry
        or bare_name(layout.columns.text or "") not in _DESCRIPTIONS
        or bare_name(name or "") not in _PEOPLE
    ):
        return layout
    return layout.with_note(
        f"{layout.columns.text} is taken for what was posted: where it describes {name}, the file holds no posts"
    )


def _may_be_as_well(column: str, best: str, evidence: Evidence) -> bool:
    values = evidence.values(column)
    if 2 * len(values) < len(evidence.values(best)) or len(set(values)) < _MOSTLY * len(values):
        return False
    return are_sentences(column, evidence) and _mean(column, evidence) >= _LIKE * _mean(best, evidence)


def _is_sentence(value: str) -> bool:
    found = [word.lower() for word in _WORD.findall(value)]
    return len(found) >= _FEWEST_WORDS and not words.SMALL.isdisjoint(found) and looks.is_free_text(value)


def _mean(column: str, evidence: Evidence) -> float:
    values = evidence.values(column)
    return sum(map(len, values)) / max(1, len(values))
