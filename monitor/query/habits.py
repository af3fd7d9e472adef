"""What people bring from word processors and other search tools: understood, told, or refused with the right form.

Every form is replaced by one of the same length, so that columns stay those of what was written.
"""

import re
from collections.abc import Sequence
from typing import Final

from monitor.query.errors import query_error

OR_SIGN: Final = "\ue000"
AND_SIGN: Final = "\ue001"
"""Stand for OR and AND in the text that the grammar reads; private characters, of which no post holds any."""

_QUOTES = dict.fromkeys(map(ord, "“”„‟«»″〝〞＂"), '"')
_PARENTHESES = {ord("（"): "(", ord("）"): ")"}
_BLANKS = dict.fromkeys(map(ord, f"\u200b\u2060\ufeff{OR_SIGN}{AND_SIGN}"), " ")
_SIGNS = str.maketrans(_QUOTES | _PARENTHESES | _BLANKS)
_SINGLE_QUOTES = "'‘’‚‛`´′"
_DASHES = "–—−‐‑"
_TOKEN = re.compile(r'"[^"]*"|[()]|[^\s()"]+')
_NEAR = re.compile(r"(?i:near|onear|pre|w)/\d+|NEAR\d*|ADJ\d*|~\d+")
_EITHER, _BOTH = ("or", "o"), ("and", "y")
_WORDS_ALL_THE_SAME = {"no": "NOT", "not": "NOT", "u": "OR", "e": "AND"}
_INNER_MARK = re.compile(r"\w\?+\w")
_NOT_NEAR = '"words next to each other" in quotes, or words side by side, which may stand anywhere'


def replaced(text: str) -> tuple[str, tuple[str, ...]]:
    """The query in the forms of the grammar, and what to tell its author of words that may be meant as signs.

    Raises QueryRejected for a form that would match something else than what is meant.
    """
    text_in_signs = text.translate(_SIGNS)
    tokens = list(_TOKEN.finditer(text_in_signs))
    letters, hints = list(text_in_signs), list[str]()
    for index, token in enumerate(tokens):
        before, after = tokens[index - 1] if index else None, tokens[index + 1] if index + 1 < len(tokens) else None
        word = token[0]
        if word[0] in '"()':
            continue
        _refuse(text, tokens, index)
        if _ends_term(before) and _begins_term(after) and word.casefold() in (*_EITHER, *_BOTH):
            sign = OR_SIGN if word.casefold() in _EITHER else AND_SIGN
            letters[token.start() : token.end()] = sign.ljust(len(word))
        elif word.strip("&") == "":
            letters[token.start() : token.end()] = AND_SIGN.ljust(len(word))
        else:
            letters[token.start() : token.end()] = _plain(word)
            hints += _hints(word, is_last=after is None)
    return "".join(letters), tuple(dict.fromkeys(hints))


def _ends_term(token: re.Match[str] | None) -> bool:
    return token is not None and token[0] not in ("(", "OR", "AND", "NOT")


def _begins_term(token: re.Match[str] | None) -> bool:
    return token is not None and token[0] not in (")", "OR", "AND")


def _plain(word: str) -> str:
    """A word without the signs of others around it, as long as before."""
    if word[0] in _DASHES and len(word) > 1:
        word = f"-{word[1:]}"
    if word[0] == "+" and (len(word) == 1 or word[1].isalnum() or word[1] in "@#"):
        word = f" {word[1:]}"
    if len(word) > 2 and word[0] in _SINGLE_QUOTES and word[-1] in _SINGLE_QUOTES:
        word = f" {word[1:-1]} "
    return re.sub(r"\|+", lambda bars: OR_SIGN.ljust(len(bars[0])), word)


def _refuse(text: str, tokens: Sequence[re.Match[str]], index: int) -> None:
    token = tokens[index]
    word, start = token[0], token.start()
    if _NEAR.fullmatch(word):
        raise query_error(text, start, f"{_NOT_NEAR}: {word} is not known")
    if "~" in (word[0], word.rstrip("0123456789")[-1:]):
        raise query_error(
            text, start + word.index("~"), "words and beginnings of words, such as malet*: ~ is not known"
        )
    if word == "?" or _INNER_MARK.search(word):
        raise query_error(
            text, start + word.index("?"), "the beginning of a word, such as malet*, or quotes around what holds a ?"
        )
    if len(word) > 1 and word[0] == "!" and word[1].isalnum():
        raise query_error(text, start, f"-{word[1:]} to leave it out")
    if not word.strip(_DASHES):
        raise query_error(text, start, "a word; - directly before it leaves it out")
    if word[0] in "[{" or word[-1] in "]}":
        raise query_error(text, start, "( and ) around what belongs together")
    if len(word) > 2 and word[0] == word[-1] == "/":
        raise query_error(
            text, start, "words and beginnings of words, such as malet*: patterns between / are not known"
        )
    is_open = word[0] in _SINGLE_QUOTES and word[-1] not in _SINGLE_QUOTES
    if is_open and any(later[0][-1] in _SINGLE_QUOTES for later in tokens[index + 1 :]):
        raise query_error(text, start, 'double quotes (") around a phrase')
    if "*" in word and not re.fullmatch(r"[-+–—−]*[@#]?[^*]*\w{3}\*[.,;!?]*", word):
        raise query_error(
            text, start + word.index("*"), "three letters or more before one * at the end of a word, such as malet*"
        )


def _hints(word: str, *, is_last: bool) -> list[str]:
    if is_last:
        return []
    sign = _WORDS_ALL_THE_SAME.get(word.casefold())
    if sign and word != sign:
        return [f"{word} is looked for as a word; if it is meant as {sign}, write {sign}"]
    if word.endswith(","):
        return ["a comma is no OR: all the words beside it must be in a post; write OR if one is enough"]
    return []
