"""What Reddit's search of submissions understands.

As documented (Reddit's help and API pages): words in titles and texts, "phrases", AND, OR and NOT in capitals,
parentheses, `author:`; 512 characters. It stems, so that a word also finds its other forms. Comments and languages it
does not search. Whether it folds accents is not documented, nor how exact NOT is. Hence:
- Words are asked for in their plausible spellings (see `spelling`): as written and without accents; one written
  without, as the rules of Spanish may spell it. Posts spelled otherwise may be missed.
- `@handle` and `#tag` are asked for as words. Exclusions, lang: and signs are left to local matching.
- Not found, though they match locally: words joined by a full stop (`maleta.Gracias`), phrases with an emoji inside.
"""

import re

from monitor.query.parser import AccountTerm, AuthorTerm, LanguageTerm
from monitor.query.translation import Dialect, Term
from monitor.sources.spelling import literals, phrase, variants

_NAME = re.compile(r"[A-Za-z0-9_-]{3,20}")


def _search(term: Term, included: bool) -> tuple[str, ...] | None:
    if isinstance(term, LanguageTerm) or not included:
        return None
    if isinstance(term, AuthorTerm):
        return (f"author:{term.text}",) if _NAME.fullmatch(term.text) else ()
    literal = tuple(f'"{word}"' for word in literals(term.text))
    if isinstance(term, AccountTerm):
        return literal or (phrase(term.text) or "",)
    spellings = variants(term.text, " AND ")
    return None if spellings is None else (*literal, *spellings)


DIALECT = Dialect(network="reddit", term=_search, either=True, longest=512, and_sign=" AND ")
