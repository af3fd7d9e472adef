"""`escucha backup` and `escucha restore`."""

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common
from monitor.cli.acting import actor, recorded
from monitor.errors import EscuchaError, SettingsError, StoreCorrupt

if TYPE_CHECKING:
    from monitor.collect.restored import RestoredBackup
    from monitor.settings.loading import Settings

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def backup(
    target: Annotated[
        str,
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
    _require_file(settings, "pg_dump --format=custom --file FILE URL")
    file = _dated(target, settings)
    _record(settings)
    size = store_backup.backup(settings.store, file, overwrite=overwrite)
    common.stdout.print(
        f"Backed up to {common.escape(str(file))} ({size / 1e6:.1f} MB, checked). Next: keep it on another disk."
    )
    secret = links.secret_file(settings)
    if secret.exists() and not settings.desk.secret.get_secret_value():
        common.stdout.print(
            f"The secret of links and logins is not in the backup, on purpose: keep {secret} in a safe place too."
        )


def _record(settings: "Settings") -> None:
    """Records the backup before it is made; what is wrong with a database that cannot be written, the backup says."""
    from monitor import store

    if store.exists(settings.store):
        with suppress(StoreCorrupt):
            recorded.record(settings, "backup", "store")


def _require_file(settings: "Settings", command: str) -> None:
    """Raises SettingsError where the database is a server's, whose own program does it."""
    if settings.store.is_server:
        raise SettingsError(
            f"{settings.store.place} is a PostgreSQL database, which its own programs back up and restore: {command}"
        )


def _dated(name: str, settings: "Settings") -> Path:
    """The file's name with today's date and the time in the settings' zone, where it asks for them.

    Raises SettingsError when it asks for anything else, or is a folder's.
    """
    from monitor.runs import now

    if name.endswith(("/", os.sep)):
        raise SettingsError(f"{name} is a folder's name: name a file in it")
    target = Path(name)
    if unknown := [name for name in _PLACEHOLDER.findall(target.name) if name not in ("{date}", "{time}")]:
        raise SettingsError(f"{', '.join(unknown)} is not known; there are {{date}} and {{time}}")
    local = now().astimezone(settings.zone)
    dated = target.name.replace("{date}", f"{local:%Y-%m-%d}").replace("{time}", f"{local:%H%M%S}")
    return target.with_name(dated) if target.name else target


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
    _require_file(settings, "pg_restore --dbname URL FILE, into an empty database, then escucha store restored --yes")
    with (
        common.progress_bars() as progress,
        restored.prepare(settings, source, progress, look_up=recheck) as prepared,
    ):
        if prepared.faults:
            raise _refusal(settings, prepared)
        kept = store_backup.restore(
            settings.store, prepared.path, is_numbered=True, actor=actor.name(), origin=recorded.ORIGIN
        )
    _print_restored(settings, source, prepared, kept)


def _refusal(settings: "Settings", prepared: "RestoredBackup") -> EscuchaError:
    """Why nothing is restored; where networks asked to wait, how to ask them at once."""
    from monitor import store

    options = ""
    if store.exists(settings.store):
        options = common.network_options(common.paused_networks(settings, prepared.unasked))
    at_once = f", or now, after escucha resume{options}" if options else ""
    return EscuchaError(
        "\n".join(prepared.faults) + "\nNothing was restored: the backup may hold posts that were deleted since. "
        f"Try again then{at_once}; or restore at once and show them: escucha restore FILE --no-recheck"
    )


def _numbers_text(settings: "Settings") -> str:
    """Where numbers go on, so that none that has gone out comes again."""
    from monitor import store
    from monitor.cases import codes
    from monitor.store.restores import numbers

    with store.connect(settings.store, read_only=True) as connection:
        epoch, lasts = numbers.epoch(connection), numbers.read(connection).numbers
    where = (
        f"the next case is {codes.format_code(lasts['case_ids'] + 1)}, the next hand-over {lasts['export_ids'] + 1:06d}"
    )
    if epoch is not None and epoch.jumped:
        return (
            "Which numbers have gone out since the backup is not known (the database that was here is gone, damaged or "
            f"another one), so they jump: {where}. None that went out comes again."
        )
    return f"Numbers go on after the last that went out: {where}."


def _print_restored(settings: "Settings", source: Path, prepared: "RestoredBackup", kept: Path | None) -> None:
    path, where = settings.store.path, f" What was there before is {kept}." if kept else ""
    common.stdout.print(common.told(f"Restored {source} to {path}.{where}"))
    common.stdout.print(common.told(_numbers_text(settings)))
    if prepared.delivered:
        words = (
            "case that was handed over since is" if prepared.delivered == 1 else "cases that were handed over since are"
        )
        common.stdout.print(f"{prepared.delivered:,} {words} not handed over again.")
    if prepared.erased:
        words = "post that was deleted since was" if prepared.erased == 1 else "posts that were deleted since were"
        common.stdout.print(f"{prepared.erased:,} {words} erased in it.")
    for note in prepared.notes:
        common.stdout.print(f"[yellow]![/] {common.told(note)}")
    if prepared.unchecked:
        names = ", ".join(f"{name} ({common.tell(reason)})" for name, reason in prepared.unchecked.items())
        common.stdout.print(f"[yellow]![/] not checked for deletions: {common.escape(names)}")
    common.stdout.print("Next: escucha status")
