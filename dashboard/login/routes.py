"""The login's pages by their address, in the process of the dashboard."""

import logging
from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.login import account, entering, forms, oidc, render, rules
from dashboard.login.turnstile import TooOften
from monitor.errors import EscuchaError
from monitor.settings.loading import Settings

logger = logging.getLogger(__name__)
_PAGES: dict[str, tuple[str, Callable[[Request, Settings], Awaitable[Response]]]] = {
    "/login": ("GET POST", entering.login),
    "/logout": ("GET POST", entering.logout),
    "/setup/{token}": ("GET POST", entering.setup),
    "/login/oidc": ("GET", oidc.start),
    "/login/oidc/back": ("GET", oidc.come_back),
    "/account": ("GET", account.show),
    "/account/password": ("POST", account.change_password),
    "/account/second": ("POST", account.begin_second_step),
    "/account/second/keep": ("POST", account.keep_second_step),
    "/account/second/drop": ("POST", account.drop_second_step),
}


def routes() -> list[Route]:
    """All of them."""
    pages = [Route(path, _answering(page), methods=methods.split()) for path, (methods, page) in _PAGES.items()]
    return [*pages, Route("/session", _is_in, methods=["GET"])]


def _answering(page: Callable[[Request, Settings], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """The page, where people log in at all; something polite for what goes wrong."""

    async def answer(request: Request) -> Response:
        settings = await run_in_threadpool(rules.current)
        if settings.access.is_off:
            return RedirectResponse("/", status_code=303)
        try:
            return await page(request, settings)
        except forms.UnreadableForm:
            return render.page(request, settings, "expired", status=400)
        except TooOften:
            return render.page(request, settings, "later", status=429)
        except EscuchaError as error:
            logger.error("login page not shown", extra={"reason": type(error).__name__})  # noqa: TRY400
            return render.page(request, settings, "later", status=503)

    return answer


async def _is_in(_request: Request) -> Response:
    """What open pages ask: the gate has let the question through, so they may stay."""
    return Response(status_code=204, headers={"Cache-Control": "no-store"})
