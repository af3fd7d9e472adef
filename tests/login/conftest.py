"""What tests of logins share: settings with accounts, and an argon2 that takes a moment only."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from monitor import access, audit, store
from monitor.login import links, passwords
from monitor.models.accounts import Role
from monitor.settings.access import Access
from monitor.settings.loading import Settings

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
GOOD = "cuarenta perros verdes"


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from argon2 import PasswordHasher

    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: quick)
    passwords._nobodys.cache_clear()  # another test's is as slow as a real one
    yield
    passwords._nobodys.cache_clear()


@pytest.fixture(autouse=True)
def _noted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is noted for later comes from a thread of its own, which shares no engine with the test."""
    monkeypatch.setattr(audit, "note", lambda settings, entry, now: audit.record(settings, entry, now=now))


@pytest.fixture
def desk(settings: Settings) -> Settings:
    """A store with Ana, an agent, and Luis, an administrator, who have a password."""
    settings = settings.model_copy(update={"access": Access(mode="accounts")})
    for name, role in (("Ana", Role.AGENT), ("Luis", Role.ADMIN)):
        with store.connect(settings.store) as connection:
            access.add(connection, name, role, now=NOW)
        link = links.make_link(settings, name, NOW, actor="cli")
        assert links.set_password(settings, link.rpartition("/")[2], "", GOOD, NOW)
    return settings
