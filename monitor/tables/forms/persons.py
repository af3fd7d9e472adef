"""Who wrote a comment inside a post, where one of them names its author in an object and the other does not."""

from collections.abc import Iterable, Mapping, Sequence

from monitor.tables.columns import ColumnFinder
from monitor.tables.forms.pages import Fields
from monitor.tables.values import raw_value

_ROLES = ("author", "author_id", "author_name")


def dotted(values: Iterable[Fields]) -> list[str]:
    """The names of what the objects in these objects hold: `user.name`."""
    return list(
        dict.fromkeys(
            f"{key}.{name}"
            for value in values
            for key, inner in value.items()
            if isinstance(inner, dict)
            for name, one in inner.items()
            if not isinstance(one, list | dict)
        )
    )


def nested(posts: Sequence[Fields], finder: ColumnFinder, columns: Mapping[str, str]) -> dict[str, str]:
    """Role -> column for the roles of a person that only an object in the posts tells."""
    if "author" in columns:
        return {}
    found = finder.find("", dotted(posts))
    return {role: found[role] for role in _ROLES if role in found and role not in columns}


def names_of(role: str, finder: ColumnFinder) -> Sequence[str]:
    """What a comment may call the role; an author by the person's name, too."""
    others = finder.names.get("author_name", ()) if role == "author" else ()
    return (*finder.names[role], *others)


def moved(value: Fields, column: str, to: str) -> Fields:
    """The object with what its column holds under the name `to`, where nothing stands there; `user.name` is inside."""
    cell = raw_value(value, column)
    if cell is None or raw_value(value, to) is not None:
        return value
    if column in value and "." not in to:
        return {(to if key == column else key): inner for key, inner in value.items()}
    return _put(_put(value, column, None), to, cell)


def _put(value: Fields, column: str, cell: object) -> Fields:
    """The object with the cell there; a name with a dot is inside another object."""
    root, _, leaf = column.partition(".")
    if not leaf or column in value:
        return {**value, column: cell}
    inner = value.get(root)
    return {**value, root: {**inner, leaf: cell} if isinstance(inner, dict) else {leaf: cell}}
