"""The text of a settings file changed key by key: comments, order and everything else stay as people wrote them. Pure.

tomlkit writes; what it wrote is read again, and is refused where it says anything but what was asked for.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any, TypeAlias

import tomlkit
from tomlkit.container import Container, OutOfOrderTableProxy
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, InlineTable, Table, Whitespace

from monitor.errors import SettingsError

SettingPath: TypeAlias = tuple[str | int, ...]
"""Where a setting stands: ("brands", 0, "queries"); the number of an entry counts from 0."""
SettingValue: TypeAlias = str | bool | int | float | date | Sequence[Any] | dict[str, Any] | None
_TOKENS = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL
)  # texts too, in which # begins no comment
_BY_HAND = "this file cannot be changed here without losing something of it; change it with an editor"


@dataclass(frozen=True, slots=True)
class SettingChange:
    """What is to stand at a path from now on; None: nothing, so that the default holds, or the entry goes.

    The path of an entry one past the last of its list adds one.
    """

    path: SettingPath
    value: SettingValue


def change(text: str, changes: Sequence[SettingChange]) -> str:
    """The text after these changes, one after the other. Raises SettingsError where something else would be lost.

    The text is TOML. Raises KeyError or IndexError for an entry that is not there.
    """
    expected = tomllib.loads(text)
    try:
        document = tomlkit.parse(text)
        for one in changes:
            _put_kept(document, one)
        changed = tomlkit.dumps(document)
        read = tomllib.loads(changed)
    except (TOMLKitError, tomllib.TOMLDecodeError):
        raise SettingsError(_BY_HAND) from None
    shrinks = False
    for one in changes:
        shrinks |= put(expected, one)
    if read != expected or (not shrinks and comments(text) - comments(changed)):
        raise SettingsError(_BY_HAND)
    return changed


def comments(text: str) -> Counter[str]:
    """The comments of a TOML text."""
    return Counter(token.rstrip() for token in _TOKENS.findall(text) if token.startswith("#"))


def value_at(document: Any, path: SettingPath) -> Any:
    """What stands there; None for nothing."""
    for part in path:
        try:
            document = document[part]
        except (KeyError, IndexError, TypeError):
            return None
    return document


def put(document: dict[str, Any], one: SettingChange) -> bool:
    """Makes a change in plain values. Returns whether something that was there is not any more."""
    before, section = value_at(document, one.path), document
    if _is_done(before, one):
        return False
    for part, below in pairwise(one.path):
        if isinstance(section, dict) and part not in section:
            section[part] = [] if isinstance(below, int) else {}  # type: ignore[index]
        section = section[part]  # type: ignore[index]
    key: Any = one.path[-1]
    if one.value is None:
        del section[key]
    elif isinstance(section, list) and key == len(section):
        section.append(one.value)
    else:
        section[key] = one.value
    return one.value is None or (isinstance(before, list) and any(value not in list(one.value) for value in before))  # type: ignore[arg-type]


def _put_kept(document: Any, one: SettingChange) -> None:
    """Does it to the document of tomlkit."""
    if _is_done(value_at(document, one.path), one):
        return
    section = document
    for part, below in pairwise(one.path):
        if isinstance(part, str) and part not in section:
            _add(section, part, _empty(section, is_list=isinstance(below, int)))
        section = section[part]
    key: Any = one.path[-1]
    if one.value is None:
        _remove(section, key)
    elif isinstance(section, AoT | Array):
        _put_entry(section, key, one.value)
    elif isinstance(section.get(key), Array) and isinstance(one.value, Sequence):
        _amend(section[key], list(one.value))
    elif key in section:
        section[key] = _item(one.value, inline=True)
    else:
        _add(section, key, _item(one.value, inline=isinstance(section, InlineTable)))


def _is_done(before: Any, one: SettingChange) -> bool:
    return before is None and one.value is None and isinstance(one.path[-1], str)


def _empty(section: Any, *, is_list: bool) -> Any:
    if isinstance(section, InlineTable):
        return tomlkit.array() if is_list else tomlkit.inline_table()
    return tomlkit.aot() if is_list else tomlkit.table()


def _item(value: Any, *, inline: bool) -> Any:
    """A value as tomlkit writes it: a text with quotes in it between '...' where that goes."""
    if isinstance(value, str):
        plain = value.isprintable() and "'" not in value
        multiline = "\n" in value and '"""' not in value
        return tomlkit.string(value, literal=plain and ('"' in value or "\\" in value), multiline=multiline)
    if isinstance(value, dict):
        table: Any = tomlkit.inline_table() if inline else tomlkit.table()
        for key, part in value.items():
            table.append(key, _item(part, inline=inline))
        return table
    if isinstance(value, list | tuple):
        if value and not inline and all(isinstance(part, dict) for part in value):
            return _tables(value)
        array = tomlkit.array()
        for part in value:
            array.append(_item(part, inline=True))
        return array
    return tomlkit.item(value)


def _tables(values: Sequence[dict[str, Any]]) -> AoT:
    tables = tomlkit.aot()
    for value in values:
        tables.append(_item(value, inline=False))
    return tables


def _add(section: Any, key: str, item: Any) -> None:
    """A new key, behind the last one: what is told after that one, before the next heading, stays where it is."""
    table = section._tables[0] if isinstance(section, OutOfOrderTableProxy) else section  # parts stand apart
    container = table.value if isinstance(table, Table) else table
    if isinstance(container, Container) and not isinstance(item, Table | AoT):
        last = [name for name, other in container.body if name is not None and not isinstance(other, Table | AoT)]
        if last:
            container._insert_after(last[-1], key, item)  # tomlkit's own append goes behind the remarks
            return
    section[key] = item


def _put_entry(entries: Any, at: int, value: Any) -> None:
    if at < len(entries):
        entries[at] = _item(value, inline=isinstance(entries, Array))
    elif isinstance(entries, Array):
        entries.append(_item(value, inline=True))
    else:
        table = _item(value, inline=False)
        tail = _take_tail(entries[-1]) if len(entries) else ""
        entries.append(table)
        entries[-1].trivia.indent = "\n"
        _give_tail(entries[-1], tail)


def _remove(section: Any, key: Any) -> None:
    if isinstance(section, AoT):
        _remove_entry(section, key)
    else:
        del section[key]


def _remove_entry(entries: AoT, at: int) -> None:
    """The remarks after an entry are mostly about what follows it: they stay."""
    tail = _take_tail(entries[at], whole=True)
    following = entries[at + 1] if at + 1 < len(entries) else None
    del entries[at]
    if following is not None:
        following.trivia.indent = tail + following.trivia.indent
    elif len(entries):
        _give_tail(entries[-1], tail)
    elif comments(tail):
        raise SettingsError(_BY_HAND)


def _last_table(table: Table) -> Table:
    """The table, or the last part of it that has a heading of its own."""
    for _, item in reversed(table.value.body):
        if isinstance(item, Table) and not item.is_super_table() and not _is_dotted(item):
            return _last_table(item)
        if isinstance(item, AoT) and len(item):
            return _last_table(item[-1])
        break
    return table


def _is_dotted(table: Table) -> bool:
    return not table.display_name


def _take_tail(table: Table, *, whole: bool = False) -> str:
    """Takes out what stands after the last key, as text: from the first empty line on, or all of it."""
    body = _last_table(table).value.body
    end = len(body)
    while end and body[end - 1][0] is None:
        end -= 1
    while not whole and end < len(body) and not isinstance(body[end][1], Whitespace):
        end += 1
    tail = "".join(item.as_string() for _, item in body[end:])
    del body[end:]
    return tail


def _give_tail(table: Table, tail: str) -> None:
    if tail:
        _last_table(table).value.body.append((None, Whitespace(tail)))


def _amend(array: Array, values: list[Any]) -> None:
    """Makes the list hold these values; what stays keeps its place, and the remark beside it."""
    before = array.unwrap()
    matches = SequenceMatcher(None, list(map(repr, before)), list(map(repr, values)), autojunk=False)
    for _, start, end, first, last in reversed([code for code in matches.get_opcodes() if code[0] != "equal"]):
        both = min(end - start, last - first)
        for offset in range(both):
            array[start + offset] = _item(values[first + offset], inline=True)
        for at in reversed(range(start + both, end)):
            del array[at]
        for offset in range(both, last - first):
            array.insert(start + offset, _item(values[first + offset], inline=True))
