"""What browsers and links hold: random, and stored as a digest alone."""

import hashlib
import secrets

_BYTES = 32
_LONGEST = 100


def new_token() -> str:
    """256 random bits, as they stand in a cookie or an address."""
    return secrets.token_urlsafe(_BYTES)


def digest(token: str) -> str:
    """What is stored of a token, or of another text that nobody need read; '' of what is none of ours."""
    if not 0 < len(token) <= _LONGEST:
        return ""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
