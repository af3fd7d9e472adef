"""Links to surveys: a signed number, so that nobody can guess or change one. Tokens are not stored anywhere."""

import hashlib
import logging
import secrets
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


def link(settings: Settings, survey_id: int) -> str:
    """The address at which the customer answers this survey. It tells nothing of the case."""
    survey = settings.desk.survey
    return f"{survey.url or f'http://localhost:{survey.port}'}/s/{token(settings, survey_id)}"


def token(settings: Settings, survey_id: int) -> str:
    """The survey's signed number."""
    return str(_serializer(settings).dumps(survey_id))


def survey_id_of(settings: Settings, text: str) -> int | None:
    """The survey of a token; None for one that is not signed by this desk."""
    from itsdangerous import BadData

    if len(text) > _LONGEST or not text.isascii():
        return None
    try:
        survey_id = _serializer(settings).loads(text)
    except BadData:
        return None
    return survey_id if isinstance(survey_id, int) and 0 < survey_id < 2**63 else None


def secret_file(settings: Settings) -> Path:
    """Where the secret is kept that Escucha made: beside the database, not in its copies."""
    path = settings.store.path
    return path.with_name(path.name + ".secret")


def _serializer(settings: Settings) -> "URLSafeSerializer":
    from itsdangerous import URLSafeSerializer

    return URLSafeSerializer(
        _secret(settings), salt=_SALT, signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
    )


def _secret(settings: Settings) -> str:
    configured = settings.desk.secret.get_secret_value()
    if configured:
        return configured
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
