"""Settings files as people save them: in UTF-8, with a byte order mark or without, or in UTF-16 with one."""

import codecs
from pathlib import Path

from monitor.errors import SettingsError

DEFAULT_FILE = Path("escucha.toml")
ENV_FILE = Path(".env")
LARGEST = 4_000_000
"""Bytes of a settings file."""
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def read(path: Path) -> str:
    """The file's text, its lines ended by a newline. Raises SettingsError, which names the place and the fix."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}): let Escucha read it, or remove it") from None
    if len(content) > LARGEST:
        raise SettingsError(f"{path} is larger than {LARGEST:,} bytes: it is no file of settings")
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


_REMEDY = "save the file as UTF-8 (in an editor: Save as, encoding UTF-8)"


def _line(content: bytes, position: int) -> str:
    lines = content[:position].count(b"\n") + 1
    return f", line {lines}"
