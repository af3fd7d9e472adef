"""From which pages the dashboard may be spoken to, before anybody asks who it is (`dashboard.login.gate`).

Streamlit's own checks let any port of localhost in, and look at websockets alone. Operators behind a proxy name their
addresses in `[access] url`, or in Streamlit's `server.allowedHosts`.
"""

from collections.abc import Container
from contextlib import suppress
from urllib.parse import urlsplit

from starlette.types import ASGIApp
from streamlit import config
from streamlit.web.server.starlette import starlette_websocket

from dashboard.login import rules
from monitor.errors import SettingsError
from monitor.machine.site_guard import SiteGuard

_REFUSAL = (
    "This address is not the dashboard's. Open it at http://localhost or http://127.0.0.1 with its port; behind "
    "a proxy, name the address as url under [access] in escucha.toml, or in STREAMLIT_SERVER_ALLOWED_HOSTS.\n"
)


def guarded(app: ASGIApp) -> SiteGuard:
    """The application, for its own pages alone."""
    return SiteGuard(app, _REFUSAL, is_host_allowed=_is_host_allowed, origins=_origins)


def _is_host_allowed(host: str) -> bool:
    if config.get_option("server.allowedHosts"):
        return starlette_websocket.is_host_allowed(host)
    with suppress(SettingsError):  # the page says what is wrong with them
        return urlsplit(f"//{host}").hostname == rules.current().access.host
    return False


def _origins() -> Container[str]:
    origins: Container[str] = config.get_option("server.corsAllowedOrigins")
    return origins
