"""What somebody may do now: asked of the store at every action and every draw of a page, and never kept."""

from collections.abc import Iterable
from dataclasses import dataclass

from monitor import audit, runs
from monitor.access import accounts
from monitor.access.roles import PERMISSIONS, Permission
from monitor.cases.team.people import is_machine
from monitor.errors import NotPermitted
from monitor.models.audit import NewEntry
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.access import narrowing


@dataclass(frozen=True, slots=True)
class Rights:
    """Kinds of action, and the only brands and teams in which they hold; none: in all."""

    permissions: frozenset[Permission]
    brands: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()

    def may(self, permission: Permission, brand: str | None = None, team: str = "") -> bool:
        """Whether the action is permitted, with what is of this brand and team, where these are said."""
        return (
            permission in self.permissions
            and (brand is None or not self.brands or brand in self.brands)
            and (not team or not self.teams or team in self.teams)
        )

    @property
    def is_limited(self) -> bool:
        """Whether they hold for some brands or teams alone."""
        return bool(self.brands or self.teams)


ALL = Rights(frozenset(Permission))
NONE = Rights(frozenset())


def rights_of(connection: Connection, settings: Settings, actor: str) -> Rights:
    """What the actor may do now.

    Everything where nobody logs in, and for machines and the command line (`escucha`, `cli:NAME`): who holds the store
    is its owner. Nothing for whoever has no account, or one that is not active.
    """
    if settings.access.is_off or is_machine(actor):
        return ALL
    account = accounts.find(connection, actor)
    if account is None or not account.active:
        return NONE
    return Rights(PERMISSIONS[account.role], account.brands, account.teams)


def may(
    connection: Connection, settings: Settings, actor: str, permission: Permission, brand: str | None = None
) -> bool:
    """Whether the actor may do it now, with what is of this brand, where one is said."""
    return rights_of(connection, settings, actor).may(permission, brand)


def narrow(connection: Connection, settings: Settings, actor: str) -> None:
    """Lets a connection that only reads, and was asked nothing yet, show only what the actor may see.

    Raises NotPermitted where that is nothing.
    """
    if settings.access.is_off:
        return
    require(connection, settings, actor, Permission.READ_POSTS)
    rights = rights_of(connection, settings, actor)
    if rights.is_limited:
        narrowing.narrow(connection, rights.brands, rights.teams)


def require(
    connection: Connection,
    settings: Settings,
    actor: str,
    permission: Permission,
    places: Iterable[tuple[str, str]] = (),
) -> None:
    """Raises NotPermitted where the actor may not do it now, in one of these places: (brand, team), and records it."""
    refusal = _refusal(rights_of(connection, settings, actor), actor, permission, places)
    if refusal is not None:
        told = NewEntry("refused", actor, about="account", about_id=actor, field=permission.value, outcome="refused")
        audit.note(settings, told, runs.now())
        raise refusal


def _refusal(
    rights: Rights, actor: str, permission: Permission, places: Iterable[tuple[str, str]]
) -> NotPermitted | None:
    if not rights.permissions:
        return NotPermitted("no_account", "{name!r} has no account here, or one that is not active", name=actor)
    if not rights.may(permission):
        return NotPermitted("no_permission", "the role of {name!r} does not include this", name=actor)
    if any(not rights.may(permission, brand, team) for brand, team in places):
        return NotPermitted("other_brand", "{name!r} works for other brands or teams than this one's", name=actor)
    return None
