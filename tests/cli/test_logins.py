"""How accounts get in, by the command line, and who is kept out before the dashboard is served."""

from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from monitor import access, store
from monitor.cli import app, common
from monitor.cli.serving import exposed, strangers
from monitor.errors import EscuchaError, Refusal, SettingsError
from monitor.login import identities, links
from monitor.models.accounts import Role
from monitor.runs import now
from monitor.settings import loading
from monitor.settings.access import Access
from monitor.settings.loading import Settings
from tests import desk_store

runner = CliRunner()
GOOD = "cuarenta perros verdes"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A desk where Ana logs in."""
    settings = desk_store.configured(tmp_path, monkeypatch)
    with (tmp_path / "escucha.toml").open("a", encoding="utf-8") as toml:
        toml.write('[access]\nmode = "accounts"\nurl = "https://desk.example"\n')
    with store.connect(settings.store) as connection:
        access.add(connection, "Ana", Role.AGENT, now=now())
    return loading.load()


@pytest.mark.parametrize("command", ["link", "reset"])
def test_a_link_is_given_on_the_terminal_and_stands_in_no_log(desk: Settings, tmp_path: Path, command: str) -> None:
    done = runner.invoke(app, ["users", command, "ana"])
    assert done.exit_code == 0, done.output
    link = done.stdout.strip()
    assert link.startswith("https://desk.example/setup/")
    token = link.rpartition("/")[2]
    assert links.owner(desk, token, now()) == "Ana"
    assert not [log for log in tmp_path.glob("*.log*") if token in log.read_text(encoding="utf-8")]


def test_nobody_gets_none(desk: Settings) -> None:
    assert isinstance(runner.invoke(app, ["users", "link", "Nadie"]).exception, Refusal)


def test_where_nobody_logs_in_with_a_password_there_are_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk_store.configured(tmp_path, monkeypatch)
    assert isinstance(runner.invoke(app, ["users", "link", "Ana"]).exception, SettingsError)


def test_an_account_is_somebody_at_the_other_login(desk: Settings) -> None:
    done = runner.invoke(app, ["users", "identity", "ana", "Ana@desk.example"])
    assert "Ana" in done.output
    assert identities.log_in(desk, "ana@desk.example", "", now()) is not None


@pytest.mark.parametrize("address", ["0.0.0.0", "192.0.2.7", "::", "desk.example"])
def test_without_a_login_the_dashboard_is_for_this_computer(settings: Settings, address: str) -> None:
    with pytest.raises(SettingsError, match='mode = "accounts"'):
        strangers.require_login(settings, address)
    strangers.require_login(settings.model_copy(update={"access": Access(mode="accounts")}), address)
    for own in ("127.0.0.1", "::1", "localhost"):
        strangers.require_login(settings, own)


def test_where_machines_share_no_secret_nobody_could_log_in_and_the_dashboard_says_so(settings: Settings) -> None:
    server = settings.store.model_copy(update={"url": "postgresql://desk@db.example/desk"})
    unset = settings.desk.model_copy(update={"secret": SecretStr("")})
    shared = settings.model_copy(update={"access": Access(mode="accounts"), "store": server, "desk": unset})
    with pytest.raises(SettingsError, match="ESCUCHA_DESK__SECRET"):
        strangers.require_login(shared, "127.0.0.1")


def test_the_first_administrators_link_is_for_a_terminal_alone(
    desk: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    strangers.tell_first_login(desk, "http://localhost:8501")
    output = "".join(capsys.readouterr())
    assert "/setup/" not in output
    assert "escucha users add" in output
    monkeypatch.setattr(type(common.stdout), "is_terminal", True)
    strangers.tell_first_login(desk, "http://localhost:8501")
    link = capsys.readouterr().out.split()[-1]
    assert links.set_password(desk, link.rpartition("/")[2], "Eva", GOOD, now())
    strangers.tell_first_login(desk, "http://localhost:8501")
    assert capsys.readouterr().out == ""


def answering(answers: dict[str, httpx.Response], monkeypatch: pytest.MonkeyPatch) -> None:
    """What a site answers, by the beginning of the address; anything else is refused or does not answer."""

    def ask(method: str, url: str, **_: object) -> httpx.Response:
        for beginning, answer in answers.items():
            if url.startswith(beginning):
                return answer
        raise httpx.ConnectError("refused")

    monkeypatch.setattr(httpx, "request", ask)


def faults(url: str) -> dict[str, str]:
    found = {}
    for name, check in exposed.checks(url).items():
        try:
            check()
        except EscuchaError as error:
            found[name] = str(error)
    return found


HEADERS = {
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Set-Cookie": "__Host-escucha_form=x; HttpOnly; Path=/; SameSite=lax; Secure",
}
SITE = "https://desk.example"


def test_a_site_as_it_should_be_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(
        {
            "http://desk.example/login": httpx.Response(301),
            f"{SITE}/login": httpx.Response(200, headers=HEADERS),
            f"{SITE}/_stcore/health": httpx.Response(200),
            f"{SITE}/_stcore/stream": httpx.Response(403),
            f"{SITE}/": httpx.Response(303),
        },
        monkeypatch,
    )
    assert faults(SITE) == {}


def test_what_is_open_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(
        {
            "http://desk.example:4200/": httpx.Response(401),
            f"{SITE}/_stcore/stream": httpx.Response(101),
            f"{SITE}/login": httpx.Response(200, headers={"Set-Cookie": "escucha_form=x; HttpOnly; SameSite=lax"}),
            f"{SITE}/": httpx.Response(303),
            "http://desk.example/": httpx.Response(200),
        },
        monkeypatch,
    )
    found = faults(SITE)
    assert found.keys() == {"https", "login", "headers", "cookies", "other ports"}
    assert "4200" in found["other ports"]
    assert faults("http://desk.example")["https"].startswith("names, passwords")
    with pytest.raises(SettingsError):
        exposed.checks("desk.example")
