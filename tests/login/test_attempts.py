"""Logging in: what begins a session, what is learned by trying, and who has to wait."""

from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from pydantic import SecretStr

from monitor import access, store
from monitor.login import attempts, codes, links, own, passwords, sessions
from monitor.login.attempts import Attempt, LoggedIn, LoginRefused
from monitor.login.tokens import digest
from monitor.settings.loading import Settings
from monitor.store.logins import passwords as stored_passwords
from tests.login.conftest import GOOD, NOW


def attempt(
    name: str = "Ana", password: str = GOOD, code: str = "", address: str = "192.0.2.1", device: str = ""
) -> Attempt:
    return Attempt(name, password, code, address, device)


def log_in(desk: Settings, tried: Attempt, now: datetime = NOW) -> LoggedIn:
    return attempts.log_in(desk, tried, now)


def refusal(desk: Settings, tried: Attempt, now: datetime = NOW) -> str:
    with pytest.raises(LoginRefused) as refused:
        log_in(desk, tried, now)
    return refused.value.key


def test_the_right_password_begins_a_session_of_which_a_digest_is_stored(desk: Settings) -> None:
    session = log_in(desk, attempt("  ANA ")).session
    live = sessions.live(desk, NOW)
    assert (live[digest(session.token)].name, live[digest(session.token)].role) == ("Ana", access.Role.AGENT)
    assert session.token not in live


def test_every_login_has_a_token_of_its_own(desk: Settings) -> None:
    assert log_in(desk, attempt()).session.token != log_in(desk, attempt()).session.token
    assert len(sessions.live(desk, NOW)) == 2


def test_the_answer_to_a_wrong_password_is_that_to_a_name_nobody_has(desk: Settings) -> None:
    with store.connect(desk.store) as connection:
        access.add(connection, "Sin clave", access.Role.AGENT, now=NOW)
        access.deactivate(connection, "Ana", now=NOW)
    tried = [
        attempt("Luis", "otra cosa"),
        attempt("Nadie"),
        attempt("Sin clave"),
        attempt("Ana"),
        attempt("", ""),
        attempt("x" * 9_000),
    ]
    assert {refusal(desk, one) for one in tried} == {"wrong"}


def test_a_name_that_nobody_has_is_as_much_work(desk: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    hasher = passwords._hasher()

    class Counting:
        hash = hasher.hash

        def verify(self, password_hash: str, password: str) -> bool:
            verified.append(password_hash.rpartition("$")[0].rpartition("$")[0])
            return hasher.verify(password_hash, password)

    monkeypatch.setattr(passwords, "_hasher", Counting)
    for name in ("Ana", "Nadie", ""):
        refusal(desk, attempt(name, "otra cosa"))
    assert len(verified) == 3
    assert len(set(verified)) == 1, "with the same parameters"


def test_whoever_guesses_is_stopped_and_nobody_else(desk: Settings) -> None:
    mark = log_in(desk, attempt()).device
    for number in range(attempts.MOST_OF_ADDRESS):
        assert refusal(desk, attempt(f"nadie {number}", "x")) == "wrong"
    assert refusal(desk, attempt()) == "paused"
    assert log_in(desk, attempt("Luis", address="192.0.2.2"))
    assert log_in(desk, attempt(device=mark)), "a browser that is known is not kept out, not even from that address"
    assert log_in(desk, attempt(), NOW + attempts.WINDOW + timedelta(seconds=1))


def test_guesses_from_everywhere_do_not_lock_an_account_for_its_own_browser(desk: Settings) -> None:
    mark = log_in(desk, attempt()).device
    for number in range(attempts.MOST_OF_ACCOUNT):
        assert refusal(desk, attempt(password="x", address=f"192.0.2.{number}")) == "wrong"
    assert refusal(desk, attempt(address="192.0.2.99")) == "paused"
    assert log_in(desk, attempt(address="192.0.2.99", device=mark))


def test_a_known_browser_that_guesses_is_stopped_too(desk: Settings) -> None:
    mark = log_in(desk, attempt()).device
    for _ in range(attempts.MOST_OF_ACCOUNT):
        assert refusal(desk, attempt(password="x", device=mark)) == "wrong"
    assert refusal(desk, attempt(device=mark)) == "paused"
    assert log_in(desk, attempt()), "from elsewhere it may be tried"


def test_a_mark_is_of_one_account_and_one_password(desk: Settings) -> None:
    mark = log_in(desk, attempt()).device
    for number in range(attempts.MOST_OF_ADDRESS):
        refusal(desk, attempt(f"nadie {number}", "x"))
    assert refusal(desk, attempt("Luis", device=mark)) == "paused"
    assert refusal(desk, attempt(device=mark[:-2])) == "paused"
    link = links.reset(desk, "Ana", NOW, actor="cli")
    links.set_password(desk, link.rpartition("/")[2], "", GOOD, NOW + timedelta(seconds=1))
    assert refusal(desk, attempt(device=mark)) == "paused"


def test_an_old_hash_is_renewed_by_a_login(desk: Settings) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1).hash(GOOD)
    with store.connect(desk.store) as connection:
        stored_passwords.save(connection, "ana", old, NOW)
    log_in(desk, attempt())
    with store.connect(desk.store, read_only=True) as connection:
        stored = stored_passwords.get(connection, "ana")
    assert stored is not None
    assert stored.password_hash != old
    assert log_in(desk, attempt())


def test_a_code_is_asked_for_where_it_was_set_up_and_holds_once(desk: Settings) -> None:
    token = log_in(desk, attempt()).session.token
    session = sessions.live(desk, NOW)[digest(token)]
    other = log_in(desk, attempt()).session.token
    key = codes.new_key()

    def code(now: datetime) -> str:
        import pyotp

        return pyotp.TOTP(codes.seed(desk, key)).at(now)

    own.set_second_step(desk, session, GOOD, key, code(NOW), NOW)
    assert digest(other) not in sessions.live(desk, NOW), "other browsers logged in without a code"
    later = NOW + timedelta(minutes=2)
    assert refusal(desk, attempt(), later) == "wrong"
    assert refusal(desk, attempt(code=code(NOW)), NOW) == "wrong", "it was used to set it up"
    assert refusal(desk, attempt(code="000000"), later) == "wrong"
    assert log_in(desk, attempt(code=f" {code(later)[:3]} {code(later)[3:]}"), later)
    assert refusal(desk, attempt(code=code(later)), later) == "wrong", "the same code again"
    assert refusal(desk, attempt(code=code(later - timedelta(seconds=30))), later) == "wrong", "an earlier one"
    own.drop_second_step(desk, session, GOOD, later)
    assert log_in(desk, attempt(), later)


def test_the_store_alone_makes_no_codes(desk: Settings) -> None:
    key = codes.new_key()
    made = codes.seed(desk, key)
    assert made in codes.address(desk, key, "Ana")
    elsewhere = desk.desk.model_copy(update={"secret": SecretStr("of whoever has a copy of the database alone")})
    assert codes.seed(desk.model_copy(update={"desk": elsewhere}), key) != made
    assert codes.seed(desk, key) == made


def test_logins_are_told_and_a_name_that_nobody_has_is_not_kept(desk: Settings) -> None:
    log_in(desk, attempt())
    for name in ("Luis", "mi contraseña secreta"):
        refusal(desk, attempt(name, "x"))
    with store.connect(desk.store, read_only=True) as connection:
        told = connection.execute("SELECT kind, actor, origin, became FROM audit_entries").fetchall()
    assert [row for row in told if row[0].startswith("login")] == [
        ("login", "Ana", "192.0.2.1", ""),
        ("login_failed", "Luis", "192.0.2.1", "password"),
        ("login_failed", "", "192.0.2.1", "unknown"),
    ]


def test_a_reset_while_the_password_is_checked_wins(desk: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = passwords.is_right

    def reset_meanwhile(password_hash: str | None, password: str) -> bool:
        links.reset(desk, "Ana", NOW, actor="cli")
        return checks(password_hash, password)

    monkeypatch.setattr(passwords, "is_right", reset_meanwhile)
    assert refusal(desk, attempt()) == "wrong"
    assert sessions.live(desk, NOW) == {}
