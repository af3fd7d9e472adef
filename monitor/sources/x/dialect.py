"""What X's search (API v2, recent) understands, and the rules of its filtered stream.

As documented (docs.x.com "Build a query", "Operators"; the enterprise pages say more about words):
- Words are compared with the post's words, cut at punctuation and symbols, so that `maleta` finds `#maleta` and
  `@maleta`; links count too. A phrase is such words in a row. Search folds accents, in the query and in the post.
- `#tag` and `@handle` find what X itself made a tag or mention of, whole. `lang:` is a tag that every post has, `und`
  among them. Side by side is AND and binds before OR. Exclusions and lang: need something beside them that is
  searched for; an exclusion of a group and the bare words `and`, `or` are refused. 512 characters.

What follows from it:
- `-word` would also drop posts that have the word in a link only, or as a part of `bolsa_word`; as `-#word` it drops
  nothing that local matching keeps. `-"a phrase"` is left to local matching.
- Emoji and symbols alone are left to local matching: how X cuts a row of them is not documented.
- Not found, though they match locally: a phrase with an emoji inside (`Aerolínea ✈️ Sur`), handles and tags that X does
  not link (`!@aerosur`), letters from other alphabets or in fancy type with and without their accents.
"""

import re

from monitor.query.parser import AccountTerm, AuthorTerm, LanguageTerm, PhraseTerm, TagTerm, WordTerm
from monitor.query.translation import Dialect, Term
from monitor.sources.spelling import phrase, spellings, variants, words

_HANDLE = re.compile(r"[a-z0-9_]{1,15}")
_TAG = re.compile(r"\w*[^\W\d_]\w*")
_LANGUAGES = re.compile(
    "a[mr]|b[gnos]|c[asy]|d[ae]|e[lnstu]|f[air]|h[irtuy]|i[st]|ja|k[amno]|l[otv]|m[lrsty]|n[elo]|p[alst]|r[ou]|"
    "s[diklrv]|t[aehlr]|u[kr]|vi"
)


def _search(term: Term, is_included: bool) -> tuple[str, ...] | None:
    sign, text, tokens = "" if is_included else "-", term.text.lower(), words(term.text)
    if isinstance(term, LanguageTerm):
        return _language(text, is_included)
    if isinstance(term, AuthorTerm):
        return (f"{sign}from:{text}",) if _HANDLE.fullmatch(text) else ()
    if isinstance(term, AccountTerm) and _HANDLE.fullmatch(text):
        return (f"{sign}@{text}",)
    if isinstance(term, TagTerm) and (text,) == tokens and _TAG.fullmatch(text):
        return (f"{sign}#{text}",)
    if not is_included:
        is_tag = isinstance(term, WordTerm | PhraseTerm) and (text,) == tokens and _TAG.fullmatch(text)
        return (f"-#{text}",) if is_tag else None
    quotation = phrase(term.text)
    return None if quotation is None else (quotation,)


def _rule(term: Term, is_included: bool) -> tuple[str, ...] | None:
    """The stream minds accents, and looks into quoted posts, whose words must not exclude the quoting one."""
    if isinstance(term, LanguageTerm | AuthorTerm):
        return _search(term, is_included)
    if not is_included:
        return None
    if isinstance(term, TagTerm) and _TAG.fullmatch(term.text):
        return tuple(f"#{spelling}" for spelling in spellings(words(term.text)[0]))
    return _search(term, is_included) if isinstance(term, AccountTerm) else variants(term.text, " ")


def _language(tag: str, is_included: bool) -> tuple[str, ...] | None:
    """X knows no regions; other codes than these it writes in its own way (`iw`, `in`, `zh-TW`) or refuses."""
    base = tag.partition("-")[0]
    if not _LANGUAGES.fullmatch(base) or not (is_included or base == tag):
        return None
    return (f"lang:{base}" if is_included else f"-lang:{base}",)


DIALECT = Dialect(network="x", term=_search, either=True, longest=512)
STREAM = Dialect(network="x", term=_rule, either=True, longest=512, most_requests=25)
"""Rules of the filtered stream: 25 of 512 characters is what its smallest tier took."""
