"""`escucha audit`: who did what, as a list or a file, and whether the log was altered."""

import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias, cast

import typer

from monitor.cli import common, usage
from monitor.cli.acting import actor, recorded
from monitor.cli.output import selections, targets
from monitor.errors import HandOverPermanent, SettingsError, StoreCorrupt
from monitor.models.audit import AUDIT_KINDS, AuditEntry, AuditKind, NewEntry

if TYPE_CHECKING:
    from monitor.settings.loading import Settings
    from monitor.store.audit.chain import AuditCheck
    from monitor.store.audit.listing import AuditFilter

logger = logging.getLogger(__name__)
audits = typer.Typer(
    cls=usage.Commands,
    help="Shows who did what: logins, reads of customers, exports, settings, roles, models, erasures.",
    no_args_is_help=True,
)
_REMEDY = "Next: save this database (escucha backup FILE), and ask who could write to it"
WhoOption: TypeAlias = Annotated[list[str] | None, typer.Option("--who", help="Only by this person, repeatable.")]
KindOption: TypeAlias = Annotated[
    list[str] | None, typer.Option("--kind", help="Only of this kind (login, read, export, ...), repeatable.")
]
FirstDay: TypeAlias = Annotated[
    date | None, typer.Option("--since", parser=selections.day, metavar="DATE", help="From this day on.")
]
LastDay: TypeAlias = Annotated[
    date | None, typer.Option("--until", parser=selections.day, metavar="DATE", help="Up to this day.")
]
CustomerOption: TypeAlias = Annotated[
    str, typer.Option(help="Only about this customer, by the id, which the log itself does not hold.")
]


@audits.command()
def verify(head: common.HeadOption = None) -> None:
    """Recomputes the hash chain of the audit log; fails where an entry was changed, added or taken out.

    Whoever can write to the database can also write a whole new chain: only a head noted elsewhere reveals that.
    """
    from monitor import store
    from monitor.store.audit import chain, listing

    settings = common.current_settings()
    with store.connect(settings.store, read_only=True) as connection:
        check = chain.verify(connection)
        has_head = head is None or chain.has_hash(connection, head)
        gaps = listing.restores_with_losses(connection)
    if reason := _fault(check, has_head=has_head):
        raise StoreCorrupt(f"{reason}. {_REMEDY}")
    logger.info("audit log verified", extra={"count": check.kept})
    _print_sound(check, settings)
    if gaps:
        common.print_warning(
            f"restores by which entries were lost, or may have been: {gaps:,}. Next: escucha audit list --kind restore"
        )


def _print_sound(check: "AuditCheck", settings: "Settings") -> None:
    if check.since is None:
        common.stdout.print("the audit log has no entry yet")
        return
    since = common.format_time(check.since, settings.zone)
    common.stdout.print(
        f"[green]✓[/] {check.kept:,} entries since {since}, none altered. Note the head to compare later: {check.head}"
    )
    if check.recorded.cut_before:
        before = common.format_time(check.recorded.cut_before, settings.zone)
        common.stdout.print(f"{check.recorded.cut:,} older ones, from before {before}, were cut off as too old")


def _fault(check: "AuditCheck", *, has_head: bool) -> str:
    """What is wrong with the log, for a person; '' for nothing."""
    if check.broken:
        logger.error("audit log altered", extra={"reason": "hash_mismatch"})
        return f"the audit log was altered: entry {check.broken} does not fit the one before it"
    if not check.is_sound:
        logger.error("audit log altered", extra={"reason": "wrong_end", "count": check.kept})
        written = check.recorded.entries - check.recorded.cut
        return (
            f"the audit log was cut or extended: it has {check.kept:,} entries, {written:,} were written and kept, or "
            "the last one is not the one recorded"
        )
    if not has_head:
        logger.error("audit log altered", extra={"reason": "unknown_head"})
        return (
            "no entry has that head: the log was rewritten after the head was noted, its entry was cut off as too old, "
            "or the head is mistyped"
        )
    return ""


@audits.command(name="list")
def list_(
    who: WhoOption = None,
    kind: KindOption = None,
    since: FirstDay = None,
    until: LastDay = None,
    customer: CustomerOption = "",
    limit: Annotated[int, typer.Option(min=1, help="So many at most.")] = 50,
) -> None:
    """Lists who did what, the newest first."""
    from monitor import store
    from monitor.store.audit import listing

    settings = common.current_settings()
    wanted = _wanted(settings, who, kind, since, until, customer)
    with store.connect(settings.store, read_only=True) as connection:
        entries, total = listing.newest(connection, wanted, offset=0, limit=limit)
    for entry in entries:
        common.stdout.print(common.plain(_line(entry, settings)), soft_wrap=True)
    if total > len(entries):
        common.stdout.print(f"... and {total - len(entries):,} more. Next: escucha audit export --to FILE")
    if not total:
        common.stdout.print("no entry fits")


def _line(entry: AuditEntry, settings: "Settings") -> str:
    """One entry in codes: when, who, what, of what, from where."""
    moved = " → ".join(filter(None, (entry.was, entry.became)))
    parts = (
        common.format_time(entry.happened_at, settings.zone),
        entry.actor or "-",
        entry.kind,
        " ".join(filter(None, (entry.about, entry.about_id))),
        " ".join(filter(None, (entry.field, moved))),
        "" if entry.count == 1 else f"x {entry.count:,}",
        entry.origin,
        "" if entry.outcome == "done" else entry.outcome,
    )
    return "  ".join(filter(None, parts))


@audits.command()
def export(
    to: Annotated[Path, typer.Option(help="File to write: .csv or .jsonl.")],
    who: WhoOption = None,
    kind: KindOption = None,
    since: FirstDay = None,
    until: LastDay = None,
    customer: CustomerOption = "",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace FILE if it is there.")] = False,
) -> None:
    """Writes the audit log, or what fits, to a file, each entry with its hash; that it was written is an entry too."""
    from monitor import audit
    from monitor.exporters import audit_table
    from monitor.runs import now

    settings = common.current_settings()
    target = targets.target(to, settings, endings=audit_table.ENDINGS)
    if target.exists() and not overwrite:
        raise HandOverPermanent(f"cannot write {target}: it is there; name another file, or add --overwrite")
    wanted = _wanted(settings, who, kind, since, until, customer)
    told = NewEntry(
        "export",
        actor.name(),
        recorded.ORIGIN,
        "audit",
        field=target.suffix[1:].lower(),
        count=_count(settings, wanted),
    )
    audit.record(settings, told, now=now())
    count = audit_table.write(_entries(settings, wanted), target, zone=settings.zone)
    common.stdout.print(f"entries written to {common.escape(str(target))}: {count:,}")


def _count(settings: "Settings", wanted: "AuditFilter") -> int:
    from monitor import store
    from monitor.store.audit import listing

    with store.connect(settings.store, read_only=True) as connection:
        return listing.newest(connection, wanted, offset=0, limit=0)[1]


def _entries(settings: "Settings", wanted: "AuditFilter") -> Iterator[AuditEntry]:
    from monitor import store
    from monitor.store.audit import listing

    yield from listing.in_order(lambda: store.connect(settings.store, read_only=True), wanted)


def _wanted(
    settings: "Settings",
    who: list[str] | None,
    kind: list[str] | None,
    since: date | None,
    until: date | None,
    customer: str,
) -> "AuditFilter":
    """Raises SettingsError for a kind that there is none of."""
    from monitor.store.audit.listing import AuditFilter

    if unknown := [name for name in kind or () if name not in AUDIT_KINDS]:
        raise SettingsError(f"there is no kind {unknown[0]!r}; there are: {', '.join(AUDIT_KINDS)}")
    kinds = tuple(cast(AuditKind, name) for name in kind or ())
    first = None if since is None else datetime.combine(since, datetime.min.time(), settings.zone)
    end = None if until is None else datetime.combine(until + timedelta(days=1), datetime.min.time(), settings.zone)
    return AuditFilter(tuple(who or ()), kinds, first, end, customer)
