"""What Mastodon's full-text search understands, where a server has it.

As in its source (app/lib/search_query_transformer.rb, app/chewy/*_index.rb, 4.2 and later): words side by side must all
be there, no OR, `from:name@server`. A word is compared with and without accents and English endings; a "phrase" only
as it is written, accents included. It also looks into content warnings, polls and descriptions of pictures, and finds
public posts of authors who allow it. Hence:
- A phrase is asked for as its words, anywhere in the post; an OR becomes several requests.
- `@handle` and `#tag` are asked for as words. Exclusions are left to local matching, for a picture's description must
  not exclude a post; lang: too, for posts without a language pass locally; so is `from:ana`, which the server would
  take for its own ana only, while locally any server's will do.
- Not found, though it matches locally: a word that a full stop joins to the next (`maleta.Gracias`).
"""

from monitor.query.parser import AccountTerm, AuthorTerm, LanguageTerm
from monitor.query.translation import Dialect, Term
from monitor.sources.spelling import literals, words


def _search(term: Term, is_included: bool) -> tuple[str, ...] | None:
    if isinstance(term, LanguageTerm) or not is_included:
        return None
    if isinstance(term, AuthorTerm):
        return (f"from:{term.text}",) if "@" in term.text else None
    literal = literals(term.text)[:1]
    if isinstance(term, AccountTerm) and literal:
        return literal
    return (*literal, " ".join(words(term.text))) if words(term.text) else None


DIALECT = Dialect(network="mastodon", term=_search, either=False, longest=512)
