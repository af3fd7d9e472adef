"""Which column of a file holds what: by its name in Spanish, English or Portuguese; else a person is asked.

A text, a time and an author are never taken on evidence alone, nor one of two that say different things.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.sources.files import looks, rivals
from monitor.sources.files.column_names import NAMES
from monitor.sources.files.evidence import Evidence
from monitor.sources.files.ids.written import is_fullname
from monitor.sources.files.others import conversations, questions
from monitor.sources.files.roles.author import authors_in, beside_author, is_of_another, persons_in
from monitor.sources.files.roles.by_name import is_weak
from monitor.sources.files.roles.surnames import named_by, split_names
from monitor.sources.files.roles.text import no_text, texts_in
from monitor.sources.files.roles.time import times_in, without_others
from monitor.tables.columns import ColumnFinder
from monitor.tables.counts import read_count
from monitor.tables.layout import ROLES, OpenQuestion, PostColumns

FINDER = ColumnFinder({role: NAMES[role].split() for role in ROLES}, option="--column {role}=")
_COMPARED = ("text", "posted_at", "author")
_HALF, _MOSTLY = 0.5, 0.8
_ENTRYS_ALONE = ("posted_at", "time_of_day", "thread", "in_reply_to")
"""Roles that a known export has only as its entry says: what its tool calls a parent may be a row of its own."""


@dataclass(frozen=True, slots=True)
class FoundColumns:
    """The columns, the likeliest where a question is open; and the questions.

    `surnames`: columns of what stands behind the author's name.
    """

    columns: PostColumns
    questions: tuple[OpenQuestion, ...] = ()
    surnames: tuple[str, ...] = ()


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
    people = split_names(header) if known is None else []
    parts = {column for one in people for column in one.columns}
    asked = []
    for role in _COMPARED:
        if role == "posted_at" and known is None:
            columns = questions.of_answers(header, columns.get("text", ""), evidence) | columns
            header = questions.without_questions(header, columns.get("text", ""))
        if role in columns or (known is not None and role == "posted_at"):
            continue
        free = [column for column in header if column not in columns.values() and column not in parts]
        if role == "posted_at":
            free = without_others(free, columns.get("text", ""), evidence)
        found, is_sure = _FINDERS[role](free, evidence, network)
        if found:
            columns[role] = found[0]
        if found and not is_sure:
            asked.append(rivals.question(role, found, evidence))
    if "text" not in columns:
        raise no_text(file, header, evidence)
    never = _ENTRYS_ALONE if known is not None else ()
    columns |= FINDER.find(
        file,
        [*header, *columns.values()],
        columns,
        lambda role, _name, column: (
            role not in never
            and not (role == "author_name" and column in parts)
            and _fits(role, column, evidence)
            and not is_of_another(role, column, columns)
        ),
    )
    columns |= beside_author(header, columns)
    if name := named_by(people, columns, evidence, overrides):
        columns["author_name"] = name.given
    if not columns.keys() & {"author", "author_name"} and (persons := persons_in(header, columns, evidence, network)):
        columns |= persons
    is_open = known is None and "thread" not in columns
    if is_open and (thread := conversations.thread_in(header, columns.values(), evidence)):
        columns["thread"] = thread
    return FoundColumns(replace(PostColumns(), **columns), tuple(asked), name.surnames if name else ())


def _fits(role: str, column: str, evidence: Evidence) -> bool:
    if role in _COMPARED:
        return False
    if role in ("time_of_day", "am_pm"):
        return evidence.share(column, looks.is_clock if role == "time_of_day" else looks.is_half) >= _MOSTLY
    if role in ("likes", "replies", "reposts"):
        return evidence.share(column, lambda value: read_count(value) is not None) >= _HALF
    if role == "permalink":
        return evidence.share(column, lambda value: value.startswith(("http://", "https://"))) >= _HALF
    if role == "author_name" and evidence.share(column, is_fullname) >= _HALF:
        return False
    return role != "author_name" or not (is_weak(column) and looks.is_of_few(column, evidence))


_FINDERS: Mapping[str, Callable[[Sequence[str], Evidence, str], tuple[list[str], bool]]] = {
    "text": lambda header, evidence, network: questions.texts(*texts_in(header, evidence), header, evidence, network),
    "posted_at": lambda header, evidence, _network: times_in(header, evidence),
    "author": authors_in,
}
