"""`escucha backup` and `escucha restore`."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import common


def backup(target: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes.")]) -> None:
    """Copies the database to FILE while everything runs, and checks the copy."""
    from monitor.store import backup as keeping
    from monitor.surveys import links

    settings = common.current_settings()
    size = keeping.backup(settings.store, target)
    common.out.print(f"Backed up to {target} ({size / 1e6:.1f} MB, checked). Next: keep it on another disk.")
    secret = links.secret_file(settings)
    if secret.exists() and not settings.desk.secret.get_secret_value():
        common.out.print(f"The secret of the survey links is apart, on purpose: keep {secret} in a safe place too.")


def restore(source: Annotated[Path, typer.Argument(metavar="FILE", help="A file that escucha backup wrote.")]) -> None:
    """Puts a backup in the place of the database while everything runs; what was there is kept beside it."""
    from monitor.store import backup as keeping

    settings = common.current_settings()
    keeping.restore(settings.store, source)
    common.out.print(f"Restored {source} to {settings.store.path}. Next: escucha status")
