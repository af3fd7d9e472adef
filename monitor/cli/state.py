"""`escucha status` and `escucha doctor`."""

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common

if TYPE_CHECKING:
    from monitor.store.status import Status


def status(
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Shows the state at a glance: what is stored, what waits, cases, exports and the last runs."""
    from monitor import store
    from monitor.store import status as counting

    settings = common.current_settings()
    with store.connect(settings.store, read_only=True) as connection:
        counted = counting.read(connection)
    if json:
        _as_json(counted, str(settings.store.path))
    else:
        _as_text(counted, str(settings.store.path))


def _as_json(counted: "Status", path: str) -> None:
    import json
    from dataclasses import asdict

    typer.echo(
        json.dumps({"store": path, **asdict(counted)}, ensure_ascii=False, default=lambda time: time.isoformat())
    )


def _as_text(counted: "Status", path: str) -> None:
    from rich.table import Table

    rows = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    rows.add_row("store", path)
    samples = f" ({counted.samples:,} of them samples)" if counted.samples else ""
    rows.add_row("mentions", f"{counted.mentions:,}{samples}")
    rows.add_row("classified", f"{counted.classified:,}{_several(counted.decisions)}")
    rows.add_row("pending", f"{counted.pending:,}")
    rows.add_row("corrections", f"{counted.corrections:,}")
    rows.add_row("rejects", f"{counted.rejects:,}")
    rows.add_row("cases", f"{sum(counted.cases.values()):,}{_several(counted.cases)}")
    rows.add_row("exports", f"{counted.exports:,} ({counted.exported_cases:,} cases)")
    for run in counted.last_runs:
        told = f"{run.status}, {run.started_at:%Y-%m-%d %H:%M}Z, {run.stored:,} stored"
        rows.add_row(f"last {run.step}", common.plain(f"{told}{': ' + run.message if run.message else ''}"))
    common.out.print(rows)
    common.out.print(f"Next: {_next(counted)}")


def _several(counts: dict[str, int]) -> str:
    return f" ({', '.join(f'{count:,} {name}' for name, count in counts.items())})" if counts else ""


def _next(counted: "Status") -> str:
    if counted.mentions == 0:
        return "escucha demo, or escucha import FILE --network NAME"
    if counted.pending:
        return "escucha run (classifies what is pending and opens cases)"
    return "escucha dashboard"


def doctor() -> None:
    """Says what is missing and how to get it: Python, settings, database, classifier, dashboard, browser."""
    from monitor.cli import checks

    failed = 0
    for name, check in checks.CHECKS.items():
        fault, told = checks.outcome(check)
        failed += fault
        common.out.print(f"{'[red]✗[/]' if fault else '[green]✓[/]'} {name:<12} {common.plain(told)}")
    common.out.print("Next: mend what is marked ✗, then escucha doctor" if failed else "Next: escucha demo")
    raise typer.Exit(1 if failed else 0)
