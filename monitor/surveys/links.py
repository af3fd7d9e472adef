"""Links to surveys: signed, so that nobody can guess or change one. Tokens are not stored anywhere.

A token holds the survey's number and its key: where a database was lost, no other survey of that number answers to it.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.settings.loading import Settings
from monitor.settings.own_secret import own_secret, secret_file

if TYPE_CHECKING:
    from itsdangerous import URLSafeSerializer

__all__ = ["SurveyToken", "link", "new_key", "read_token", "secret_file", "token"]

_SALT = "escucha.survey"
_LONGEST = 200
_KEY = 6  # random bytes: only survey against survey of one number is told apart by them


@dataclass(frozen=True, slots=True)
class SurveyToken:
    """What a token names: a survey and its key; None in those of earlier versions."""

    survey_id: int
    link_key: str | None


def new_key() -> str:
    """The key of a new survey."""
    return secrets.token_urlsafe(_KEY)


def link(settings: Settings, survey_id: int, link_key: str | None = None) -> str:
    """The address at which the customer answers this survey. It tells nothing of the case."""
    return f"{address(settings)}/s/{token(settings, survey_id, link_key)}"


def address(settings: Settings) -> str:
    """Where customers reach the pages that are for them."""
    survey = settings.desk.survey
    return survey.url or f"http://localhost:{survey.port}"


def token(settings: Settings, survey_id: int, link_key: str | None = None) -> str:
    """The survey's number and key, signed."""
    return str(serializer(settings, _SALT).dumps(survey_id if link_key is None else [survey_id, link_key]))


def read_token(settings: Settings, text: str) -> SurveyToken | None:
    """What a token names; None for one that is not signed by this desk."""
    from itsdangerous import BadData

    if len(text) > _LONGEST or not text.isascii():
        return None
    try:
        match serializer(settings, _SALT).loads(text):
            case int(survey_id) if 0 < survey_id < 2**63:
                return SurveyToken(survey_id, None)
            case [int(survey_id), str(link_key)] if 0 < survey_id < 2**63:
                return SurveyToken(survey_id, link_key)
    except BadData:
        return None
    return None


def serializer(settings: Settings, salt: str) -> "URLSafeSerializer":
    """What signs tokens of one kind; those of another kind, with another salt, are none for it."""
    from itsdangerous import URLSafeSerializer

    return URLSafeSerializer(
        own_secret(settings), salt=salt, signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
    )
