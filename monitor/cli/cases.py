"""`escucha cases`: show a case by its tracking code, and verify that no history was altered."""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from monitor.cli import case_details, common, usage
from monitor.cli.output import case_papers
from monitor.errors import StoreCorrupt

if TYPE_CHECKING:
    from monitor.store.cases.events import ChainCheck

logger = logging.getLogger(__name__)
cases = typer.Typer(
    cls=usage.Commands,
    help="Shows a case, makes its record and evidence, and verifies that no case history was altered.",
    no_args_is_help=True,
)
cases.command("show")(case_details.show)
cases.command("record")(case_papers.record)
cases.command("evidence")(case_papers.evidence)
cases.command("check")(case_papers.check)
_REMEDY = "Next: save this database (escucha backup FILE), then restore the last sound backup (escucha restore FILE)"


@cases.command()
def verify(head: common.HeadOption = None) -> None:
    """Recomputes the hash chain of all case events and compares the cases with it; fails where they differ.

    Whoever can write to the database can also write a whole new chain: only a head noted elsewhere reveals that.
    """
    from monitor import store
    from monitor.store import consistency
    from monitor.store.cases import events

    with store.connect(common.current_settings().store, read_only=True) as connection:
        chain = events.verify(connection)
        has_head = head is None or events.has_hash(connection, head)
        altered = consistency.inconsistent_cases(connection)
    if reason := _fault(chain, has_head=has_head, altered=altered):
        raise StoreCorrupt(f"{reason}. {_REMEDY}")
    logger.info("case history verified", extra={"count": chain.events})
    common.stdout.print(
        f"[green]✓[/] {chain.events:,} events, none altered, and the cases match them. "
        f"Note the head to compare later: {chain.head}"
    )


def _fault(chain: "ChainCheck", *, has_head: bool, altered: Sequence[int]) -> str:
    """What is wrong with the history or the cases, for a person; '' for nothing."""
    from monitor.cases import codes

    if chain.broken:
        event_id, case_id = chain.broken
        _log_fault("hash_mismatch", case=case_id)
        return (
            f"the history was altered: event {event_id} of case {codes.format_code(case_id)} does not fit the one "
            "before it"
        )
    if not chain.is_sound:
        _log_fault("wrong_end", count=chain.events)
        return (
            f"the history was cut or extended at its end: it has {chain.events:,} events, {chain.recorded[0]:,} were "
            "written, and the last one is not the one recorded"
        )
    if not has_head:
        _log_fault("unknown_head")
        return "no event has that head: the history was rewritten after the head was noted, or the head is mistyped"
    if altered:
        _log_fault("cases_differ", count=len(altered))
        return (
            f"cases were changed without an event in their history: {', '.join(map(codes.format_code, altered[:5]))}"
            f"{', ...' if len(altered) > 5 else ''} ({len(altered):,} in all)"
        )
    return ""


def _log_fault(reason: str, **values: int) -> None:
    logger.error("case history altered", extra={"reason": reason, **values})
