"""Words behind disguises: letters spaced apart or of other scripts, digits for letters, hidden ones. Pure."""

import re
import unicodedata
from functools import lru_cache

from monitor.text.folding import fold

_HIDDEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff]")
_AWAY = re.compile(r"https?://\S+|www\.\S+|\b[\w.-]+\.[a-z]{2,}/\S*|(?<!\w)@\w+(?:[@.-]\w+)*", re.IGNORECASE)
_LETTER = r"[^\W\d_]"
# Letters one by one with the same sign between them; more of it stands between words.
_SPACED = re.compile(
    rf"(?<![^\W_]){_LETTER}(?=([ .\-_*·|/+~]){_LETTER}\1{_LETTER}(?![^\W_]))(?:\1{_LETTER}(?!{_LETTER}))+"
)
_PAIRED = re.compile(rf"(?<![^\W_]){_LETTER}(?=([ .\-_*·|/+~]){_LETTER}(?![^\W_]))(?:\1{_LETTER}(?!{_LETTER}))+")
_LONGEST_WORD = 20  # letters; more in a row are a text without its gaps
_PIECE = 5  # letters of the pieces that such a text is compared by
_REPEATED = re.compile(r"(.)\1+")
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһԛԝкмтвнгαοεικνρτυχ", "aeopcyxijsdhqwkmtbhraoeikvptux")
_LEET = str.maketrans("013456789", "oieasgtbg")
_BLOT = re.compile(rf"(?<={_LETTER})[*•#]+(?={_LETTER})")  # a letter that is not to be seen
_SIGNS = str.maketrans("@€$", "aes")
_SIGN_IN_WORD = re.compile(rf"(?<={_LETTER})(?:[@€$](?={_LETTER})(?!\w+\.\w)|@(?!\w))")


def undisguised(text: str) -> str:
    """The text without links, handles and hidden signs, its letters joined to words where they stand apart."""
    visible = _HIDDEN.sub("", text).replace("º", "#").replace("№", "#")  # which would become letters
    plain = _AWAY.sub(" ", unicodedata.normalize("NFKC", visible))
    plain = _SIGN_IN_WORD.sub(lambda found: found[0].translate(_SIGNS), plain)
    if _SPACED.search(plain):
        plain = _PAIRED.sub(_joined, plain)
    return _BLOT.sub("", plain)


def _joined(found: re.Match[str]) -> str:
    letters = found[0].replace(found[1], "")
    if len(letters) <= _LONGEST_WORD:
        return letters
    return " ".join(letters[at : at + _PIECE] for at in range(len(letters) - _PIECE + 1))


@lru_cache(maxsize=65_536)
def word(token: str, *, digits_are_letters: bool = False) -> str:
    """The word of a token as it is compared, other scripts and digits for letters undone; '' for a number.

    `digits_are_letters`: also where most of it is digits, but one letter is none.
    """
    letters = fold(token.removeprefix("#")).translate(_LOOKALIKES)
    digit_count = sum(map(str.isdigit, letters))
    if digit_count:
        letter_count = len(letters) - digit_count
        reads = letter_count > digit_count or (
            letter_count == digit_count and (letters[0].isalpha() or letters[-1] in "lnrs")
        )
        letters = letters.translate(_LEET) if reads or (digits_are_letters and letter_count) else ""
    return _REPEATED.sub(r"\1", letters) if letters.isalpha() else ""
