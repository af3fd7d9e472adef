"""`escucha dashboard`: the dashboard as a process, for this machine or behind a proxy."""

import hmac
import os
import sys
import threading
import webbrowser
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common
from monitor.cli.checks import DASHBOARD_PORT, LAST_PORT, another_port, port_taken
from monitor.cli.serving import strangers
from monitor.errors import EscuchaError

if TYPE_CHECKING:
    from monitor.settings.loading import Settings

HOST = "127.0.0.1"
_COOKIE_SECRET = "STREAMLIT_SERVER_COOKIE_SECRET"  # noqa: S105 (a name)


def dashboard(
    port: Annotated[int, typer.Option(min=1, max=LAST_PORT, help="Port on this machine.")] = DASHBOARD_PORT,
    address: Annotated[
        str, typer.Option(help="Address of this machine to listen on, for a proxy on another machine: see README.")
    ] = HOST,
) -> None:
    """Serves the dashboard and opens it in a browser (not with ESCUCHA_HEADLESS=1). Ctrl-C stops it."""
    _share_cookies(common.current_settings())
    raise typer.Exit(show_dashboard(port, address))


def _share_cookies(settings: "Settings") -> None:
    """The dashboards of several machines sign cookies with one secret, drawn from the one that these share."""
    if secret := settings.desk.secret.get_secret_value():
        drawn = hmac.new(secret.encode(), b"escucha.dashboard", "sha256").hexdigest()
        os.environ.setdefault(_COOKIE_SECRET, drawn)  # not an argument: others see those


def show_dashboard(port: int, address: str = HOST) -> int:
    """Runs the dashboard until it is stopped. Returns its exit code; 0 after Ctrl-C or SIGTERM."""
    from monitor.cli.serving.processes import run_until_stopped

    settings = common.current_settings()
    strangers.require_login(settings, address)
    if port_taken(port):
        raise EscuchaError(
            f"port {port} is in use; stop what uses it, or: escucha dashboard --port {another_port(port)}"
        )
    is_headless = os.environ.get("ESCUCHA_HEADLESS", "") not in ("", "0")
    host = "localhost" if address in (HOST, "0.0.0.0") else address  # noqa: S104 (compared, not bound)
    url = f"http://{host}:{port}"

    def on_ready() -> None:
        strangers.tell_first_login(settings, url)
        if not is_headless:
            _open_browser(url)

    return run_until_stopped(dashboard_command(port, address), f"{url}/_stcore/health", on_ready)


def _open_browser(address: str) -> None:
    """In a thread, because some systems wait until the browser is closed."""
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def dashboard_command(port: int, address: str = HOST) -> tuple[str, ...]:
    """The command that serves the dashboard, unless an address is given on this machine alone."""
    spec = find_spec("dashboard")
    if spec is None or spec.origin is None:
        raise EscuchaError("the dashboard is not installed: reinstall Escucha (make run)")
    options = {
        "server.port": str(port),
        "server.address": address,
        "server.headless": "true",
        "server.showEmailPrompt": "false",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "browser.serverAddress": "localhost",
    }
    app = str(Path(spec.origin).with_name("web.py"))
    return (sys.executable, "-m", "streamlit", "run", app, *(f"--{name}={value}" for name, value in options.items()))
