"""Passwords: which are good enough, and their hashes by argon2id."""

import secrets
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from monitor.errors import Refusal
from monitor.text.folding import fold

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 256
"""Characters of a password."""
_FEW = 5  # different characters: aaaaaaaaaaaa, 121212121212
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklñzxcvbnm", "1234567890")
_USUAL = frozenset({
    "admin", "administrador", "administrator", "bienvenida", "bienvenido", "changeme", "clave", "claves", "contrasena",
    "contrasenas", "escucha", "iloveyou", "letmein", "password", "passwords", "passw", "pass", "secret", "secreto",
    "sesamo", "teamo", "usuario", "user", "welcome",
})  # fmt: skip


def check(password: str, name: str) -> None:
    """Raises Refusal where it is too short or too long, or one of the first that anybody tries for that account."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refusal(
            "password_length", "a password has {least} to {most} characters", least=SHORTEST, most=LONGEST
        )  # fmt: skip
    folded = fold(password)
    letters = "".join(filter(str.isalpha, folded))
    known = _USUAL | {"".join(filter(str.isalpha, fold(part))) for part in (name, *name.split())}
    is_run = any(folded in 3 * run or folded in (3 * run)[::-1] for run in _RUNS)
    if len(set(folded)) < _FEW or is_run or _without_repeats(letters, known) in known:
        raise Refusal("password_easy", "that is among the first passwords that are tried; take another")


def _without_repeats(letters: str, known: frozenset[str]) -> str:
    """The word that is said again and again, where that is all there is."""
    return next((word for word in known if word and letters and not letters.replace(word, "")), letters or "-")


def hashed(password: str) -> str:
    """The password as it is stored."""
    return _hasher().hash(_normal(password))


def is_right(password_hash: str | None, password: str) -> bool:
    """Whether it is the password of that hash. None, of whoever has none, takes as long, and is never right."""
    from argon2.exceptions import InvalidHashError, VerificationError

    if len(password) > LONGEST:
        password = ""
    try:
        return _hasher().verify(password_hash or _nobodys(), _normal(password)) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def renewed(password_hash: str, password: str) -> str:
    """The hash of that password by today's parameters: the same one, unless it was made by others."""
    return hashed(password) if _hasher().check_needs_rehash(password_hash) else password_hash


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobodys() -> str:
    return hashed(secrets.token_hex(16))


def _normal(password: str) -> str:
    """As keyboards of every system write it: é is one character or two."""
    return unicodedata.normalize("NFKC", password)
