"""Somebody whom another login (OpenID Connect) knows, as an account of our own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor import access, audit, store
from monitor.cases.team.people import fold_name
from monitor.errors import Refusal, SettingsError
from monitor.login import sessions
from monitor.login.sessions import NewSession
from monitor.models.audit import NewEntry
from monitor.settings.loading import Settings
from monitor.store.audit import entries
from monitor.store.logins import identities

LONGEST = 300


def identity_of(settings: Settings, claims: Mapping[str, Any]) -> str | None:
    """Who the claims are about, as `[access.oidc] claim` says; None where they do not tell, or not for certain."""
    name = settings.access.oidc.claim
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST:
        return None
    if name == "email" and claims.get("email_verified") is not True:
        return None  # anybody may have said it was theirs
    return _spelt(settings, value) or None


def assign(settings: Settings, name: str, identity: str, now: datetime, *, actor: str) -> str:
    """Whom the other login calls so is this account from now on. Returns its name. Raises Refusal for no account.

    SettingsError where it says nobody: whoever the other login does not name would come in by it.
    """
    spelt = _spelt(settings, identity)
    if not spelt:
        raise SettingsError("name whom the other login knows: escucha users identity NAME ADDRESS")
    with store.connect(settings.store) as connection:
        account = access.find(connection, name)
        if account is None:
            raise Refusal("account_missing", "there is no account {name!r}; escucha users list names them", name=name)
        entry = NewEntry("credential", actor, about="account", about_id=account.name, field="identity", became="set")
        entries.record(connection, entry, now=now)
        identities.save(connection, spelt, fold_name(account.name))
        return account.name


def log_in(settings: Settings, identity: str, address: str, now: datetime) -> NewSession | None:
    """Begins a session of the account that it is; None where it is none, or one that is not active."""
    with store.connect(settings.store) as connection:
        folded = identities.find(connection, identity) if identity else None
        account = access.find(connection, folded) if folded else None
        if account is not None and account.active:
            entries.record(connection, NewEntry("login", account.name, address), now=now)
            return sessions.begin(connection, settings, fold_name(account.name), account.name, now)
    reason, actor = ("inactive", account.name) if account else ("unknown", "")
    audit.note(settings, NewEntry("login_failed", actor, address, became=reason, outcome="refused"), now)
    return None


def _spelt(settings: Settings, identity: str) -> str:
    """Addresses are compared without capitals, numbers as they are."""
    text = identity.strip()[:LONGEST]
    return text.casefold() if settings.access.oidc.claim == "email" else text
