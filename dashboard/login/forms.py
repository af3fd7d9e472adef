"""Forms of the login's pages: read within bounds, and only where a page of ours was filled in by whoever sends it."""

import asyncio
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from dashboard.login import cookies
from monitor.login.tokens import digest, new_token

FIELD = "form_token"
_MOST_BYTES = 8_192
_MOST_FIELDS = 12
_PATIENCE = 15.0  # seconds for a form to arrive
_LONGEST_ADDRESS = 500


class UnreadableForm(Exception):
    """It is too long, too slow, or was not filled in on a page of ours."""


def own_token(request: Request, *, secure: bool) -> str:
    """What the browser holds for its forms, or is to hold from now on."""
    return cookies.read(request.cookies, cookies.FORM, secure=secure) or new_token()


def hidden(token: str, session: str) -> str:
    """What stands in a form of the browser that holds this token, and is logged in so ('' for not)."""
    return digest(f"{token[:45]} {session[:45]}")


async def read(request: Request, *, secure: bool) -> Mapping[str, str]:
    """What was typed. Raises UnreadableForm."""
    fields = await _fields(request)
    token = cookies.read(request.cookies, cookies.FORM, secure=secure)
    session = cookies.read(request.cookies, cookies.SESSION, secure=secure)
    if not token or not hmac.compare_digest(fields.get(FIELD, "").encode(), hidden(token, session).encode()):
        raise UnreadableForm
    return fields


async def _fields(request: Request) -> Mapping[str, str]:
    body = bytearray()
    try:
        async with asyncio.timeout(_PATIENCE):
            async for chunk in request.stream():
                body += chunk
                if len(body) > _MOST_BYTES:
                    raise UnreadableForm
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except (TimeoutError, ClientDisconnect, ValueError):
        raise UnreadableForm from None


def own_address(text: str) -> str:
    """Where somebody wanted to go, if that is a page of ours; else the first page."""
    is_own = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() and "\\" not in text
    return text if is_own and len(text) <= _LONGEST_ADDRESS else "/"
