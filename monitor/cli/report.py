"""`escucha report`."""

import typer

reports = typer.Typer(help="Write a report.", no_args_is_help=True)
