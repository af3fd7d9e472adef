"""The marks of forums in brackets, `[b]`, `[url=...]`, `[quote="ana"]`: what is quoted is another's words."""

import re

_TAGS = (
    "b|i|u|s|url|img|code|size|colou?r|font|list|center|left|right|quote|spoiler|email|youtube|media|highlight|"
    "attachment"
)
_VALUE = r"(?:[=:\s][^\[\]]{0,500})?"
_CLOSED = re.compile(rf"\[({_TAGS}){_VALUE}\].*?\[/\1{_VALUE}\]", re.IGNORECASE | re.DOTALL)
_QUOTED = re.compile(rf"\[quote{_VALUE}\](?:(?!\[quote\b).)*?\[/quote{_VALUE}\]\s*", re.IGNORECASE | re.DOTALL)
_PICTURE = re.compile(rf"\[img{_VALUE}\].*?\[/img{_VALUE}\]", re.IGNORECASE | re.DOTALL)
_LINK = re.compile(r"\[url=[\"']?([^\[\]\"']{1,500})[\"']?\](.*?)\[/url(?::\w+)?\]", re.IGNORECASE | re.DOTALL)
_ITEM = re.compile(r"\[\*(?::\w+)?\]\s*")
_TAG = re.compile(rf"\[/?(?:{_TAGS}){_VALUE}\]", re.IGNORECASE)
_DEEPEST = 20
"""Quotations in each other that are cut."""


def has_bbcode(text: str) -> bool:
    """Whether a text has a mark that is closed again."""
    return "[/" in text and _CLOSED.search(text) is not None


def without_bbcode(text: str) -> str:
    """The writer's words, plain: without what is quoted; a link with words of its own has its address behind them."""
    if "[" not in text:
        return text
    for _ in range(_DEEPEST):
        text, count = _QUOTED.subn("", text)
        if not count:
            break
    text = _LINK.sub(lambda link: link[2] if link[1] in link[2] else f"{link[2]} ({link[1]})", _PICTURE.sub("", text))
    return _TAG.sub("", _ITEM.sub("\n- ", text))
