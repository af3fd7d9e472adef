"""Accounts: their names, roles, limits, and that one administrator stays."""

from datetime import timedelta

import pytest

from monitor import access, store
from monitor.access import Account, Permission, Role
from monitor.errors import NotPermitted, Refusal
from monitor.settings.access import Access
from monitor.settings.loading import Settings
from monitor.store.audit import listing
from tests.conftest import NOW

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"access": Access(mode="accounts")})


def add(settings: Settings, name: str, role: Role = Role.AGENT) -> Account:
    with store.connect(settings.store) as connection:
        return access.add(connection, name, role, now=NOW)


def test_an_account_is_found_by_its_name_however_it_is_spelt(settings: Settings) -> None:
    add(settings, "  Ana   López ")
    with store.connect(settings.store, read_only=True) as connection:
        assert access.find(connection, "ana lopez") == Account("Ana López", Role.AGENT, active=True, since=NOW)
        assert access.find(connection, "ana") is None
        assert [account.name for account in access.people(connection)] == ["Ana López"]


def test_a_name_is_given_once(settings: Settings) -> None:
    add(settings, "Ana López")
    with pytest.raises(Refusal, match="there is an account 'ANA LOPEZ' already"):
        add(settings, "ANA LOPEZ")


@pytest.mark.parametrize("name", ["escucha", "Escucha", "CLI:root", "cli", "customer", "", " \u202e "])
def test_no_person_takes_the_name_of_a_machine_or_a_customer(settings: Settings, name: str) -> None:
    with pytest.raises(Refusal, match="is no name of a person"):
        add(settings, name)


def test_a_role_is_changed_and_tells_since_when(settings: Settings) -> None:
    add(settings, "Ana")
    with store.connect(settings.store) as connection:
        access.set_role(connection, "ana", Role.LEAD, now=LATER)
        assert access.find(connection, "Ana") == Account("Ana", Role.LEAD, active=True, since=LATER)


def test_there_is_always_an_administrator(settings: Settings) -> None:
    add(settings, "Ana", Role.ADMIN)
    add(settings, "Eva", Role.ADMIN)
    with store.connect(settings.store) as connection:
        access.deactivate(connection, "Eva", now=LATER)
        assert [account.name for account in access.admins(connection)] == ["Ana"]
        for change in (
            lambda: access.deactivate(connection, "Ana", now=LATER),
            lambda: access.set_role(connection, "Ana", Role.AGENT, now=LATER),
        ):
            with pytest.raises(Refusal, match="'Ana' is the last administrator"):
                change()
        access.activate(connection, "Eva", now=LATER)
        access.set_role(connection, "Ana", Role.AGENT, now=LATER)


def test_an_account_that_is_not_there_cannot_be_changed(settings: Settings) -> None:
    with store.connect(settings.store) as connection, pytest.raises(Refusal, match="there is no account 'Eva'"):
        access.activate(connection, "Eva", now=NOW)


def test_limits_hold_an_account_to_brands_and_teams(settings: Settings) -> None:
    add(settings, "Ana")
    with store.connect(settings.store) as connection:
        access.limit(connection, "ana", brands=["Norvia", "Norvia"], teams=["north"], now=LATER)
        account = access.find(connection, "Ana")
        assert account is not None
        assert (account.brands, account.teams, account.since) == (("Norvia",), ("north",), LATER)
        rights = access.rights_of(connection, settings, "Ana")
        assert rights.may(Permission.ANSWER, "Norvia")
        assert rights.may(Permission.ANSWER, "Norvia", "north")
        assert not rights.may(Permission.ANSWER, "Norvia", "south")
        assert not rights.may(Permission.ANSWER, "Aguas del Faro")
        access.limit(connection, "ana", brands=(), teams=(), now=LATER)
        assert access.may(connection, settings, "Ana", Permission.ANSWER, "Aguas del Faro")


def test_who_is_not_active_or_has_no_account_may_do_nothing(settings: Settings) -> None:
    add(settings, "Ana")
    with store.connect(settings.store) as connection:
        access.require(connection, settings, "Ana", Permission.READ_POSTS)
        access.deactivate(connection, "Ana", now=LATER)
        for name in ("Ana", "Eva", ""):
            assert access.rights_of(connection, settings, name) == access.NONE
            with pytest.raises(NotPermitted, match="has no account here, or one that is not active"):
                access.require(connection, settings, name, Permission.READ_POSTS)


def test_machines_and_the_command_line_need_no_account(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        for name in ("escucha", "cli:root", "cli:ana"):
            assert access.rights_of(connection, settings, name) == access.ALL


def test_where_nobody_logs_in_everybody_may_do_everything(settings: Settings) -> None:
    off = settings.model_copy(update={"access": Access()})
    with store.connect(settings.store) as connection:
        assert access.rights_of(connection, off, "whoever") == access.ALL


def test_each_change_is_an_entry_of_the_audit_log(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        access.add(connection, "Ana", Role.ADMIN, now=NOW, by="cli:root")
        access.add(connection, "Luis", Role.VIEWER, now=NOW, by="Ana")
        access.set_role(connection, "luis", Role.LEAD, now=LATER, by="Ana")
        access.limit(connection, "luis", brands=["Norvia"], teams=(), now=LATER, by="Ana")
        access.deactivate(connection, "luis", now=LATER, by="Ana")
        told, _ = listing.newest(connection, listing.AuditFilter(actors=("Ana",)), offset=0, limit=9)
    assert [(entry.kind, entry.about_id, entry.field, entry.was, entry.became) for entry in told] == [
        ("account", "Luis", "", "", "deactivated"),
        ("account", "Luis", "Norvia", "", "restricted"),
        ("role", "Luis", "", "viewer", "lead"),
        ("account", "Luis", "viewer", "", "added"),
    ]
