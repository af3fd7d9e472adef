"""What servers send, without the credentials that they were sent: only these are replaced, so that JSON stays JSON."""

import html.entities
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from monitor.masking import masks

_SHORTEST = 12  # characters from which on no form is found by chance
_SHORTEST_NEEDLE = 4
_URL_SAFE = str.maketrans("+/", "-_")
_PLAIN_RUN = re.compile(r"[A-Za-z0-9._~-]+")  # what no encoding but a full one writes differently
_BACKSLASHES = rb"\\{1,7}"


def mask_answer(content: bytes) -> bytes:
    """The answer without credentials, plain, escaped, in hex or base64; as it is, and quickly, where it has none."""
    lower = content.lower()
    for secret in masks.unlikely():
        if any(needle in lower for needle in _needles(secret)):
            content = _pattern(secret).sub(masks.MASK.encode(), content)
    return content


def holds_plain(texts: Iterable[str], secrets: Sequence[str]) -> bool:
    """Whether one of the texts holds one of `masks.unlikely()`, upper or lower case."""
    lower = "\n".join(texts).lower()
    return any(secret.lower() in lower for secret in secrets)


def mask_plain(text: str, secrets: Iterable[str]) -> str:
    """The text without these credentials, upper or lower case."""
    for secret in secrets:
        text = re.sub(re.escape(secret), masks.MASK, text, flags=re.IGNORECASE)
    return text


@lru_cache(maxsize=200)
def _needles(secret: str) -> frozenset[bytes]:
    """Of these, in lower case, every answer with the credential holds one."""
    return frozenset(map(_needle, _forms(secret))) | {form.lower().encode() for form in _fully_escaped(secret)}


@lru_cache(maxsize=200)
def _pattern(secret: str) -> re.Pattern[bytes]:
    escaped = [re.escape(form.encode()) for form in _fully_escaped(secret)]
    ways = sorted([*map(_any_escapes, _forms(secret)), *escaped], key=len, reverse=True)
    return re.compile(b"(?i)" + b"|".join(ways))


def _forms(secret: str) -> set[str]:
    forms = {way for form in masks.forms(secret) for way in (form, form.translate(_URL_SAFE))}
    return {form for form in forms if len(form) >= _SHORTEST and not form.isdigit()}  # digits may be a JSON number


def _fully_escaped(secret: str) -> Iterator[str]:
    """Escapes of JSON and URLs; what HTML's hide is found where posts are read, and in messages."""
    yield "".join(f"\\u{ord(letter):04x}" for letter in secret)
    yield "".join(f"%{byte:02x}" for byte in secret.encode("utf-8", "surrogatepass"))


def _needle(form: str) -> bytes:
    run = max(_PLAIN_RUN.findall(form), key=len, default="")
    return run.lower().encode() if len(run) >= _SHORTEST_NEEDLE else b""


def _any_escapes(form: str) -> bytes:
    return b"".join(map(_ways_to_write, form))


@lru_cache(maxsize=500)
def _ways_to_write(letter: str) -> bytes:
    """A pattern of the letter as itself and, unless it is a plain one, in the escapes of URLs, HTML, JSON, Python."""
    raw = letter.encode("utf-8", "surrogatepass")
    if _PLAIN_RUN.fullmatch(letter):
        return re.escape(raw)
    units = letter.encode("utf-16-be", "surrogatepass")
    code = ord(letter)
    names = [name.encode() for name, value in html.entities.html5.items() if value == letter and name.endswith(";")]
    entity = b"|".join([b"#0*%d;?" % code, b"#x0*%x;?" % code, *names])
    percent = rb"(?:%(?:25)*|" + _BACKSLASHES + rb"u0025(?:25)*)"
    ways = [
        (rb"\\{0,7}" if letter in "\"'/\\" else b"") + re.escape(raw),
        b"".join(percent + b"%02x" % byte for byte in raw),
        b"".join(_BACKSLASHES + b"x%02x" % byte for byte in raw),
        b"".join(_BACKSLASHES + b"u" + units[start : start + 2].hex().encode() for start in range(0, len(units), 2)),
        b"(?:&|" + _BACKSLASHES + b"u0026)(?:amp;)*(?:" + entity + b")",
    ]
    if letter == " ":
        ways.append(rb"\+")
    return b"(?:" + b"|".join(ways) + b")"
