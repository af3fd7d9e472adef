"""The one SQL text as PostgreSQL takes it: placeholders numbered, tables of this process put before it.

Repositories write `?`, `$1` or `$name` for values, and name tables that they have registered. Here those tables are
arrays that the statement unnests, so that readers, who may create nothing, have them too and no catalogue grows.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | (?P<mark>\?) | \$(?P<name>[A-Za-z_]\w*) | \$(?P<number>\d+)""",
    re.VERBOSE,
)
_WITH = re.compile(r"\s*(?P<word>WITH(?:\s+RECURSIVE)?)\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with `$1` placeholders, and which of the given values each takes: places, or names."""

    text: str
    places: tuple[int | str, ...]

    def values(self, given: Sequence[object] | Mapping[str, object]) -> list[object]:
        """The given values in the order of the placeholders."""
        if isinstance(given, Mapping):
            return [given[str(place)] for place in self.places]
        return [given[int(place)] for place in self.places]


@lru_cache(maxsize=2_000)
def numbered(text: str) -> Statement:
    """The statement with each placeholder as `$1`, `$2` ...; a name that comes twice is one of them."""
    places: list[int | str] = []

    def replace(token: re.Match[str]) -> str:
        if token["mark"]:
            places.append(len(places))
            return f"${len(places)}"
        if token["name"]:
            if token["name"] not in places:
                places.append(token["name"])
            return f"${places.index(token['name']) + 1}"
        if token["number"]:
            place = int(token["number"]) - 1
            places.extend(range(len(places), place + 1))
        return token[0]

    return Statement(_TOKEN.sub(replace, text), tuple(places))


def named(text: str, tables: Sequence[str]) -> list[str]:
    """Those of these tables whose names stand in the statement."""
    words = _words(text)
    return [table for table in tables if table in words]


def columns_named(text: str, columns: Sequence[str]) -> list[str]:
    """Those of a table's columns that a statement can ask for: others need not be sent."""
    words = _words(text)
    return list(columns) if "*" in text else [column for column in columns if column in words] or [columns[0]]


@lru_cache(maxsize=2_000)
def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text))


def with_tables(text: str, tables: Sequence[str]) -> str:
    """The statement with these table expressions, `name AS (...)`, before its own."""
    if not tables:
        return text
    begins = _WITH.match(text)
    if begins is None:
        return f"WITH {', '.join(tables)} {text}"
    return f"{begins['word']} {', '.join(tables)}, {text[begins.end() :]}"
