"""`escucha cases`: show a case by its tracking code, and verify that no history was altered."""

import logging
from typing import Annotated

import typer

from monitor.cli import case_details, common
from monitor.errors import StoreCorrupt

logger = logging.getLogger(__name__)
cases = typer.Typer(help="Shows a case, and verifies that no case history was altered.", no_args_is_help=True)
cases.command("show")(case_details.show)
_REMEDY = "Next: save this database (escucha backup FILE), then restore the last sound backup (escucha restore FILE)"


@cases.command()
def verify(
    head: Annotated[
        str | None,
        typer.Option(
            help="The head printed by an earlier check: proves that nothing before it was rewritten.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Recomputes the hash chain of all case events and compares the cases with it; fails where they differ.

    Whoever can write to the database can also write a whole new chain: only a head noted elsewhere reveals that.
    """
    from monitor import store
    from monitor.cases import codes
    from monitor.store import consistency
    from monitor.store.cases import events

    with store.connect(common.current_settings().store, read_only=True) as connection:
        chain = events.verify(connection)
        has_head = head is None or events.has_hash(connection, head)
        altered = consistency.inconsistent_cases(connection)
    if chain.broken:
        event_id, case_id = chain.broken
        code = codes.format_code(case_id)
        logger.error("case history altered", extra={"case": case_id, "reason": "hash_mismatch"})
        raise StoreCorrupt(
            f"the history was altered: event {event_id} of case {code} does not fit the one before it. {_REMEDY}"
        )
    if not chain.is_sound:
        logger.error("case history altered", extra={"count": chain.events, "reason": "wrong_end"})
        raise StoreCorrupt(
            f"the history was cut or extended at its end: it has {chain.events:,} events, {chain.recorded[0]:,} were "
            f"written, and the last one is not the one recorded. {_REMEDY}"
        )
    if not has_head:
        logger.error("case history altered", extra={"reason": "unknown_head"})
        raise StoreCorrupt(
            "no event has that head: the history was rewritten after the head was noted, or the head is mistyped. "
            f"{_REMEDY}"
        )
    if altered:
        logger.error("case history altered", extra={"count": len(altered), "reason": "cases_differ"})
        raise StoreCorrupt(
            f"cases were changed without an event in their history: {', '.join(map(codes.format_code, altered[:5]))}"
            f"{', ...' if len(altered) > 5 else ''} ({len(altered):,} in all). {_REMEDY}"
        )
    logger.info("case history verified", extra={"count": chain.events})
    common.stdout.print(
        f"[green]✓[/] {chain.events:,} events, none altered, and the cases match them. "
        f"Note the head to compare later: {chain.head}"
    )
