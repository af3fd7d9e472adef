"""One-time links: whose they are, how often and how long they open something."""

from datetime import timedelta

import pytest

from monitor import access, store
from monitor.errors import Refusal
from monitor.login import links
from monitor.login.tokens import digest
from monitor.settings.access import Access
from monitor.settings.loading import Settings
from tests.login.conftest import GOOD, NOW


def token_of(link: str) -> str:
    return link.rpartition("/")[2]


def test_it_opens_once_and_is_stored_as_a_digest(desk: Settings) -> None:
    token = token_of(links.make_link(desk, "ana", NOW, actor="cli"))
    with store.connect(desk.store, read_only=True) as connection:
        assert connection.execute("SELECT token_hash FROM login_links").fetchall() == [(digest(token),)]
    assert links.owner(desk, token, NOW) == "Ana"
    done = links.set_password(desk, token, "", GOOD, NOW)
    assert done is not None
    assert done[0] == "Ana"
    assert links.owner(desk, token, NOW) is None
    assert links.set_password(desk, token, "", GOOD, NOW) is None


def test_it_expires_gives_way_to_the_next_and_ends_with_the_account(desk: Settings) -> None:
    token = token_of(links.make_link(desk, "Ana", NOW, actor="cli"))
    assert links.owner(desk, token, NOW + links.LIFETIME) is None
    assert links.owner(desk, token, NOW + links.LIFETIME - timedelta(seconds=1)) == "Ana"
    assert links.owner(desk, token[:-1], NOW) is None
    later = token_of(links.make_link(desk, "Ana", NOW, actor="cli"))
    assert links.owner(desk, token, NOW) is None
    with store.connect(desk.store) as connection:
        access.deactivate(connection, "Ana", now=NOW)
    assert links.owner(desk, later, NOW) is None
    assert links.set_password(desk, later, "", GOOD, NOW) is None


def test_a_password_that_will_not_do_does_not_use_it_up(desk: Settings) -> None:
    token = token_of(links.make_link(desk, "Ana", NOW, actor="cli"))
    with pytest.raises(Refusal):
        links.set_password(desk, token, "", "corta", NOW)
    assert links.set_password(desk, token, "", GOOD, NOW)


def test_the_first_administrator_is_made_by_a_link_and_one_only(settings: Settings) -> None:
    empty = settings.model_copy(update={"access": Access(mode="accounts", url="https://desk.example")})
    first = links.first_link(empty, NOW)
    second = links.first_link(empty, NOW)
    assert first is not None
    assert second is not None
    assert second.startswith("https://desk.example/setup/")
    assert links.owner(empty, token_of(first), NOW) is None, "a later start printed another"
    assert links.owner(empty, token_of(second), NOW) == ""
    with pytest.raises(Refusal):
        links.set_password(empty, token_of(second), "escucha", GOOD, NOW)
    assert links.set_password(empty, token_of(second), "Eva", GOOD, NOW)
    with store.connect(empty.store, read_only=True) as connection:
        assert [account.name for account in access.admins(connection)] == ["Eva"]
    assert links.first_link(empty, NOW) is None


def test_there_is_no_link_for_nobody(desk: Settings) -> None:
    for make in (links.make_link, links.reset):
        with pytest.raises(Refusal, match="no account"):
            make(desk, "Nadie", NOW, actor="cli")
