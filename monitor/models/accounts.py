"""Accounts of the people who work here: values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What somebody is here; what each may do stands in `monitor.access.roles`."""

    VIEWER = "viewer"
    AGENT = "agent"
    LEAD = "lead"
    ADMIN = "admin"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may work here, under the name that the history holds.

    `since` (UTC) is when role, limits or activity last changed. `brands` and `teams`: the only ones whose cases they
    see and handle; none: all. A case that no team has is every team's.
    """

    name: str
    role: Role
    active: bool
    since: datetime
    brands: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
