"""`escucha run` and `escucha dashboard`."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import common
from monitor.cli.checks import DASHBOARD_PORT, port_taken
from monitor.errors import EscuchaError


def run() -> None:
    """Does every step once: collect, classify, open cases, hand over."""
    from monitor import pipeline

    settings = common.current_settings()
    with common.progress_bars() as progress:
        report = pipeline.run(settings, progress)
    got = report.collected
    common.out.print(
        f"collected {got.stored:,} new, {got.duplicates:,} known, {got.rejected:,} rejected · "
        f"classified {report.classified:,} · cases {report.opened:,} opened, {report.joined:,} posts joined · "
        f"handed over {report.handed_over:,}"
    )
    if report.faults:
        raise EscuchaError("\n".join(report.faults))
    common.out.print("Next: escucha dashboard")


def dashboard(
    port: Annotated[int, typer.Option(help="Port on this machine.")] = DASHBOARD_PORT,
) -> None:
    """Opens the dashboard; Ctrl-C stops it. ESCUCHA_HEADLESS=1 opens no browser."""
    common.current_settings()
    raise typer.Exit(show_dashboard(port))


def show_dashboard(port: int) -> int:
    """Runs Streamlit until it is stopped. Returns its exit code; 0 after Ctrl-C."""
    found = find_spec("dashboard")
    if found is None or found.origin is None:
        raise EscuchaError("the dashboard is not installed; install Escucha again (make run)")
    if port_taken(port):
        raise EscuchaError(f"port {port} is in use; stop what uses it, or: escucha dashboard --port {port + 1}")
    headless = os.environ.get("ESCUCHA_HEADLESS", "") not in ("", "0")
    options = {
        "server.port": port,
        "server.address": "localhost",
        "server.headless": str(headless).lower(),
        "browser.gatherUsageStats": "false",
        "server.fileWatcherType": "none",
    }
    arguments = [f"--{name}={value}" for name, value in options.items()]
    app = Path(found.origin).with_name("app.py")
    try:
        return subprocess.call([sys.executable, "-m", "streamlit", "run", str(app), *arguments])
    except KeyboardInterrupt:
        return 0
