"""Who is logged in, as the store said some seconds ago: one read serves all tabs, and nobody waits for another's."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock

import streamlit as st

from dashboard.login import cookies, rules
from monitor.login import sessions
from monitor.login.tokens import digest
from monitor.runs import now
from monitor.settings.loading import Settings
from monitor.store.logins.sessions import LiveSession

FRESH = 3.0
"""Seconds: an account that is put out of use is out of every open tab within twice as long."""
_NEW = 0.5  # seconds for a session that another process has begun
_SEEN = timedelta(minutes=1)  # how exactly it is noted when somebody last worked


@dataclass(slots=True)
class _Snapshot:
    place: str = ""
    read_at: float = 0.0
    sessions: Mapping[str, LiveSession] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)  # when it was last noted, by token


_snapshot = _Snapshot()
_reading = Lock()


def find(settings: Settings, token: str) -> LiveSession | None:
    """The session of a browser that holds this token; None for one that is over or never was. Raises StoreError."""
    wanted = digest(token)
    if not wanted:
        return None
    with _reading:
        age = time.monotonic() - _snapshot.read_at
        is_known = wanted in _snapshot.sessions
        if _snapshot.place != settings.store.url or age > FRESH or (not is_known and age > _NEW):
            _snapshot.sessions = sessions.live(settings, now())
            _snapshot.place, _snapshot.read_at = settings.store.url, time.monotonic()
        return _snapshot.sessions.get(wanted)


def forget() -> None:
    """The next who asks is told what the store says then."""
    with _reading:
        _snapshot.read_at = 0.0


def see(settings: Settings, session: LiveSession) -> None:
    """Somebody has just clicked: noted once a minute. Raises StoreError."""
    if now() - session.seen_at < _SEEN:
        return
    with _reading:
        if time.monotonic() - _snapshot.seen.get(session.token_hash, 0.0) < _SEEN.total_seconds():
            return
        _snapshot.seen = {token: at for token, at in _snapshot.seen.items() if token in _snapshot.sessions}
        _snapshot.seen[session.token_hash] = time.monotonic()
    sessions.see(settings, session.token_hash, now())


def of_page(settings: Settings) -> LiveSession | None:
    """The session of whoever looks at the page that is drawn; None where nobody is logged in. Raises StoreError."""
    token = cookies.read(st.context.cookies, cookies.SESSION, secure=rules.is_secure(settings))
    return find(settings, token)
