"""Who may do what: accounts, roles, and the check that every action of a person goes through."""

from monitor.access.accounts import activate, add, admins, deactivate, find, limit, people, set_role
from monitor.access.permitted import permission_of, permitted, require_now
from monitor.access.rights import ALL, NONE, Rights, may, narrow, require, rights_of
from monitor.access.roles import PERMISSIONS, Permission
from monitor.models.accounts import Account, Role

__all__ = [
    "ALL",
    "NONE",
    "PERMISSIONS",
    "Account",
    "Permission",
    "Rights",
    "Role",
    "activate",
    "add",
    "admins",
    "deactivate",
    "find",
    "limit",
    "may",
    "narrow",
    "people",
    "permission_of",
    "permitted",
    "require",
    "require_now",
    "rights_of",
    "set_role",
]
