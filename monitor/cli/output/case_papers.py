"""`escucha cases record`, `evidence` and `check`: what a customer keeps of a case, and what an auditor gets."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from monitor.cli import common
from monitor.cli.acting import actor, recorded
from monitor.cli.output import targets
from monitor.errors import EscuchaError, HandOverPermanent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.models.cases import Event
    from monitor.settings.loading import Settings

_Code: TypeAlias = Annotated[str, typer.Argument(help="The case's tracking code, such as ESC-000012-3.")]
_Language: TypeAlias = Annotated[
    Literal["es", "en"] | None, typer.Option(help="Language of the page. Default: the customer's, else the settings'.")
]
_MOST_BYTES = 200_000_000


def record(
    code: _Code,
    to: Annotated[
        Path | None, typer.Option(help="HTML file to write instead, for a person to send.", show_default=False)
    ] = None,
    language: _Language = None,
) -> None:
    """Prints the link to the record that a customer may keep of a case: their words, our answers, the dates.

    It works for desk.record_days and is the same until it ends. No note, owner, priority or other customer is in it.
    """
    from monitor import store
    from monitor.cases import codes
    from monitor.law import record_page
    from monitor.runs import now
    from monitor.store.cases import events
    from monitor.surveys import records

    settings, case_id, at = common.current_settings(), codes.parse_code(code), now()
    found = records.read(settings, case_id, actor=actor.name())
    if to is not None:
        target = targets.target(to, settings, endings=(".html", ".htm"))
        page = record_page.render(found, settings, language or record_page.language_for(found, settings), now=at)
        recorded.record(settings, "export", "case", 1, "html", found.case.code)
        _write(target, page.encode())
        common.stdout.print(f"wrote the record of {found.case.code} to {common.escape(str(target))}")
        return
    with store.connect(settings.store, read_only=True) as connection:
        history = events.of_cases(connection, [case_id])[case_id]
    event = records.current(history, at) or records.make(settings, case_id, actor=actor.name(), now=at).events[0]
    typer.echo(records.link(settings, event))
    until = common.format_time(records.until(event), settings.zone)
    common.stderr.print(
        f"It works until {until}. Next: send it to the customer; escucha surveys serve must run when they open it."
    )


def evidence(
    code: _Code,
    out: Annotated[Path, typer.Option(help="Folder for the files; it is made where there is none.")],
    language: _Language = None,
) -> None:
    """Writes the evidence of a case with its part of the hash chain: JSON, an HTML page, and their SHA-256.

    It holds personal data and internal notes. escucha cases check FILE verifies the JSON.
    """
    from monitor import store
    from monitor.cases import codes
    from monitor.law import evidence as case_evidence
    from monitor.law import evidence_page
    from monitor.runs import now

    settings, at = common.current_settings(), now()
    with store.connect(settings.store, read_only=True) as connection:
        found = case_evidence.read(connection, settings, codes.parse_code(code))
    name = f"{found.case.code}-evidence"
    files = {
        f"{name}.json": case_evidence.as_json(found, settings, at),
        f"{name}.html": evidence_page.render(found, settings, language or settings.language, now=at).encode(),
    }
    sums = "".join(f"{case_evidence.checksum(content)}  {file}\n" for file, content in files.items())
    recorded.record(settings, "export", "case", len(found.events), "json", found.case.code)
    for file, content in (files | {f"{name}.sha256": sums.encode()}).items():
        _write(targets.target(out / file, settings), content)
    folder, count = common.escape(str(out)), len(found.events)
    common.stdout.print(f"wrote {name}.json, .html and .sha256 to {folder}: {count:,} {common.plural(count, 'event')}")
    common.stdout.print(f"Next: verify it with escucha cases check {common.escape(str(out / f'{name}.json'))}")


def check(
    file: Annotated[Path, typer.Argument(help="JSON file that escucha cases evidence wrote.")],
    database: Annotated[
        bool, typer.Option("--database", help="Compare it with the history in the database of the settings too.")
    ] = False,
) -> None:
    """Verifies evidence of a case: every event in FILE fits its hash, and follows the one before it.

    That none was left out, and that the database still says the same, only --database shows.
    """
    from monitor.law import evidence as case_evidence

    told = case_evidence.check(_read(file))
    if database:
        _compare(told, common.current_settings())
    count = len(told)
    where = "; the database says the same" if database else ""
    common.stdout.print(f"[green]✓[/] {count:,} {common.plural(count, 'event')}, none altered{where}")


def _compare(told: "Sequence[Event]", settings: "Settings") -> None:
    """Raises EscuchaError where the histories of these cases are others in the database."""
    from monitor import store
    from monitor.store.cases import events

    case_ids = {event.case_id for event in told}
    with store.connect(settings.store, read_only=True) as connection:
        chain = events.verify(connection)
        histories = events.of_cases(connection, case_ids)
    if not chain.is_sound:
        raise EscuchaError("the history in the database was altered: escucha cases verify says where")
    last = max((event.event_id for event in told), default=0)
    kept = {event.event_id: event.hash for history in histories.values() for event in history if event.event_id <= last}
    if kept != {event.event_id: event.hash for event in told}:
        raise EscuchaError("the database holds other events of this case than the file")


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise EscuchaError(f"{file} is larger than evidence of a case is")
        return file.read_bytes()
    except OSError as error:
        raise EscuchaError(f"{file} cannot be read: {error.strerror or type(error).__name__}") from None


def _write(target: Path, content: bytes) -> None:
    from monitor import atomic_files

    try:
        with atomic_files.replacing(target) as opened:
            opened.write(content)
    except OSError as error:
        raise HandOverPermanent(f"cannot write {target}: {error.strerror or type(error).__name__}") from error
