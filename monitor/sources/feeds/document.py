"""A feed's document, RSS or Atom, as plain values: its entries, the page after it, and whether it is a whole feed."""

import io
import re
import sys
from calendar import timegm
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html.entities import name2codepoint
from typing import Any
from urllib.parse import urljoin, urlsplit

from monitor.errors import QueryRejected, SourceUnavailable, UnexpectedAnswer, fault_place

_ENTITY = re.compile(rb"<!ENTITY\s+[^<>]{0,100}?[\"']([^\"']*)[\"']", re.IGNORECASE)
_LONGEST_ENTITY = 20
# What RSS 1.0 recommends for letters like &eacute;: W3C's own lists, which nobody fetches here.
_USUAL_ENTITIES = re.compile(
    rb"<!ENTITY\s+%\s+(?P<name>[\w.-]{1,40})\s+(?:"
    rb"PUBLIC\s+(?P<quote>[\"'])-//W3C//ENTITIES [\w .()/-]{1,60}(?P=quote)(?:\s*[\"'][^\"'<>]{0,200}[\"'])?"
    rb"|SYSTEM\s+[\"']https?://www\.w3\.org/[^\"'<>]{0,200}[\"']"
    rb")\s*>",
    re.IGNORECASE,
)
_LETTER = re.compile(rb"&(\w{1,10});")
_EXTERNAL = re.compile(rb"<!ENTITY\s[^<>]{0,100}?\s(?:SYSTEM|PUBLIC)\s", re.IGNORECASE)
_SPACES = re.compile(rb"[ \t\r\n\f\v]{2,}")
_ROOT = re.compile(rb"<\w")
_CDATA = re.compile(rb"<!\[CDATA\[.*?\]\]>", re.DOTALL)
_MOST_TAGS = 100_000  # seconds of work for the parser
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));")
_END = re.compile(rb"</(?:[\w-]+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_NEXT = ("prev-archive", "next")  # RFC 5005


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """`entries` are plain values, fit for JSON. `next` is the address of older entries. `clean`: it is well-formed."""

    entries: tuple[Mapping[str, Any], ...]
    next: str | None
    clean: bool


def parse_feed(body: bytes, content_type: str, address: str) -> FeedDocument:
    """Reads a document that came from `address`.

    Raises SourceUnavailable for one that is cut off, for a web page and for what is nothing, QueryRejected for one that
    is made to do harm.
    """
    import feedparser

    body = _with_short_head(body)
    bare = _SPACES.sub(b" ", body.replace(b"\0", b""))  # neither UTF-16 nor spaces are to hide anything
    declared = _USUAL_ENTITIES.sub(b"", bare)
    values = _ENTITY.findall(declared)
    if _EXTERNAL.search(declared) or any(len(value) > _LONGEST_ENTITY or b"%" in value for value in values):
        raise QueryRejected(f"feeds: {address} declares entities as no honest feed does; remove it from the settings")
    if _tag_count(bare) > _MOST_TAGS:
        raise QueryRejected(f"feeds: {address} holds more than {_MOST_TAGS:,} tags; it is not read")
    headers = {"content-type": content_type}  # without the address: ids must not change when the feed moves
    readable = _REFERENCE.sub(_existing_reference, _with_usual_letters(body))
    try:
        parsed = feedparser.parse(
            io.BytesIO(readable), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # its parsers raise what they please
        raise UnexpectedAnswer(f"feeds: {address} cannot be read ({fault_place(error)})") from None
    if not parsed.get("version") and not parsed.entries:
        kind = "a web page" if _PAGE.search(bare[:2_000]) else "no feed"
        raise SourceUnavailable(f"feeds: {address} is {kind}; if it stays so, put the address of the feed in its place")
    if parsed.bozo and not _END.search(bare):
        raise SourceUnavailable(f"feeds: {address} was cut off after {len(body)} bytes")
    language = _text(parsed.feed.get("language"))
    entries = tuple(_entry(entry, address, language) for entry in parsed.entries)
    return FeedDocument(entries, _next(parsed.feed.get("links") or (), address), not parsed.bozo)


def _tag_count(body: bytes) -> int:
    """How many tags there are outside of CDATA; what is never closed is none, and is not looked for again and again."""
    closed = body.rfind(b"]]>") + 3 if b"]]>" in body else 0
    return _CDATA.sub(b"", body[:closed]).count(b"<") + body.count(b"<", closed)


def _with_short_head(body: bytes) -> bytes:
    """The document with one line feed for each run of white space before its first element, as it means the same there.

    Expressions of the parser's take minutes for many.
    """
    root = _ROOT.search(body)
    end = root.start() if root else len(body)
    return _SPACES.sub(b"\n", body[:end]) + body[end:]


def _with_usual_letters(body: bytes) -> bytes:
    """The document with the letters of the lists it refers to as numbers: a parser that fetches no list drops them."""
    lists = [match["name"] for match in _USUAL_ENTITIES.finditer(body)]
    if not lists:
        return body
    body = _USUAL_ENTITIES.sub(b"", body)
    for name in lists:
        body = body.replace(b"%" + name + b";", b"")
    return _LETTER.sub(_as_number, body)


def _as_number(letter: re.Match[bytes]) -> bytes:
    name = letter[1].decode("ascii", "replace")
    number = None if name in ("amp", "lt", "gt", "quot", "apos") else name2codepoint.get(name)
    return letter[0] if number is None else f"&#{number};".encode()


def _existing_reference(reference: re.Match[bytes]) -> bytes:
    """The number of a character that there is; of none, the replacement character."""
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    number = int(digits, base) if len(digits) < 9 else sys.maxunicode + 1
    return reference[0] if number <= sys.maxunicode and not 0xD800 <= number < 0xE000 else b"&#65533;"


def _next(links: Iterable[Any], address: str) -> str | None:
    """Only of the same server: a feed must not send us elsewhere."""
    here = urlsplit(address)
    for relation in _NEXT:
        for link in links:
            if link.get("rel") == relation and link.get("href"):
                there = _absolute(address, link["href"])
                if there and urlsplit(there)[:2] == here[:2] and there != address:
                    return there
    return None


def _entry(entry: Any, address: str, language: str | None) -> Mapping[str, Any]:
    contents = [
        {"type": content.get("type"), "value": _text(content.get("value"))}
        for content in [*(entry.get("content") or ()), entry.get("summary_detail") or {}]
        if content.get("value")
    ]
    title = entry.get("title_detail") or {}
    link = _text(entry.get("link"))
    answers = entry.get("thr_in-reply-to")
    return {
        "id": _text(entry.get("id")),
        "link": _absolute(address, link) if link else None,
        "title": {"type": title.get("type"), "value": _text(title.get("value"))},
        "contents": contents,
        "author": _text((entry.get("author_detail") or {}).get("name") or entry.get("author")),
        "published": _time(entry.get("published_parsed")),
        "updated": _time("updated_parsed" in entry and entry["updated_parsed"]),
        "language": language,
        "in_reply_to": _text(answers.get("ref")) if isinstance(answers, Mapping) else None,
    }


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _time(parsed: Any) -> str | None:
    """From what feedparser gives, which is UTC."""
    if not parsed:
        return None
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def _absolute(address: str, link: str) -> str | None:
    try:
        joined = urljoin(address, link.strip())
        return joined if urlsplit(joined).scheme in ("http", "https") else None
    except ValueError:
        return None
