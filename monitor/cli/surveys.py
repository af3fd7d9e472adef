"""`escucha surveys`."""

import typer

surveys = typer.Typer(help="The satisfaction question after a closure: links, answers, the page.", no_args_is_help=True)
