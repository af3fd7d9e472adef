"""`escucha cases`: look a case up by its code, and prove that no history was edited."""

from typing import Annotated

import typer

from monitor.cli import common, showing
from monitor.errors import StoreCorrupt

cases = typer.Typer(help="Look a case up, and prove that no history was edited.", no_args_is_help=True)
cases.command("show")(showing.show)


@cases.command()
def verify(
    head: Annotated[
        str | None,
        typer.Option(help="A head noted earlier: proves that nothing before it was rewritten.", show_default=False),
    ] = None,
) -> None:
    """Works the hash chain of all case events out again, and compares the cases with it; fails where they differ.

    Whoever can write to the file can also write a whole new chain: only a head that was noted elsewhere tells that.
    """
    from monitor import store
    from monitor.cases import codes
    from monitor.store import consistency
    from monitor.store.cases import events

    with store.connect(common.current_settings().store, read_only=True) as connection:
        found = events.verify(connection)
        known = head is None or events.knows(connection, head)
        differing = consistency.differing(connection)
    if found.broken:
        event_id, case_id = found.broken
        raise StoreCorrupt(
            f"the history was edited: event {event_id} of case {codes.code(case_id)} does not fit the one before it; "
            "compare with a backup (escucha restore)"
        )
    if not found.is_sound:
        raise StoreCorrupt(
            f"the history was cut or added to at its end: {found.events:,} events are there, {found.noted[0]:,} were "
            "written, and the last is not the one that was noted; compare with a backup (escucha restore)"
        )
    if not known:
        raise StoreCorrupt(
            "no event has that head: the history was written anew since it was noted, or the head is mistyped"
        )
    if differing:
        raise StoreCorrupt(
            f"cases were changed without a word in the history: {', '.join(map(codes.code, differing[:5]))}"
            f"{', ...' if len(differing) > 5 else ''} ({len(differing):,}); compare with a backup (escucha restore)"
        )
    common.out.print(
        f"[green]✓[/] {found.events:,} events, none edited, and the cases agree. "
        f"Note the head to compare later: {found.head}"
    )
