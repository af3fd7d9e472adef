"""Cases for research or a vendor: people under stable keyed pseudonyms, and what names them in texts masked.

Best effort: who is told of by a nickname, by what happened or by how they write can still be known.
"""

import hmac
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256

from monitor import store
from monitor.models.exports import CaseRow
from monitor.pipeline import hand_over
from monitor.settings.loading import Settings
from monitor.store import key_values
from monitor.text.folding import fold
from monitor.text.given_names import given_names

COLUMNS = (
    "code", "brand", "network", "stage", "opened_at", "author", "post_id", "posted_at", "text", "language", "sentiment",
    "decision", "corrected", "p_negative", "p_neutral", "p_positive", "p_complaint", "p_about", "model", "posts",
    "later_posts", "channel", "category", "severity", "priority", "customer_id", "agreement",
)  # fmt: skip
"""What is given away: no names, links, notes, tags or colleagues."""
_MARK = "pseudonyms"
_LENGTH = 12  # hexadecimal digits of a pseudonym
_PATTERNS = (
    (re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE), "[link]"),
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "[mail]"),
    (re.compile(r"(?<!\w)[@＠][\w.\-]*\w(@[\w.\-]*\w)?|(?<!\w)/?u/\w+"), "[account]"),
    (re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?\w{4}){3,7}\b"), "[number]"),
    (re.compile(r"(?<!\w)\+?\d(?:[\d\s().-]*\d){5,}(?!\w)"), "[number]"),
)
_NAME = re.compile(r"\b([^\W\d_]+)((?:\s+(?:de|del|de la|da|dos|von|van)?\s*[^\W\d_]+){0,3})")
_WORD = re.compile(r"\s+(?:(?:de la|del|de|da|dos|von|van)\s+)?[^\W\d_]+")


def rows(settings: Settings) -> Iterator[CaseRow]:
    """All cases but samples, with pseudonyms; the same person has the same one in every such export of this desk."""
    secret = _secret(settings)
    for row in hand_over.case_rows(settings):
        if not row.sample:
            yield _pseudonymised(row, secret)


def _pseudonymised(row: CaseRow, secret: str) -> CaseRow:
    known = [name for name in (row.author, row.author_name) if name and len(name) > 3]
    return replace(
        row,
        author=row.author and _pseudonym(secret, "person", row.network, fold(row.author)),
        post_id=_pseudonym(secret, "post", row.network, row.post_id),
        customer_id=row.customer_id and _pseudonym(secret, "customer", row.customer_id),
        text=masked(row.text, known),
        later_posts=masked(row.later_posts, known),
        author_name=None,
        permalink=None,
    )


def masked(text: str, known: Iterable[str] = ()) -> str:
    """The text without accounts, addresses, long numbers, these names, and given names with what follows them."""
    for name in sorted(known, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "[name]", text, flags=re.IGNORECASE)
    for pattern, mask in _PATTERNS:
        text = pattern.sub(mask, text)
    return _NAME.sub(_without_name, text)


def _without_name(found: re.Match[str]) -> str:
    """A given name with a capital, and the words with capitals behind it, are a name; anything else is looked into."""
    first, rest = found[1], found[2]
    if not first[0].isupper() or fold(first) not in given_names():
        return first + _NAME.sub(_without_name, rest)
    kept = 0
    for word in _WORD.finditer(rest):
        if not word[0].split()[-1][0].isupper():
            break
        kept = word.end()
    return "[name]" + _NAME.sub(_without_name, rest[kept:])


def _pseudonym(secret: str, *parts: str) -> str:
    return hmac.new(secret.encode(), "\x1f".join(parts).encode("utf-8", "replace"), sha256).hexdigest()[:_LENGTH]


def _secret(settings: Settings) -> str:
    """The secret of the pseudonyms, drawn once: who has it can tell whose a pseudonym is."""
    with store.connect(settings.store) as connection:
        found = key_values.get(connection, _MARK)
        if found is None:
            found = secrets.token_hex(32)
            key_values.put(connection, _MARK, found)
    return found
