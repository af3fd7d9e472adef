"""`escucha privacy export`, `erase`, `block` and what belongs to them: what a person asks for."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common, usage
from monitor.cli.acting import actor, recorded
from monitor.errors import EscuchaError, SettingsError
from monitor.models.languages import LanguageCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.privacy.erasure import ErasureEnd, ErasurePlan, FindPerson
    from monitor.store.privacy.erasing import ErasedCounts

privacy = typer.Typer(
    cls=usage.Commands, help="Gives a person what is kept about them, or erases it for good.", no_args_is_help=True
)
AuthorOption = Annotated[
    str | None, typer.Option("--author", metavar="@HANDLE", help="The person with this handle.", show_default=False)
]
CustomerOption = Annotated[
    str | None, typer.Option("--customer", metavar="ID", help="The person who is this customer.", show_default=False)
]
NetworkOption = Annotated[
    str | None, typer.Option("--network", help="The network of the handle, where it is on several.", show_default=False)
]
AccountOption = Annotated[
    str | None,
    typer.Option("--account", help="The network's own id, where several had the handle.", show_default=False),
]
ForEverOption = Annotated[bool, typer.Option("--for-ever", help="What they write from now on is not stored either.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]
_YES = ("y", "yes", "s", "si", "sí")
_SHOWN = 20  # files listed


def person_named(author: str | None, customer: str | None, network: str | None, account: str | None) -> "FindPerson":
    """Who is meant by these options. Raises SettingsError where nobody or two are named."""
    from monitor.store.privacy import people

    if (author is None) == (customer is None):
        raise SettingsError("name one person: --author @HANDLE or --customer ID")
    if customer is not None:
        return lambda connection: people.by_customer(connection, customer.strip())
    name = network.strip().lower() if network else None
    return lambda connection: people.by_author(connection, author or "", name, account)


@privacy.command()
def export(
    target: Annotated[
        Path, typer.Argument(metavar="FILE", help="The file to write: .html to be read, .json for programs.")
    ],
    author: AuthorOption = None,
    customer: CustomerOption = None,
    network: NetworkOption = None,
    account: AccountOption = None,
    language: Annotated[
        LanguageCode | None, typer.Option(help="The page's language; by default the settings'.", show_default=False)
    ] = None,
) -> None:
    """Writes everything that is kept about a person to FILE, for that person. It holds nothing of others."""
    from monitor import store
    from monitor.cli.output import targets
    from monitor.privacy import giving
    from monitor.runs import now
    from monitor.store.privacy import held

    settings = common.current_settings()
    find = person_named(author, customer, network, account)
    file = targets.target(target, settings, endings=giving.ENDINGS)
    with store.connect(settings.store, read_only=True) as connection:
        person = find(connection)
        rows = held.about(connection, person)
    recorded.record(
        settings, "privacy", "person", sum(map(len, rows.values())), file.suffix[1:].lower(), person.subject
    )
    count = giving.write(rows, file, language or settings.language, settings.zone, now())
    common.stdout.print(f"wrote {count:,} {common.plural(count, 'row')} to {common.escape(str(file))}")
    common.stdout.print("Next: read it before it leaves the house, and delete it here once the person has it.")


@privacy.command()
def erase(
    author: AuthorOption = None,
    customer: CustomerOption = None,
    network: NetworkOption = None,
    account: AccountOption = None,
    for_ever: ForEverOption = False,
    yes: YesOption = False,
) -> None:
    """Shows what is kept about a person and, once you say yes, erases it for good; cases and figures stay.

    Nothing brings them back: no restore, import or read. Backups made before are listed: they are yours to delete.
    """
    _erase(person_named(author, customer, network, account), for_ever, yes, None)


@privacy.command()
def block(
    until: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The day from which on nothing is kept any more.")
    ],
    author: AuthorOption = None,
    customer: CustomerOption = None,
    network: NetworkOption = None,
    account: AccountOption = None,
    for_ever: ForEverOption = False,
    yes: YesOption = False,
) -> None:
    """Erases a person as `erase` does, and keeps a locked copy that no page shows until that day; then it is destroyed.

    For where a law wants it kept for courts and authorities. `unlock` writes it into a file, `locked` lists copies.
    """
    from monitor.runs import now

    end = until.replace(tzinfo=common.current_settings().zone)
    if end <= now():
        raise SettingsError("--until is a day to come")
    _erase(person_named(author, customer, network, account), for_ever, yes, end)


@privacy.command()
def locked() -> None:
    """Lists the locked copies: number, since when, until when. Whose they are stands in none of it."""
    from monitor import store
    from monitor.store.privacy import locking

    settings = common.current_settings()
    with store.connect(settings.store, read_only=True) as connection:
        copies = locking.read(connection)
    for copy in copies:
        since, until = (common.format_time(at, settings.zone) for at in (copy.locked_at, copy.until))
        common.stdout.print(common.plain(f"{copy.lock_id}  {since} – {until}"))
    if not copies:
        common.stdout.print("Nothing is kept locked.")


@privacy.command()
def unlock(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The copy's number, as `block` has printed it.")],
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, in JSON.")],
) -> None:
    """Writes a locked copy to FILE, for a court or an authority. It stays locked here until its day."""
    from monitor import atomic_files, store
    from monitor.cli.output import targets
    from monitor.store.privacy import locking

    settings = common.current_settings()
    file = targets.target(target, settings, endings=(".json",))
    with store.connect(settings.store, read_only=True) as connection:
        held = locking.unlock(connection, number)
    recorded.record(settings, "privacy", "file", 1, "json", number)
    with atomic_files.replacing(file) as written:
        written.write(held.encode())
    common.stdout.print(f"Unlocked to {common.escape(str(file))}.")


def _erase(find: "FindPerson", for_ever: bool, yes: bool, locked_until: datetime | None) -> None:
    from monitor.privacy import erasure
    from monitor.runs import now

    settings = common.current_settings()
    plan = erasure.plan(settings, find)
    if not plan.person.is_known:
        common.stdout.print("Nothing is kept about this person.")
        end = erasure.finish_if_due(settings, actor=actor.name(), now=now())
        if end is not None:
            common.stdout.print("An earlier erasure had not ended; now it has.")
            _print_end(end)
        return
    _print_plan(plan)
    if not yes and not _is_confirmed():
        common.stdout.print("Nothing was erased.")
        raise typer.Exit(1)
    counts, lock_id = erasure.erase(
        settings,
        find,
        actor=actor.name(),
        origin=recorded.ORIGIN,
        now=now(),
        for_ever=for_ever,
        locked_until=locked_until,
    )
    _print_counts(counts)
    if lock_id:
        common.stdout.print(f"Kept locked under the number {lock_id}: note it beside the person's request.")
    try:
        _print_end(erasure.finish(settings, actor=actor.name(), now=now()))
    except EscuchaError:
        common.stdout.print(
            "[yellow]![/] something beside the database is still to be done: escucha privacy compact, or the daily flow"
        )
        raise


@privacy.command()
def compact() -> None:
    """Ends what an erasure has left to do: files beside the database, and its unused parts."""
    from monitor.privacy import erasure
    from monitor.runs import now

    _print_end(erasure.finish(common.current_settings(), actor=actor.name(), now=now()))


def _is_confirmed() -> bool:
    if not sys.stdin.isatty():
        raise SettingsError("nobody is there to be asked: add --yes to erase the person")
    common.stdout.print("Erase all of this for good? (yes/no)")
    return input().strip().lower() in _YES


def _print_plan(plan: "ErasurePlan") -> None:
    person = plan.person
    for network, id_, handle in person.accounts:
        common.stdout.print(common.plain(f"  {network}: @{handle}" + (f" ({id_})" if id_ else "")))
    common.stdout.print(
        f"posts: {len(person.mention_ids):,} · cases: {len(person.own_cases):,} · cases shared with others: "
        f"{len(person.shared_cases):,} · customers: {len(person.customers):,} · hand-overs: {len(plan.deliveries):,}"
    )
    if person.shared_cases:
        common.stdout.print("Notes in shared cases stay; the person's names are masked in them.")
    _print_files("rid of the person too", plan.kept)
    _print_files("these files hold the person and are yours to delete", [*plan.backups, *plan.named_in])


def _print_files(what: str, files: "Sequence[object]") -> None:
    if files:
        common.stdout.print(common.told(what) + ":")
    for file in files[:_SHOWN]:
        common.stdout.print(common.plain(f"  {file}"), soft_wrap=True)
    if len(files) > _SHOWN:
        common.stdout.print(f"... and {len(files) - _SHOWN:,} more")


def _print_counts(counts: "ErasedCounts") -> None:
    common.stdout.print(
        f"Erased: posts {counts.posts:,} · customers {counts.customers:,} · events whose words went {counts.events:,}"
        f" · texts of others, masked {counts.texts:,}"
    )


def _print_end(end: "ErasureEnd") -> None:
    _print_files("written anew without the person", [*end.written, *end.kept])
    _print_files("whoever took these rows is told to delete them", end.notices)
    if end.is_compact:
        common.stdout.print("No byte of what was erased is left in the database. Next: escucha cases verify")
    else:
        common.stdout.print(
            "[yellow]![/] the database is still to be written anew: escucha privacy compact, once it is quiet"
        )
