"""`escucha privacy retention` and `escucha privacy pseudonymise`."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import common
from monitor.cli.acting import actor, recorded


def pseudonymise(
    target: Annotated[Path, typer.Argument(metavar="FILE", help=".csv, .xlsx, .jsonl or .parquet.")],
) -> None:
    """Writes all cases to FILE for research or a vendor: people under pseudonyms, names in texts masked.

    A person has the same pseudonym in every such file of this desk. Best effort: read it before you give it away.
    """
    from monitor import store
    from monitor.cli.output import targets
    from monitor.exporters import files
    from monitor.models.exports import CaseSelection
    from monitor.privacy import pseudonyms
    from monitor.store.cases import exports

    settings = common.current_settings()
    file = targets.target(target, settings)
    with store.connect(settings.store, read_only=True) as connection:
        count = len(exports.case_ids(connection, CaseSelection()))
    recorded.record(settings, "export", "cases", count, files.format_of(file))
    receipt = files.write(pseudonyms.rows(settings), file, zone=settings.zone, columns=pseudonyms.COLUMNS)
    common.stdout.print(common.plain(f"{file}: {receipt}"))
    common.stdout.print(
        "[yellow]![/] masking is best effort: nicknames, and people who are known by what happened to them, stay"
    )


def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would go, and change nothing.")] = False,
) -> None:
    """Lets go of what has been kept for as long as the settings say; a flow does the same every day."""
    from dataclasses import asdict

    from monitor.privacy import retention as keeping
    from monitor.runs import now

    settings = common.current_settings()
    counts = (
        keeping.due(settings, now())
        if dry_run
        else keeping.apply(settings, now(), actor=actor.name(), origin=recorded.ORIGIN)
    )
    for name, count in asdict(counts).items():
        if count or getattr(settings.retention, name, 0):
            common.stdout.print(common.told(f"{name}: {count:,}"))
    if not settings.retention.is_set:
        common.stdout.print("Everything is kept for ever. Next: the section retention of escucha.toml")
    common.stdout.print("Nothing was changed." if dry_run else "Next: escucha cases verify")
