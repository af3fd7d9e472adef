"""From where somebody comes, and whether it is their turn."""

from starlette.requests import Request

from dashboard.login import cookies, rules
from dashboard.login.turnstile import Turnstile
from monitor.settings.loading import Settings
from monitor.surveys import visitors

turnstile = Turnstile()


def address_of(request: Request, settings: Settings) -> str:
    """The address, of which trusted proxies say whose they ask for; of IPv6 its network of 64 bits."""
    peer = request.client.host if request.client else ""
    return visitors.address(peer, request.headers.getlist("x-forwarded-for"), settings.access.trusted_proxies)


def cookie(request: Request, settings: Settings, name: str) -> str:
    """What the browser holds under that name; '' for nothing."""
    return cookies.read(request.cookies, name, secure=rules.is_secure(settings))
