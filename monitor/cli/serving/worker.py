"""`escucha worker`: takes the runs that a Prefect server plans for one role or several, on any machine."""

import base64
import os
import socket
import ssl
import sys
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import common
from monitor.errors import EscuchaError, SettingsError

if TYPE_CHECKING:
    import httpx


class Role(StrEnum):
    """What a machine does, and the work pool of `prefect.yaml` that plans it."""

    COLLECT = "collect"
    CLASSIFY = "classify"
    DESK = "desk"


_PORT = "PREFECT_WORKER_WEBSERVER_PORT"
_WITHIN = 15.0  # seconds for the server to answer
_UNAUTHENTICATED = (401, 403)
_MISSING = 404


def worker(
    role: Annotated[
        list[Role],
        typer.Option(help="What this machine does: collect, classify or desk; repeatable.", show_default=False),
    ],
) -> None:
    """Does on this machine what the Prefect server at PREFECT_API_URL plans for a role. Ctrl-C or SIGTERM stops it.

    For several machines on one PostgreSQL database; on one machine escucha serve does all of it.
    """
    from monitor import store
    from monitor.cli.serving.child import Child, is_about_work
    from monitor.cli.serving.processes import keep_running

    settings = common.current_settings()
    if not settings.store.is_server:
        raise SettingsError(
            f"{settings.store.place} is a file, on which one machine alone can work: escucha serve does everything "
            "there; for several machines, name a PostgreSQL database in store.url"
        )
    with store.connect(settings.store, read_only=True):
        pass
    roles, environment = list(dict.fromkeys(role)), _environment()
    for warning in _warnings(roles, environment):
        common.print_warning(warning)
    children = [
        Child(one, _command(one, environment), environment | _port(number, environment), shows=is_about_work)
        for number, one in enumerate(roles)
    ]
    keep_running(children, lambda: common.stdout.print(common.told(f"ready: {', '.join(roles)} · Ctrl-C stops it")))


def _command(role: Role, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The worker of a role, which answers at PREFECT_WORKER_WEBSERVER_PORT whether it lives, where that is set."""
    name = f"{socket.gethostname()}-{os.getpid()}"
    options = ("--name", name, "--type", "process", "--install-policy", "never")
    health = ("--with-healthcheck",) if environment.get(_PORT) else ()
    return (sys.executable, "-m", "flows.worker", role, *options, *health)


def _port(number: int, environment: Mapping[str, str]) -> dict[str, str]:
    """Each worker of this process has its own port, from that which is set on."""
    return {_PORT: str(int(environment[_PORT]) + number)} if environment.get(_PORT, "").isdecimal() else {}


def _environment() -> dict[str, str]:
    """What the worker and its runs see: settings by their whole path, since runs begin in another folder."""
    from monitor.settings import text_files, variables

    of_file = {variable.name: variable.value for variable in variables.of_file(text_files.ENV_FILE)}
    environment = of_file | os.environ
    config = Path(environment.get("ESCUCHA_CONFIG") or text_files.DEFAULT_FILE)
    if config.is_file():
        environment["ESCUCHA_CONFIG"] = str(config.absolute())
    return environment | {
        "PREFECT_LOGGING_COLORS": "false",
        "DO_NOT_TRACK": "1",
        "PYTHONSAFEPATH": "1",  # a folder `flows` where the user stands is not ours
        "PYTHONUNBUFFERED": "1",
    }


def _warnings(roles: list[Role], environment: Mapping[str, str]) -> Iterator[str]:
    """What keeps runs of the roles' pools from their workers. Raises EscuchaError where the server cannot be asked."""
    url = environment.get("PREFECT_API_URL", "").rstrip("/")
    if not url:
        raise SettingsError(
            "PREFECT_API_URL is not set: it names the Prefect server that plans the runs, such as "
            "http://prefect.example:4200/api; on one machine use escucha serve, which needs none"
        )
    if _answer(url, "/health", environment).text != "true":
        raise EscuchaError(f"what answers at {url} is no Prefect server: PREFECT_API_URL ends in /api")
    for role in roles:
        answer = _answer(url, f"/work_pools/{role}", environment)
        if answer.status_code != _MISSING:  # the worker makes it
            yield from _pool_warnings(role, answer.json())


def _pool_warnings(role: Role, pool: Mapping[str, Any]) -> Iterator[str]:
    if pool["type"] != "process":
        raise EscuchaError(
            f"the work pool {role} is of the type {pool['type']}, not process: prefect work-pool delete {role}, and "
            "start this again"
        )
    if pool["is_paused"]:
        yield f"the work pool {role} is paused, so that nothing runs: prefect work-pool resume {role}"
    if pool["concurrency_limit"] is not None:
        yield (
            f"the work pool {role} has a concurrency limit, of which a worker that dies keeps its part for ever: "
            f"prefect work-pool clear-concurrency-limit {role}"
        )


def _answer(url: str, path: str, environment: Mapping[str, str]) -> "httpx.Response":
    """What the server answers; 404 is an answer too. Raises EscuchaError for no answer and for a refusal."""
    import httpx

    context = ssl.create_default_context(cafile=environment.get("PREFECT_API_SSL_CERT_FILE"))
    try:
        answer = httpx.get(f"{url}{path}", headers=_credentials(environment), timeout=_WITHIN, verify=context)
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
