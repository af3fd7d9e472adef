"""The commands of `escucha`. One module per group of them; what is heavy is imported when a command runs."""

import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer
from rich.text import Text

from monitor.cli import (
    backup,
    cases,
    collect,
    common,
    customers,
    demo,
    listen,
    query,
    recheck,
    run,
    status,
    stores,
    surveys,
    usage,
)
from monitor.cli.accounts import logins, users
from monitor.cli.acting import actor
from monitor.cli.classifier import classify, evaluate, explain, learn
from monitor.cli.failures import faults
from monitor.cli.files import formats, importing
from monitor.cli.output import audit, export, interrupts, rejects, report
from monitor.cli.privacy import keeping
from monitor.cli.privacy.requests import privacy
from monitor.cli.serving import dashboard, serve, worker

app = typer.Typer(
    cls=usage.Commands,
    help="Listens to what people say about a brand, finds the complaints and tracks each case until it is closed.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
exports = typer.Typer(cls=usage.Commands, help="Exports cases to a file.", no_args_is_help=True)
exports.command("cases")(interrupts.told(export.cases))
app.add_typer(exports, name="export")
app.add_typer(query.queries, name="query")
app.add_typer(cases.cases, name="cases")
app.add_typer(customers.customers, name="customers")
app.add_typer(surveys.surveys, name="surveys")
app.add_typer(stores.stores, name="store")
app.add_typer(report.reports, name="report")
users.users.command("link")(logins.link)
users.users.command("reset")(logins.reset)
users.users.command("identity")(logins.identity)
app.add_typer(users.users, name="users")
app.add_typer(audit.audits, name="audit")
privacy.command("retention")(keeping.retention)
privacy.command("pseudonymise")(interrupts.told(keeping.pseudonymise))
app.add_typer(privacy, name="privacy")

app.command("demo")(demo.demo)
app.command("run")(interrupts.told(run.run))
app.command("collect")(interrupts.told(collect.collect))
app.command("listen")(listen.listen)
app.command("recheck")(interrupts.told(recheck.recheck))
app.command("resume")(recheck.resume)
app.command("import")(interrupts.told(importing.import_))
app.command("formats")(formats.formats)
app.command("rejects")(rejects.rejects)
app.command("classify")(interrupts.told(classify.classify))
app.command("predict")(interrupts.told(classify.predict))
app.command("evaluate")(interrupts.told(evaluate.evaluate))
app.command("explain")(explain.explain)
app.command("learn")(interrupts.told(learn.learn))
app.add_typer(learn.versions, name="versions")
app.command("status")(status.status)
app.command("doctor")(status.doctor)
app.command("backup")(interrupts.told(backup.backup))
app.command("restore")(backup.restore)
app.command("dashboard")(dashboard.dashboard)
app.command("serve")(serve.serve)
app.command("worker")(worker.worker)

_ONLY_OWNER = 0o077
LogLevel: TypeAlias = Literal["debug", "info", "warning", "error"]


def _print_version(*, wanted: bool) -> None:
    if wanted:
        common.stdout.print(f"escucha {version('escucha')}", highlight=False)
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Shows the version.",
            is_eager=True,
            callback=lambda wanted: _print_version(wanted=wanted),
        ),
    ] = False,
    _config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            help="Settings file; else ESCUCHA_CONFIG, else ./escucha.toml.",
            show_default=False,
            is_eager=True,  # what follows is told in the language that it names
            callback=common.use_config,
        ),
    ] = None,
    _actor: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="NAME",
            help="Act as the account of NAME, with its rights; else as cli: and this system's user, who may do all.",
            show_default=False,
            callback=actor.act_as,
        ),
    ] = None,
    log_level: Annotated[
        LogLevel | None,
        typer.Option(help="Show the log from this level on here too, and write it from there on.", show_default=False),
    ] = None,
) -> None:
    common.use_log_level(log_level)


def main() -> None:
    """Runs the command line; what goes wrong becomes one line on standard error and exit code 1.

    What it writes, and what the processes do that it starts, is for its user alone.
    """
    os.umask(_ONLY_OWNER)
    try:
        app()
    except Exception as error:
        fault = common.plain(common.tell(faults.sentence(error)))  # as text: a console would tell it once more
        common.stderr.print(Text.assemble(("error: ", "bold red"), fault), soft_wrap=True)
        sys.exit(1)
