"""No credential of a network comes back out of an error, the log, the database or `status --json`, however echoed."""

import hashlib
import io
import itertools
import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from pydantic import SecretStr

from monitor import store
from monitor.collect import collector, session
from monitor.errors import EscuchaError, RejectedPost, SourceError
from monitor.logs import setup
from monitor.models.listings import Meter, PageRequest
from monitor.settings.loading import Settings
from monitor.settings.log import Log
from monitor.sources import registry
from tests.cli.command_line import escucha
from tests.sources import fakes
from tests.sources.echo import ENCODINGS, RUNTIME_TOKENS, Mood, echoing, leaks

STATUSES = (200, 302, 400, 401, 403, 404, 429, 500)
FORMS = ("words", "object", "posts", "list", "broken", "page", "words")


def canary(network: str, field: str) -> str:
    """A credential that nothing else looks like, with what URLs, HTML and base64 write differently."""
    return hashlib.blake2b(f"{network} {field}".encode(), digest_size=10).hexdigest() + "/Kx+7=&Zq"


def hostile_settings(network: str, url: str, folder: Path) -> Settings:
    """Settings of a network whose server is the echo, with a canary for every credential."""
    fields = type(Settings().networks.of(network)).model_fields.items()
    section: dict[str, object] = {
        name: canary(network, name) for name, field in fields if "SecretStr" in str(field.annotation)
    }
    if network == "feeds":
        section["urls"] = (f"/feed.xml?token={canary(network, 'address').replace('&', '')}",)
    if network == "reddit":
        section |= {"username": "norvia_ayuda", "refresh_token": ""}
    made = fakes.of(network).settings(network, url, folder, **section)
    return made.model_copy(update={"log": Log(level="debug")})


def secrets_of(settings: Settings, network: str) -> list[str]:
    """What must not be seen anywhere."""
    section = dict(settings.networks.of(network)).values()
    values = [value.get_secret_value() for value in section if isinstance(value, SecretStr)]
    if network == "feeds":
        values.append(canary(network, "address").replace("&", ""))
    return [value for value in (*values, RUNTIME_TOKENS.get(network, "")) if value]


@pytest.fixture(params=[network for network in registry.networks() if network != "app_store"])
def network(request: pytest.FixtureRequest) -> str:
    """Every network but those that ask for nothing."""
    return str(request.param)


@pytest.fixture
def echo() -> Iterator[tuple[str, Mood]]:
    with echoing() as found:
        yield found


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """All that any library logs in this process, as a file of its own would hold it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    monkeypatch.setattr(session, "_RETRY_WAIT", 0.001)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)
    setup.configure(Settings())


def tell(settings: Settings, network: str) -> str:
    """What one request makes of the answer: an error, or what is wrong with its posts."""
    listing = collector.listings(settings, network, settings.brands)[0]
    try:
        source = registry.module(network).connect(settings, Meter())
        for post in source.fetch(listing, PageRequest()).posts:
            registry.module(network).to_mention(post)
    except (SourceError, RejectedPost) as error:
        return f"{error} {error!r}"
    return ""


def test_an_answer_that_echoes_the_request_tells_no_credential(
    network: str, echo: tuple[str, Mood], heard: io.StringIO, tmp_path: Path
) -> None:
    url, mood = echo
    settings = hostile_settings(network, url, tmp_path)
    setup.configure(settings)
    told = []
    logins = (True, False) if network in RUNTIME_TOKENS else (True,)
    moods = itertools.product(ENCODINGS, (400, 401, 429, 200))
    for number, (mood.encoding, mood.status) in enumerate(moods):
        mood.form, mood.lets_in = FORMS[number % len(FORMS)], logins[number // 4 % len(logins)]
        told.append(tell(settings, network))
    log = setup.log_file(settings)
    seen = "\n".join([*told, heard.getvalue(), log.read_text() if log.exists() else ""])
    assert mood.asked
    assert {secret: found for secret in secrets_of(settings, network) if (found := leaks(seen, secret))} == {}


def test_no_credential_reaches_a_file_or_the_terminal(
    network: str, echo: tuple[str, Mood], heard: io.StringIO, tmp_path: Path, capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    url, mood = echo
    settings = hostile_settings(network, url, tmp_path)
    setup.configure(settings, "debug")
    for number, mood.status in enumerate(STATUSES):
        mood.form, mood.encoding = FORMS[number % 4], list(ENCODINGS)[2 * number % len(ENCODINGS)]
        with suppress(EscuchaError):
            collector.collect(settings, network)
        with store.connect(settings.store) as connection:
            connection.execute("DELETE FROM pauses")
    monkeypatch.setenv("ESCUCHA_STORE__URL", settings.store.url)
    shown = escucha("status", "--json").output
    # The login at Bluesky is kept for its owner alone; the address of a feed names its posts and is kept whole.
    files = [file for file in tmp_path.rglob("*") if file.is_file() and file.parent.name != "sessions"]
    kept = [] if network == "feeds" else [file.read_bytes().decode("latin-1") for file in files]
    seen = "\n".join([shown, *capfd.readouterr(), heard.getvalue(), *kept])
    assert {secret: found for secret in secrets_of(settings, network) if (found := leaks(seen, secret))} == {}
