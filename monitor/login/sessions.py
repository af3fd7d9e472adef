"""Who is logged in: what a browser holds means what the store says of it now, and nothing once it is ended there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor import store
from monitor.login.tokens import digest, new_token
from monitor.models.audit import NewEntry
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.audit import entries
from monitor.store.logins import sessions
from monitor.store.logins.sessions import LiveSession


@dataclass(frozen=True, slots=True)
class NewSession:
    """A login that has just begun: what the browser is to hold, and until when."""

    token: str
    name: str
    ends_at: datetime


def begin(connection: Connection, settings: Settings, folded: str, name: str, now: datetime) -> NewSession:
    """Begins a session of an account under a token that nobody knew before."""
    token, ends_at = new_token(), now + timedelta(hours=settings.access.session_hours)
    sessions.begin(connection, digest(token), folded, now, ends_at)
    return NewSession(token, name, ends_at)


def live(settings: Settings, now: datetime) -> dict[str, LiveSession]:
    """All sessions in force, by the digest of their token."""
    if not store.exists(settings.store):
        return {}
    seen_after = now - timedelta(minutes=settings.access.idle_minutes)
    with store.connect(settings.store, read_only=True) as connection:
        return {session.token_hash: session for session in sessions.live(connection, now, seen_after)}


def see(settings: Settings, token_hash: str, now: datetime) -> None:
    """Somebody has just worked with it: it does not end for want of clicks."""
    with store.connect(settings.store) as connection:
        sessions.see(connection, token_hash, now)


def log_out(settings: Settings, session: LiveSession, now: datetime, *, everywhere: bool = False) -> None:
    """Ends the session, or with it all of the account's."""
    with store.connect(settings.store) as connection:
        entries.record(connection, NewEntry("logout", session.name), now=now)
        if everywhere:
            sessions.end_all(connection, session.folded)
        else:
            sessions.end(connection, session.token_hash)
