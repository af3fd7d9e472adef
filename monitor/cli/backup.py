"""`escucha backup` and `escucha restore`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common
from monitor.errors import EscuchaError

if TYPE_CHECKING:
    from monitor.collect.restored import RestoredBackup
    from monitor.settings.loading import Settings


def backup(
    target: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="The backup file to write; {date} and {time} in its name are those of now."
        ),
    ],
    overwrite: Annotated[
        bool,
        typer.Option("--overwrite", help="Replace FILE if it is there, once the new backup is checked."),
    ] = False,
) -> None:
    """Backs the database up to FILE while everything runs, and reads all of the copy. A file that exists is kept."""
    from monitor.store import backup as store_backup
    from monitor.surveys import links

    settings = common.current_settings()
    target = _dated(target, settings)
    size = store_backup.backup(settings.store, target, overwrite=overwrite)
    common.stdout.print(
        f"Backed up to {common.escape(str(target))} ({size / 1e6:.1f} MB, checked). Next: keep it on another disk."
    )
    secret = links.secret_file(settings)
    if secret.exists() and not settings.desk.secret.get_secret_value():
        common.stdout.print(
            f"The secret of the survey links is not in the backup, on purpose: keep {secret} in a safe place too."
        )


def _dated(target: Path, settings: "Settings") -> Path:
    """The file's name with today's date and the time in the settings' zone, where it asks for them."""
    from monitor.runs import now

    local = now().astimezone(settings.zone)
    name = target.name.replace("{date}", f"{local:%Y-%m-%d}").replace("{time}", f"{local:%H%M%S}")
    return target.with_name(name) if target.name else target


def restore(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A backup file written by escucha backup.")],
    recheck: Annotated[
        bool,
        typer.Option(
            "--recheck/--no-recheck",
            help="First look up all its posts on the networks, so that no deleted one returns.",
        ),
    ] = True,
) -> None:
    """Replaces the database with a backup while everything runs; the replaced database is kept beside it.

    What was deleted since the backup is erased in it before anything of it is shown.
    """
    from monitor.collect import restored
    from monitor.store import backup as store_backup

    settings = common.current_settings()
    with (
        common.progress_bars() as progress,
        restored.prepare(settings, source, progress, look_up=recheck) as prepared,
    ):
        if prepared.faults:
            raise EscuchaError(
                "\n".join(prepared.faults)
                + "\nNothing was restored: the backup may hold posts that were deleted since. "
                "Try again then, or restore at once and show them: escucha restore FILE --no-recheck"
            )
        kept = store_backup.restore(settings.store, prepared.path)
    _print_restored(settings, source, prepared, kept)


def _print_restored(settings: "Settings", source: Path, prepared: "RestoredBackup", kept: Path | None) -> None:
    path, where = settings.store.path, f" What was there before is {kept}." if kept else ""
    common.stdout.print(common.escape(f"Restored {source} to {path}.{where}"))
    if prepared.erased:
        common.stdout.print(f"{prepared.erased:,} posts that were deleted since were erased in it.")
    for note in prepared.notes:
        common.stdout.print(f"[yellow]![/] {common.escape(note)}")
    if prepared.unchecked:
        names = ", ".join(prepared.unchecked)
        common.stdout.print(f"[yellow]![/] whether posts were deleted since was not looked up: {common.escape(names)}")
    common.stdout.print("Next: escucha status")
