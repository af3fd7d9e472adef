"""The query language in which a brand says what to listen for: parse, and match locally.

    ("Aerolínea Sur" OR @aerosur) -empleo lang:es -from:aerosur

Words, "phrases", @accounts, #tags, OR, AND (or nothing), NOT or -, parentheses, lang: and from:. Case and accents do not
count; words match whole words.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from lark import Lark, Token, Transformer, UnexpectedInput

from monitor.errors import QueryRejected
from monitor.models import Mention

_GRAMMAR = r"""
    ?start: any
    ?any: all (_OR all)*
    ?all: not (_AND? not)*
    ?not: (_NOT | "-") not -> negated
        | "(" any ")"
        | PHRASE -> phrase
        | /lang:[A-Za-z-]+/ -> lang
        | /from:@?\w[\w.\-]*/ -> from_
        | WORD -> word
    _OR.2: /(OR|\|)(?=[\s("])/
    _AND.2: /(AND|&)(?=[\s("])/
    _NOT.2: /NOT(?=[\s("])/
    PHRASE: /"[^"]+"/
    WORD: /[@#$]?[^\s()":\-][^\s()":]*/
    %ignore /\s+/
"""
