"""`escucha customers`."""

import typer

customers = typer.Typer(help="Customers: import them and their handles.", no_args_is_help=True)
