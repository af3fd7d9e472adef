"""What stands for an author who is gone or not told, and for a text that was taken away: nobody, and no post."""

import re
from functools import lru_cache

from monitor.text.folding import fold

_GONE = "deleted|removed|suspended|eliminad[oa]|borrad[oa]|suspendid[oa]|excluid[oa]|removid[oa]|apagad[oa]"
_ACCOUNT = "user|account|author|profile|usuari[oa]|cuenta|conta|autor|perfil"
_SITE = "facebook|instagram|google|reddit|tiktok|youtube|amazon"
_UNNAMED = "anonymous|anonim[oa]"
_NOBODY = re.compile(
    rf"(?:\w/)?[\[(<]\s?(?:{_GONE})(?: by \w+)?\s?[\])>]|(?:{_GONE}) (?:{_ACCOUNT})|(?:{_ACCOUNT}) (?:{_GONE})"
    rf"|(?:{_UNNAMED})(?: (?:{_ACCOUNT}))?|(?:{_ACCOUNT}) (?:{_UNNAMED})"
    rf"|(?:an? )?(?:{_SITE}) (?:user|customer)|(?:una? )?(?:usuario|cliente) (?:de|do) (?:{_SITE})"
)
_TAKEN_AWAY = re.compile(rf"\[\s?(?:{_GONE})(?: (?:by|por) [\w ]{{1,40}})?\s?\]")


@lru_cache(maxsize=16_384)  # the same people write again
def is_nobody_named(name: str) -> bool:
    """Whether a name stands for whoever is gone or does not tell who it is: `[deleted]`, `Facebook user`, `Anónimo`."""
    return _NOBODY.fullmatch(" ".join(fold(name).split())) is not None


def is_taken_away(text: str) -> bool:
    """Whether a text says no more than that the words were deleted: `[removed]`, `[deleted by user]`."""
    return text.lstrip()[:1] == "[" and _TAKEN_AWAY.fullmatch(" ".join(fold(text).split())) is not None
