"""The exports that Escucha knows, as data: `exports/*.toml`, an entry each; found by the names in a file's header.

An entry (read by `_entry`) is a table of TOML under its id:

    name      what the file is, as a person calls it; name_es: in Spanish, where that is another
    how       how to get it from the tool, in one line; how_es: in Spanish
    source    where its header was seen
    keys      names that are all there and give the file away; a list among them holds other names of the same; one is
              what the file calls its list (`window.YTD.tweets`), or its objects stand in (`envelope.tweet`)
    path      keys of lists in lists of which the last holds the posts, where JSON has them so; `own_lists`: keys of
              those in posts that hold the brand's answers
    columns   role (of `PostColumns`) = name, or a list of names of which the first that is there is taken
    texts     names of the text's columns, where a row fills one or another: the first that it fills is taken
    reply     text, posted_at, author of the brand's own answer in the row
    later     a list of what was written later in the row: `text` and `posted_at`; `own = true` where the brand did
    own       rows that the brand wrote itself: `column` and the `values` that say so; `{}`: all rows; `customers`: the
              values of everybody else, where no words tell them
    private   rows that are no posts, told in the same way: a desk's own notes
    events    rows that the tool wrote itself, told in the same way: they are no posts either
    id_in     what of the id's column is the id, where that is more than the id (a regular expression with one group)
    former    what earlier versions took for the id: a `column`, or all of the row, or that `without` some columns
    ids_within  a column within whose values the ids count, and those of what is answered
    tool_ids  true: the ids are the tool's; where a post's address tells the network's own, that is its id
    time_zone, date_order ("day", "month"), zone_column, scraped_at    how times are written
    instead   what to do, for a file that is none of posts

Names are compared as `bare_name` writes them. Columns that are not in a header are missed by nobody but `text`.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from monitor.tables.columns import bare_name
from monitor.tables.file_format import FileFormat, ListPath
from monitor.tables.layout import LaterColumns, Layout, MarkedRows, ReplyColumns

_FOLDER = Path(__file__).with_name("exports")

_TEXTS = ("name", "name_es", "how", "how_es", "source", "time_zone", "date_order", "instead")
_OF_COMMENTS: Mapping[str, "Names"] = {"thread": ("thread_id",), "in_reply_to": ("in_reply_to",)}
"""Role -> what a comment has that stood inside its post: `monitor.tables.forms.threads`."""

Names: TypeAlias = tuple[str, ...]
"""What one column may be called, the likeliest first."""


@dataclass(frozen=True, slots=True)
class RowMark:
    """What tells some rows from others: a column with one of these names, and its values, folded; no name: all."""

    names: Names = ()
    values: frozenset[str] = frozenset()
    customers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FormerId:
    """What earlier versions took for the id: a column, else all of a row `without` some columns."""

    column: str = ""
    without: Names = ()


@dataclass(frozen=True, slots=True)
class KnownExport:
    """A known export; `date_order` is "day", "month" or "" (not said), as are the other texts that nobody wrote."""

    id: str
    name: str
    name_es: str
    how: str
    how_es: str
    source: str
    keys: tuple[Names, ...]
    columns: Mapping[str, Names]
    reply: Mapping[str, Names]
    own: RowMark | None = None
    private: RowMark | None = None
    events: RowMark | None = None
    later: tuple[Mapping[str, Names], ...] = ()
    own_later: frozenset[int] = frozenset()
    texts: Names = ()
    path: ListPath | None = None
    ids_within: Names = ()
    former: FormerId | None = None
    id_in: re.Pattern[str] | None = None
    tool_ids: bool = False
    time_zone: str = ""
    date_order: str = ""
    zone_column: Names = ()
    scraped_at: Names = ()
    instead: str = ""

    def columns_in(self, header: Iterable[str]) -> dict[str, str]:
        """Role -> column of this header; roles whose columns are not there are left out. A link may hold the id too."""
        names = {role: (*self.columns.get(role, ()), *of_comments) for role, of_comments in _OF_COMMENTS.items()}
        return _columns({**self.columns, **names}, header)

    def reply_in(self, header: Iterable[str]) -> ReplyColumns | None:
        """What holds the brand's answer to a post; None where the file has no answers."""
        columns = _columns(self.reply, header)
        return ReplyColumns(**columns) if "text" in columns else None

    def later_in(self, header: Iterable[str]) -> tuple[tuple[LaterColumns, ...], tuple[str, ...]]:
        """What holds what was written later and when; and the columns of it of which no other says when."""
        found = [(_columns(names, header), number in self.own_later) for number, names in enumerate(self.later)]
        dated = (LaterColumns(one["text"], one["posted_at"], is_own) for one, is_own in found if len(one) > 1)
        return tuple(dated), tuple(one["text"] for one, _ in found if one.keys() == {"text"})

    def marks_in(self, header: Iterable[str]) -> tuple[MarkedRows | None, ...]:
        """Rows that the brand wrote itself, its notes and the tool's events; None where no column of the file tells."""
        return _marked(self.own, header), _marked(self.private, header), _marked(self.events, header)


def with_entry(layout: Layout, entry: KnownExport, *, zone_is_named: bool = False) -> Layout:
    """The layout with what an entry says, the columns apart: zone, order of dates, the brand's answers, the ids.

    With `zone_is_named` a person has said where the times were written, and is believed.
    """
    header = layout.form.header
    named = {"zone": entry.zone_column, "scraped_at": entry.scraped_at, "within": entry.ids_within}
    others = _columns(named, header)
    reply = entry.reply_in(header)
    layout = layout.with_note(f"known export: {entry.name}")
    if reply and reply.posted_at:
        layout = layout.with_note(f"your answers, stored beside the posts: {reply.text}, written at {reply.posted_at}")
    later, undated = entry.later_in(header)
    for one in later:
        whose = "your answers" if one.is_own else "what the authors wrote later"
        layout = layout.with_note(f"{whose}, stored beside the posts: {one.text}, written at {one.posted_at}")
    for column in undated:
        layout = layout.with_note(f"messages in {column} are not stored: no column says when they were written")
    return replace(
        layout,
        entry=entry.id,
        later=later,
        time_zone=ZoneInfo(entry.time_zone) if entry.time_zone and not zone_is_named else layout.time_zone,
        day_first=entry.date_order != "month" if entry.date_order else layout.day_first,
        zone_column=others.get("zone", layout.zone_column),
        scraped_at=others.get("scraped_at", layout.scraped_at),
        texts=_texts(layout, entry),
        reply=reply,
        tool_ids=entry.tool_ids,
        ids_within=others.get("within"),
        id_in=entry.id_in if layout.columns.id == entry.columns_in(header).get("id") else None,
    )


def _texts(layout: Layout, entry: KnownExport) -> Names:
    """The columns of the text in this file; none where a person has named it."""
    header = layout.form.header
    if layout.columns.text != entry.columns_in(header).get("text"):
        return ()
    found = (_columns({"text": (name,)}, header).get("text") for name in entry.texts)
    return tuple(filter(None, found))


def match(header: Sequence[str]) -> KnownExport | None:
    """The entry that knows a file with these columns, the one with most keys; None: no entry does."""
    present = {_key(column) for column in header}
    found = [entry for entry in entries() if all(any(_key(name) in present for name in key) for key in entry.keys)]
    return max(found, key=lambda entry: (len(entry.keys), len(entry.columns_in(header))), default=None)


def match_form(form: FileFormat, header: Sequence[str]) -> KnownExport | None:
    """The same for a file of this form, which may tell more than its columns do."""
    return match((*header, *form.around))


@cache
def paths() -> tuple[ListPath, ...]:
    """Where known forms of JSON have their posts in lists in lists."""
    return tuple(dict.fromkeys(entry.path for entry in entries() if entry.path))


@cache
def entries() -> tuple[KnownExport, ...]:
    """All of them, sorted by name."""
    tables = {
        entry_id: table
        for file in sorted(_FOLDER.glob("*.toml"))
        for entry_id, table in tomllib.loads(file.read_text("utf-8")).items()
    }
    return tuple(sorted((_entry(*item) for item in tables.items()), key=lambda entry: entry.name.casefold()))


@cache
def groups() -> Mapping[str, str]:
    """What each entry is about, by id: the name of the file it stands in."""
    files = sorted(_FOLDER.glob("*.toml"))
    return {entry_id: file.stem for file in files for entry_id in tomllib.loads(file.read_text("utf-8"))}


def entry_named(entry_id: str) -> KnownExport:
    """The entry with this id. Raises KeyError."""
    return {entry.id: entry for entry in entries()}[entry_id]


def _entry(entry_id: str, table: Mapping[str, Any]) -> KnownExport:
    texts = {key: table.get(key, "") for key in _TEXTS}
    return KnownExport(
        id=entry_id,
        keys=tuple(_names(key) for key in table["keys"]),
        columns={role: _names(names) for role, names in table.get("columns", {}).items()},
        reply={role: _names(names) for role, names in table.get("reply", {}).items()},
        own=_mark(table.get("own")),
        private=_mark(table.get("private")),
        events=_mark(table.get("events")),
        former=_former(table.get("former")),
        later=tuple({name: _names(one[name]) for name in ("text", "posted_at")} for one in table.get("later", ())),
        own_later=frozenset(number for number, one in enumerate(table.get("later", ())) if one.get("own")),
        path=ListPath(tuple(table["path"]), tuple(table.get("own_lists", ()))) if "path" in table else None,
        tool_ids=table.get("tool_ids", False),
        id_in=re.compile(table["id_in"]) if "id_in" in table else None,
        texts=_names(table.get("texts", ())),
        ids_within=_names(table.get("ids_within", ())),
        zone_column=_names(table.get("zone_column", ())),
        scraped_at=_names(table.get("scraped_at", ())),
        **texts,
    )


def _former(table: Mapping[str, Any] | None) -> FormerId | None:
    if table is None:
        return None
    return FormerId(table.get("column", ""), _names(table.get("without", ())))


def _mark(table: Mapping[str, Any] | None) -> RowMark | None:
    if table is None:
        return None
    values, customers = (frozenset(map(str.casefold, table.get(name, ()))) for name in ("values", "customers"))
    return RowMark(_names(table.get("column", ())), values, customers)


def _marked(mark: RowMark | None, header: Iterable[str]) -> MarkedRows | None:
    """The rows with the mark; None where no column of the file tells."""
    column = _columns({"mark": mark.names}, header).get("mark") if mark else None
    return MarkedRows(column, mark.values, customers=mark.customers) if mark and (column or not mark.names) else None


def _names(value: str | Sequence[str]) -> Names:
    return (value,) if isinstance(value, str) else tuple(value)


def _columns(names_of: Mapping[str, Names], header: Iterable[str]) -> dict[str, str]:
    columns = tuple(header)
    by_name = {_key(column): column for column in reversed(columns)}
    found = {
        role: next(filter(None, (by_name.get(_key(name)) or _inside(name, columns) for name in names)), None)
        for role, names in names_of.items()
    }
    return {role: column for role, column in found.items() if column}


def _key(name: str) -> str:
    """What names are compared by; of `#`, which has no letters, itself."""
    return bare_name(name) or name.strip()


def _inside(name: str, header: Sequence[str]) -> str | None:
    """The dotted name where a column holds the object that it leads into: headers name objects a few deep only."""
    return name if any(name.startswith(f"{column}.") for column in header) else None
