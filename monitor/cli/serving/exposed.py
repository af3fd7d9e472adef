"""`escucha doctor --exposed URL`: what somebody from elsewhere finds, asked as a browser without a login asks."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.errors import EscuchaError, SettingsError

if TYPE_CHECKING:
    import httpx

_PATIENCE = 10.0  # seconds for an answer
_PREFECT_PORT, _OWN_PORT = 4200, 8501
_HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
_INSIDE = (
    ("GET", "/media/none.csv"),
    ("PUT", "/_stcore/upload_file/none/none"),
    ("GET", "/session"),
    ("GET", "/cases"),
)
_HEADERS = {
    "Strict-Transport-Security": "",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "frame-ancestors",
    "Referrer-Policy": "",
}


def checks(url: str) -> Mapping[str, Callable[[], str]]:
    """What is asked at that address, by name; a check raises EscuchaError with what is wrong and what helps."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError("give what people type for the dashboard, such as https://escucha.example")
    site = f"{parts.scheme}://{parts.netloc}"
    return {
        "https": partial(_https, site),
        "login": partial(_login, site),
        "headers": partial(_headers, site),
        "cookies": partial(_cookies, site),
        "other ports": partial(_other_ports, parts.hostname),
    }


def _https(site: str) -> str:
    """The certificate holds, and who asks without it is sent there."""
    if not site.startswith("https://"):
        raise EscuchaError("names, passwords and posts go over the network for all to read: put HTTPS before it")
    _ask("GET", f"{site}/_stcore/health")
    plain = _ask_or_none(f"http://{urlsplit(site).hostname}/login")
    if plain is not None and plain.status_code < 300:
        raise EscuchaError("the same site answers without HTTPS: have the proxy send people on (301)")
    return "the certificate holds, and nothing is answered without it"


def _login(site: str) -> str:
    """Nothing but the login is answered."""
    first = _ask("GET", f"{site}/", {"Accept": "text/html"})
    if first.status_code == 200:
        raise EscuchaError('nobody has to log in: set mode = "accounts" or "oidc" in [access]')
    for method, path in _INSIDE:
        answer = _ask(method, site + path)
        if answer.status_code < 300:
            raise EscuchaError(f"{path} is answered without a login: what stands before the dashboard changes requests")
    if _ask("GET", f"{site}/_stcore/stream", {**_HANDSHAKE, "Origin": site}).status_code == 101:
        raise EscuchaError("a websocket opens without a login: what stands before the dashboard changes requests")
    return "asked for before anything is shown"


def _headers(site: str) -> str:
    answer = _ask("GET", f"{site}/login")
    missing = [name for name, part in _HEADERS.items() if part not in answer.headers.get(name, "\0")]
    if missing:
        raise EscuchaError(
            f'missing in answers: {", ".join(missing)}; set url = "https://..." in [access], and let the proxy pass '
            "them on"
        )
    return ", ".join(_HEADERS)


def _cookies(site: str) -> str:
    answer = _ask("GET", f"{site}/login")
    held = answer.headers.get_list("set-cookie")
    if not held:
        raise EscuchaError("the login's page gives no cookie: there is another page at that address")
    for cookie in held:
        flags = {part.strip().lower() for part in cookie.split(";")[1:]}
        if not {"secure", "httponly"} <= flags or not any(flag.startswith("samesite=") for flag in flags):
            raise EscuchaError('cookies go without HTTPS too: set url = "https://..." in [access]')
    return "Secure, HttpOnly, SameSite"


def _other_ports(host: str) -> str:
    """Neither Prefect, with which programs can be run, nor the dashboard past the proxy."""
    asked = {port: _ask_or_none(f"http://{host}:{port}/api/health") for port in (_PREFECT_PORT, _OWN_PORT)}
    open_ports = [port for port, answer in asked.items() if answer is not None]
    if open_ports:
        ports = ", ".join(map(str, open_ports))
        raise EscuchaError(f"ports {ports} are reached past the proxy: close them in the firewall")
    return f"{_PREFECT_PORT} (Prefect) and {_OWN_PORT} (the dashboard itself) do not answer here"


def _ask(method: str, url: str, headers: Mapping[str, str] | None = None) -> "httpx.Response":
    import httpx

    try:
        return httpx.request(method, url, headers=headers, timeout=_PATIENCE, follow_redirects=False)
    except httpx.HTTPError as error:
        raise EscuchaError(
            f"{url} does not answer ({type(error).__name__}): is it up, and is its certificate good?"
        ) from None


def _ask_or_none(url: str) -> "httpx.Response | None":
    try:
        return _ask("GET", url)
    except EscuchaError:
        return None
