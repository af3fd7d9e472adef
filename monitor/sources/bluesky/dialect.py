"""What Bluesky's search of posts understands.

The lexicon of app.bsky.feed.searchPosts leaves the syntax open; as its source was published (indigo, search/): words
side by side must all be there, "phrases", `from:handle`; accents and case are folded; it also looks into descriptions
of pictures. OR is not documented. Hence:
- An OR becomes several requests. `#tag` and `@handle` are asked for as text: the network's own tags and mentions hold
  only what the author's app marked, and tags there keep their accents.
- Exclusions are left to local matching, for a picture's description must not exclude a post; lang: too, for posts
  without a language pass locally, and authors' tags are often wrong.
- Handles there have dots, so that `from:ana` is nobody.
- Not found, though they match locally: words joined by a full stop (`maleta.Gracias`), phrases with an emoji inside.
"""

from monitor.query.parser import AccountTerm, AuthorTerm, LanguageTerm
from monitor.query.translation import Dialect, Term
from monitor.sources.spelling import literals, phrase


def _search(term: Term, is_included: bool) -> tuple[str, ...] | None:
    if isinstance(term, LanguageTerm) or not is_included:
        return None
    if isinstance(term, AuthorTerm):
        return (f"from:{term.text.lower()}",) if "." in term.text and "@" not in term.text else ()
    literal = tuple(f'"{word}"' for word in literals(term.text)[:1])
    if isinstance(term, AccountTerm) and literal:
        return literal
    quotation = phrase(term.text)
    return None if quotation is None else (*literal, quotation)


DIALECT = Dialect(network="bluesky", term=_search, either=False, longest=512)
