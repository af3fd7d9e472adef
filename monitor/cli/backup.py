"""`escucha backup` and `escucha restore`."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import common


def backup(target: Annotated[Path, typer.Argument(metavar="FILE", help="The backup file to write.")]) -> None:
    """Backs the database up to FILE while everything runs, and checks the copy."""
    from monitor.store import backup as store_backup
    from monitor.surveys import links

    settings = common.current_settings()
    size = store_backup.backup(settings.store, target)
    common.stdout.print(f"Backed up to {target} ({size / 1e6:.1f} MB, checked). Next: keep it on another disk.")
    secret = links.secret_file(settings)
    if secret.exists() and not settings.desk.secret.get_secret_value():
        common.stdout.print(
            f"The secret of the survey links is not in the backup, on purpose: keep {secret} in a safe place too."
        )


def restore(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A backup file written by escucha backup.")],
) -> None:
    """Replaces the database with a backup while everything runs; the replaced database is kept beside it."""
    from monitor.store import backup as store_backup

    settings = common.current_settings()
    store_backup.restore(settings.store, source)
    common.stdout.print(f"Restored {source} to {settings.store.path}. Next: escucha status")
