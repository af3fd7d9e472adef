"""Rich text: words as a list of runs (Telegram, Slack) or a document of nodes (ProseMirror, Slate, Draft.js, Quill).

    words(["I ", {"type": "bold", "text": "waited"}])  # "I waited"

The words are joined in order, blocks on lines of their own; marks, addresses behind words and sizes are left out.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from monitor.tables.text import written_values

TEXTS = (
    "full_text", "text", "message", "body", "content", "comment", "caption", "selftext", "textOriginal", "textDisplay",
    "review", "texto", "mensaje", "contenido", "comentario", "reseña", "body_text", "bodyText", "plain_body",
    "text_body", "commentary",
)  # fmt: skip
"""Under which keys an object holds the words of a post."""
_INSIDE = (
    "content", "children", "elements", "runs", "ops", "blocks", "nodes", "items", "root", "document", "fields", "data",
)  # fmt: skip
"""Under which keys a node holds those below it."""
_WORDS = ("text", "simpleText", "plain_text", "insert", "value", "content")
_UNTYPED = ("text", "plain_text", "insert")
_TYPES = ("type", "_type", "nodeType")
_BREAKS = frozenset(("hardbreak", "break", "br", "linebreak", "softbreak"))
_INLINE = frozenset(("text", "link", "textlink", "a", "span", "mark", "hyperlink", "inline"))
_SIGNS = {"mention": "@", "user": "@", "channel": "#", "hashtag": "#", "link": "", "url": "", "inlinecard": "",
          "emoji": ":"}  # fmt: skip
"""Nodes that may have no words of their own: what stands before what they are called."""
_CALLED = ("text", "label", "displayName", "shortName", "name", "username", "user_id", "channel_id", "url", "href")
_OF_POSTS = frozenset(
    ("author", "author_id", "user", "username", "from", "from_id", "ts", "date", "created_at", "createdAt", "timestamp",
     "created_time", "indices", "likes")
)  # fmt: skip
"""Keys of posts in a list, and of what only points into a text: no node has one."""
_END = "\0"
"""Between blocks."""
_DEEPEST = 40
"""Nodes in nodes that are looked into."""
_LONGEST = 1 << 20
"""Characters of a cell that may be rich text."""


def words(value: Any) -> str | None:
    """The words of rich text, or of a list of strings; None: it is neither, or has none."""
    if not is_rich(value) and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        return None
    lines = (line.strip() for line in "".join(_pieces(value, _DEEPEST)).split(_END))
    return "\n".join(filter(None, lines)) or None


def words_in(cell: str) -> str | None:
    """The words of rich text that was written into a cell, as JSON or in Python's own way; None: it is none."""
    if cell[:1] + cell[-1:] not in ("[]", "{}") or len(cell) > _LONGEST:
        return None
    value = next(written_values(cell), None)
    return words(value) if is_rich(value) else None


def is_rich(value: Any, depth: int = _DEEPEST) -> bool:
    """Whether a value is a document, or a list of runs of which one at least is more than a string."""
    if isinstance(value, Mapping):
        return is_document(value, depth)
    if not depth or not isinstance(value, list) or not any(isinstance(one, Mapping) for one in value):
        return False
    are_nodes = all(isinstance(one, str) or (isinstance(one, Mapping) and _is_node(one, depth)) for one in value)
    return are_nodes and any(_says(one, depth) for one in value)


def is_document(value: Mapping[str, Any], depth: int = _DEEPEST) -> bool:
    """Whether an object is nothing but the words of a post: it holds runs, or YouTube's `simpleText`."""
    if not depth or not _OF_POSTS.isdisjoint(value) or "id" in value:
        return False
    return isinstance(value.get("simpleText"), str) or any(is_rich(inner, depth - 1) for inner in _below(value)[:1])


def _is_node(value: Mapping[str, Any], depth: int) -> bool:
    """Whether an object may be a run or a block: it says its type, or holds nodes, or words and marks alone."""
    if not _OF_POSTS.isdisjoint(value):
        return False
    if _type(value) or any(is_rich(inner, depth - 1) for inner in _below(value)):
        return True
    are_marks = all(inner is None or isinstance(inner, str | bool | Mapping) for inner in value.values())
    return are_marks and any(isinstance(value.get(key), str) for key in _UNTYPED)


def _says(value: Any, depth: int) -> bool:
    """Whether it holds words of its own, and not only what a picture or an address is called."""
    if isinstance(value, list):
        return depth > 0 and any(_says(one, depth - 1) for one in value)
    if isinstance(value, Mapping):
        return bool(_own(value)) or (depth > 0 and any(_says(inner, depth - 1) for inner in _below(value)))
    return isinstance(value, str)


def _own(value: Mapping[str, Any]) -> Any:
    """The words that a node itself says: text, or an object that holds it."""
    own = next((value[key] for key in _WORDS if isinstance(value.get(key), str)), None)
    return value.get("text") if own is None and isinstance(value.get("text"), Mapping) else own


def _below(value: Mapping[str, Any]) -> list[Any]:
    return [value[key] for key in _INSIDE if isinstance(value.get(key), list | dict)]


def _type(value: Mapping[str, Any]) -> str:
    found = next((value[key] for key in _TYPES if isinstance(value.get(key), str)), "")
    return re.sub(r"[^a-z]", "", found.lower())


def _pieces(value: Any, depth: int, end: str = "") -> Iterator[str]:
    """The words in order, `_END` behind each block; `end` comes behind each element of a list."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and depth:
        are_lines = len(value) > 1 and all(isinstance(one, str) and one == one.strip() for one in value)
        for one in value:
            yield from _pieces(one, depth - 1)
            yield _END if are_lines else end
    elif isinstance(value, Mapping) and depth:
        yield from _node_pieces(value, depth)


def _node_pieces(value: Mapping[str, Any], depth: int) -> Iterator[str]:
    kind, own, below = _type(value), _own(value), _below(value)
    if kind in _BREAKS:
        yield "\n"
    if own:
        yield from _pieces(own, depth - 1)
    elif not below and kind in _SIGNS:
        yield _called(value, _SIGNS[kind])
    for inner in below:
        yield from _pieces(inner, depth - 1, _END if inner is value.get("blocks") else "")
    if kind not in _INLINE and (below or isinstance(own, Mapping)):
        yield _END


def _called(value: Mapping[str, Any], sign: str) -> str:
    """What stands for a mention, an emoji or an address without words: `@ana`, `:fire:`."""
    attributes = value.get("attrs")
    value = {**value, **attributes} if isinstance(attributes, Mapping) else value
    found = next((value[key] for key in _CALLED if isinstance(value.get(key), str)), "")
    if not found or not found.isascii():  # the sign of an emoji itself
        return found
    return f":{found.strip(':')}:" if sign == ":" else found if found.startswith(sign) else sign + found
