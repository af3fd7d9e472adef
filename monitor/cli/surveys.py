"""`escucha surveys`: the satisfaction survey after a case is closed."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import common, usage
from monitor.cli.acting import actor
from monitor.cli.checks import LAST_PORT
from monitor.cli.files import form
from monitor.errors import EscuchaError

surveys = typer.Typer(
    cls=usage.Commands,
    help="Satisfaction surveys after a case is closed: makes links, imports answers, serves the page.",
    no_args_is_help=True,
)
_MAX_LINES_SHOWN = 20


@surveys.command()
def link(code: Annotated[str, typer.Argument(help="The case's tracking code, such as ESC-000012-3.")]) -> None:
    """Prints the link to the survey of a closed case, for a person to send; it is the same every time."""
    from monitor.cases import codes
    from monitor.runs import now
    from monitor.surveys import answers

    settings = common.current_settings()
    address = answers.ask(settings, codes.parse_code(code), actor=actor.name(), now=now())
    typer.echo(address)
    common.stderr.print("Next: send it to the customer; escucha surveys serve must be running when they open it.")


@surveys.command(name="import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV, XLSX, ODS, Parquet or JSON with survey (link, token or case code), satisfaction and more."
        ),
    ],
    sheet: form.SheetOption = None,
    header_row: form.HeaderRowOption = None,
    separator: form.SeparatorOption = None,
    encoding: form.EncodingOption = None,
) -> None:
    """Imports answers from FILE, each once: columns survey, satisfaction, recommend, comment, answered_at."""
    from monitor.runs import now
    from monitor.surveys import importing
    from monitor.tables.file_format import FormOptions

    options = FormOptions(sheet, header_row, separator, encoding)
    report = importing.import_answers(common.current_settings(), file, actor=actor.name(), now=now(), options=options)
    for note in report.notes:
        common.stdout.print(common.told(note))
    for row in report.bad[:_MAX_LINES_SHOWN]:
        common.stdout.print(common.told(f"line {row.line}, column {row.column}: {row.reason}"))
    if len(report.bad) > _MAX_LINES_SHOWN:
        omitted = len(report.bad) - _MAX_LINES_SHOWN
        common.stdout.print(f"... and {omitted:,} more {common.plural(omitted, 'line')}")
    common.stdout.print(
        f"stored {report.stored:,} · already answered {report.known:,} · not stored {len(report.bad):,}"
    )
    after = "correct those lines and import the file again; stored answers stay as they are"
    common.stdout.print(f"Next: {after if report.bad else 'escucha dashboard, Follow-ups'}")


@surveys.command()
def serve(
    port: Annotated[
        int | None,
        typer.Option(min=1, max=LAST_PORT, help="Port of the page. Default: desk.survey.port of the settings."),
    ] = None,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0: all addresses of this machine.")
    ] = "127.0.0.1",
) -> None:
    """Serves the page where customers answer, until Ctrl-C. Put a web server with HTTPS in front of it."""
    import uvicorn

    from monitor.cli.checks import another_port, port_taken
    from monitor.surveys import page as surveys_page
    from monitor.surveys import server

    settings = common.current_settings(show_log="info")
    page_port = port or settings.desk.survey.port
    if port_taken(page_port):
        raise EscuchaError(f"port {page_port} is in use: stop what uses it, or add --port {another_port(page_port)}")
    common.stdout.print(f"survey page at http://{host}:{page_port}/s/... · links: escucha surveys link CODE")
    uvicorn.Server(server.configure(surveys_page.make_app(settings), host, page_port)).run()
