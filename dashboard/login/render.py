"""How the login's pages look: plain HTML with a style sheet, in Spanish and English, which work without JavaScript."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from urllib.parse import parse_qs, quote, urlsplit

from jinja2 import Environment, StrictUndefined, Template, select_autoescape
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dashboard.i18n import NAMES, catalogue, translate
from dashboard.login import cookies, forms, rules
from monitor.models.languages import LanguageCode
from monitor.settings.loading import Settings


def language(request: Request, settings: Settings) -> LanguageCode:
    """What the visitor chose (`?lang=en`, here or on the page before), else the browser's, else the settings'."""
    came_from = parse_qs(urlsplit(request.query_params.get("next", "")).query).get("lang", [""])[0]
    code = request.query_params.get("lang") or came_from or request.headers.get("accept-language", "")[:2].lower()
    return "en" if code == "en" else "es" if code == "es" else settings.language


def page(
    request: Request, settings: Settings, kind: str, *, status: int = 200, problem: str = "", **values: object
) -> Response:
    """A page of that kind (login, setup, logout, account, or a message), with what is wrong in words.

    `values` are the template's. What a form needs is there, and the browser is given what it is compared with.
    """
    secure, code = rules.is_secure(settings), language(request, settings)
    token = forms.own_token(request, secure=secure)
    session = cookies.read(request.cookies, cookies.SESSION, secure=secure)
    body = _template().render(
        kind=kind,
        language=code,
        other="es" if code == "en" else "en",
        names=NAMES,
        say=lambda key, **told: translate(code, f"login.{key}", **told),
        css=Markup(_css()),  # noqa: S704 (our own file)
        problem=problem,
        form_token=forms.hidden(token, session),
        here=_here(request),
        **{"next": "/", "typed": "", **values},
    )
    answer = HTMLResponse(body, status_code=status, headers={"Content-Security-Policy": _policy(), **_HEADERS})
    cookies.keep(answer, cookies.FORM, token, secure=secure)
    return answer


def say(request: Request, settings: Settings, key: str) -> str:
    """A message of the login, in the visitor's language; that it is not possible now for one that there is not."""
    code = language(request, settings)
    return translate(code, f"login.{key}" if f"login.{key}" in catalogue(code) else "login.later")


# With no-referrer, browsers send forms as from nowhere (Origin: null), and the guard refuses them.
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow"}


def _here(request: Request) -> str:
    """The address of this page without its language, for the switch."""
    came_from = request.query_params.get("next", "")
    return f"?next={quote(came_from)}&" if came_from else "?"


@cache
def _css() -> str:
    return (files("dashboard.login") / "page.css").read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(autoescape=select_autoescape(default=True), undefined=StrictUndefined)
    return environment.from_string((files("dashboard.login") / "page.html").read_text(encoding="utf-8"))


@cache
def _policy() -> str:
    digest = base64.b64encode(hashlib.sha256(_css().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
