"""How a file of JSON is written: a value a line or not, in which lists its posts are, what its comments call what."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from monitor.tables import json_rows
from monitor.tables.columns import ColumnFinder, bare_name
from monitor.tables.encoding import LONGEST_LINE, open_text
from monitor.tables.file_format import FAULT, FileFormat, ReadProgress, quoted
from monitor.tables.forms.naming import check_width
from monitor.tables.forms.pages import answer_lists, at_path, counts_anew, is_post, is_unusual_page, lists_beside, pages
from monitor.tables.forms.threads import answer_keys, renamed_columns
from monitor.tables.values import flat_names
from monitor.text import json_values

_START = re.compile(r"\ufeff?\s*(?:(?:var |let |const )?[\w.$]{1,80}\s*=\s*)?(\{|\[\s*[\[{\]])")
_NAMED = re.compile(r"\ufeff?\s*(?:(?:var |let |const )?([\w.$]{1,80})\s*=\s*)[\[{]")
_PART = re.compile(r"\.part\d+$|_\d{4}_\d{2}$")
"""The number of a part of a list, or the month that it is of."""
_PEOPLE = frozenset(("user", "author", "author_id", "core"))
"""Keys of posts that say who wrote them: others' posts stand in envelopes too."""
_LONGEST_BEGINNING = 200
_DECODER = json_values.decoder()
_LOOKED_AT, _LOOKED_AT_CHARACTERS = 500, 1 << 23
"""Objects at the beginning that are looked at, and characters of them."""


def is_json(text: str) -> bool:
    """Whether a file that begins with `text` holds objects of JSON."""
    return _START.match(text) is not None


def json_form(path: Path, encoding: str, finder: ColumnFinder) -> FileFormat:
    """The form of a file of JSON, without its header; `finder` knows the columns of posts and of comments."""
    form = FileFormat("jsonl" if _is_lines(path, encoding) else "json", encoding=encoding)
    found = list(_first_objects(path, form))
    if len(found) == 1 and not is_post(found[0]):
        form = replace(form, kind="json")  # its places are told by the posts, all are in one line
    form = replace(form, around=_around(path, encoding, found))
    list_path = next((one for one in finder.paths if any(map(one.is_in, found))), None)
    if list_path:
        posts = [post for value in found for post in at_path(value, list_path)]
        return replace(form, kind="json", path=list_path, renamed=tuple(renamed_columns(posts, finder).items()))
    is_unusual = len(found) == 1 and is_unusual_page(found[0])
    posts = [post for value in found for post in pages(value, is_unusual)]
    check_width(path, dict.fromkeys(name for post in posts for name in flat_names(post)))
    renamed = renamed_columns(posts, finder)
    beside = dict.fromkeys(name for value in found for name in lists_beside(value, is_unusual))
    notes = (f"lists that hold no posts are not read: {quoted(beside)}",) if beside else ()
    beside_posts = (key for value in found for key in answer_lists(value, is_unusual))
    answers = dict.fromkeys((*answer_keys(posts), *beside_posts))
    titles = tuple(_zones_told(found[0])) if len(found) == 1 and not is_post(found[0]) else ()
    return replace(
        form,
        is_unusual=is_unusual,
        counts_anew=counts_anew(found, is_unusual),
        answers=tuple(answers),
        renamed=tuple(renamed.items()),
        titles=titles,
        notes=notes,
    )


def _around(path: Path, encoding: str, found: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """What the file calls its list, without the number of its part; and the key in which each object stands."""
    with open_text(path, encoding) as text:
        named = _NAMED.match(text.read(_LONGEST_BEGINNING))
    names = [_PART.sub("", named[1])] if named else []
    keys = {key for value in found for key in value}
    if len(keys) == 1 and all(
        isinstance(inner, dict) and _PEOPLE.isdisjoint(inner) for one in found for inner in one.values()
    ):
        names.append(f"envelope.{keys.pop()}")
    return tuple(names)


def _zones_told(page: Mapping[str, Any], depth: int = 2) -> Iterator[str]:
    """What a page says of the zone of its posts, beside their list, as a line."""
    for name, value in page.items():
        if isinstance(value, str) and bare_name(name) in ("timezone", "tz", "zonahoraria", "utcoffset"):
            yield f"time zone: {value}"
        elif isinstance(value, dict) and depth > 1:
            yield from _zones_told(value, depth - 1)


def _first_objects(path: Path, form: FileFormat) -> Iterator[dict[str, Any]]:
    progress = ReadProgress()
    for value in islice(json_rows.objects(path, form, progress), _LOOKED_AT):
        if FAULT not in value:
            check_width(path, value)
            yield value
        if progress.characters > _LOOKED_AT_CHARACTERS:
            return


def _is_lines(path: Path, encoding: str) -> bool:
    """Whether the first line is an object, or one that is broken with another in the next line."""
    with open_text(path, encoding) as text:
        first = next((line for line in iter(lambda: text.readline(LONGEST_LINE), "") if not line.isspace()), "")
        following = next((line for line in iter(lambda: text.readline(LONGEST_LINE), "") if not line.isspace()), "")
    bare = first.strip().removeprefix("\ufeff").rstrip(",;")
    if not bare.startswith("{") or len(first) >= LONGEST_LINE:
        return False
    try:
        return _DECODER.raw_decode(bare)[1] == len(bare)
    except (ValueError, RecursionError):
        return not following or (bare.endswith("}") and following.startswith("{"))
