"""`escucha status` and `escucha doctor`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common

if TYPE_CHECKING:
    from monitor.classify.policy import Thresholds
    from monitor.settings.loading import Settings
    from monitor.store.status import NetworkRow, Status


def status(
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Shows the state at a glance: what is stored, what waits, cases, exports and the last runs."""
    from monitor import store
    from monitor.cases import follow_ups as cases_follow_ups
    from monitor.collect import collector
    from monitor.runs import now
    from monitor.store import status as counting
    from monitor.store.cases import follow_ups

    settings = common.current_settings()
    with store.connect(settings.store, read_only=True) as connection:
        counted = counting.read(connection)
        overdue = follow_ups.overdue(connection, cases_follow_ups.day_of(now(), settings.zone)[0])
        networks = counting.networks(connection, collector.configured(settings), now())
    limits = _thresholds(settings)
    if json:
        _as_json(counted, overdue, networks, str(settings.store.path), limits)
    else:
        _as_text(counted, overdue, str(settings.store.path), limits, _version(settings))
        _networks(settings, networks)
        common.out.print(f"Next: {_next(counted)}")


def _version(settings: "Settings") -> str:
    """Which version of the classifier is in force; the name in the settings for one that does not learn."""
    from monitor.errors import ModelError
    from monitor.pipeline import learn

    try:
        found = learn.known(settings)
    except ModelError:
        return settings.classifier.model or "not known: escucha doctor"
    misfits = f" (versions learned from another model, which do not fit: {found.misfits})" if found.misfits else ""
    return f"{found.current}{misfits}"


def _thresholds(settings: "Settings") -> "dict[str, Thresholds] | None":
    """The thresholds in force, by language; None if the classifier cannot be loaded (`escucha doctor` says why)."""
    from monitor.classify import model, policy
    from monitor.errors import ModelError
    from monitor.pipeline import classify

    try:
        measured = model.points(classify.active(settings))
    except ModelError:
        return None
    return policy.in_force(measured, settings.policy)


def _as_json(
    counted: "Status",
    overdue: int,
    networks: "Sequence[NetworkRow]",
    path: str,
    limits: "dict[str, Thresholds] | None",
) -> None:
    import json
    from dataclasses import asdict

    told = {language or "others": asdict(one) for language, one in limits.items()} if limits else None
    states = {one.network: asdict(one) for one in networks}
    told_all = {
        "store": path, **asdict(counted), "overdue_follow_ups": overdue, "thresholds": told, "networks": states,
    }  # fmt: skip
    typer.echo(json.dumps(told_all, ensure_ascii=False, default=lambda time: time.isoformat()))


def _as_text(counted: "Status", overdue: int, path: str, limits: "dict[str, Thresholds] | None", version: str) -> None:
    from rich.table import Table

    rows = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    rows.add_row("store", path)
    samples = f" ({counted.samples:,} of them samples)" if counted.samples else ""
    rows.add_row("mentions", f"{counted.mentions:,}{samples}")
    rows.add_row("classified", f"{counted.classified:,}{_several(counted.decisions)}")
    rows.add_row("pending", f"{counted.pending:,}")
    rows.add_row("classifier", common.plain(version))
    rows.add_row("thresholds", common.limits_told(limits) if limits else "not known: escucha doctor")
    rows.add_row("corrections", f"{counted.corrections:,}")
    rows.add_row("rejects", f"{counted.rejects:,}")
    rows.add_row("cases", f"{sum(counted.cases.values()):,}{_several(counted.cases)}")
    if overdue:
        rows.add_row("follow-ups", f"{overdue:,} overdue (escucha dashboard, Follow-ups)")
    rows.add_row("exports", f"{counted.exports:,} ({counted.exported_cases:,} cases)")
    for run in counted.last_runs:
        told = f"{run.status}, {run.started_at:%Y-%m-%d %H:%M}Z, {run.stored:,} stored"
        rows.add_row(f"last {run.step}", common.plain(f"{told}{': ' + run.message if run.message else ''}"))
    common.out.print(rows)


def _networks(settings: "Settings", networks: "Sequence[NetworkRow]") -> None:
    """When each network was last read, whether it asks to wait, and what the day has cost."""
    from rich.table import Table

    if not networks:
        return
    rows = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("network", "last read", "today (UTC)", ""):
        rows.add_column(name, header_style="dim", justify="left")
    for one in networks:
        run = one.last_run
        read = f"{run.status}, {run.started_at:%Y-%m-%d %H:%M}Z, {run.stored:,} stored" if run else "never"
        waits = f"waits until {one.pause.until:%Y-%m-%d %H:%M}Z: {one.pause.reason}" if one.pause else ""
        failed = run.message if run and run.status == "failed" else ""
        spent = common.spent_told(one.spent, settings.networks.of(one.network))
        rows.add_row(one.network, read, spent, common.plain(waits or failed))
    common.out.print()
    common.out.print(rows)
    common.out.print()


def _several(counts: dict[str, int]) -> str:
    return f" ({', '.join(f'{count:,} {name}' for name, count in counts.items())})" if counts else ""


def _next(counted: "Status") -> str:
    if counted.mentions == 0:
        return "escucha demo, or escucha import FILE --network NAME"
    if counted.pending:
        return "escucha run (classifies what is pending and opens cases)"
    return "escucha dashboard"


def doctor(
    network: Annotated[
        list[str] | None, typer.Option(help="Try this network with one cheap call, and nothing else.")
    ] = None,
) -> None:
    """Says what is missing and how to get it: Python, settings, database, classifier, dashboard; or one network."""
    from monitor.cli import checks

    wanted = {one: checks.network_check(one) for one in dict.fromkeys(network or ())} or checks.CHECKS
    failed = 0
    for name, check in wanted.items():
        fault, told = checks.outcome(check)
        failed += fault
        common.out.print(f"{'[red]✗[/]' if fault else '[green]✓[/]'} {common.plain(name):<12} {common.plain(told)}")
    after = "escucha collect" if network else "escucha demo"
    common.out.print(f"Next: {'mend what is marked ✗, then again' if failed else after}")
    raise typer.Exit(1 if failed else 0)
