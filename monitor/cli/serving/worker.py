"""`escucha worker`: takes the runs that a Prefect server plans for one role or several, on any machine."""

import os
import socket
import sys
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.cli import common
from monitor.cli.serving.prefect_server import MISSING, ask
from monitor.errors import EscuchaError, SettingsError


class WorkerRole(StrEnum):
    """What a machine does, and the work pool of `prefect.yaml` that plans it."""

    COLLECT = "collect"
    CLASSIFY = "classify"
    DESK = "desk"


_PORT = "PREFECT_WORKER_WEBSERVER_PORT"
_QUERY = "PREFECT_WORKER_QUERY_SECONDS"


def worker(
    role: Annotated[
        list[WorkerRole],
        typer.Option(help="What this machine does: collect, classify or desk; repeatable.", show_default=False),
    ],
) -> None:
    """Does on this machine what the Prefect server at PREFECT_API_URL plans for a role. Ctrl-C or SIGTERM stops it.

    For several machines on one PostgreSQL database; on one machine escucha serve does all of it.
    """
    from monitor import store
    from monitor.cli.serving.child import Child, is_about_work
    from monitor.cli.serving.processes import keep_running
    from monitor.cli.serving.takeover import looking_out

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
    with looking_out(settings, roles, environment):
        keep_running(children, lambda: common.stdout.print(common.told(f"ready: {', '.join(roles)} · Ctrl-C stops it")))


def _command(role: WorkerRole, environment: Mapping[str, str]) -> tuple[str, ...]:
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
    environment.setdefault(_QUERY, "5")  # twice as often as else: somebody waits for what a dead worker left
    return environment | {
        "PREFECT_LOGGING_COLORS": "false",
        "DO_NOT_TRACK": "1",
        "PYTHONSAFEPATH": "1",  # a folder `flows` where the user stands is not ours
        "PYTHONUNBUFFERED": "1",
    }


def _warnings(roles: list[WorkerRole], environment: Mapping[str, str]) -> Iterator[str]:
    """What keeps runs of the roles' pools from their workers. Raises EscuchaError where the server cannot be asked."""
    url = environment.get("PREFECT_API_URL", "").rstrip("/")
    if not url:
        raise SettingsError(
            "PREFECT_API_URL is not set: it names the Prefect server that plans the runs, such as "
            "http://prefect.example:4200/api; on one machine use escucha serve, which needs none"
        )
    if ask(url, "/health", environment).text != "true":
        raise EscuchaError(f"what answers at {url} is no Prefect server: PREFECT_API_URL ends in /api")
    for role in roles:
        answer = ask(url, f"/work_pools/{role}", environment)
        if answer.status_code != MISSING:  # the worker makes it
            yield from _pool_warnings(role, answer.json())


def _pool_warnings(role: WorkerRole, pool: Mapping[str, Any]) -> Iterator[str]:
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
