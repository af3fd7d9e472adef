"""Ids under which earlier versions stored the rows of a file: in disguise, made up, or by what they took for the id."""

from collections.abc import Mapping
from typing import Any

from monitor.models.posts import ROW_ID
from monitor.sources.files.catalogue import FormerId, entry_named
from monitor.sources.files.ids.identity import made_id, row_id
from monitor.sources.files.ids.written import undisguised
from monitor.tables.forms.threads import THREAD
from monitor.tables.layout import Layout
from monitor.tables.text import one_line
from monitor.tables.values import id_of, time_text, value_of

_FORMER_BYTES = 12
"""The size of the hashes of author, time and text, of which ids were made before those of rows: another length."""
FORMER_LENGTH = len(ROW_ID) + 2 * _FORMER_BYTES
_ID, _ADDRESSES = "id", ("url", "permalink")
"""What a post that holds comments has for an id where it has none but its address: `monitor.tables.forms.threads`."""
_MADE = ((_ID,), (_ID, THREAD))
"""What such a post has got here, since comments on it were in the file, or before any was."""
_WHOLE_ROW = FormerId()


def former_ids(raw: Mapping[str, Any], layout: Layout, *, with_made: bool) -> tuple[str, ...]:
    """Ids under which earlier versions may have stored this row: in its disguise, or made from author, time and text.

    `with_made`: also those that were made. There are none for most rows.
    """
    written = id_of(raw, layout.columns.id)
    is_plain = written is None or written.isdigit() or undisguised(written) == written
    disguised = () if written is None or is_plain else (written,)
    text = value_of(raw, layout.columns.text) if with_made else None
    if text is None:
        return disguised
    author = (one_line(value_of(raw, layout.columns.author)) or "").lstrip("@")
    time = time_text(raw, layout.columns) or ""
    return (*disguised, *(made_id((name, time, text), _FORMER_BYTES) for name in dict.fromkeys((author, ""))))


def former_rule(layout: Layout) -> FormerId | None:
    """What earlier versions took for the id of such a file's posts; None: what is taken today."""
    if layout.entry and (former := entry_named(layout.entry).former):
        return former
    return _WHOLE_ROW if layout.form.kind in ("json", "jsonl") and layout.columns.id == _ID else None


def moved_ids(raw: Mapping[str, Any], layout: Layout, rule: FormerId) -> tuple[str, ...]:
    """The ids that a row may have had by such a rule, the likeliest first; none: it has no other today."""
    if rule is _WHOLE_ROW:
        is_address = raw.get(_ID) in [address for name in _ADDRESSES if (address := raw.get(name))]
        return tuple(row_id(_without(raw, *names), layout) for names in _MADE) if is_address else ()
    if rule.column:
        found = id_of(raw, rule.column)
        return () if found is None else (found,)
    return (row_id(_without(raw, *rule.without), layout),)


def _without(raw: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in raw.items() if name not in names}
