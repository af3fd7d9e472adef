"""What an encoded text says: escapes of URLs, HTML, JSON and Python undone, base64 and hex read, one in the other."""

import base64
import binascii
import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

_ROUNDS = 3  # encodings in one another that are undone
LONGEST = 100_000  # characters; what is longer is no message
_MOST_VIEWS = 200
_LETTERS = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([/\"'\\]))")
ESCAPE = re.compile(r"%[0-9a-fA-F]{2}|&#?\w+;|\\[ux/\"'\\]")
RUN = re.compile(r"[A-Za-z0-9+/_-]{16,}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){12,}")
_SAFE = str.maketrans("-_", "+/")


def may_be_encoded(text: str) -> bool:
    """Whether anything in a text of a message's size is worth decoding."""
    return len(text) <= LONGEST and bool("+" in text or ESCAPE.search(text) or RUN.search(text))


def views(text: str) -> Iterator[str]:
    """What the text may say once decoded, each once; not the text itself."""
    seen, latest = {text}, [text]
    for _ in range(_ROUNDS):
        found = []
        for read in latest:
            for view in _decoded(read):
                if view not in seen and len(seen) < _MOST_VIEWS:
                    seen.add(view)
                    found.append(view)
                    yield view
        latest = found


def _decoded(text: str) -> Iterator[str]:
    if "%" in text:
        yield unquote(text)
        yield unquote(text, "latin-1")
    if "+" in text:
        yield text.replace("+", " ")
    if "&" in text:
        yield html.unescape(text)
    if "\\" in text:
        yield _LETTERS.sub(_letter, text)
    for run in RUN.findall(text):
        yield from _read_run(run)


def read(run: str) -> Iterator[str]:
    """What a RUN may say as base64 or hex, and that decoded further."""
    for content in _read_run(run):
        yield content
        yield from views(content)


def _read_run(run: str) -> Iterator[str]:
    for start in range(4):
        yield from _read_base64(run[start:].translate(_SAFE))
    for digits in _HEX.findall(run):
        yield bytes.fromhex(digits).decode("utf-8", "replace")


def _letter(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else match[3]


def _read_base64(run: str) -> Iterator[str]:
    whole = run[: len(run) - (len(run) % 4 == 1)]
    try:
        content = base64.b64decode(whole + "=" * (-len(whole) % 4))
    except (binascii.Error, ValueError):
        return
    read = content.decode("utf-8", "ignore")
    if len(read.encode()) > 0.9 * len(content) and read.isprintable():  # else it was never text
        yield read
