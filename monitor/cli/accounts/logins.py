"""`escucha users link`, `reset` and `identity`: how an account gets in."""

from typing import Annotated

import typer

from monitor.cli import common
from monitor.cli.acting import actor


def link(name: Annotated[str, typer.Argument(help="The account's name.")]) -> None:
    """Gives a link with which somebody sets a password, once, within 24 hours; the old one holds until then."""
    from monitor.login import links
    from monitor.runs import now

    _require_passwords()
    settings = common.current_settings()
    _show(links.make_link(settings, name, now(), actor=actor.name()))


def reset(name: Annotated[str, typer.Argument(help="The account's name.")]) -> None:
    """Takes password, second step and logins of an account away at once, and gives a link for a new password."""
    from monitor.login import links
    from monitor.runs import now

    _require_passwords()
    settings = common.current_settings()
    _show(links.reset(settings, name, now(), actor=actor.name()))


def identity(
    name: Annotated[str, typer.Argument(help="The account's name.")],
    identity: Annotated[str, typer.Argument(help="The address, or number, that the other login knows it by.")],
) -> None:
    """Says who an account is at the other login (mode oidc)."""
    from monitor.login import identities
    from monitor.runs import now

    settings = common.current_settings()
    found = identities.assign(settings, name, identity, now(), actor=actor.name())
    common.stdout.print(f"{common.escape(found)} logs in as {common.escape(identity)} there")


def _require_passwords() -> None:
    from monitor.errors import SettingsError

    mode = common.current_settings().access.mode
    if mode != "accounts":
        raise SettingsError(f'passwords are asked for with mode = "accounts" in [access]; it is {mode}')


def _show(link: str) -> None:
    common.stderr.print("opens once, within 24 hours; whoever has it sets the password, so hand it over privately:")
    typer.echo(link)
