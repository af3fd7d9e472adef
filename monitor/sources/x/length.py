"""How long a post is on X, whose limit counts some characters twice and every link alike."""

import re

_LINK = re.compile(r"https?://\S+")
_LINK_LENGTH = 23
_SINGLE_WEIGHT = ((0, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
"""Ranges of characters that count once; docs.x.com, "Counting characters"."""


def answer_length(text: str) -> int:
    """How much of the limit a text takes: a link counts 23, a wide character or an emoji 2.

    After docs.x.com, "Counting characters"; where an emoji is made of several characters this counts more than X.
    """
    links = len(_LINK.findall(text))
    return _LINK_LENGTH * links + sum(_weight(character) for character in _LINK.sub("", text))


def _weight(character: str) -> int:
    return 1 if any(low <= ord(character) <= high for low, high in _SINGLE_WEIGHT) else 2
