"""`escucha demo`: about 300 invented posts through the whole pipeline, then the dashboard."""

import os
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import common
from monitor.cli.checks import DASHBOARD_PORT, LAST_PORT


def demo(
    port: Annotated[
        int, typer.Option(min=1, max=LAST_PORT, help="The dashboard's port on this machine.")
    ] = DASHBOARD_PORT,
    clear: Annotated[bool, typer.Option("--clear", help="Remove the sample posts from the database instead.")] = False,
) -> None:
    """Shows Escucha on sample posts of an invented brand: classifies them, opens cases and starts the dashboard."""
    from monitor.pipeline import samples

    if clear:
        count = samples.clear(common.current_settings())
        common.stdout.print(f"Removed {count:,} sample posts. Next: escucha import FILE --network NAME")
        return
    _use_demo_settings()
    settings = common.current_settings()
    with common.progress_bars() as progress:
        report = samples.load(settings, progress)
    common.stdout.print(
        f"{report.posts:,} sample posts ({report.new:,} new) · {report.classified:,} classified now · "
        f"{report.cases:,} complaint cases in {settings.store.place}"
    )
    _dashboard(port)


def _use_demo_settings() -> None:
    """The invented brand's settings, unless somebody has named settings of their own."""
    if not os.environ.get("ESCUCHA_CONFIG") and not Path("escucha.toml").exists():
        from monitor.pipeline import samples

        os.environ["ESCUCHA_CONFIG"] = str(samples.demo_settings())


def _dashboard(port: int) -> None:
    from monitor.cli.serving.dashboard import show_dashboard

    common.stdout.print(
        f"Next: open http://localhost:{port} — Ctrl-C stops it; escucha demo --clear removes the samples"
    )
    raise typer.Exit(show_dashboard(port))
