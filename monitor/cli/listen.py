"""`escucha listen`: keeps the networks' streams open."""

from typing import Annotated

import typer

from monitor.cli import common


def listen(
    network: Annotated[
        list[str] | None,
        typer.Option(help="Network (x, mastodon, ...), repeatable. Default: all that are set up and have a stream."),
    ] = None,
) -> None:
    """Receives posts as they appear: stored, classified and in the dashboard within seconds. Ctrl-C stops it."""
    from monitor.cli.serving.processes import stop_signals
    from monitor.pipeline import listen as pipeline_listen
    from monitor.runs import now

    settings = common.current_settings()

    def tell(line: str) -> None:
        common.stderr.print(f"{now().astimezone(settings.zone):%H:%M:%S} {common.told(line)}", soft_wrap=True)

    with stop_signals() as stop:
        common.stderr.print("listening ... Ctrl-C stops it")
        pipeline_listen.listen(settings, common.network_names(network) or None, tell, stop)
    common.stdout.print("stopped; everything received is stored. Next: escucha listen (first collects what was missed)")
