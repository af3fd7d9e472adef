"""What happens to a text before the model sees it, in training and at run time alike. Pure; imports nothing heavy."""

import html
import re
import threading
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

MAX_CHARACTERS = 4000
"""Characters kept of a text. The model reads far fewer tokens than this; the cap bounds the work on hostile input."""

_RAW_CAP = 4 * MAX_CHARACTERS
_URL = re.compile(r"(?:https?://|www\.)\S*|\bhttps?…\S*", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w@])[@＠]\w+")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]+")
_STRETCHED = re.compile(r"([^\W\d]|[^\w\s])\1{3,}")
_SPACE = re.compile(r"\s+")


def prepare(text: str) -> str:
    """Return `text` as the model wants it: at most MAX_CHARACTERS characters on one line, possibly "".

    Mentions become `@user` and links `http` (the convention of UMSAB and TweetEval, so that no name decides), HTML
    entities become characters, invisible and control characters go, a character repeated more than three times is
    written three times. Lone surrogates become `?`. Idempotent for texts without nested entities.
    """
    text = text[:_RAW_CAP].encode("utf-8", "replace").decode("utf-8")
    if "&" in text:
        text = html.unescape(text).encode("utf-8", "replace").decode("utf-8")
    text = _UNPRINTABLE.sub(" ", text)
    text = _MENTION.sub("@user", _URL.sub("http", text))
    text = _STRETCHED.sub(r"\1\1\1", text)
    return _SPACE.sub(" ", text).strip()[:MAX_CHARACTERS].rstrip()
