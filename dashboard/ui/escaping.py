"""The one way in which words that others wrote reach the screen: as text, whatever they hold.

Posts are hostile: HTML, Markdown, control and bidirectional characters must never act.
"""

import html
import re
import unicodedata
from collections.abc import Sequence
from typing import TypeAlias
from urllib.parse import urlsplit

from monitor import networks

Mark: TypeAlias = tuple[int, int, str]
"""A part of a text, from one character to before another, and the class of its mark."""

# Characters that reorder or hide other text; a joiner (U+200D) stays, emoji need it.
_REORDERING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C, 0xFEFF, 0x180E}
_MARKS = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]{3})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]+"
)
# Addresses, icons and emoji that Streamlit finds in the text after Markdown is read, escaped or not.
_ACTING = re.compile(r"https?:(?=/)|\bwww(?=\.)|:(?=[\w+-]+(?:/\w+)?:)|@(?=[\w-]+\.)", re.IGNORECASE)
_JOINER = "\u2060"
# Only what would act where it stands: whoever has the screen read hears the label as it is, backslashes and all.
_MARKDOWN = re.compile(r"([\\`*\[\]~$<>]|(?<![^\W_])_|_(?![^\W_])|:(?![\s\d]|$)|&(?=#|\w+;)|^[#+\-=|])")
_LIST = re.compile(r"^(\d+)(?=[.)](?:\s|$))")


def clean(text: str | None) -> str:
    """The text without control, surrogate and reordering characters; line breaks stay, piled-up accents are cut."""
    if not text:
        return ""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _MARKS.sub(r"\1", "".join(character for character in lines if _harmless(character)))


def _harmless(character: str) -> bool:
    if character in "\n\t":
        return True
    return unicodedata.category(character) not in ("Cc", "Cs") and ord(character) not in _REORDERING


def escape(text: str | None) -> str:
    """Cleaned text for the inside of an HTML element or a quoted attribute."""
    return html.escape(clean(text), quote=True)


def highlight(text: str | None, marks: Sequence[Mark]) -> str:
    """Cleaned text like `escape` gives, with parts of it in `<mark>`: cut first, then each piece escaped by itself.

    The marks are in order and do not overlap.
    """
    source = text or ""
    pieces, at = [], 0
    for start, end, kind in marks:
        pieces += [escape(source[at:start]), f'<mark class="{escape(kind)}">{escape(source[start:end])}</mark>']
        at = end
    return "".join((*pieces, escape(source[at:])))


def escape_markdown(text: str | None) -> str:
    """Cleaned text on one line for a Streamlit label or toast, which would read Markdown."""
    line = _ACTING.sub(lambda match: f"{match[0]}{_JOINER}", " ".join(clean(text).split()))
    return _LIST.sub(r"\1\\", _MARKDOWN.sub(r"\\\1", line))


def web_address(url: str | None) -> str | None:
    """The address if it is one of the web (http or https with a host), else None."""
    if not url or url != clean(url).strip():
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and host and not re.search(r"[\s\"'<>`\\]", url) else None


def foreign_host(url: str, network: str) -> str:
    """The host that an address really leads to, as ASCII, when it is none of the network's own; else ''."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        host = host.encode("ascii", "backslashreplace").decode("ascii")
    return "" if networks.profile(network).is_home(host) else host[:100]


def anchor(url: str | None, text: str) -> str:
    """An HTML link that opens apart and tells the other side nothing, or '' for an address that is not of the web."""
    address = web_address(url)
    if address is None:
        return ""
    return f'<a href="{html.escape(address)}" target="_blank" rel="noopener noreferrer nofollow">{escape(text)}</a>'
