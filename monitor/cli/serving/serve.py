"""`escucha serve`: the Prefect server, the schedules and the dashboard on one machine, in one command."""

import logging
import os
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor import atomic_files
from monitor.cli import common
from monitor.cli.checks import DASHBOARD_PORT, LAST_PORT, another_port, port_taken
from monitor.cli.serving import prefect_state, strangers
from monitor.cli.serving.dashboard import HOST, dashboard_command
from monitor.cli.serving.leash import TERM_WITHIN
from monitor.errors import EscuchaError
from monitor.masking import masks

if TYPE_CHECKING:
    from monitor.cli.serving.child import Child
    from monitor.settings.loading import Settings
    from monitor.store.schedules.standstill import Standstill

logger = logging.getLogger(__name__)

PREFECT_PORT = 4200
_PASSWORD_VARIABLES = ("PREFECT_SERVER_API_AUTH_STRING", "PREFECT_API_AUTH_STRING")
FREE_WITHIN = TERM_WITHIN + 3.0  # seconds for a port to become free
_POLL = 0.3  # seconds between two looks
_MENDED_AFTER = 3_600.0  # seconds the flows must have run for a standstill to be no matter of their start


def serve(
    port: Annotated[
        int, typer.Option(min=1, max=LAST_PORT, help="Port of the dashboard on this machine.")
    ] = DASHBOARD_PORT,
    prefect_port: Annotated[
        int, typer.Option(min=1, max=LAST_PORT, help="Port of the Prefect server on this machine.")
    ] = PREFECT_PORT,
    dashboard: Annotated[bool, typer.Option("--dashboard/--no-dashboard", help="Serve the dashboard too.")] = True,
) -> None:
    """Runs around the clock: collects on schedule, classifies, opens cases, hands them over. Ctrl-C stops it all."""
    from monitor.cli.serving.single import single

    settings = common.current_settings()
    with single(_home(settings) / prefect_state.LOCK_FILE):
        _serve(settings, port if dashboard else None, prefect_port)


def _serve(settings: "Settings", port: int | None, prefect_port: int) -> None:
    """Keeps all parts running until a signal; `port` None: without the dashboard."""
    from monitor.cli.serving.child import Child, is_about_work
    from monitor.cli.serving.processes import keep_running

    _require_free(prefect_port, "--prefect-port")
    _renew_prefect(settings, only_damaged=True)
    environment = _environment(settings, prefect_port)
    password = _password()
    masks.know(password)
    trusted = environment | dict.fromkeys(_PASSWORD_VARIABLES, password)
    prefect = f"http://{HOST}:{prefect_port}"
    children = [
        Child(
            "prefect",
            (*_python("flows.server"), str(prefect_port)),
            trusted,
            f"{prefect}/api/health",
            repair=lambda: _renew_prefect(settings),
        ),
        Child("flows", (*_python("flows"), "--alone"), trusted, shows=is_about_work),
    ]
    places = f"Prefect {prefect} (its password is in {_write_password(settings, password)})"
    if port is not None:
        strangers.require_login(settings, HOST)
        _require_free(port, "--port")
        board = f"http://{HOST}:{port}"
        command = dashboard_command(port)
        children.append(Child("dashboard", command, environment, f"{board}/_stcore/health"))
        places = f"dashboard {board} · {places}"
    minutes = settings.schedule.pipeline_minutes

    def on_ready() -> None:
        common.stdout.print(
            f"ready: {places} · runs every {minutes:g} minutes, for the first time now · Ctrl-C stops it all"
        )
        if port is not None:
            strangers.tell_first_login(settings, f"http://{HOST}:{port}")

    common.stderr.print("starting ...")
    keep_running(children, on_ready, lambda: watch(settings, children))


def watch(settings: "Settings", children: "Sequence[Child]") -> None:
    """Says so when nothing finishes any more, every minute until something does, and has the schedules begin anew.

    `children` are Prefect, the flows, and others. Where no pass is under way it is Prefect that starts none: once its
    clock was ahead it plans nothing until that time has come.
    """
    standstill = _standstill(settings)
    if standstill is None:
        return
    prefect, flows = children[:2]
    if standstill.pass_since is None and time.monotonic() - flows.started > _MENDED_AFTER:
        logger.warning("schedules begun anew", extra={"seconds": _MENDED_AFTER})
        flows.kill()
        prefect.kill()
        _renew_prefect(settings)


def _standstill(settings: "Settings") -> "Standstill | None":
    """What stands still, once it is said."""
    from monitor.pipeline import leases

    try:
        standstill = leases.standstill(settings)
    except EscuchaError as error:
        logger.warning("state not read", extra={"reason": type(error).__name__})
        return None
    if standstill is not None:
        words, remedy = leases.describe(standstill, settings)
        logger.error("nothing has finished", extra={"until": standstill.since.isoformat(), "pid": standstill.pid})
        common.stderr.print(common.told(f"{words}. Next: {remedy}"), style="red", soft_wrap=True)
    return standstill


def _renew_prefect(settings: "Settings", *, only_damaged: bool = False) -> bool:
    """Has Prefect begin anew, without what it had noted of earlier runs. Returns whether there was anything."""
    from monitor.store import faults

    home = _home(settings)
    try:
        with faults.translated_system(home):
            is_new = prefect_state.set_aside_damaged(home) if only_damaged else prefect_state.set_aside(home)
    except EscuchaError as error:
        logger.warning("state of prefect stays", extra={"reason": type(error).__name__})
        return False
    if is_new:
        place = home / prefect_state.ASIDE
        words = f"Prefect's own notes cannot be used; they are in {place} now, and nothing of yours is in them"
        common.stderr.print(common.told(words), style="yellow", soft_wrap=True)
    return is_new


def _require_free(port: int, option: str) -> None:
    """What an earlier `escucha serve` left, whose process was killed, ends within seconds: that is waited for."""
    deadline = time.monotonic() + FREE_WITHIN
    while port_taken(port) and time.monotonic() < deadline:
        time.sleep(_POLL)
    if port_taken(port):
        other = another_port(port)
        raise EscuchaError(
            f"port {port} is in use, perhaps by another `escucha serve`: stop that, or add {option} {other}"
        )


def _python(module: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module)


def _password() -> str:
    """What Prefect asks everybody for: whoever speaks to it can run commands as this user, and a web page can speak.

    The operator's own where the environment names one, else a new one for every start.
    """
    for name in _PASSWORD_VARIABLES:
        if os.environ.get(name):
            return os.environ[name]
    return secrets.token_urlsafe(32)


def _write_password(settings: "Settings", password: str) -> Path:
    """Puts it where this user alone can read it, for Prefect's pages. Returns where."""
    from monitor.store import faults

    path = _home(settings) / prefect_state.PASSWORD_FILE
    with faults.translated_system(path), atomic_files.replacing(path) as file:
        file.write(f"{password}\n".encode())
    return path


def _home(settings: "Settings") -> Path:
    """Where Prefect keeps its things, beside the database; for this user alone."""
    from monitor.store import faults
    from monitor.store.privacy import prefect_database

    home = prefect_database.home(settings.store)

    with faults.translated_system(home):
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(atomic_files.PRIVATE_FOLDER)
        for file in home.glob("prefect.db*"):
            atomic_files.make_private(file)
    return home


def _environment(settings: "Settings", port: int) -> dict[str, str]:
    """What the children see: a Prefect of Escucha's own beside the database, whatever other the user has."""
    home = _home(settings)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return inherited | {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://{HOST}:{port}/api",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home / 'prefect.db'}",
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": f"http://{HOST}:{port}",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_LOGGING_COLORS": "false",
        "DO_NOT_TRACK": "1",
        "NO_PROXY": ",".join(filter(None, (os.environ.get("NO_PROXY"), HOST, "localhost"))),
        "PYTHONSAFEPATH": "1",  # a folder `flows` where the user stands is not ours
        "PYTHONUNBUFFERED": "1",
    }
