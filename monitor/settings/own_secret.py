"""The secret that signs what leaves this installation and comes back: links of surveys, cookies, login codes."""

import logging
import secrets
from pathlib import Path

from monitor import atomic_files
from monitor.errors import SettingsError
from monitor.masking import masks
from monitor.settings.loading import Settings

logger = logging.getLogger(__name__)


def secret_file(settings: Settings) -> Path:
    """Where the secret is kept that Escucha made: beside the database, not in its copies."""
    path = settings.store.path
    return path.with_name(path.name + ".secret")


def own_secret(settings: Settings) -> str:
    """`desk.secret`, or the one that Escucha made beside the database. Raises SettingsError where there can be none."""
    configured = settings.desk.secret.get_secret_value()
    if configured:
        return configured
    if settings.store.is_server:
        raise SettingsError(
            "links and logins are signed with a secret that all machines share: set ESCUCHA_DESK__SECRET on each"
        )
    file = secret_file(settings)
    try:
        if not file.exists():
            _create_secret(file)
            logger.info("survey secret created", extra={"path_name": file.name})
        return _read_secret(file)
    except OSError as error:
        raise SettingsError(
            f"the secret of links and logins cannot be kept at {file} ({error.strerror}); "
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
