"""Which column of a file holds what: by its name in Spanish, English or Portuguese; else a person is asked.

A text, a time and an author are never taken on evidence alone, nor one of two that say different things.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.errors import UnexpectedAnswer
from monitor.sources.files import looks, people, prose, rivals, words
from monitor.sources.files.column_names import EITHER, HANDLES, NAMES, WEAK
from monitor.sources.files.evidence import Evidence
from monitor.sources.files.others import questions
from monitor.sources.files.vocabulary import time_names
from monitor.tables.columns import ColumnFinder, bare_name, columns_hint
from monitor.tables.counts import read_count
from monitor.tables.layout import ROLES, OpenQuestion, PostColumns

FINDER = ColumnFinder({role: NAMES[role].split() for role in ROLES}, option="--column {role}=")
_COMPARED = ("text", "posted_at", "author")
_HALF, _MOSTLY = 0.5, 0.8
_ENTRYS_ALONE = ("posted_at", "time_of_day", "thread", "in_reply_to")
"""Roles that a known export has only as its entry says: what its tool calls a parent may be a row of its own."""
_HANDLES = 2 / 3
"""The share of handles among the values of a column that may hold names, from which it holds handles."""
_LONGEST_NAME = 60
_HANDLES_INSIDE = ("username", "screenname", "login", "acct", "handle")
_OF_A_PERSON = {
    "author_name": ("name", "display_name", "displayName", "full_name", "fullName", "displayname"),
    "author_id": ("id_str", "rest_id", "id"),
}
_FORMS_OF_TEXT = ("plain", "plaintext", "plain_text", "raw", "rendered", "html", "markdown", "value")
"""What stands inside an object that holds one text in several forms: WordPress's `content.rendered`."""


@dataclass(frozen=True, slots=True)
class FoundColumns:
    """The columns, the likeliest where a question is open; and the questions."""

    columns: PostColumns
    questions: tuple[OpenQuestion, ...] = ()


def find_columns(
    file: str,
    header: Sequence[str],
    evidence: Evidence,
    overrides: Mapping[str, str],
    network: str,
    known: Mapping[str, str] | None = None,
) -> FoundColumns:
    """The columns of a file: those a person names (`overrides`, role -> column), then those that an entry knows.

    `known` is what the catalogue's entry says; None: no entry knows the file.
    Raises UnexpectedAnswer when a named column does not exist, or when none may hold the text.
    """
    FINDER.check(file, header, overrides)
    columns = {role: name for role, name in (known or {}).items() if name not in overrides.values()} | dict(overrides)
    asked = []
    for role in _COMPARED:
        if role == "posted_at" and known is None:
            columns = questions.of_answers(header, columns.get("text", ""), evidence) | columns
            header = questions.without_questions(header, columns.get("text", ""))
        if role in columns or (known is not None and role == "posted_at"):
            continue
        free = [column for column in header if column not in columns.values()]
        found, is_sure = _FINDERS[role](free, evidence, network)
        if found:
            columns[role] = found[0]
        if found and not is_sure:
            asked.append(rivals.question(role, found, evidence))
    if "text" not in columns:
        raise _no_text(file, header)
    never = _ENTRYS_ALONE if known is not None else ()
    columns |= FINDER.find(
        file,
        [*header, *columns.values()],
        columns,
        lambda role, _name, column: (
            role not in never and _fits(role, column, evidence) and not _is_of_another(role, column, columns)
        ),
    )
    columns |= _beside_author(header, columns)
    if not columns.keys() & {"author", "author_name"} and (persons := _persons(header, columns, evidence, network)):
        columns |= persons
    return FoundColumns(replace(PostColumns(), **columns), tuple(asked))


def _beside_author(header: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    """What the object of the author says of the same person, where no other column does: name and id."""
    person = columns.get("author", "").rpartition(".")[0]
    is_post = any(columns.get(role, "").rpartition(".")[0] == person for role in ("text", "posted_at", "permalink"))
    found: dict[str, str] = {}
    for role, names in _OF_A_PERSON.items() if person and not is_post else ():
        column = next((f"{person}.{name}" for name in names if f"{person}.{name}" in header), None)
        if role not in columns and column is not None and column not in columns.values():
            found[role] = column
    return found


def _named(role: str, header: Sequence[str], is_not: Callable[[str], bool]) -> list[str]:
    """The columns whose names mean the role, the best first; those inside objects behind the others."""
    names = NAMES[role].split()
    ranked = []
    for position, column in enumerate(header):
        name, inside = bare_name(column), _name_inside(role, column)
        if is_not(column) or not (name in names or words.means(role, column) or inside in names):
            continue
        is_inside = name not in names and not words.means(role, column)
        name = inside if is_inside else name
        ranked.append(
            (is_inside, _is_weak(column), names.index(name) if name in names else len(names), position, column)
        )
    return [column for *_, column in sorted(ranked)]


def _name_inside(role: str, column: str) -> str:
    """The name within the object that it stands in: `record.user.screen_name` is userscreenname; "" for no object."""
    parts = column.split(".")
    if role == "text" and len(parts) > 1 and parts[-1] in _FORMS_OF_TEXT:
        return bare_name(parts[-2])
    return bare_name(".".join(parts[-2 if role == "author" else -1 :])) if len(parts) > 1 else ""


def _is_weak(column: str) -> bool:
    return bare_name(column) in WEAK or words.is_worked_over(column)


def _without_weak(columns: Sequence[str]) -> list[str]:
    return [column for column in columns if not _is_weak(column)] or list(columns)


def texts_in(header: Sequence[str], evidence: Evidence) -> tuple[list[str], bool]:
    """The text and its rivals; and whether it is sure."""
    header = [column for column in header if not prose.are_biographies(column, header)]
    named = [column for column in _named("text", header, words.is_no_text) if evidence.values(column)]
    free = [column for column in named if evidence.share(column, looks.is_free_text) >= _HALF]
    if free:
        most = max(len(evidence.values(column)) for column in free)
        full = [column for column in _without_weak(free) if 2 * len(evidence.values(column)) >= most] or free
        chosen = rivals.choose(full, evidence, rivals.same_text, looks.is_longer(evidence))
        chosen += [*prose.unnamed_rivals(chosen, header, evidence), *_short_rivals(chosen, named, evidence)]
        return prose.likeliest_first(chosen, evidence), len(chosen) == 1
    if short := [column for column in named if _holds_words(column, evidence)]:
        notes = [column for column in _unnamed_texts(header, evidence) if prose.are_sentences(column, evidence)]
        return [short[0], *notes], not notes
    if likely := _unnamed_texts(header, evidence):
        return likely, False
    return [column for column in _named("text", header, words.is_no_text) if not _is_weak(column)][:1], True


def _short_rivals(chosen: Sequence[str], named: Sequence[str], evidence: Evidence) -> list[str]:
    """Columns named for a text that say little ("malo", "no va") beside a long one that may be a desk's notes."""
    most = len(evidence.values(chosen[0]))
    return [
        column
        for column in named
        if prose.may_be_a_desks(chosen[0])
        and column not in chosen
        and not (_is_weak(column) or words.is_note(column) or looks.is_category(column, evidence))
        and 2 * len(evidence.values(column)) >= most
        and evidence.share(column, looks.is_free_text) < _HALF
        and _holds_words(column, evidence)
    ]


def _holds_words(column: str, evidence: Evidence) -> bool:
    return evidence.share(column, looks.is_no_word) < _HALF


def _unnamed_texts(header: Sequence[str], evidence: Evidence) -> list[str]:
    """Columns of free text whose names do not say that they are something else, the fullest first."""
    found = [column for column in header if not words.is_no_text(column) and looks.looks_like_text(column, evidence)]
    return sorted(found, key=lambda column: (looks.is_category(column, evidence), -looks.length(column, evidence)))


def _times(header: Sequence[str], evidence: Evidence) -> tuple[list[str], bool]:
    named = [column for column in _named("posted_at", header, time_names.is_no_time) if evidence.values(column)]
    named = [column for column in named if evidence.share(column, looks.is_clock) < _HALF] or named
    readable = [column for column in named if evidence.share(column, looks.is_time) >= _HALF]
    if not readable:
        if named and not all(evidence.share(column, str.isdigit) > _HALF for column in named):
            return named[:1], True  # its times cannot be read: that is told
        return _unnamed_times(header, evidence), False
    chosen = rivals.choose(readable, evidence, rivals.same_time, rivals.says_more(evidence))
    chosen += [
        column for column in readable if column not in chosen and rivals.are_of_two_zones(chosen[0], column, evidence)
    ]
    return chosen, len(chosen) == 1


def _unnamed_times(header: Sequence[str], evidence: Evidence) -> list[str]:
    """Columns full of times whose names do not say that they are others, those of something else last."""
    found = [
        column
        for column in header
        if not time_names.is_never_time(column) and evidence.share(column, looks.is_clear_time) >= _MOSTLY
    ]
    return sorted(found, key=time_names.is_no_time)


def _authors(header: Sequence[str], evidence: Evidence, network: str) -> tuple[list[str], bool]:
    """The column of handles and its rivals; the names of people are no handles."""
    handles = {column: _handles(column, evidence, network) for column in _named("author", header, words.is_no_author)}
    named = [
        column
        for column, found in handles.items()
        if found
        and (bare_name(column) not in EITHER or _share(found, looks.is_handle) >= _HANDLES)
        and not (_is_weak(column) and looks.is_of_few(column, evidence))
    ]
    named = [column for column in named if bare_name(column) in HANDLES] or _without_weak(named)
    named = [column for column in named if _share(handles[column], str.isdigit) < _HALF] or named
    if all(map(_is_weak, named)):
        named = [column for column in header if _is_handle_inside(column, evidence)][:1] or named
    if not named:
        return [], True
    chosen = rivals.choose(named, evidence, looks.same_handle, lambda _column, _best: False)
    return chosen, len(chosen) == 1


def _is_handle_inside(column: str, evidence: Evidence) -> bool:
    """Whether it is the handle in an object whose name says nothing: `reviews.username`."""
    _, is_inside, name = column.rpartition(".")
    is_handle = bool(is_inside) and bare_name(name) in _HANDLES_INSIDE and not words.is_no_author(column)
    return is_handle and bool(evidence.values(column)) and not looks.is_of_few(column, evidence)


def _persons(header: Sequence[str], columns: Mapping[str, str], evidence: Evidence, network: str) -> dict[str, str]:
    """A column named by a word for a person (`Reclamante`, `Posted by`), where no other says who wrote the posts."""
    for column in header:
        values = evidence.values(column)
        if column in columns.values() or not _is_person(column) or not values:
            continue
        handles = _handles(column, evidence, network)
        if not handles or looks.is_of_few(column, evidence) or evidence.share(column, _is_name) < _MOSTLY:
            continue
        return {"author" if _share(handles, looks.is_handle) >= _HANDLES else "author_name": column}
    return {}


def _is_person(column: str) -> bool:
    """Whether its name is a word for whoever writes; within objects the last two parts of it, or the last."""
    parts = column.split(".")
    if len(parts) > 1 and words.is_no_author(column):
        return False
    return any(words.is_person(".".join(parts[-count:])) for count in {len(parts), min(2, len(parts)), 1})


def _is_name(value: str) -> bool:
    return len(value) <= _LONGEST_NAME and not looks.is_no_word(value)


def _is_of_another(role: str, column: str, columns: Mapping[str, str]) -> bool:
    """Whether a bare `name` stands outside the object that says who wrote the post: that of a place or a product."""
    return role == "author_name" and _is_weak(column) and "." not in column and "." in columns.get("author", "")


def _handles(column: str, evidence: Evidence, network: str) -> list[str]:
    found = (people.author_of(row, PostColumns(author=column), network, None) for row in evidence.spread())
    return [handle for handle in found if handle]


def _share(values: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, values)) / len(values)


def _fits(role: str, column: str, evidence: Evidence) -> bool:
    if role in _COMPARED:
        return False
    if role in ("time_of_day", "am_pm"):
        return evidence.share(column, looks.is_clock if role == "time_of_day" else looks.is_half) >= _MOSTLY
    if role in ("likes", "replies", "reposts"):
        return evidence.share(column, lambda value: read_count(value) is not None) >= _HALF
    if role == "permalink":
        return evidence.share(column, lambda value: value.startswith(("http://", "https://"))) >= _HALF
    return role != "author_name" or not (_is_weak(column) and looks.is_of_few(column, evidence))


_FINDERS: Mapping[str, Callable[[Sequence[str], Evidence, str], tuple[list[str], bool]]] = {
    "text": lambda header, evidence, network: questions.texts(*texts_in(header, evidence), header, evidence, network),
    "posted_at": lambda header, evidence, _network: _times(header, evidence),
    "author": _authors,
}


def _no_text(file: str, header: Sequence[str]) -> UnexpectedAnswer:
    for column in header:
        if prose.are_biographies(column, header):
            return UnexpectedAnswer(
                f"{file} is no file of posts: its rows are accounts, and {column} is what people say of themselves; to "
                f"take that as posts: --column text={column}"
            )
    return UnexpectedAnswer(
        f"no column of {file} holds the text of the posts: call the one that does text, or import the file by "
        f"hand: escucha import FILE --column text=NAME{columns_hint(header)}"
    )
