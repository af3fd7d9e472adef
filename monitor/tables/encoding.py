"""Which encoding a text file is in, and how it is opened so that a stray byte never stops it."""

import codecs
import io
import unicodedata
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import IO, cast

from monitor.errors import UnfitFile

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OLD = ("cp1252", "mac_roman", "cp850")
"""What Western European exports are in when not in Unicode: Windows, Excel for Mac, DOS; in this order."""
_WESTERN = frozenset("áéíóúüñÁÉÍÓÚÜÑ¿¡ªº€àèìòùâêîôûäëïöçãõÀÈÒÇÃÕÂÊÔÄÖß«»“”‘’…–—·´°")
_OFTEN = {"ansi": "cp1252", "windows": "cp1252", "unicode": "utf-16", "mac": "mac_roman", "dos": "cp850"}
"""What programs call an encoding that Python calls otherwise."""
_ENOUGH = 0.9
_BLOCK = 1 << 15
"""Characters that are read at a time."""
LONGEST_LINE = 1 << 24
"""Characters of one line of a file."""


def detect_encoding(sample: bytes) -> str:
    """The encoding of the beginning of a file, as a Python codec name; never fails."""
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name
    if wide := _wide(sample):
        return wide
    strays, characters = _count_strays(sample)
    if strays == 0 or strays <= characters * 0.1:
        return "utf-8"
    return _western(sample) or _other(sample)


def named_encoding(path: Path, sample: bytes, name: str) -> str:
    """The codec of an encoding that a person names for a file that begins with `sample`. Raises UnfitFile."""
    try:
        codec = codecs.lookup(_OFTEN.get(name.strip().lower(), name.strip()))
        text = codecs.getincrementaldecoder(codec.name)("replace").decode(sample) if _is_text(codec) else ""
    except (LookupError, ValueError):
        text = ""
    if text and text.count("\ufffd") <= len(text) / 100:
        marked = next((marked for mark, marked in _BOMS if sample.startswith(mark)), "")
        return marked if marked.replace("-sig", "").startswith(codec.name) else codec.name
    raise UnfitFile(
        "file_encoding",
        "{file} cannot be read as {encoding}: --encoding is one such as utf-8, cp1252 (Windows), latin-1, mac_roman, "
        "cp850 (DOS), utf-16; it looks like {likely}",
        file=path.name,
        encoding=name[:40],
        likely=detect_encoding(sample),
    )


def _is_text(codec: codecs.CodecInfo) -> bool:
    """Whether it is an encoding of characters: codecs of other kinds unpack and execute."""
    return bool(getattr(codec, "_is_text_encoding", False)) and codec.name not in ("idna", "punycode", "undefined")


def open_text(path: Path, encoding: str) -> io.TextIOWrapper:
    """The file as text, line ends untouched; bytes that are not `encoding` are read as Windows-1252."""
    raw: IO[bytes] = path.open("rb", buffering=1 << 18)
    return io.TextIOWrapper(raw, encoding=encoding, errors="escucha", newline="")


def lines(text: io.TextIOWrapper) -> Iterator[str]:
    """The lines with their ends. Raises UnfitFile for one without end, which memory would not hold."""
    return chain.from_iterable(batches(text))


def batches(text: io.TextIOWrapper) -> Iterator[list[str]]:
    """The same, many at a time: a call for each line takes as long as all else that is done to read it."""
    count, rest = 0, ""
    while block := text.read(max(_BLOCK, len(rest))):
        found = io.StringIO(rest + block, newline="").readlines()
        if len(rest) + len(block) >= LONGEST_LINE:
            _check_lines(text, found, count)
        rest = "" if found[-1].endswith("\n") else found.pop()  # its end, or the \n behind its \r, is still to come
        count += len(found)
        yield found
    if rest:
        yield [rest]


def _check_lines(text: io.TextIOWrapper, found: list[str], count: int) -> None:
    number = next((number for number, line in enumerate(found, count + 1) if len(line) >= LONGEST_LINE), None)
    if number is not None:
        raise UnfitFile(
            "file_limit",
            "{file} is larger inside than a file may be ({limit}); export it again",
            file=Path(str(text.name)).name,
            limit=f"line {number:,} has more than {LONGEST_LINE:,} characters",
        )


def bytes_read(text: io.TextIOWrapper) -> int:
    """How far the file has been read, in bytes; a little ahead of the text handed out."""
    return cast(IO[bytes], text.buffer).tell()


def _replace_stray(error: UnicodeError) -> tuple[str, int]:
    """Concatenated exports mix encodings: a byte that is not UTF-8 is nearly always Windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if not error.encoding.startswith("utf-8") and error.encoding != "utf8":
        return "\ufffd", error.end
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("escucha", _replace_stray)


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark: every other byte of plain text is zero."""
    half = max(1, len(sample) // 2)
    even, odd = sample[0::2].count(0) / half, sample[1::2].count(0) / half
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.05 else ""


def _count_strays(sample: bytes) -> tuple[int, int]:
    """Bytes that are not UTF-8, and characters beyond ASCII that are; the cut at the end does not count."""
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(sample)
    strays = text.count("\ufffd")
    return strays, len(text) - len(text.encode("ascii", "ignore")) - strays


def _western(sample: bytes) -> str:
    best = max(_OLD, key=lambda name: _westernness(sample, name))
    return best if _westernness(sample, best) >= _ENOUGH else ""


def _westernness(sample: bytes, name: str) -> float:
    beyond = [character for character in sample.decode(name, "replace") if not character.isascii()]
    letters = sum(character in _WESTERN for character in beyond)
    return letters / len(beyond) if beyond else 0.0


def _other(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(sample[: 1 << 16]).best()
    return "cp1252" if best is None or _has_controls(str(best)) else best.encoding


def _has_controls(text: str) -> bool:
    return any(unicodedata.category(character) == "Cc" and character not in "\n\r\t" for character in text)
