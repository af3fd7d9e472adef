"""Who a command acts as: an account (`--as NAME`), or whoever holds the database (`cli:NAME` of this system's user).

Whoever can open the database file, or has the server's address, is its owner and needs no account. `--as` is for a name
in the history, and for scripts that are to have no more rights than somebody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from getpass import getuser
from typing import TYPE_CHECKING

from monitor.errors import EscuchaError, NotPermitted

if TYPE_CHECKING:
    from monitor.access import Permission


@dataclass(slots=True)
class _Acting:
    name: str = ""


_acting = _Acting()


def act_as(given: str | None) -> None:
    """Makes `--as NAME` the actor of this process. Raises EscuchaError for what is no name of a person."""
    from monitor.cases.team.people import clean_name

    _acting.name = clean_name(given or "")
    if given is not None and not _acting.name:
        raise EscuchaError(f"{given[:60]!r} is no name of a person")


def name() -> str:
    """Who signs what a command does: the account that `--as` names, else `cli:` and this system's user."""
    if _acting.name:
        return _acting.name
    try:
        return f"cli:{getuser()}"
    except (KeyError, OSError):
        return "cli"


def check(command: Sequence[str]) -> None:
    """Raises NotPermitted where `--as` names an account that may not run the command, a word each of its name.

    An account that is held to brands or teams runs none that is of them all.
    """
    if not _acting.name:
        return
    from monitor.cli.acting.permissions import PERMISSIONS

    if permission := PERMISSIONS.get(" ".join(command)):
        _require(permission)


def require_handing_over() -> None:
    """Raises NotPermitted where `--as` names an account that may write cases into a file, but not hand them over."""
    if _acting.name:
        from monitor.access import Permission

        _require(Permission.RUN)


def _require(permission: "Permission") -> None:
    from monitor import access, store
    from monitor.settings import loading

    settings = loading.load()
    if settings.access.is_off:
        return
    with store.connect(settings.store, read_only=True) as connection:
        access.require(connection, settings, _acting.name, permission)
        rights = access.rights_of(connection, settings, _acting.name)
    if rights.is_limited and permission is not access.Permission.ANSWER:
        raise NotPermitted(
            "limited", "{name!r} works for some brands or teams, and this is of all of them", name=_acting.name
        )
