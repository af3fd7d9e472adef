"""`escucha collect`, `listen`, `recheck`, `doctor` and `status` on networks, read over real HTTP on loopback."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner, Result

from monitor import store
from monitor.cli import app
from monitor.errors import BudgetSpent, EscuchaError, RateLimited
from monitor.models.listings import Charge, ReceivedPage, Recheck
from monitor.models.posts import Post
from monitor.settings import loading
from monitor.sources import registry
from monitor.store.posts import mentions
from tests import streaming_network
from tests.conftest import NOW, about, mention
from tests.polling import until
from tests.streaming_network import Murmur


def escucha(*arguments: object) -> Result:
    return CliRunner().invoke(
        app, [str(argument) for argument in arguments], catch_exceptions=True, env={"COLUMNS": "160", "NO_COLOR": "1"}
    )


class Counting(streaming_network.Source):
    """A network that counts its posts and is not read."""

    def estimate(self, *_: object) -> int:
        return 400

    def price(self, *_: object) -> tuple[float, float]:
        return 0.005, 0.01

    def recheck_price(self) -> tuple[float, int]:
        return 0.005, 1

    def fetch(self, *_: object) -> ReceivedPage:
        pytest.fail("it reads")


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Murmur]:
    """The network, in the place of mastodon."""
    monkeypatch.setattr(registry, "module", streaming_network.Module)
    monkeypatch.setattr(registry, "networks", lambda: ["instagram", "mastodon"])
    with streaming_network.running() as server:
        config = tmp_path / "norvia.toml"
        config.write_text(
            f'store.url = "{tmp_path / "norvia.duckdb"}"\ntime_zone = "Europe/Madrid"\n'
            f'[[brands]]\nname = "Norvia"\nqueries = ["norvia"]\n'
            f'[networks.mastodon]\nbase_url = "{server.url}"\naccess_token = "{streaming_network.TOKEN}"\n'
            "daily_dollars = 5\n"
        )
        monkeypatch.setenv("ESCUCHA_CONFIG", str(config))
        server.post(1, "Norvia no contesta")
        server.post(2, "Qué buen día")
        yield server


@pytest.mark.usefixtures("network")
def test_collect_tells_counts_and_leaves_what_does_not_match() -> None:
    done = escucha("collect")
    assert done.exit_code == 0
    assert "mastodon         1 new       0 duplicates     0 rejected" in done.stdout
    assert "1 duplicates" in escucha("collect", "--network", "mastodon").stdout


@pytest.mark.usefixtures("network")
def test_a_backfill_asks_for_no_day_to_come() -> None:
    today = datetime.now(ZoneInfo("Europe/Madrid"))
    assert escucha("collect", "--since", f"{today:%Y-%m-%d}", "--until", "2150-01-01").exit_code == 0
    (run,) = json.loads(escucha("status", "--json").stdout)["last_runs"]
    assert run["subject"] == f"mastodon: {today:%Y-%m-%d} - {today + timedelta(days=1):%Y-%m-%d}"


@pytest.mark.usefixtures("network")
def test_a_limited_network_says_when_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    at = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=2)

    def limited(*_: object) -> ReceivedPage:
        raise RateLimited("mastodon answered 429", at)

    monkeypatch.setattr(streaming_network.Source, "fetch", limited)
    done = escucha("collect")
    assert done.exit_code == 0
    local = at.astimezone(ZoneInfo("Europe/Madrid"))
    assert f"partial, resumes at {local:%Y-%m-%d %H:%M %Z}" in done.stdout
    assert [line for line in done.stdout.splitlines() if "Next:" in line] == [
        "Next: escucha run (classifies the new posts and opens cases); to try now: escucha resume --network mastodon"
    ]
    (run,) = json.loads(escucha("status", "--json").stdout)["last_runs"]
    began = datetime.fromisoformat(run["started_at"]).astimezone(ZoneInfo("Europe/Madrid"))
    words = escucha("status").stdout
    assert f"waits until {local:%Y-%m-%d %H:%M %Z}" in words
    assert words.count(f"partial, {began:%Y-%m-%d %H:%M %Z}") == 2
    assert "escucha resume" in escucha("recheck").stdout
    done = escucha("collect", "--estimate")
    assert str(done.exception) == (
        f"mastodon asks to wait until {local:%Y-%m-%d %H:%M %Z} (answered 429). "
        "To try now: escucha resume --network mastodon"
    )


@pytest.mark.usefixtures("network")
def test_a_spent_budget_names_no_pause_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def spent(*_: object) -> ReceivedPage:
        raise BudgetSpent("mastodon: 10 of 10 requests are spent", datetime.now(UTC) + timedelta(hours=5))

    monkeypatch.setattr(streaming_network.Source, "fetch", spent)
    output = escucha("collect").stdout
    assert "mastodon: partial, resumes at" in output
    assert "escucha resume" not in output


def test_a_network_that_nobody_knows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_STORE__URL", str(tmp_path / "norvia.duckdb"))
    monkeypatch.setenv("ESCUCHA_BRANDS", '[{"name": "Norvia", "queries": ["norvia"]}]')
    for command in ("resume", "recheck", "collect"):
        assert "no network 'twiter'; there are:" in str(escucha(command, "--network", "twiter").exception)


@pytest.mark.parametrize(("typed", "meant"), [("fcebook", "facebook"), ("Twiter", "x"), ("reditt", "reddit")])
def test_an_import_of_a_mistyped_network_is_refused_with_the_nearest_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, meant: str
) -> None:
    monkeypatch.setenv("ESCUCHA_STORE__URL", str(tmp_path / "norvia.duckdb"))
    file = tmp_path / "posts.csv"
    file.write_text("text,created_at\nNorvia no contesta,2026-03-02T09:00:00Z\n")
    done = escucha("import", file, "--network", typed)
    assert done.exit_code == 2
    told = " ".join(done.output.replace("│", " ").split())
    assert f"no known network is called {typed.lower()}; did you mean {meant}?" in told
    assert not (tmp_path / "norvia.duckdb").exists()
    monkeypatch.setenv("ESCUCHA_LANGUAGE", "es")
    told = " ".join(escucha("import", file, "--network", typed).output.replace("│", " ").split())
    assert f"ninguna red conocida se llama {typed.lower()}; ¿querías decir {meant}?" in told


def test_posts_stored_under_a_name_like_a_networks_go_on_coming_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESCUCHA_STORE__URL", str(tmp_path / "norvia.duckdb"))
    file = tmp_path / "posts.csv"
    file.write_text("text,created_at\nNorvia no contesta,2026-03-02T09:00:00Z\n")
    escucha("import", file, "--network", "facebook_ads")
    with store.connect(loading.Store(url=str(tmp_path / "norvia.duckdb"))) as connection:
        connection.execute("UPDATE mentions SET network = 'fcebook'")
    output = escucha("import", file, "--network", "fcebook").stdout
    assert "! no known network is called fcebook (did you mean facebook?)" in output
    assert "read 1" in output


def test_an_import_of_a_network_that_nobody_knows_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_STORE__URL", str(tmp_path / "norvia.duckdb"))
    file = tmp_path / "posts.csv"
    file.write_text("text,created_at\nNorvia no contesta,2026-03-02T09:00:00Z\n")
    output = escucha("import", file, "--network", "phone").stdout
    assert "stored 1" in output
    assert "taken from the links where these hold one, else made from the whole row" in output
    assert "! no known network is called phone: its posts are stored under that name" in output
    assert "no known network" not in escucha("import", file, "--network", "facebook").stdout


def test_a_date_that_cannot_be_read_is_told_how_to_write_it() -> None:
    done = escucha("collect", "--since", "ayer")
    assert done.exit_code == 2
    assert "write the date as 2026-11-29" in done.output


@pytest.mark.usefixtures("network")
def test_a_network_that_waits_is_told_and_can_be_asked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def limited(*_: object) -> ReceivedPage:
        raise RateLimited("mastodon asks to wait", datetime.now(UTC) + timedelta(days=400))

    with monkeypatch.context() as patch:
        patch.setattr(streaming_network.Source, "fetch", limited)
        escucha("collect")
    for command in ("status", "doctor"):
        lines = [line for line in escucha(command).stdout.splitlines() if "To try now: escucha resume" in line]
        assert [line.split(maxsplit=1)[0] for line in lines] == ["!"]
    done = escucha("resume", "--network", "mastodon")
    assert done.exit_code == 0
    assert "mastodon: no longer waits until" in done.stdout
    assert "nothing waits: mastodon" in escucha("resume").stdout
    assert "1 new" in escucha("collect").stdout


@pytest.mark.usefixtures("network")
def test_what_is_not_believed_is_told_until_a_person_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with store.connect(loading.load().store) as connection:
        for number in range(20):
            mentions.save(connection, 1, about("Norvia", mention(f"{number}", network="mastodon")), NOW)
            connection.execute("UPDATE mentions SET posted_at = now(), stored_at = now()")
    monkeypatch.setenv("ESCUCHA_SCHEDULE__RECHECK_HOURS", "0.0001")
    monkeypatch.setattr(streaming_network.Source, "check_size", 10, raising=False)
    monkeypatch.setattr(streaming_network.Source, "check", lambda _, ids: Recheck(gone=tuple(ids)), raising=False)
    threading.Event().wait(0.5)
    done = escucha("recheck")
    assert done.exit_code == 1
    assert "20 posts are said to be gone" in str(done.exception)
    for command in ("status", "doctor"):
        assert "escucha recheck --network mastodon --believe" in " ".join(escucha(command).stdout.split())
    state = json.loads(escucha("status", "--json").stdout)["networks"]["mastodon"]
    assert state["absences"]["posts"] == 20
    assert "--believe needs --network" in str(escucha("recheck", "--believe").exception)
    threading.Event().wait(0.5)
    assert "20 deleted" in escucha("recheck", "--network", "mastodon", "--believe").stdout
    assert "--believe" not in escucha("status").stdout


def test_a_network_that_cannot_tell_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_STORE__URL", str(tmp_path / "norvia.duckdb"))
    monkeypatch.setenv("ESCUCHA_NETWORKS__FEEDS__URLS", '["https://norvia.invalid/feed.xml"]')
    with store.connect(loading.load().store) as connection:
        posts = [mention("1", network=name) for name in ("trustpilot", "youtube", "phone")]
        mentions.save(connection, 1, about("Norvia", *posts), NOW)
    done = escucha("recheck")
    assert done.exit_code == 0
    assert "feeds: cannot be checked: it does not tell what became of a post" in done.stdout
    for command in ("status", "doctor"):
        words = " ".join(escucha(command).stdout.split())
        for name in ("feeds", "trustpilot"):
            assert f"{name} does not tell what became of a post: edits and deletions there go unnoticed" in words
        assert "youtube is not set up: edits and deletions there go unnoticed" in words
        assert "phone" not in words


@pytest.mark.usefixtures("network")
def test_an_estimate_adds_up_and_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming_network, "Source", Counting)
    output = escucha("collect", "--estimate").stdout
    assert [line.split() for line in output.splitlines() if line.startswith("total")] == [
        ["total", "800", "4.00", "8.00"]
    ]
    assert "today so far: 0 requests · 0 reads · $0.00 of $5.00" in output
    assert "more than is left of the day's budget" in output
    assert "checking again: each post about 7 times in 30 days, up to $0.036 a post; at most $1.25 a day" in output
    assert "(recheck_share = 0.25 of daily_dollars)" in output


@pytest.mark.usefixtures("network")
def test_what_costs_nothing_is_called_free() -> None:
    output = escucha("collect", "--estimate").stdout
    assert [line.split()[-1] for line in output.splitlines() if line.startswith(("all:", "mentions:"))] == ["free"] * 2


@pytest.mark.usefixtures("network")
def test_status_shows_each_network_with_what_the_day_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "never" in escucha("status").stdout
    answer = ReceivedPage((), charges=(Charge("", 1.25, 250),))
    monkeypatch.setattr(streaming_network.Source, "fetch", lambda *_: answer)
    escucha("collect")
    output = escucha("status").stdout
    assert "0 requests · 500 reads · $2.50 of $5.00" in output
    state = json.loads(escucha("status", "--json").stdout)["networks"]["mastodon"]
    assert state["spent"] == {"requests": 0, "reads": 500, "dollars": 2.5}
    assert state["last_run"]["status"] == "done"


def test_recheck_tells_what_became_of_posts(network: Murmur, monkeypatch: pytest.MonkeyPatch) -> None:
    network.post(3, "Norvia: otra vez", by="eva")
    monkeypatch.setenv("ESCUCHA_SCHEDULE__RECHECK_HOURS", "0.0001")
    monkeypatch.setattr(streaming_network.Source, "check_size", 10, raising=False)
    untouched = Post("mastodon", network.posts[-1], NOW)
    edited = Post("mastodon", network.posts[0] | {"text": "Norvia, por fin"}, NOW)
    escucha("collect")
    for answer, counts, step in (
        (
            Recheck((edited, untouched)),
            "2 checked       1 edited       0 deleted",
            "escucha run (classifies the edited posts)",
        ),
        (Recheck((untouched,), gone=("1",)), "2 checked       0 edited       1 deleted", "escucha status"),
    ):
        monkeypatch.setattr(streaming_network.Source, "check", lambda *_, answer=answer: answer, raising=False)
        threading.Event().wait(0.5)
        output = escucha("recheck").stdout
        assert counts in output
        assert f"Next: {step}\n" in output


def test_doctor_tries_one_network_alone(network: Murmur, monkeypatch: pytest.MonkeyPatch) -> None:
    done = escucha("doctor", "--network", "mastodon")
    assert done.exit_code == 0
    assert "✓ mastodon     murmur; 2 searches and pages to collect" in done.stdout
    assert "classifier" not in done.stdout
    monkeypatch.setenv("ESCUCHA_NETWORKS__MASTODON__ACCESS_TOKEN", "wrong")
    done = escucha("doctor", "--network", "mastodon")
    assert done.exit_code == 1
    assert "✗ mastodon     the token was refused" in done.stdout
    assert network.opened == 0


def test_listen_stores_what_it_hears_and_ends_on_a_signal(network: Murmur) -> None:
    before = signal.getsignal(signal.SIGTERM)

    def act() -> None:
        until(lambda: network.opened)
        network.post(3, "Norvia sigue sin contestar")
        threading.Event().wait(1.5)
        os.kill(os.getpid(), signal.SIGTERM)

    actor = threading.Thread(target=act)
    actor.start()
    done = escucha("listen")
    actor.join()
    assert done.exit_code == 0, done.output
    assert "everything received is stored" in done.stdout
    assert json.loads(escucha("status", "--json").stdout)["mentions"] == 2
    assert signal.getsignal(signal.SIGTERM) is before


def test_no_network_is_an_error_that_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_STORE__URL", str(tmp_path / "norvia.duckdb"))
    for command in ("collect", "recheck"):
        done = escucha(command)
        assert isinstance(done.exception, EscuchaError)
        assert "no network is set up" in str(done.exception)
