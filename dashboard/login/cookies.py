"""The cookies of a login: no script reads them, no other site sends them, and by HTTPS they go nowhere else."""

from collections.abc import Mapping

from starlette.responses import Response

SESSION, DEVICE, FORM = "escucha_session", "escucha_device", "escucha_form"
"""Of whoever is logged in; of a browser in which somebody was; of a form on its way."""
_BOUND = "__Host-"  # browsers take such a cookie by HTTPS only, from this very host


def read(cookies: Mapping[str, str], name: str, *, secure: bool) -> str:
    """What the browser holds under that name; '' for nothing."""
    return cookies.get(_full(name, secure=secure), "")


def keep(response: Response, name: str, value: str, *, secure: bool, seconds: int | None = None) -> None:
    """Gives the browser something to hold, for so long; None: until it is closed."""
    response.set_cookie(
        _full(name, secure=secure), value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax"
    )


def forget(response: Response, name: str, *, secure: bool) -> None:
    """The browser is to hold it no longer."""
    response.delete_cookie(_full(name, secure=secure), path="/", secure=secure, httponly=True, samesite="lax")


def _full(name: str, *, secure: bool) -> str:
    return f"{_BOUND}{name}" if secure else name
