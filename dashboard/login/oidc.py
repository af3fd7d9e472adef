"""The login of another system, by OpenID Connect (Authlib): it says who somebody is, and our own table the rest.

What it says is exchanged at once for a session of our own, which ends when our store says so: no cookie of a provider's
claims is kept in the browser.
"""

import logging
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from dashboard.login import entering, forms, render
from dashboard.login.turnstile import TooOften
from dashboard.login.visiting import address_of, turnstile
from monitor.errors import SettingsError
from monitor.login import identities
from monitor.runs import now
from monitor.settings.access import Access
from monitor.settings.loading import Settings

if TYPE_CHECKING:
    from authlib.integrations.starlette_client import StarletteOAuth2App

logger = logging.getLogger(__name__)

BACK = "/login/oidc/back"
_TO = "escucha_to"  # in the session of the way there and back: where somebody wanted to go
_clients: dict[Access, "StarletteOAuth2App"] = {}


async def start(request: Request, settings: Settings) -> Response:
    """Sends the browser to the other login."""
    if settings.access.mode != "oidc":
        return entering.login_page(request, settings, "/")
    request.session[_TO] = forms.own_address(request.query_params.get("next", ""))
    try:
        async with turnstile.passing(address_of(request, settings)):
            answer: Response = await _client(settings.access).authorize_redirect(request, settings.access.url + BACK)
    except (TooOften, SettingsError):
        raise
    except Exception as error:  # whatever goes wrong on the way to the other side
        return _no_provider(request, settings, error)
    return answer


async def come_back(request: Request, settings: Settings) -> Response:
    """The browser comes back: who it is, the provider tells this process itself."""
    if settings.access.mode != "oidc":
        return entering.login_page(request, settings, "/")
    try:
        async with turnstile.passing(address_of(request, settings)):
            told: dict[str, Any] = await _client(settings.access).authorize_access_token(request)
    except (TooOften, SettingsError):
        raise
    except Exception as error:  # a forged or old answer, or whatever goes wrong on the way to the other side
        return _no_provider(request, settings, error)
    to = forms.own_address(str(request.session.pop(_TO, "/")))
    identity = identities.identity_of(settings, told.get("userinfo") or {})
    address = address_of(request, settings)
    session = await run_in_threadpool(identities.log_in, settings, identity or "", address, now())
    if session is None:
        words = render.say(request, settings, "nobody")
        return entering.login_page(request, settings, to, problem=words, status=403)
    return await entering.begun(request, settings, session, to)


def _no_provider(request: Request, settings: Settings, error: Exception) -> Response:
    logger.warning("other login failed", extra={"reason": type(error).__name__})
    words = render.say(request, settings, "no_provider")
    return entering.login_page(request, settings, "/", problem=words, status=502)


def _client(access: Access) -> "StarletteOAuth2App":
    """Authlib's client for the provider of the settings, whose metadata and keys it reads once."""
    if access not in _clients:
        try:
            from authlib.integrations.starlette_client import OAuth
        except ImportError as error:
            raise SettingsError("mode = \"oidc\" needs Authlib: pip install 'escucha[oidc]'") from error
        _clients.clear()
        _clients[access] = OAuth().register(
            "provider",
            client_id=access.oidc.client_id,
            client_secret=access.oidc.client_secret.get_secret_value(),
            server_metadata_url=f"{access.oidc.issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid email", "code_challenge_method": "S256"},
        )
    return _clients[access]
