"""Whether words of `tests.hostile_texts` do anything on a page: as a tag, as a link, or as Markdown."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from markdown_it import MarkdownIt
from streamlit.testing.v1 import AppTest

PLAIN = ("text", "code", "html", "arrow_vega_lite_chart", "json", "arrow_data_frame", "imgs", "favicon")
"""Elements that show their words as they are, or that are looked at by themselves."""
_WORDS = ("label", "help", "body", "title")
_NEVER = {"script", "iframe", "object", "embed", "form", "input", "meta", "base", "link", "details", "frame"}
_ADDRESSES = {"href", "src", "action", "data", "srcdoc", "formaction", "xlink:href"}
_SIGNS = re.compile(
    r"malo|negrita|cursiva|tachado|código|Titular|lista|cita|bloque|rojo|azul|pulsa|evil|alert|oculto|\bx\^2",
    re.IGNORECASE,
)
_FORMS = {"em", "strong", "s", "link", "heading", "blockquote", "bullet_list", "ordered_list", "table"}
_ALONE = {"image", "code_inline", "html_inline", "html_block", "fence", "code_block", "hr"}
# What Streamlit finds in a text by itself: after Markdown is read, and before.
_AFTER = re.compile(r"https?://evil|www\.evil|@evil\.|:material/(delete|check):|:(smile|streamlit|\+1):", re.IGNORECASE)
_BEFORE = re.compile(r"(?<!\\):(red|blue-background|red-badge|small)\[|(?<!\\)\$x\^2(?<!\\)\$|(?<!\\)\$\$\\int")
_LINK = re.compile(r"evil|javascript:|data:", re.IGNORECASE)
_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_MARKDOWN.validateLink = lambda url: True  # type: ignore[method-assign]


class _Tags(HTMLParser):
    """The tags of an element of HTML that were not made by us."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes a tag that may act."""
        for name, value in attrs:
            address = (value or "").strip().lower()
            leads_away = name in _ADDRESSES and (
                "evil" in address or not re.match(r"https?://|\?|/|#|mailto:|tel:", address)
            )
            if name.startswith("on") or name == "autofocus" or leads_away:
                self.found.append(f"<{tag} {name}={value!r}>")
        if tag in _NEVER:
            self.found.append(f"<{tag}>")

    def handle_data(self, data: str) -> None:
        """Style sheets hold no words of others."""
        if self.cdata_elem and "*{display:none}" in data:
            self.found.append(f"<{self.cdata_elem}>{data}")


def html_acts(body: str) -> list[str]:
    """What acts in HTML as it is sent to the browser."""
    tags = _Tags()
    tags.feed(body)
    tags.close()
    return tags.found


def markdown_acts(words: str) -> list[str]:
    """What acts in a text that Streamlit reads as Markdown."""
    found = [match[0] for match in _BEFORE.finditer(words)]
    if not _SIGNS.search(words) and ":" not in words:
        return found
    open_forms: list[str] = []
    for token in (inner for block in _MARKDOWN.parse(words) for inner in (block, *(block.children or ()))):
        form = token.type.removesuffix("_open").removesuffix("_close")
        if form in _FORMS and token.nesting:
            open_forms = [*open_forms, form] if token.nesting > 0 else open_forms[:-1]
            if _LINK.search(str(token.attrs.get("href", ""))):
                found.append(f"link to {token.attrs['href']}")
        elif token.type in _ALONE and _SIGNS.search(f"{token.content} {token.attrs}"):
            found.append(f"{token.type}: {token.content}")
        elif token.type == "text":
            found += [match[0] for match in _AFTER.finditer(token.content)]
            if open_forms and _SIGNS.search(token.content):
                found.append(f"{open_forms[-1]}: {token.content}")
    return found


def acting(app: AppTest) -> list[str]:
    """All that acts on a page, each with the kind of element in which it stands."""
    return [
        f"{kind}: {act[:200]}"
        for kind, words, is_html in _words(app._tree)
        for act in (html_acts(words) if is_html else markdown_acts(words))
    ]


def _words(block: Any) -> Iterator[tuple[str, str, bool]]:
    """The kind of each element, words that stand in it, and whether they are HTML."""
    for child in getattr(block, "children", {}).values():
        kind, proto = str(getattr(child, "type", "")), getattr(child, "proto", None)
        if kind == "html":
            yield kind, str(getattr(proto, "body", "")), True
        elif proto is not None and kind not in PLAIN:
            for part in (proto, getattr(proto, kind, None), getattr(proto, "expandable", None)):
                yield from ((kind, words, False) for words in _fields(part))
            if kind in ("radio", "button_group"):  # those of a list to choose from are plain
                yield from ((kind, str(getattr(option, "content", option)), False) for option in proto.options)
        yield from _words(child)


def _fields(part: Any) -> Iterator[str]:
    return (words for name in _WORDS if isinstance(words := getattr(part, name, None), str) and words)
