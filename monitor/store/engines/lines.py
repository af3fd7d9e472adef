"""Rows as lines of text, in the form of PostgreSQL's COPY: a whole column at a time, not row by row.

One form serves two ends: it is what a server takes fastest, and equal lines are equal rows, whichever engine gave them.
"""

import pyarrow as pa
import pyarrow.compute as pc

_TEXT = pa.large_string()
_TAB, _LINE_FEED, _NOTHING = pa.scalar("\t", _TEXT), pa.scalar("\n", _TEXT), pa.scalar("", _TEXT)
_OPEN, _CLOSE, _QUOTE, _COMMA = (pa.scalar(character, _TEXT) for character in '{}",')
_ESCAPED = (("\\", "\\\\"), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r"))
_NEEDS_ESCAPE = r"[\\\n\t\r]"
_NUL, _REPLACED = "\x00", "\ufffd"  # PostgreSQL's text holds no NUL


def of(rows: pa.Table) -> pa.ChunkedArray:
    """A line for each row: its values with tabs between them, a sign of its own for NULL."""
    columns = [pc.fill_null(_escaped(_texts(column)), "\\N") for column in rows.itercolumns()]
    return pc.binary_join_element_wise(*columns, _TAB)


def joined(lines: pa.ChunkedArray) -> memoryview:
    """All lines as one text in UTF-8, with line feeds between them."""
    whole = lines.combine_chunks()
    one = pa.LargeListArray.from_arrays(pa.array([0, len(whole)], pa.int64()), whole)
    return memoryview(pc.binary_join(one, _LINE_FEED)[0].as_buffer())


def are_equal(lines: pa.ChunkedArray, others: pa.ChunkedArray) -> bool:
    """Whether both hold the same lines, each as often, in any order."""
    return len(lines) == len(others) and bool(_sorted(lines).equals(_sorted(others)))


def without_nul(rows: pa.Table) -> pa.Table:
    """The rows with what PostgreSQL's text holds in place of NUL."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_string(field.type) and pc.any(pc.match_substring(rows[place], _NUL)).as_py():
            rows = rows.set_column(place, field, pc.replace_substring(rows[place], _NUL, _REPLACED))
        elif field.type == pa.list_(pa.string()) and pc.any(pc.match_substring(_elements(rows[place]), _NUL)).as_py():
            replaced = [_without_nul(texts) for texts in rows[place].to_pylist()]
            rows = rows.set_column(place, field, pa.array(replaced, field.type))
    return rows


def _elements(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.list_flatten(column)


def _without_nul(texts: list[str] | None) -> list[str] | None:
    return texts and [text.replace(_NUL, _REPLACED) for text in texts]


def _sorted(lines: pa.ChunkedArray) -> pa.ChunkedArray:
    return lines.take(pc.sort_indices(lines))


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The values as text; times in UTC, without a zone."""
    if pa.types.is_list(column.type):
        return pa.chunked_array([_array_texts(chunk) for chunk in column.chunks], _TEXT)
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us"))  # with a zone its text would need the machine's list of zones
    return column.cast(_TEXT)


def _array_texts(lists: pa.ListArray) -> pa.Array:
    """Lists as PostgreSQL writes arrays, each element quoted: `{"a","b"}`."""
    elements = lists.values.cast(_TEXT)
    for character in ("\\", '"'):
        elements = pc.replace_substring(elements, character, f"\\{character}")
    quoted = pc.binary_join_element_wise(_QUOTE, elements, _QUOTE, _NOTHING)
    inner = pc.binary_join(pa.LargeListArray.from_arrays(lists.offsets.cast(pa.int64()), quoted), _COMMA)
    whole = pc.binary_join_element_wise(_OPEN, inner, _CLOSE, _NOTHING)
    return pc.if_else(lists.is_null(), pa.scalar(None, _TEXT), whole)


def _escaped(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    if pc.any(pc.match_substring_regex(texts, _NEEDS_ESCAPE)).as_py():
        for character, escape in _ESCAPED:
            texts = pc.replace_substring(texts, character, escape)
    return texts
