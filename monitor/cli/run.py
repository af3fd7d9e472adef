"""`escucha run` and `escucha dashboard`."""

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
from monitor.errors import EscuchaError

if TYPE_CHECKING:
    from monitor.settings.loading import Settings


def run() -> None:
    """Runs every step once: collects, classifies, opens cases and hands them over."""
    from monitor import store
    from monitor.pipeline import main_line
    from monitor.store.cases import campaigns

    settings = common.current_settings()
    with common.progress_bars() as progress:
        report = main_line.run(settings, progress)
    collected = report.collected
    duplicates, posts = common.plural(collected.duplicates, "duplicate"), common.plural(report.joined, "post")
    common.stdout.print(
        f"collected {collected.stored:,} new, {collected.duplicates:,} {duplicates}, {collected.rejected:,} rejected · "
        f"classified {report.classified:,} · cases {report.opened:,} opened, {report.joined:,} {posts} joined · "
        f"handed over {report.handed_over:,}"
    )
    if report.opened and not settings.brands:
        common.print_no_brands()
    if store.exists(settings.store):
        with store.connect(settings.store, read_only=True) as connection:
            common.print_campaigns(campaigns.undecided(connection))
    for network, resumes_at in report.partial:
        common.print_resume_time(settings, resumes_at, network)
    if report.faults:
        raise EscuchaError("\n".join(report.faults))
    step = "escucha dashboard"
    if not (collected.stored or report.classified or report.opened or report.joined or report.handed_over):
        words, step = _nothing_new(settings)
        common.print_wrapped(common.tell(words))
    common.print_next(settings, [network for network, _ in report.partial], step)


def _nothing_new(settings: "Settings") -> tuple[str, str]:
    """What it means that a run found nothing to do, and what to do next."""
    from monitor.collect import collector

    folder = settings.networks.files.folder
    sources = [*collector.configured_networks(settings), *([str(folder)] if folder else [])]
    if sources:
        return (
            "nothing new: neither a post that your searches find and that is not stored yet, nor one that waits "
            f"({', '.join(sources)})",
            "escucha dashboard; escucha status says when each network was last read",
        )
    return (
        "nothing new, as nothing is read by itself: no network is set up, and no drop folder",
        "escucha import FILE --network NAME, or set up a network in escucha.toml",
    )


def dashboard(
    port: Annotated[int, typer.Option(min=1, max=LAST_PORT, help="Port on this machine.")] = DASHBOARD_PORT,
) -> None:
    """Serves the dashboard and opens it in a browser (not with ESCUCHA_HEADLESS=1). Ctrl-C stops it."""
    common.current_settings()
    raise typer.Exit(show_dashboard(port))


def show_dashboard(port: int) -> int:
    """Runs the dashboard until it is stopped. Returns its exit code; 0 after Ctrl-C or SIGTERM."""
    from monitor.cli.serving.processes import run_until_stopped

    if port_taken(port):
        raise EscuchaError(
            f"port {port} is in use; stop what uses it, or: escucha dashboard --port {another_port(port)}"
        )
    is_headless = os.environ.get("ESCUCHA_HEADLESS", "") not in ("", "0")
    address = f"http://localhost:{port}"
    return run_until_stopped(
        dashboard_command(port),
        f"{address}/_stcore/health",
        lambda: None if is_headless else _open_browser(address),
    )


def _open_browser(address: str) -> None:
    """In a thread, because some systems wait until the browser is closed."""
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def dashboard_command(port: int) -> tuple[str, ...]:
    """The command that serves the dashboard on this machine alone."""
    spec = find_spec("dashboard")
    if spec is None or spec.origin is None:
        raise EscuchaError("the dashboard is not installed: reinstall Escucha (make run)")
    options = {
        "server.port": str(port),
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.showEmailPrompt": "false",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "browser.serverAddress": "localhost",
    }
    app = str(Path(spec.origin).with_name("web.py"))
    return (sys.executable, "-m", "streamlit", "run", app, *(f"--{name}={value}" for name, value in options.items()))
