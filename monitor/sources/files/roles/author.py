"""Who wrote the posts: the column of handles, that of names, and what stands beside them in an object."""

from collections.abc import Callable, Mapping, Sequence

from monitor.sources.files import looks, people, rivals, words
from monitor.sources.files.column_names import EITHER, HANDLES
from monitor.sources.files.evidence import Evidence
from monitor.sources.files.ids.written import is_fullname
from monitor.sources.files.roles.by_name import is_weak, named_columns, without_weak
from monitor.tables.columns import bare_name
from monitor.tables.layout import PostColumns

_HALF, _MOSTLY = 0.5, 0.8
_HANDLES = 2 / 3
"""The share of handles among the values of a column that may hold names, from which it holds handles."""
_LONGEST_NAME = 60
_HANDLES_INSIDE = ("username", "screenname", "login", "acct", "handle", "uniqueid", "steamid", "did")
_SHOWN = ("nickname", "displayname", "shownname")
"""Names of what a person is shown as: beside one of them `unique_id` is the handle."""
_SENDERS = ("de", "from", "emisor", "emisora", "emissor", "origen", "origem", "sender")
"""Names of who writes, beside one of to whom: `De` and `Para`."""
_OF_A_PERSON = {
    "author_name": (
        "name",
        "display_name",
        "displayName",
        "full_name",
        "fullName",
        "displayname",
        "nickname",
        "nickName",
    ),
    "author_id": ("id_str", "rest_id", "id"),
}


def authors_in(header: Sequence[str], evidence: Evidence, network: str) -> tuple[list[str], bool]:
    """The column of handles and its rivals; the names of people are no handles."""
    meant = named_columns("author", header, words.is_no_author) or _senders(header)
    meant = [column for column in meant if evidence.share(column, looks.tells_of_a_person) < _HALF]
    handles = {column: _handles(column, evidence, network) for column in meant}
    named = [
        column
        for column, found in handles.items()
        if found
        and _share(found, is_fullname) < _HALF
        and (bare_name(column) not in (*EITHER, *_SENDERS) or _share(found, looks.is_handle) >= _HANDLES)
        and not (is_weak(column) and looks.is_of_few(column, evidence))
    ]
    named = [column for column in named if _is_of_handles(column)] or without_weak(named)
    named = [column for column in named if _share(handles[column], _is_numbered) < _HALF] or named
    if all(map(is_weak, named)):
        named = [column for column in header if _is_handle_inside(column, evidence)][:1] or named
    if not named:
        return [], True
    chosen = rivals.choose(named, evidence, looks.same_handle, lambda _column, _best: False)
    return chosen, len(chosen) == 1


def _is_of_handles(column: str) -> bool:
    """Whether its name says that it holds handles, and no names that people are shown by."""
    names = {bare_name(column), *(bare_name(".".join(column.split(".")[-count:])) for count in (1, 2))}
    return not HANDLES.isdisjoint(names) or ("." in column and bare_name(column.rpartition(".")[2]) in _HANDLES_INSIDE)


def _is_numbered(value: str) -> bool:
    """Whether a handle is but an id (76561198000000000, did:plc:abc): another one comes before it."""
    return value.isdigit() or value.startswith("did:")


def _senders(header: Sequence[str]) -> list[str]:
    """Columns of who writes that are called so only beside one of to whom."""
    if not any(map(words.is_recipient, header)):
        return []
    return [column for column in header if bare_name(column) in _SENDERS]


def _is_handle_inside(column: str, evidence: Evidence) -> bool:
    """Whether it is the handle in an object whose name says nothing: `reviews.username`."""
    _, is_inside, name = column.rpartition(".")
    is_handle = bool(is_inside) and bare_name(name) in _HANDLES_INSIDE and not words.is_no_author(column)
    return is_handle and bool(evidence.values(column)) and not looks.is_of_few(column, evidence)


def beside_author(header: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    """What the object of the author says of the same person, where no other column does: name and id."""
    person = columns.get("author", "").rpartition(".")[0]
    is_post = any(columns.get(role, "").rpartition(".")[0] == person for role in ("text", "posted_at", "permalink"))
    found: dict[str, str] = {}
    for role, names in _OF_A_PERSON.items() if person and not is_post else ():
        column = next((f"{person}.{name}" for name in names if f"{person}.{name}" in header), None)
        if role not in columns and column is not None and column not in columns.values():
            found[role] = column
    return found


def persons_in(header: Sequence[str], columns: Mapping[str, str], evidence: Evidence, network: str) -> dict[str, str]:
    """A column named by a word for a person (`Reclamante`, `Posted by`), where no other says who wrote the posts."""
    senders = _senders(header)
    for column in header:
        values = evidence.values(column)
        if column in columns.values() or not (column in senders or _is_person(column)) or not values:
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


def is_of_another(role: str, column: str, columns: Mapping[str, str]) -> bool:
    """Whether a bare `name` stands outside the object that says who wrote the post: that of a place or a product."""
    return role == "author_name" and is_weak(column) and "." not in column and "." in columns.get("author", "")


def _handles(column: str, evidence: Evidence, network: str) -> list[str]:
    found = (people.author_of(row, PostColumns(author=column), network, None) for row in evidence.spread())
    return [handle for handle in found if handle]


def _share(values: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, values)) / len(values)
