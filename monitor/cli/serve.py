"""`escucha serve`: the Prefect server, the schedules and the dashboard on one machine, in one command."""

import os
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common
from monitor.cli.checks import DASHBOARD_PORT, port_taken
from monitor.cli.run import dashboard_command
from monitor.errors import EscuchaError

if TYPE_CHECKING:
    from monitor.settings.loading import Settings

PREFECT_PORT = 4200
HOST = "127.0.0.1"


def serve(
    port: Annotated[int, typer.Option(help="Port of the dashboard on this machine.")] = DASHBOARD_PORT,
    prefect_port: Annotated[int, typer.Option(help="Port of the Prefect server on this machine.")] = PREFECT_PORT,
    dashboard: Annotated[bool, typer.Option("--dashboard/--no-dashboard", help="Serve the dashboard too.")] = True,
) -> None:
    """Runs around the clock: collects on schedule, classifies, opens cases, hands them over. Ctrl-C stops it all."""
    from monitor.cli.processes import Child, keep_running

    settings = common.current_settings()
    _require_free(prefect_port, "--prefect-port")
    environment = _environment(settings, prefect_port)
    prefect = f"http://{HOST}:{prefect_port}"
    children = [
        Child(
            "prefect",
            (*_python("prefect"), "server", "start", *_at(prefect_port)),
            environment,
            f"{prefect}/api/health",
        ),
        Child("flows", _python("flows"), environment, shows=_is_about_work),
    ]
    places = f"Prefect {prefect}"
    if dashboard:
        _require_free(port, "--port")
        board = f"http://{HOST}:{port}"
        command = dashboard_command(port, headless=True)
        children.append(Child("dashboard", command, environment, f"{board}/_stcore/health"))
        places = f"dashboard {board} · {places}"
    minutes = settings.schedule.pipeline_minutes

    def on_ready() -> None:
        common.stdout.print(
            f"ready: {places} · runs every {minutes:g} minutes, for the first time now · Ctrl-C stops it all"
        )

    common.stderr.print("starting ...")
    keep_running(children, on_ready)


def _is_about_work(line: str) -> bool:
    """Whether a line of Prefect's log is about the work, rather than its beginnings, its links or a traceback."""
    plumbing = r"Beginning |View at |Engine execution exited|Task run .* Finished in state Completed"
    return bool(re.match(r"\d\d:\d\d:\d\d\.\d+ \| ", line)) and not re.search(plumbing, line)


def _require_free(port: int, option: str) -> None:
    if port_taken(port):
        raise EscuchaError(
            f"port {port} is in use, perhaps by another `escucha serve`: stop that, or add {option} {port + 1}"
        )


def _python(module: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module)


def _at(port: int) -> tuple[str, ...]:
    return ("--host", HOST, "--port", str(port))


def _environment(settings: "Settings", port: int) -> Mapping[str, str]:
    """What the children see: a Prefect of Escucha's own beside the database, whatever other the user has."""
    home = settings.store.path.parent / "prefect"
    home.mkdir(parents=True, exist_ok=True)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return inherited | {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://{HOST}:{port}/api",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home / 'prefect.db'}",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_LOGGING_COLORS": "false",
        "DO_NOT_TRACK": "1",
        "NO_PROXY": ",".join(filter(None, (os.environ.get("NO_PROXY"), HOST, "localhost"))),
        "PYTHONSAFEPATH": "1",  # a folder `flows` where the user stands is not ours
        "PYTHONUNBUFFERED": "1",
    }
