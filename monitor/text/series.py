"""What replies of ours have in common with others, whoever is addressed. Pure; the words stand in `series.toml`.

Two kinds of reply look alike. Who writes "we received it, we will look" to all says nothing of any case: names, dates,
numbers, references and the customer's words quoted make no difference. Who tells an amount, a day or that it is done
speaks of the one case: there amounts and days count, and "it is done" is of no series at all.
"""

import re
import tomllib
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any

from monitor.text.folding import fold
from monitor.text.given_names import given_names

_LONGEST = 4_000  # characters; a series is told by then
_LINK = re.compile(r"https?://\S+|www\.\S+")
_HANDLE = re.compile(r"(?<!\w)\.?@[\w.\-]+(?:@[\w.\-]+)?")
_NAME = re.compile(r"(?<=[^\s.!?¡¿:\n] )[^\W\d_a-zß-öø-ÿ]\w+")  # a capital inside a sentence
_QUOTED = re.compile(
    r"«[^»\n]+»|“[^”\n]+”|„[^“”\n]+[“”]|\"[^\"\n]+\"|‘[^’\n]+’|(?<!\w)'[^'\n]+'(?!\w)|^[ \t]*>.*$", re.MULTILINE
)
_ADDRESS_FIRST = re.compile(r"^[\s¡]*[^\W\d]\w*(?: \w+)?\s?[,:!](?=.*\w)", re.DOTALL)  # "Ana, we ..."
_INITIALS = re.compile(r"\s[\-–—^~/]\s*\w+(?: \w+)?\W*$")  # "- Ana", "^LM"
_WORD = re.compile(r"\w+")


def series_of(text: str) -> str:
    """What replies of one series have in common, as a hash; '' for an empty text and for one that says: it is done.

    Handles, links, numbers and names do not count, but in a text that has nothing else; numbers and days do where the
    text tells an amount or a day of the one case.
    """
    spoken = _HANDLE.sub(" ", text[:_LONGEST])
    plain = _LINK.sub(" ", spoken)
    folded = fold(plain)
    if _is_done(folded):
        return ""
    common = " ".join(_common_words(plain, tells_facts=_tells_facts(folded)) or spoken.split())
    return blake2b(common.encode(), digest_size=12).hexdigest() if common else ""


def _is_done(folded: str) -> bool:
    """Whether it says, not asks, that something was done about the case."""
    return any(not found["unless"] and not found["question"] for found in _pattern("done").finditer(folded))


def _tells_facts(folded: str) -> bool:
    fact = _lexicon()["fact"]
    if re.search(fact["amount"], folded):
        return True
    return bool(re.search(fact["day"], folded)) and not _pattern("receipt").search(folded)


def _common_words(plain: str, *, tells_facts: bool) -> list[str]:
    unquoted = _QUOTED.sub(" ", plain)
    capitals = () if unquoted.isupper() else _NAME.findall(unquoted)
    names = given_names().union(map(fold, capitals))
    words = [word for word in _WORD.findall(_unaddressed(fold(unquoted))) if word not in names]
    if tells_facts:
        return words
    passing = _passing_words()
    return [word for word in words if word not in passing and not any(map(str.isdigit, word))]


def _unaddressed(folded: str) -> str:
    """Without whom it addresses, who signs, and what a reference is."""
    for pattern in _addresses():
        folded = pattern.sub(r"\1 ", folded)
    return _INITIALS.sub(" ", _ADDRESS_FIRST.sub(" ", folded))


@cache
def _addresses() -> tuple[re.Pattern[str], ...]:
    """Patterns of what addresses somebody; what stays is the first group."""
    addressed, after = _lexicon()["addressed"], _lexicon()["reference"]["after"]
    titles = "|".join(_lexicon()["words"]["titles"].split())
    greetings = addressed["greetings"]
    return (
        re.compile(rf"\b({after})\b[\s.:#]*(?:(?:es|is|de|n|no)\b[\s.:#]*)?[\w\-/]+"),
        re.compile(rf"()\b(?:{titles})\b\.?[ ]+[^\W\d]\w*"),
        re.compile(rf"\b({greetings})((?:[ ]+[^\s,.:;!?]+){{1,2}})(?=[,.:;!?\n]|$)"),
        re.compile(rf"\b({greetings})(?:[ ]+[^\W\d]\w*){{1,2}}?(?=[ ]+(?:{addressed['next']})\b)"),
        re.compile(rf"\b({addressed['signed']})[ ]*[,:.\-–—]*\s*[^\W\d]\w*(?: \w+)?[\s.!]*$"),
    )


@cache
def _passing_words() -> frozenset[str]:
    return frozenset(word for words in _lexicon()["words"].values() for word in words.split())


@cache
def _pattern(part: str) -> re.Pattern[str]:
    """One pattern for all phrases of a part, as whole words; `question` and `unless` are set where it is none."""
    phrases = "|".join(_lexicon()[part]["phrases"])
    unless = "|".join(_lexicon()[part].get("unless_before", ("(?!)",)))
    return re.compile(rf"(?P<unless>\b(?:{unless})\s+)?\b(?:{phrases})\b(?=(?P<question>[^.!\n?]*\?)?)")


@cache
def _lexicon() -> dict[str, Any]:
    return tomllib.loads((files("monitor.text") / "series.toml").read_text(encoding="utf-8"))
