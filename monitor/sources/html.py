"""HTML as networks send it, as plain text: paragraphs and line breaks kept, everything else that is markup gone.

By one regular expression, because Python's own parser takes minutes for some broken markup of 100 kB, and posts are
hostile input. No part of it looks further than the next `<`.
"""

import html
import re

_BLOCK = re.compile(
    "address|article|aside|blockquote|d[dlt]|div|figcaption|figure|footer|form|h[1-6r]|header|li|main|nav|ol|pre|section"
    "|table|tr|ul"
)
_SILENT = ("script", "style", "template", "title", "noscript", "iframe", "object")
_TAG = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})((?:[^<>"']|"[^"<]*"|'[^'<]*')*+)>""")
_EMOJI = re.compile(r"""class=["']?[^"'<>]*emoji[^<>]*""", re.IGNORECASE)
_ALT = re.compile(r"""alt=(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f\v\u00a0]+")


def to_text(markup: str) -> str:
    """The text of a piece of HTML, entities decoded, paragraphs set apart by an empty line; a bare newline is a space.

    Never fails, whatever the markup.
    """
    parts: list[str] = []
    position, silent = 0, ""
    markup = _without_declarations(markup)
    for tag in _TAG.finditer(markup):
        closing, name = tag[1], tag[2].lower()
        if not silent:
            parts.append(_words(markup[position : tag.start()]))
            parts.append(_break(name, tag[3]))
        if name in _SILENT:
            silent = "" if closing and name == silent else silent or ("" if closing else name)
        position = tag.end()
    if not silent:
        parts.append(_words(markup[position:]))
    lines = [_SPACES.sub(" ", line).strip() for line in "".join(parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _words(text: str) -> str:
    return html.unescape(_SPACES.sub(" ", text))


def _break(name: str, attributes: str) -> str:
    if name == "p":
        return "\n\n"
    if name == "br" or _BLOCK.fullmatch(name):
        return "\n"
    if name == "img" and _EMOJI.search(attributes) and (alt := _ALT.search(attributes)):
        return html.unescape(alt[1] or alt[2] or "")
    return ""


def _without_declarations(markup: str) -> str:
    """Comments, `<!...>` and `<?...>` gone; one that is never closed is text."""
    for opening, end in (("<!--", "-->"), ("<!", ">"), ("<?", ">")):
        parts: list[str] = []
        position = 0
        while (begin := markup.find(opening, position)) >= 0:
            finish = markup.find(end, begin)
            if finish < 0:
                break
            parts.append(markup[position:begin])
            position = finish + len(end)
        markup = "".join((*parts, markup[position:]))
    return markup
