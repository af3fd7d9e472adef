"""`escucha status` and `escucha doctor`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import common, recheck
from monitor.masking.masks import mask

if TYPE_CHECKING:
    from monitor.cases.team.staffing import Staffing
    from monitor.classify.policy import Thresholds
    from monitor.settings.loading import Settings
    from monitor.store.leases import Lease
    from monitor.store.schedules.standstill import Standstill
    from monitor.store.status import NetworkRow, RunRow, StoreStatus

_MOST_FAILED = 5  # runs that are named
_NAME_WIDTH = 12  # of a check in English
_BETWEEN_FACTS = " · "
_REASONS = {"not_about": "about no company", "own_account": "of own accounts", "repost": "reposts"}
_REWRITE_DUE = (
    "deleted posts still stand in unused parts of the database's file, which the next recheck writes anew. "
    "To do it now: escucha recheck"
)
_REWRITE_DUE_ON_SERVER = (
    "deleted posts still stand in unused parts of the database's tables, which the next recheck writes anew. "
    "To do it now: escucha recheck"
)


def status(
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Shows the state at a glance: stored and pending mentions, cases, exports, the last runs and each network."""
    from monitor import store
    from monitor.cases import follow_ups as cases_follow_ups
    from monitor.casework import staffing
    from monitor.cli.classifier import promise
    from monitor.collect import collector
    from monitor.pipeline import leases
    from monitor.runs import now
    from monitor.settings.own import own_handles
    from monitor.store import rewriting
    from monitor.store import status as store_status
    from monitor.store.cases import campaigns, follow_ups
    from monitor.store.posts import rechecks

    settings = common.current_settings()
    with store.connect(settings.store, read_only=True) as connection:
        counts = store_status.read(connection, own_handles(settings))
        overdue = follow_ups.overdue_count(connection, cases_follow_ups.local_day(now(), settings.zone)[0])
        networks = store_status.networks(connection, collector.configured_networks(settings), now())
        stored = rechecks.networks(connection)
        is_rewrite_due = rewriting.is_due(connection)
        campaigns_waiting = campaigns.undecided(connection)
        people = staffing.read(connection, settings, now())
    limits = _thresholds(settings)
    found = promise.read(settings)
    kept, warnings = promise.lines(*found)
    standstill = leases.standstill(settings)
    if json:
        promised = promise.values(*found)
        about_at = settings.policy.about_at
        path = settings.store.place
        work = leases.at_work(settings)
        _print_json(
            counts, overdue, networks, path, limits, about_at, standstill, is_rewrite_due, people, promised, work
        )
    else:
        _print_text(settings, counts, overdue, limits, _version(settings), kept)
        _print_networks(settings, networks)
        for line in recheck.unnoticed([row.network for row in networks], stored):
            common.print_warning(line)
        for line in (*staffing.sentences(people), *warnings):
            common.print_warning(line)
        common.print_campaigns(campaigns_waiting)
        if is_rewrite_due:
            common.print_warning(_REWRITE_DUE_ON_SERVER if settings.store.is_server else _REWRITE_DUE)
        next_step = _next_step(counts)
        if standstill is not None:
            words, next_step = leases.describe(standstill, settings)
            common.stdout.print(f"[red]✗[/] {common.told(words)}", soft_wrap=True)
        common.stdout.print(common.told(f"Next: {next_step}"), soft_wrap=True)


def _version(settings: "Settings") -> str:
    """Which version of the classifier is active; the name in the settings for one that does not learn."""
    from monitor.errors import ModelError
    from monitor.pipeline import learn

    try:
        versions = learn.usable_versions(settings)
    except ModelError:
        return settings.classifier.model or "unknown. Next: escucha doctor"
    misfits = f" ({versions.misfits} learned versions belong to another model)" if versions.misfits else ""
    return f"{versions.current}{misfits}"


def _terms() -> str:
    """Whose terms hold for the classifier's weights."""
    from monitor.cli import advice
    from monitor.errors import ModelError

    try:
        return advice.weights_terms()
    except ModelError:
        return "unknown. Next: escucha doctor"


def _thresholds(settings: "Settings") -> "dict[str, Thresholds] | None":
    """The active thresholds, by language; None if the classifier cannot be loaded (`escucha doctor` says why)."""
    from monitor.classify import model, policy
    from monitor.errors import ModelError
    from monitor.pipeline import classify

    try:
        points = model.operating_points(classify.active_model(settings))
    except ModelError:
        return None
    return policy.thresholds_by_language(points, settings.policy)


def _print_json(
    counts: "StoreStatus",
    overdue: int,
    networks: "Sequence[NetworkRow]",
    path: str,
    limits: "dict[str, Thresholds] | None",
    about_at: float,
    standstill: "Standstill | None",
    is_rewrite_due: bool,
    people: "Staffing",
    promised: "dict[str, Any]",
    at_work: "Sequence[Lease]",
) -> None:
    import json
    from dataclasses import asdict

    work = [{"work": lease.work, "host": lease.process.host, "since": lease.since} for lease in at_work]
    thresholds = {language or "others": asdict(pair) for language, pair in limits.items()} if limits else None
    states = {row.network: asdict(row) for row in networks}
    answer = {
        "store": path, **asdict(counts), "overdue_follow_ups": overdue, "thresholds": thresholds, "about_at": about_at,
        "networks": states,
        "standstill": asdict(standstill) if standstill else None, "rewrite_due": is_rewrite_due,
        "staffing": asdict(people), "terms": _terms(), "at_work": work, **promised,
    }  # fmt: skip
    typer.echo(mask(json.dumps(answer, ensure_ascii=False, default=lambda time: time.isoformat())))


def _print_text(
    settings: "Settings",
    counts: "StoreStatus",
    overdue: int,
    limits: "dict[str, Thresholds] | None",
    version: str,
    kept: str,
) -> None:
    from rich.table import Table

    from monitor.pipeline import leases

    rows = Table(show_header=False, box=None, padding=(0, 2, 0, 0))

    def add(name: str, words: str) -> None:
        rows.add_row(common.tell(name), words)

    add("database", common.escape(settings.store.place))
    parts = {"samples": counts.samples, "of no brand": counts.unmatched}
    add("mentions", common.figure(counts.mentions) + _breakdown({name: n for name, n in parts.items() if n}))
    add("classified", common.figure(counts.classified) + _breakdown(counts.decisions))
    if counts.reasons:
        aside = {_REASONS[reason]: count for reason, count in counts.reasons.items()}
        add("put aside", common.figure(sum(aside.values())) + _breakdown(aside))
    add("pending", common.figure(counts.pending))
    add("classifier", common.told(version))
    add("terms", common.told(_terms()))
    words = common.format_thresholds(limits, settings.policy.about_at) if limits else "unknown. Next: escucha doctor"
    add("thresholds", common.tell(words))
    add("promise", common.tell(kept))
    add("corrections", common.figure(counts.corrections))
    add("rejects", common.figure(counts.rejects))
    add("cases", common.figure(sum(counts.cases.values())) + _breakdown(counts.cases))
    if overdue:
        add("follow-ups", common.tell(f"{overdue:,} overdue (escucha dashboard, Follow-ups)"))
    exported_cases = f"{counts.exported_cases:,} {common.plural(counts.exported_cases, 'case')}"
    add("exports", common.tell(f"{counts.exports:,} ({exported_cases})"))
    if counts.gaps:
        times = common.plural(counts.gaps, "time")
        add("gaps", common.tell(f"{counts.gaps:,} {times} without all posts (escucha dashboard, Health, says which)"))
    for line in leases.describe_work(settings):
        add("at work", common.told(line))
    for run in counts.last_runs:
        add(f"last {run.step}", _run_text(run, settings))
    shown = [run for run in counts.failed_runs if run not in counts.last_runs]
    for run in shown[:_MOST_FAILED]:
        subject = common.escape(f"{common.tell(run.step)} {run.subject}")
        rows.add_row(f"[red]{common.tell('failed')}[/]", f"{subject}: {_run_text(run, settings)}")
    if len(shown) > _MOST_FAILED:
        more = f"and {len(shown) - _MOST_FAILED:,} more that failed: escucha status --json, failed_runs"
        rows.add_row("", common.tell(more))
    common.stdout.print(rows)


def _run_text(run: "RunRow", settings: "Settings") -> str:
    return common.escape(_outcome(run, settings)) + (f": {common.told(run.message)}" if run.message else "")


def _print_networks(settings: "Settings", networks: "Sequence[NetworkRow]") -> None:
    """When each network was last collected, whether it is paused, and what the day has cost."""
    from rich.table import Table

    if not networks:
        return
    rows = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("network", "last collected", "today (UTC)", ""):
        rows.add_column(common.tell(name), header_style="dim", justify="left")
    for row in networks:
        run = row.last_run
        collected = _outcome(run, settings) if run else common.tell("never")
        until = common.format_time(row.pause.until, settings.zone) if row.pause else ""
        waits = f"waits until {until}: {row.pause.reason}" if row.pause else ""
        fault = run.message if run and run.status == "failed" else ""
        spent = common.format_spending(row.spent, settings.networks.of(row.network))
        rows.add_row(row.network, collected, common.tell(spent), common.told(waits or fault))
    common.stdout.print()
    common.stdout.print(rows)
    for row in networks:
        for line in recheck.warnings(row, settings.zone):
            common.print_warning(line)
    common.stdout.print()


def _outcome(run: "RunRow", settings: "Settings") -> str:
    at = common.format_time(run.started_at, settings.zone)
    return ", ".join(filter(None, (common.tell(run.status), at, common.tell(_counted(run)))))


def _counted(run: "RunRow") -> str:
    """What a run of its step has done, and to what; '' for one that only asks."""
    posts, cases = common.plural(run.stored, "post"), common.plural(run.stored, "case")
    return {
        "classify": f"{run.stored:,} {posts} classified",
        "open": f"{run.stored:,} {cases} opened",
        "hand over": f"{run.stored:,} {cases} handed over",
        "learn": f"{run.stored:,} {common.plural(run.stored, 'version')} learned",
        "recheck": f"{run.asked:,} {common.plural(run.asked, 'post')} looked up",
        "estimate": "",
    }.get(run.step, f"{run.stored:,} {posts} stored")


def _breakdown(counts: dict[str, int]) -> str:
    parts = (f"{common.figure(count)} {common.tell(name)}" for name, count in counts.items())
    return f" ({', '.join(parts)})" if counts else ""


def _next_step(counts: "StoreStatus") -> str:
    if counts.mentions == 0:
        return "escucha demo, or escucha import FILE --network NAME"
    if counts.pending:
        return "escucha run (classifies pending posts and opens cases)"
    return "escucha dashboard"


def doctor(
    network: Annotated[
        list[str] | None, typer.Option(help="Only test this network, with one cheap request; repeatable.")
    ] = None,
    exposed: Annotated[
        str, typer.Option(metavar="URL", help="Only look at this address of the dashboard, as a stranger would.")
    ] = "",
) -> None:
    """Checks the installation and says how to fix what is missing: settings, database, classifier; or one network."""
    from monitor.cli import checks
    from monitor.cli.serving import exposed as strangers

    selection = (
        strangers.checks(exposed)
        if exposed
        else {name: checks.network_check(name) for name in dict.fromkeys(common.network_names(network))}
        or checks.CHECKS
    )
    names = [common.tell(name) for name in selection]
    fault_count, width = 0, _NAME_WIDTH if names == list(selection) else max(_NAME_WIDTH, *map(len, names))
    for name, check in selection.items():
        is_fault, message = checks.run_check(name, check)
        fault_count += is_fault
        _print_check(f"{common.tell(name):<{width}}", message, is_fault=is_fault)
    if fault_count:
        common.stdout.print("Next: fix what is marked ✗, then run escucha doctor again")
    elif exposed:
        common.stdout.print("Next: the same from a computer elsewhere, which the firewall does not know")
    else:
        first = "escucha run" if common.current_settings().brands else "escucha demo"
        common.stdout.print(f"Next: {'escucha collect' if network else first}")
    raise typer.Exit(1 if fault_count else 0)


def _print_check(name: str, message: str, *, is_fault: bool) -> None:
    """A check's message, one fact a line under its name; of one that passed, each further line is a warning."""
    state, *warnings = [common.tell(message)] if is_fault else common.tell(message).split("\n")
    mark = "[red]✗[/]" if is_fault else "[green]✓[/]"
    further = " " * (len(name) + 3)
    for sign, text in ((mark, state), *(("[yellow]![/]", warning) for warning in warnings)):
        for number, fact in enumerate(text.split(_BETWEEN_FACTS)):
            common.print_wrapped(fact, f"{' ' if number else sign} {common.escape(name)} ", further)
