"""Settings files as people save them: in UTF-8, with a byte order mark or without, or in UTF-16 with one."""

import codecs
import hashlib
import os
import re
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

from monitor.errors import SettingsError

DEFAULT_FILE = Path("escucha.toml")
ENV_FILE = Path(".env")
LARGEST = 4_000_000
"""Bytes of a settings file."""
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_ENDING = re.compile("\r\n|\n|\r")


def read(path: Path) -> str:
    """The file's text, its lines ended by a newline. Raises SettingsError, which names the place and the fix."""
    return decode(read_bytes(path), path)


def read_bytes(path: Path) -> bytes:
    """What the file holds. Raises SettingsError for one that cannot be read, or is too large."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}): let Escucha read it, or remove it") from None
    if len(content) > LARGEST:
        raise SettingsError(f"{path} is larger than {LARGEST:,} bytes: it is no file of settings")
    return content


def decode(content: bytes, path: Path) -> str:
    """The text of a file that holds this, its lines ended by a newline. Raises SettingsError as `read` does."""
    encoding = next((name for mark, name in _MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        place = _line(content, error.start)
        raise SettingsError(
            f"{path}{place}: this is not UTF-8 but perhaps ANSI (Windows-1252, Latin-1); {_REMEDY}"
        ) from None
    if "\0" in text:
        place = _line(content, content.find(b"\0"))
        raise SettingsError(f"{path}{place}: this seems to be UTF-16 without its mark; {_REMEDY}")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def encode(text: str, before: bytes, path: Path) -> bytes:
    """A text as the file holds it that held `before`: with its byte order mark, and each line ended as it was.

    New lines end as most do. Raises SettingsError as `read` does.
    """
    mark = next((mark for mark in _MARKS if before.startswith(mark)), b"")
    encoding = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}.get(mark, "utf-8")
    endings = _ENDING.findall(before[len(mark) :].decode(encoding))
    lines = text.split("\n")
    if set(endings) <= {"\n"}:
        return mark + text.encode(encoding)
    ended = [Counter(endings).most_common(1)[0][0]] * len(lines)
    matches = SequenceMatcher(None, decode(before, path).split("\n"), lines, autojunk=False)
    for start, at, size in matches.get_matching_blocks() if len(set(endings)) > 1 else ():
        kept = endings[start : start + size]  # the last line has none
        ended[at : at + len(kept)] = kept
    return mark + "".join(map(str.__add__, lines, (*ended[:-1], ""))).encode(encoding)


def path_in_force() -> Path:
    """The settings file that `ESCUCHA_CONFIG` names, else that of the working directory; it may not be there."""
    return Path(os.environ.get("ESCUCHA_CONFIG") or DEFAULT_FILE)


def digest_of(content: bytes) -> str:
    """The SHA-256 of what a settings file holds, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def digest() -> str:
    """The SHA-256 of the settings file in force, in hexadecimal; '' where there is none, or it cannot be read."""
    try:
        return digest_of(path_in_force().read_bytes())
    except OSError:
        return ""


_REMEDY = "save the file as UTF-8 (in an editor: Save as, encoding UTF-8)"


def _line(content: bytes, position: int) -> str:
    lines = content[:position].count(b"\n") + 1
    return f", line {lines}"
