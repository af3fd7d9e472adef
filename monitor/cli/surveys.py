"""`escucha surveys`: the satisfaction question after a closing."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import common
from monitor.errors import EscuchaError

surveys = typer.Typer(help="The satisfaction question after a closure: links, answers, the page.", no_args_is_help=True)
_SHOWN = 20


@surveys.command()
def link(code: Annotated[str, typer.Argument(help="The case's tracking code, such as ESC-000012-3.")]) -> None:
    """Prints the link to the survey of a closed case, for a person to send; the same one when asked again."""
    from getpass import getuser

    from monitor.cases import codes
    from monitor.runs import now
    from monitor.surveys import answers

    settings = common.current_settings()
    address = answers.ask(settings, codes.case_id(code), actor=getuser(), now=now())
    typer.echo(address)
    common.console.print("Next: send it to the customer; escucha surveys serve answers it.")


@surveys.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV with survey (link, token or case code), satisfaction and more.")],
) -> None:
    """Stores answers from FILE, each once: columns survey, satisfaction, recommend, comment, answered_at."""
    from getpass import getuser

    from monitor.runs import now
    from monitor.surveys import importing

    done = importing.import_answers(common.current_settings(), file, actor=getuser(), now=now())
    for row in done.bad[:_SHOWN]:
        common.out.print(f"line {row.line}, column {common.plain(row.column)}: {common.plain(row.reason)}")
    if len(done.bad) > _SHOWN:
        common.out.print(f"... and {len(done.bad) - _SHOWN:,} more lines")
    common.out.print(f"stored {done.stored:,} · answered already {done.known:,} · not stored {len(done.bad):,}")
    after = "mend those lines and import the file again; what is stored is left as it is"
    common.out.print(f"Next: {after if done.bad else 'escucha dashboard, Follow-ups'}")


@surveys.command()
def serve(
    port: Annotated[int | None, typer.Option(min=1, max=65_535, help="The page's port; else desk.survey.port.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 for all of this machine's.")] = "127.0.0.1",
) -> None:
    """Serves the page on which customers answer, until Ctrl-C. Put a web server with HTTPS in front of it."""
    import logging

    import uvicorn

    from monitor.cli.checks import port_taken
    from monitor.surveys import page as surveys_page

    settings = common.current_settings()
    chosen = port or settings.desk.survey.port
    if port_taken(chosen):
        raise EscuchaError(f"port {chosen} is in use; stop what uses it, or give --port {chosen + 1}")
    told = logging.getLogger("escucha.surveys")
    told.setLevel(logging.INFO)
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    told.addHandler(handler)
    common.out.print(f"survey page at http://{host}:{chosen}/s/... · links: escucha surveys link CODE")
    uvicorn.run(
        surveys_page.make(settings),
        host=host,
        port=chosen,
        access_log=False,  # it would hold the tokens
        log_level="warning",
        lifespan="off",
        ws="none",
        server_header=False,
        limit_concurrency=200,
        timeout_keep_alive=5,
    )
