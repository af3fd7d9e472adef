"""Links to surveys: signed, so that nobody can guess or change one. Tokens are not stored anywhere.

A token holds the survey's number and its key: where a database was lost, no other survey of that number answers to it.
"""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import atomic_files
from monitor.errors import SettingsError
from monitor.masking import masks
from monitor.settings.loading import Settings

if TYPE_CHECKING:
    from itsdangerous import URLSafeSerializer

logger = logging.getLogger(__name__)

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


def secret_file(settings: Settings) -> Path:
    """Where the secret is kept that Escucha made: beside the database, not in its copies."""
    path = settings.store.path
    return path.with_name(path.name + ".secret")


def serializer(settings: Settings, salt: str) -> "URLSafeSerializer":
    """What signs tokens of one kind; those of another kind, with another salt, are none for it."""
    from itsdangerous import URLSafeSerializer

    return URLSafeSerializer(
        _secret(settings), salt=salt, signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
    )


def _secret(settings: Settings) -> str:
    configured = settings.desk.secret.get_secret_value()
    if configured:
        return configured
    if settings.store.is_server:
        raise SettingsError(
            "links of surveys are signed with a secret that all machines share: set ESCUCHA_DESK__SECRET on each"
        )
    file = secret_file(settings)
    try:
        if not file.exists():
            _create_secret(file)
            logger.info("survey secret created", extra={"path_name": file.name})
        return _read_secret(file)
    except OSError as error:
        raise SettingsError(
            f"the secret of the survey links cannot be kept at {file} ({error.strerror}); "
            "let Escucha write there, or set ESCUCHA_DESK__SECRET"
        ) from None


def _create_secret(file: Path) -> None:
    """Whole or not at all, readable by its owner alone; whoever comes second keeps the first one's."""
    with atomic_files.replacing(file, keep_existing=True) as secret:
        secret.write(secrets.token_urlsafe(32).encode("ascii"))


def _read_secret(file: Path) -> str:
    atomic_files.make_private(file)
    secret = file.read_text(encoding="ascii", errors="ignore").strip()
    if len(secret) < 16:
        raise SettingsError(f"{file} holds no secret; restore it from a backup, or remove it: links sent are lost then")
    masks.know(secret)
    return secret
