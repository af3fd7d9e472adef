"""The text of the posts: by its name and what it holds; rivals are columns of sentences and of few words."""

from collections.abc import Sequence

from monitor.errors import UnexpectedAnswer
from monitor.sources.files import looks, prose, rivals, words
from monitor.sources.files.evidence import Evidence
from monitor.sources.files.roles.by_name import is_weak, named_columns, without_weak
from monitor.sources.files.texts import SUBJECTS
from monitor.tables.columns import bare_name, columns_hint

_HALF = 0.5


def texts_in(header: Sequence[str], evidence: Evidence) -> tuple[list[str], bool]:
    """The text and its rivals; and whether it is sure."""
    header = [column for column in header if not prose.are_biographies(column, header)]
    named = [column for column in named_columns("text", header, words.is_no_text) if evidence.values(column)]
    free = [column for column in named if evidence.share(column, looks.is_free_text) >= _HALF]
    if free:
        most = max(len(evidence.values(column)) for column in free)
        full = [column for column in without_weak(free) if 2 * len(evidence.values(column)) >= most] or free
        chosen = rivals.choose(full, evidence, rivals.same_text, looks.is_longer(evidence))
        chosen[0] = _fuller(chosen[0], free, evidence)
        chosen += [*prose.unnamed_rivals(chosen, header, evidence), *_short_rivals(chosen, named, evidence)]
        chosen = prose.likeliest_first(chosen, evidence)
        return chosen, len(chosen) == 1 and not _may_be_verdicts(chosen[0], evidence)
    if short := [column for column in named if _holds_words(column, evidence)]:
        notes = [column for column in _unnamed_texts(header, evidence) if prose.are_sentences(column, evidence)]
        return sorted([short[0], *notes], key=words.praise), not notes and not _may_be_verdicts(short[0], evidence)
    if likely := _unnamed_texts(header, evidence):
        return likely, False
    return [column for column in named_columns("text", header, words.is_no_text) if not is_weak(column)][:1], True


def _may_be_verdicts(column: str, evidence: Evidence) -> bool:
    """Whether a column says the same few things again and again; of one called `text` and no more that is no wonder."""
    return len(words.words(column)) > 1 and looks.are_verdicts(column, evidence)


def _fuller(best: str, columns: Sequence[str], evidence: Evidence) -> str:
    """Of columns that say the same as the best one that which most rows fill: the others have no words otherwise."""
    same = [
        column
        for column in columns
        if evidence.filled(column) > evidence.filled(best) and rivals.are_one(best, column, evidence, rivals.same_text)
    ]
    return max(same, key=evidence.filled, default=best)


def _short_rivals(chosen: Sequence[str], named: Sequence[str], evidence: Evidence) -> list[str]:
    """Columns named for a text that say little ("malo", "no va") beside a long one that may be a desk's notes."""
    most = len(evidence.values(chosen[0]))
    return [
        column
        for column in named
        if prose.may_be_a_desks(chosen[0])
        and column not in chosen
        and not (is_weak(column) or words.is_note(column) or looks.is_category(column, evidence))
        and 2 * len(evidence.values(column)) >= most
        and evidence.share(column, looks.is_free_text) < _HALF
        and _holds_words(column, evidence)
    ]


def _holds_words(column: str, evidence: Evidence) -> bool:
    return evidence.share(column, looks.is_no_word) < _HALF


def _unnamed_texts(header: Sequence[str], evidence: Evidence) -> list[str]:
    """Columns of free text whose names do not say that they are something else, the fullest first."""
    found = [column for column in header if not words.is_no_text(column) and looks.looks_like_text(column, evidence)]
    return sorted(
        found,
        key=lambda column: (looks.is_category(column, evidence), words.praise(column), -looks.length(column, evidence)),
    )


def no_text(file: str, header: Sequence[str], evidence: Evidence) -> UnexpectedAnswer:
    """The error for a file none of whose columns may hold the text, with the one that holds a subject."""
    for column in header:
        if prose.are_biographies(column, header):
            return UnexpectedAnswer(
                f"{file} is no file of posts: its rows are accounts, and {column} is what people say of themselves; to "
                f"take that as posts: --column text={column}"
            )
    told = (
        f"no column of {file} holds the text of the posts: call the one that does text, or import the file by "
        f"hand: escucha import FILE --column text=NAME{columns_hint(header)}"
    )
    subject = next((column for column in header if _is_subject(column, evidence)), None)
    return UnexpectedAnswer(f"{told}; --column text={subject} takes a few words of each" if subject else told)


def _is_subject(column: str, evidence: Evidence) -> bool:
    """Whether it is what desks call a ticket by, in its writer's words."""
    return bare_name(column) in SUBJECTS and looks.looks_like_text(column, evidence)
