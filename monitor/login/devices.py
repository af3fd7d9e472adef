"""The browsers in which somebody logged in before: strangers who guess cannot lock them out.

A signed mark in a cookie. It lets nobody in; failures of such a browser are counted for it alone.
"""

import hashlib
import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.settings.loading import Settings
from monitor.settings.own_secret import own_secret

if TYPE_CHECKING:
    from itsdangerous import URLSafeTimedSerializer

DAYS = 180
_SALT = "escucha.device"
_LONGEST = 500


def mark(settings: Settings, folded: str, changed_at: datetime) -> str:
    """The mark of a browser in which this account has just logged in with a password of that moment."""
    return str(_serializer(settings).dumps([folded, _of_password(changed_at), secrets.token_urlsafe(9)]))


def read(settings: Settings, text: str, folded: str) -> tuple[str, str] | None:
    """Of a mark of that account: which password, as `is_of` compares it, and its number. None for any other text."""
    from itsdangerous import BadData

    if not 0 < len(text) <= _LONGEST or not text.isascii():
        return None
    try:
        match _serializer(settings).loads(text, max_age=DAYS * 86_400):
            case [str(owner), str(password), str(number)] if owner == folded:
                return password, number
    except BadData:
        pass
    return None


def is_of(password: str, changed_at: datetime) -> bool:
    """Whether the mark was given for the password of that moment."""
    return password == _of_password(changed_at)


def _of_password(changed_at: datetime) -> str:
    return hashlib.sha256(changed_at.isoformat().encode()).hexdigest()[:12]


def _serializer(settings: Settings) -> "URLSafeTimedSerializer":
    from itsdangerous import URLSafeTimedSerializer

    return URLSafeTimedSerializer(
        own_secret(settings), salt=_SALT, signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
    )
