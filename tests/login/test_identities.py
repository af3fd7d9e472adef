"""Somebody whom another login knows, as one of our accounts."""

from collections.abc import Mapping

import pytest

from monitor import access, store
from monitor.errors import Refusal, SettingsError
from monitor.login import identities, sessions
from monitor.login.tokens import digest
from monitor.settings.access import Access, Oidc
from monitor.settings.loading import Settings
from monitor.store.logins import identities as rows
from tests.login.conftest import NOW


@pytest.mark.parametrize(
    ("claims", "identity"),
    [
        ({"email": "Ana@Desk.Example", "email_verified": True}, "ana@desk.example"),
        ({"email": "ana@desk.example", "email_verified": False}, None),
        ({"email": "ana@desk.example", "email_verified": "true"}, None),
        ({"email": "ana@desk.example"}, None),
        ({"email": 3, "email_verified": True}, None),
        ({"email": " ", "email_verified": True}, None),
        ({"sub": "7"}, None),
    ],
)
def test_an_address_counts_where_the_other_login_confirmed_it(
    desk: Settings, claims: Mapping[str, object], identity: str | None
) -> None:
    assert identities.identity_of(desk, claims) == identity


def test_its_number_is_taken_as_it_is(desk: Settings) -> None:
    numbered = desk.model_copy(update={"access": Access(oidc=Oidc(claim="sub"))})
    assert identities.identity_of(numbered, {"sub": "aB7", "email": "x@y.example"}) == "aB7"


def test_it_is_an_account_of_ours_or_nobody(desk: Settings) -> None:
    assert identities.log_in(desk, "ana@desk.example", "192.0.2.1", NOW) is None
    assert identities.assign(desk, "ana", "Ana@Desk.example", NOW, actor="cli") == "Ana"
    session = identities.log_in(desk, "ana@desk.example", "192.0.2.1", NOW)
    assert session is not None
    assert sessions.live(desk, NOW)[digest(session.token)].name == "Ana"
    identities.assign(desk, "Ana", "a.otra@desk.example", NOW, actor="cli")
    assert identities.log_in(desk, "ana@desk.example", "192.0.2.1", NOW) is None, "the address before is nobody's now"
    with store.connect(desk.store) as connection:
        access.deactivate(connection, "Ana", now=NOW)
    assert identities.log_in(desk, "a.otra@desk.example", "192.0.2.1", NOW) is None
    with pytest.raises(Refusal, match="no account"):
        identities.assign(desk, "Nadie", "x@y.example", NOW, actor="cli")


@pytest.mark.parametrize("nobody", ["", "  "])
def test_whom_the_other_login_does_not_name_is_no_account(desk: Settings, nobody: str) -> None:
    with pytest.raises(SettingsError):
        identities.assign(desk, "ana", nobody, NOW, actor="cli")
    with store.connect(desk.store) as connection:
        rows.save(connection, "", "ana")  # as an earlier version let through
    assert identities.log_in(desk, nobody.strip(), "192.0.2.1", NOW) is None
