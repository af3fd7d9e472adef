"""The settings as the gate and the login's pages know them: some seconds old at most."""

import time
from dataclasses import dataclass
from threading import Lock

from streamlit import config

from monitor.errors import SettingsError
from monitor.logs import setup
from monitor.settings import loading
from monitor.settings.loading import Settings

_FRESH = 3.0  # seconds
_PATIENCE = 15.0  # seconds for the database, then somebody is asked to try again


@dataclass(slots=True)
class _RulesRead:
    settings: Settings | None = None
    at: float = 0.0


_read = _RulesRead()
_reading = Lock()


def current() -> Settings:
    """The settings. A file that became faulty changes nothing here; raises SettingsError for one that always was."""
    with _reading:
        if _read.settings is None or time.monotonic() - _read.at > _FRESH:
            try:
                _read.settings = _hasty(loading.load())
                setup.configure(_read.settings)
            except SettingsError:
                if _read.settings is None:
                    raise
            _read.at = time.monotonic()
        return _read.settings


def is_secure(settings: Settings) -> bool:
    """Whether people come by HTTPS: to a proxy, or to this process itself."""
    return settings.access.is_secure or bool(config.get_option("server.sslCertFile"))


def _hasty(settings: Settings) -> Settings:
    patience = min(_PATIENCE, settings.store.busy_timeout)
    return settings.model_copy(update={"store": settings.store.model_copy(update={"busy_timeout": patience})})
