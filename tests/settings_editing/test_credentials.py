"""Credentials of networks: set and never read back, kept in `.env` for its owner alone, told without them; tried."""

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor import access, store
from monitor.access import Role
from monitor.errors import NotPermitted, SettingsError, StoreError
from monitor.i18n import tell
from monitor.masking import masks
from monitor.settings import loading
from monitor.settings.access import Access
from monitor.settings.loading import Settings, Store
from monitor.settings_editing import credentials, env_file
from monitor.settings_editing.credentials import ProbeResult, SecretState
from monitor.store.audit import chain
from tests.conftest import NOW
from tests.sources.contract.server import Site, serving
from tests.sources.fakes import FakeNetwork, Posts, Reply, Request

TOKEN = "made-up-Token-4711"
ENV = Path(".env")
NAME = "ESCUCHA_NETWORKS__X__BEARER_TOKEN"


def put(settings: Settings, value: str = TOKEN, field: str = "bearer_token", network: str = "x") -> Path:
    return credentials.set_secret(settings, network, field, value, actor="Ana", now=NOW, origin="10.0.0.7")


def loaded(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """What a process started here would find."""
    monkeypatch.setenv("ESCUCHA_STORE__URL", settings.store.url)
    return loading.load()


def token_of(settings: Settings) -> str:
    return settings.networks.of("x").bearer_token.get_secret_value()


def told(settings: Settings) -> list[tuple[Any, ...]]:
    with store.connect(settings.store, read_only=True) as connection:
        assert chain.verify(connection).is_sound
        return connection.execute(
            "SELECT actor, origin, about, field, was, became, outcome FROM audit_entries WHERE kind = 'settings' "
            "AND actor <> '' ORDER BY entry_id"
        ).fetchall()


def test_a_credential_is_found_by_whatever_starts_here_and_told_without_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        path = put(settings)
    assert path == ENV.absolute()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = loaded(settings, monkeypatch)
    assert token_of(found) == TOKEN
    assert credentials.secrets_of(found, "x", actor="Ana") == (SecretState("bearer_token", True),)
    assert told(settings) == [("Ana", "10.0.0.7", "setting", "networks.x.bearer_token", "", "set", "done")]
    assert TOKEN not in caplog.text
    assert TOKEN not in masks.mask(f"refused {TOKEN}")


def test_every_other_line_stays_as_it_was_written(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = f"# ours\nPGPASSWORD='a b'  # of the server\n\nexport {NAME}=old-made-up\nFOO\n{NAME.lower()}=older\nBAR=1"
    ENV.write_text(before, encoding="utf-8")
    ENV.chmod(0o644)
    put(settings)
    assert ENV.read_text(encoding="utf-8") == (
        f"# ours\nPGPASSWORD='a b'  # of the server\n\nexport {NAME}={TOKEN}\nFOO\nBAR=1"
    )
    assert stat.S_IMODE(ENV.stat().st_mode) == 0o600
    put(settings, "another-made-up", field="app_password", network="bluesky")
    assert ENV.read_text(encoding="utf-8").endswith("BAR=1\nESCUCHA_NETWORKS__BLUESKY__APP_PASSWORD=another-made-up\n")
    assert token_of(loaded(settings, monkeypatch)) == TOKEN


@pytest.mark.parametrize(
    "value", ['it\'s \\ made # "up"', "a$b-made-up", "back\\slash-made", " spaces around ", "=+/~.:@%-x"]
)
def test_what_is_set_is_what_is_read(settings: Settings, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    put(settings, value)
    assert token_of(loaded(settings, monkeypatch)) == value.strip()


def test_it_outranks_a_section_that_stands_there_and_in_the_settings_file(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("escucha.toml").write_text('[networks.x]\nbearer_token = "old-made-up"\n', encoding="utf-8")
    ENV.write_text("""ESCUCHA_NETWORKS__X='{"bearer_token": "older-made-up", "timeout": 3}'\n""", encoding="utf-8")
    put(settings)
    found = loaded(settings, monkeypatch)
    assert (token_of(found), found.networks.of("x").timeout) == (TOKEN, 3.0)


def test_an_empty_one_takes_it_out(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    put(settings)
    put(loaded(settings, monkeypatch), "")
    assert token_of(loaded(settings, monkeypatch)) == ""
    assert [row[4:6] for row in told(settings)] == [("", "set"), ("set", "")]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("bearer_token", "with-${HOME}-in-it", "cannot be kept in .env"),
        ("bearer_token", "two\nlines-made-up", "line break"),
        ("bearer_token", "q7_w", "shorter than 6"),
        ("bearer_token", "a1" * 5_001, "more than 10,000 characters"),
        ("base_url", "https://evil.example", "is no credential; of x there are: bearer_token"),
        ("timeout", "1", "is no credential"),
        ("nothing", TOKEN, "is no credential"),
    ],
)
def test_what_cannot_be_a_credential_is_refused_and_nothing_is_written(
    settings: Settings, field: str, value: str, reason: str
) -> None:
    with pytest.raises(SettingsError, match=reason) as caught:
        put(settings, value, field)
    assert value not in str(caught.value) or field == "timeout"
    assert tell("es", str(caught.value)) != str(caught.value)
    assert not ENV.exists()


@pytest.mark.parametrize("network", ["nowhere", "files"])
def test_there_are_only_networks_that_are_read(settings: Settings, network: str) -> None:
    with pytest.raises(SettingsError, match="there is no network"):
        put(settings, network=network)
    assert not credentials.probe(settings, network, actor="Ana").ok


@pytest.mark.parametrize("variable", [NAME, NAME.lower(), "ESCUCHA_NETWORKS__X", "ESCUCHA_NETWORKS"])
def test_the_environment_outranks_it_and_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    values = {
        "ESCUCHA_NETWORKS__X": f'{{"bearer_token": "{TOKEN}"}}',
        "ESCUCHA_NETWORKS": '{"x": {"bearer_token": "m"}}',
    }
    monkeypatch.setenv(variable, values.get(variable, TOKEN))
    with pytest.raises(SettingsError, match=f"environment variable {variable} says it, which outranks") as caught:
        put(settings)
    assert "variable de entorno" in tell("es", str(caught.value))
    assert credentials.secrets_of(settings, "x", actor="Ana")[0].outranked_by == f"environment variable {variable}"
    assert not ENV.exists()


def test_a_link_a_folder_and_a_strangers_file_are_refused(settings: Settings, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    ENV.symlink_to(target)
    refused(settings, "is a link")
    assert not target.exists()
    ENV.unlink()
    ENV.mkdir()
    refused(settings, "is no file")
    ENV.rmdir()
    assert [row[-1] for row in told(settings)] == ["failed", "failed"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_file_of_another_owner_is_refused(settings: Settings) -> None:
    ENV.write_text("A=1\n", encoding="utf-8")
    os.chown(ENV, 12345, -1)
    refused(settings, "belongs to another user")
    assert ENV.read_text(encoding="utf-8") == "A=1\n"


def refused(settings: Settings, reason: str) -> None:
    with pytest.raises(SettingsError, match=reason) as caught:
        put(settings)
    assert tell("es", str(caught.value)) != str(caught.value)
    assert TOKEN not in str(caught.value)


def test_a_file_that_somebody_changes_meanwhile_is_left_alone() -> None:
    with pytest.raises(SettingsError, match="was changed meanwhile"):
        env_file.change(ENV, NAME, TOKEN, lambda: ENV.write_text("A=1\n", encoding="utf-8"))
    assert ENV.read_text(encoding="utf-8") == "A=1\n"


def test_a_line_that_would_swallow_it_is_not_written_behind() -> None:
    with pytest.raises(SettingsError, match="cannot be kept"):
        env_file.changed('OTHER="never closed\n', NAME, 'made-"up"-token')


@pytest.mark.duckdb_file("a file that is no database")
def test_nothing_is_kept_where_it_cannot_be_told(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "no.duckdb").write_text("this is no database" * 1000, encoding="utf-8")
    with pytest.raises(StoreError):
        put(settings.model_copy(update={"store": Store(url=str(tmp_path / "no.duckdb"))}))
    assert not ENV.exists()


def test_only_an_administrator_sets_sees_and_tries(settings: Settings) -> None:
    settings = settings.model_copy(update={"access": Access(mode="accounts")})
    with store.connect(settings.store) as connection:
        access.add(connection, "Ana", Role.LEAD, now=NOW)
    for action in (
        lambda: put(settings),
        lambda: credentials.secrets_of(settings, "x", actor="Ana"),
        lambda: credentials.probe(settings, "x", actor="Ana"),
    ):
        with pytest.raises(NotPermitted):
            action()
    assert not ENV.exists()


class Usage(FakeNetwork):
    """X as far as a probe asks it: what was read is told to whoever has the token."""

    def answer(self, request: Request, posts: Posts) -> Reply:
        assert request.path == "/2/usage/tweets"
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Reply({"title": "Unauthorized", "detail": request.headers.get("authorization")}, status=401)
        return Reply({"data": {"project_id": "77", "project_usage": 4000, "project_cap": 10000}})


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Usage()) as made:
        yield made


def pointed(settings: Settings, site: Site, monkeypatch: pytest.MonkeyPatch) -> Settings:
    Path("escucha.toml").write_text(f'[networks.x]\nbase_url = "{site.url}"\ntimeout = 0.5\n', encoding="utf-8")
    return loaded(settings, monkeypatch)


def test_a_network_is_tried_with_what_was_set(settings: Settings, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not credentials.probe(pointed(settings, site, monkeypatch), "x", actor="Ana").ok
    assert site.asked == []
    put(settings)
    found = credentials.probe(loading.load(), "x", actor="Ana")
    assert found == ProbeResult(True, "project 77, 4000 of 10000 posts read this month")
    assert tell("es", found.message) == "proyecto 77, 4000 de 10000 publicaciones leídas este mes"
    assert len(site.asked) == 1


def test_wrong_credentials_are_an_answer_in_both_languages_that_does_not_say_them(
    settings: Settings, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(settings, "another-made-up-4711")
    found = credentials.probe(pointed(settings, site, monkeypatch), "x", actor="Ana")
    assert not found.ok
    assert "another-made-up" not in found.message
    assert tell("es", found.message) != found.message


def test_a_network_that_is_silent_is_given_up_soon(
    settings: Settings, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(settings)
    site.others[1] = "hang"
    found = credentials.probe(pointed(settings, site, monkeypatch), "x", actor="Ana")
    assert not found.ok
    assert tell("es", found.message) != found.message


def test_a_person_waits_less_than_collecting_does(settings: Settings) -> None:
    assert credentials._impatient(settings, "x").networks.of("x").timeout == credentials.LONGEST_SILENCE
