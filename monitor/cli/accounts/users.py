"""`escucha users`: who may work here, as what, and for which brands and teams."""

import shlex
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from monitor.cli import common, usage
from monitor.cli.acting import actor
from monitor.models.accounts import Account, Role

if TYPE_CHECKING:
    from monitor.settings.loading import Settings

users = typer.Typer(
    cls=usage.Commands, help="Who may work here: accounts, their roles, brands and teams.", no_args_is_help=True
)
NameArgument: TypeAlias = Annotated[str, typer.Argument(help="The person's name, as the history of cases holds it.")]
HeldBrandsOption: TypeAlias = Annotated[
    list[str] | None, typer.Option("--brand", help="Only this brand; repeat for several. Default: all.")
]
HeldTeamsOption: TypeAlias = Annotated[
    list[str] | None, typer.Option("--team", help="Only this team's cases; repeat for several. Default: all.")
]


@users.command()
def add(
    name: NameArgument,
    role: Annotated[Role, typer.Option(help="What the person is here.")] = Role.AGENT,
    brand: HeldBrandsOption = None,
    team: HeldTeamsOption = None,
) -> None:
    """Makes an account for NAME."""
    from monitor import access, store
    from monitor.runs import now

    settings = common.current_settings()
    with store.connect(settings.store) as connection:
        account = access.add(connection, name, role, now=now(), by=actor.name())
        if brand or team:
            account = access.limit(
                connection, account.name, brands=brand or (), teams=team or (), now=now(), by=actor.name()
            )
    _print_changed(settings, account)
    quoted = common.escape(shlex.quote(account.name))
    if settings.access.mode == "accounts":
        common.stdout.print(f"Next, how they get in: escucha users link {quoted}")
    elif settings.access.mode == "oidc":
        common.stdout.print(f"Next, how they get in: escucha users identity {quoted} ADDRESS")


@users.command("role")
def set_role(name: NameArgument, role: Annotated[Role, typer.Argument(help="What the person is from now on.")]) -> None:
    """Gives the account of NAME another role, from the next click on."""
    from monitor import access, store
    from monitor.runs import now

    settings = common.current_settings()
    with store.connect(settings.store) as connection:
        account = access.set_role(connection, name, role, now=now(), by=actor.name())
    _print_changed(settings, account)


@users.command()
def limit(name: NameArgument, brand: HeldBrandsOption = None, team: HeldTeamsOption = None) -> None:
    """Holds the account of NAME to these brands and teams; without any, it is held to none."""
    from monitor import access, store
    from monitor.runs import now

    settings = common.current_settings()
    with store.connect(settings.store) as connection:
        account = access.limit(connection, name, brands=brand or (), teams=team or (), now=now(), by=actor.name())
    _print_changed(settings, account)


@users.command()
def deactivate(name: NameArgument) -> None:
    """Puts the account of NAME out of use, at once; the history keeps the name."""
    from monitor import access, store
    from monitor.runs import now

    settings = common.current_settings()
    with store.connect(settings.store) as connection:
        account = access.deactivate(connection, name, now=now(), by=actor.name())
    _print_changed(settings, account)


@users.command()
def activate(name: NameArgument) -> None:
    """Puts the account of NAME into use again."""
    from monitor import access, store
    from monitor.runs import now

    settings = common.current_settings()
    with store.connect(settings.store) as connection:
        account = access.activate(connection, name, now=now(), by=actor.name())
    _print_changed(settings, account)


@users.command("list")
def list_accounts() -> None:
    """Lists the accounts: role, brands and teams, and since when it is so."""
    from monitor import access, store

    settings = common.current_settings()
    with store.connect(settings.store, read_only=True) as connection:
        accounts = access.people(connection)
    for account in accounts:
        _print_account(settings, account)
    if not accounts:
        common.stdout.print("there is no account yet")
        common.stdout.print("Next: escucha users add NAME --role admin")


def _print_changed(settings: "Settings", account: Account) -> None:
    _print_account(settings, account)
    known = {brand.name for brand in settings.brands}
    for brand in account.brands:
        if brand not in known:
            common.print_warning(f"{brand} is no brand of the settings: names are compared letter by letter")
    if settings.access.is_off:
        common.print_warning('nobody logs in yet, and everybody may do everything: set mode = "accounts" in [access]')


def _print_account(settings: "Settings", account: Account) -> None:
    held = [f"only {', '.join(names)}" for names in (account.brands, account.teams) if names]
    parts = [
        account.name,
        account.role.value,
        "active" if account.active else "out of use",
        *held,
        f"since {common.format_time(account.since, settings.zone)}",
    ]
    common.stdout.print(common.told(" · ".join(parts)))
