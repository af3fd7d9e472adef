"""The second step: codes of six digits that an app makes anew each 30 seconds (TOTP, RFC 6238).

What they are made from is drawn from a key in the database and the secret beside it: the database alone makes none.
"""

import base64
import hmac
import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.settings.loading import Settings
from monitor.settings.own_secret import own_secret

if TYPE_CHECKING:
    from pyotp import TOTP

_SECONDS = 30
_BYTES = 20  # of the secret, as RFC 4226 has it


def new_key() -> str:
    """The key of a new second step: worth nothing by itself."""
    return secrets.token_urlsafe(16)


def seed(settings: Settings, code_key: str) -> str:
    """What is typed into the app, in groups of four; shown once."""
    drawn = hmac.new(own_secret(settings).encode(), f"escucha.code {code_key}".encode(), "sha256").digest()
    return base64.b32encode(drawn[:_BYTES]).decode()


def address(settings: Settings, code_key: str, name: str) -> str:
    """The same as an `otpauth://` address, for apps that take one."""
    return str(_totp(settings, code_key).provisioning_uri(name=name, issuer_name="Escucha"))


def step_of(settings: Settings, code_key: str, code: str, now: datetime) -> int | None:
    """The step, of 30 s, whose code it is: this one or its neighbours, for clocks go wrong; None for no such."""
    totp, current = _totp(settings, code_key), int(now.timestamp()) // _SECONDS
    typed = "".join(code.split())[:12].encode("utf-8", "replace")
    near = (current, current - 1, current + 1)
    return next((step for step in near if hmac.compare_digest(totp.generate_otp(step).encode(), typed)), None)


def _totp(settings: Settings, code_key: str) -> "TOTP":
    from pyotp import TOTP

    return TOTP(seed(settings, code_key), interval=_SECONDS)
