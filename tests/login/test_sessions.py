"""Sessions end: by a click, by time, with the account, with its password."""

from datetime import timedelta

import pytest

from monitor import access, store
from monitor.errors import Refusal
from monitor.login import attempts, links, own, sessions
from monitor.login.attempts import Attempt
from monitor.login.tokens import digest
from monitor.settings.loading import Settings
from monitor.store.logins.sessions import LiveSession
from monitor.store.restores import numbers
from tests.login.conftest import GOOD, NOW

OTHER = "treinta gatos rojos"


def begun(desk: Settings, name: str = "Ana") -> LiveSession:
    entered = attempts.log_in(desk, Attempt(name, GOOD, "", "192.0.2.1", ""), NOW)
    return sessions.live(desk, NOW)[digest(entered.session.token)]


def is_live(desk: Settings, session: LiveSession, after: timedelta = timedelta()) -> bool:
    return session.token_hash in sessions.live(desk, NOW + after)


def test_logging_out_ends_it_here_or_everywhere(desk: Settings) -> None:
    first, second, third, luis = begun(desk), begun(desk), begun(desk), begun(desk, "Luis")
    sessions.log_out(desk, first, NOW)
    assert [is_live(desk, session) for session in (first, second, third, luis)] == [False, True, True, True]
    sessions.log_out(desk, second, NOW, everywhere=True)
    assert [is_live(desk, session) for session in (second, third, luis)] == [False, False, True]


def test_it_ends_without_a_click_and_at_the_end_of_the_day(desk: Settings) -> None:
    session, idle = begun(desk), timedelta(minutes=desk.access.idle_minutes)
    assert is_live(desk, session, idle - timedelta(seconds=1))
    assert not is_live(desk, session, idle)
    at = timedelta()
    while at < timedelta(hours=desk.access.session_hours):
        assert is_live(desk, session, at)
        sessions.see(desk, session.token_hash, NOW + at)
        at += idle / 2
    assert not is_live(desk, session, timedelta(hours=desk.access.session_hours))


def test_it_is_what_the_account_is_now(desk: Settings) -> None:
    session = begun(desk)
    with store.connect(desk.store) as connection:
        access.set_role(connection, "Ana", access.Role.VIEWER, now=NOW)
    assert sessions.live(desk, NOW)[session.token_hash].role is access.Role.VIEWER
    with store.connect(desk.store) as connection:
        access.deactivate(connection, "Ana", now=NOW)
    assert not is_live(desk, session)
    with store.connect(desk.store) as connection:
        access.activate(connection, "Ana", now=NOW)
    assert not is_live(desk, session), "who comes back logs in again"


def test_another_password_ends_the_others_and_needs_the_old_one(desk: Settings) -> None:
    mine, other = begun(desk), begun(desk)
    with pytest.raises(Refusal, match="not your password"):
        own.change_password(desk, mine, OTHER, OTHER, NOW)
    with pytest.raises(Refusal, match="12 to 256"):
        own.change_password(desk, mine, GOOD, "corta", NOW)
    own.change_password(desk, mine, GOOD, OTHER, NOW)
    assert (is_live(desk, mine), is_live(desk, other)) == (True, False)
    for _ in range(own.MOST_WRONG):
        with pytest.raises(Refusal, match="not your password"):
            own.change_password(desk, mine, GOOD, OTHER, NOW)
    with pytest.raises(Refusal, match="too many"):
        own.change_password(desk, mine, OTHER, GOOD, NOW)


def test_a_reset_takes_password_and_sessions_away(desk: Settings) -> None:
    session = begun(desk)
    link = links.reset(desk, "ana", NOW, actor="cli")
    assert not is_live(desk, session)
    with pytest.raises(Refusal):
        begun(desk)
    assert links.set_password(desk, link.rpartition("/")[2], "", GOOD, NOW)
    begun(desk)


def test_a_restore_brings_back_nobody_who_had_gone(desk: Settings) -> None:
    session = begun(desk)
    token = links.make_link(desk, "Ana", NOW, actor="cli").rpartition("/")[2]
    with store.connect(desk.store) as connection:
        numbers.begin(connection, None)
    assert not is_live(desk, session)
    assert links.owner(desk, token, NOW) is None
