"""What a Prefect server answers that is not ours, asked without Prefect itself, which takes seconds to import."""

import base64
import ssl
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from monitor.errors import EscuchaError

if TYPE_CHECKING:
    import httpx

_WITHIN = 15.0  # seconds for the server to answer
_UNAUTHENTICATED = (401, 403)
MISSING = 404


def ask(url: str, path: str, environment: Mapping[str, str], body: Any = None) -> "httpx.Response":
    """What the server answers; 404 is an answer too. With a `body`, which becomes JSON, it is told that.

    Raises EscuchaError for no answer and for a refusal.
    """
    import httpx

    context = ssl.create_default_context(cafile=environment.get("PREFECT_API_SSL_CERT_FILE"))
    method = "GET" if body is None else "POST"
    headers = _credentials(environment)
    try:
        answer = httpx.request(method, f"{url}{path}", json=body, headers=headers, timeout=_WITHIN, verify=context)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise EscuchaError(
            f"the Prefect server at {url} does not answer ({type(error).__name__}): start it, or correct "
            "PREFECT_API_URL"
        ) from None
    if answer.status_code in _UNAUTHENTICATED:
        raise EscuchaError(
            f"the Prefect server at {url} does not know this machine: set PREFECT_API_AUTH_STRING to the server's "
            "PREFECT_SERVER_API_AUTH_STRING"
        )
    if answer.is_server_error:
        raise EscuchaError(f"the Prefect server at {url} answers {answer.status_code}: look into its log")
    return answer


def _credentials(environment: Mapping[str, str]) -> dict[str, str]:
    if password := environment.get("PREFECT_API_AUTH_STRING"):
        return {"Authorization": f"Basic {base64.b64encode(password.encode()).decode()}"}
    if key := environment.get("PREFECT_API_KEY"):
        return {"Authorization": f"Bearer {key}"}
    return {}
