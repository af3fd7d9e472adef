"""The command line `escucha`. One module per group of commands; what is heavy is imported when a command runs."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import (
    backup,
    cases,
    collect,
    common,
    customers,
    demo,
    export,
    importing,
    listen,
    query,
    recheck,
    report,
    run,
    serve,
    status,
    surveys,
)
from monitor.cli.classifier import classify, evaluate, explain, learn
from monitor.errors import EscuchaError

app = typer.Typer(
    help="Hears what people say about a brand, finds the complaints in it and follows each to a good end.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
exports = typer.Typer(help="Write cases to a file.", no_args_is_help=True)
exports.command("cases")(export.cases)
app.add_typer(exports, name="export")
app.add_typer(query.queries, name="query")
app.add_typer(cases.cases, name="cases")
app.add_typer(customers.customers, name="customers")
app.add_typer(surveys.surveys, name="surveys")
app.add_typer(report.reports, name="report")

app.command("demo")(demo.demo)
app.command("run")(run.run)
app.command("collect")(collect.collect)
app.command("listen")(listen.listen)
app.command("recheck")(recheck.recheck)
app.command("import")(importing.import_)
app.command("classify")(classify.classify)
app.command("predict")(classify.predict)
app.command("evaluate")(evaluate.evaluate)
app.command("explain")(explain.explain)
app.command("learn")(learn.learn)
app.add_typer(learn.versions, name="versions")
app.command("status")(status.status)
app.command("doctor")(status.doctor)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("dashboard")(run.dashboard)
app.command("serve")(serve.serve)


@app.callback()
def _options(
    config: Annotated[
        Path | None, typer.Option(help="Settings file; else ESCUCHA_CONFIG, else ./escucha.toml.", show_default=False)
    ] = None,
) -> None:
    common.use_config(config)


def main() -> None:
    """Runs the command line; Escucha's own errors become one line and exit code 1."""
    try:
        app()
    except EscuchaError as error:
        common.console.print(f"[bold red]error:[/] {common.plain(str(error))}", soft_wrap=True)
        sys.exit(1)
