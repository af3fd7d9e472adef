"""Several machines over one server: each piece of work is one machine's, and what a dead one left is another's soon."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import store
from monitor.collect import collector
from monitor.errors import BeingDone
from monitor.pipeline import classify, hand_over, main_line
from monitor.pipeline import leases as told
from monitor.runs import holding
from monitor.settings.loading import Settings, Store, load
from monitor.store import leases
from monitor.store.posts import mentions
from tests.conftest import NOW, about, mention
from tests.other_machine import BATCH, LENGTH, OneWord, machine
from tests.polling import until
from tests.sources import fakes
from tests.sources.contract.server import Site, serving
from tests.sources.fakes import FakePost, Reply

POSTS = 9
SETTINGS = """
[[brands]]
name = "Norvia"
queries = ["#norvia"]

[classifier]
batch = {batch}

[exports]
folder = "handed"

[networks.x]
bearer_token = "{token}"
base_url = "{url}"
timeout = 20

[networks.mastodon]
access_token = "{other_token}"
base_url = "{other_url}"
"""


class Gate:
    """Holds a page back until it is opened; `asked` says that it was asked for."""

    def __init__(self) -> None:
        self.asked, self.opened = threading.Event(), threading.Event()

    def __call__(self, reply: Reply) -> Reply:
        self.asked.set()
        self.opened.wait(60)
        return reply


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process is one machine."""
    monkeypatch.setattr(socket, "gethostname", lambda: "here")


@pytest.fixture
def networks() -> Iterator[tuple[Site, Site]]:
    """X and Mastodon, with some posts each."""
    with serving(fakes.of("x")) as first, serving(fakes.of("mastodon")) as second:
        for site in (first, second):
            newest = datetime.now(UTC).replace(microsecond=0)
            site.posts.every += [
                FakePost(number, f"El pedido {number} de #norvia no llega", newest - timedelta(minutes=POSTS - number))
                for number in range(1, POSTS + 1)
            ]
        yield first, second


@pytest.fixture
def shared(
    new_store: Callable[[], Store],
    networks: tuple[Site, Site],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Settings:
    """The settings of all machines."""
    first, second = networks
    (tmp_path / "escucha.toml").write_text(
        SETTINGS.format(
            batch=BATCH,
            token=first.fake.section["bearer_token"],
            url=first.url,
            other_token=second.fake.section["access_token"],
            other_url=second.url,
        )
    )
    monkeypatch.setenv("ESCUCHA_STORE__URL", new_store().url)
    return load()


@pytest.fixture
def elsewhere(shared: Settings, tmp_path: Path) -> Callable[..., Any]:
    """Starts an action on another machine; whether its leases end `soon` when it does not renew them."""

    def start(action: str, *, soon: bool = True) -> Any:
        length = LENGTH if soon else leases.LENGTH_ON_SERVER
        return machine("there", action, tmp_path, shared.store.url, length)

    return start


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with store.connect(settings.store, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def taken_over(work: Callable[[], Any]) -> Any:
    """What comes of it once the lease of who does it has ended."""
    outcome: list[Any] = []

    def tried() -> bool:
        with suppress(BeingDone):
            outcome.append(work())
        return bool(outcome)

    until(tried)
    return outcome[0]


def all_once(settings: Settings, network: str) -> None:
    found = rows(settings, f"SELECT count(*), count(DISTINCT post_id) FROM mentions WHERE network = '{network}'")
    assert found == [(POSTS, POSTS)]


def test_each_network_is_read_by_one_machine_and_two_by_two(
    shared: Settings, networks: tuple[Site, Site], elsewhere: Callable[..., Any]
) -> None:
    networks[0].pages[2] = gate = Gate()
    with elsewhere("collect", soon=False) as other:
        gate.asked.wait(60)
        with pytest.raises(BeingDone, match=r"^x: being read by there since \d\d:\d\d$"):
            collector.collect(shared, "x")
        assert collector.collect(shared, "mastodon").saved.stored == POSTS
        assert [(lease.name, lease.process.host) for lease in told.at_work(shared)] == [("collect x", "there")]
        gate.opened.set()
        assert other.go_on() == str(POSTS)
    all_once(shared, "x")
    assert collector.collect(shared, "x").saved.stored == 0
    assert not [run for run in rows(shared, "SELECT status FROM runs") if run != ("done",)], "left to another: no run"


def test_what_a_killed_collector_was_given_is_stored_by_another_machine(
    shared: Settings, networks: tuple[Site, Site], elsewhere: Callable[..., Any]
) -> None:
    site = networks[0]
    site.pages[2] = gate = Gate()
    with elsewhere("collect") as other:
        gate.asked.wait(60)
        assert rows(shared, "SELECT count(*) FROM received_pages") == [(1,)]
        assert rows(shared, "SELECT count(*) FROM mentions") == [(0,)]
        other.process.kill()
    gate.opened.set()
    assert taken_over(lambda: collector.collect(shared, "x")).saved.stored == POSTS
    all_once(shared, "x")
    assert site.firsts().count(0) == 1, "the page that was given is not asked for again"
    assert rows(shared, "SELECT count(*) FROM received_pages") == [(0,)]


def test_a_collector_that_wakes_up_late_stores_nothing_more(
    shared: Settings, networks: tuple[Site, Site], elsewhere: Callable[..., Any]
) -> None:
    networks[0].pages[2] = gate = Gate()
    with elsewhere("collect") as other:
        gate.asked.wait(60)
        other.process.send_signal(signal.SIGSTOP)
        gate.opened.set()
        assert taken_over(lambda: collector.collect(shared, "x")).saved.stored == POSTS
        before = rows(shared, "SELECT network, query, position, moved_at FROM watermarks")
        other.process.send_signal(signal.SIGCONT)
        assert other.go_on().startswith("LeaseLost collect x: another has taken over")
    all_once(shared, "x")
    assert rows(shared, "SELECT network, query, position, moved_at FROM watermarks") == before
    assert rows(shared, "SELECT count(*) FROM received_pages") == [(0,)]
    assert sorted(rows(shared, "SELECT status, stored FROM runs")) == [("done", POSTS), ("partial", 0)]


@pytest.fixture
def waiting(shared: Settings, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Posts that wait for a classifier, in the order in which they are read."""
    monkeypatch.setattr(classify, "active_model", lambda _: OneWord("here"))
    found = [mention(str(number), f"El pedido {number} de Norvia no llega") for number in range(3 * BATCH)]
    with store.connect(shared.store) as connection:
        mentions.save(connection, 1, about("Norvia", *found), NOW)
    return [row[0] for row in rows(shared, "SELECT mention_id FROM mentions ORDER BY mention_id DESC")]


def classified(settings: Settings) -> list[tuple[int, str]]:
    return rows(settings, "SELECT mention_id, model FROM classifications ORDER BY mention_id DESC")


def test_each_post_is_classified_by_one_machine(
    shared: Settings, waiting: list[int], elsewhere: Callable[..., Any]
) -> None:
    with elsewhere("classify", soon=False) as other:
        assert other.says() == "ready"
        assert classify.classify_pending(shared) == 2 * BATCH
        assert classify.classify_pending(shared) == 0, "the others have been set aside"
        assert other.go_on() == str(BATCH)
    theirs, ours = waiting[:BATCH], waiting[BATCH:]
    assert classified(shared) == [(post, "other machine") for post in theirs] + [(post, "here") for post in ours]
    assert rows(shared, "SELECT count(*) FROM leases") == [(0,)]


def test_what_a_killed_classifier_had_set_aside_is_classified_by_another(
    shared: Settings, waiting: list[int], elsewhere: Callable[..., Any]
) -> None:
    with elsewhere("classify") as other:
        assert other.says() == "ready"
        other.process.kill()
    until(lambda: classify.classify_pending(shared) == 0 and len(classified(shared)) == len(waiting))
    assert classified(shared) == [(post, "here") for post in waiting]


def test_a_classifier_that_wakes_up_late_writes_nothing(
    shared: Settings, waiting: list[int], elsewhere: Callable[..., Any]
) -> None:
    with elsewhere("classify") as other:
        assert other.says() == "ready"
        other.process.send_signal(signal.SIGSTOP)
        until(lambda: classify.classify_pending(shared) == 0 and len(classified(shared)) == len(waiting))
        with store.connect(shared.store) as connection:  # they wait anew, and are another's again
            connection.execute("INSERT INTO pending SELECT 'classify', mention_id FROM mentions")
        other.process.send_signal(signal.SIGCONT)
        assert other.go_on() == "0"
    assert classified(shared) == [(post, "here") for post in waiting]
    assert rows(shared, "SELECT count(*) FROM pending WHERE step = 'classify'") == [(len(waiting),)]


def test_a_dead_classifier_of_this_machine_is_seen_at_once(
    shared: Settings, waiting: list[int], elsewhere: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "there")
    with elsewhere("classify", soon=False) as other:
        assert other.says() == "ready"
        other.process.kill()
        other.process.wait()
        assert classify.classify_pending(shared) == len(waiting)


def handed(folder: Path) -> list[str]:
    return sorted(file.name for file in (folder / "handed").glob("cases-*"))


def test_what_was_handed_over_in_its_place_is_not_delivered_again_by_one_that_wakes_up_late(
    shared: Settings, waiting: list[int], elsewhere: Callable[..., Any], tmp_path: Path
) -> None:
    classify.classify_pending(shared)
    main_line.open_cases(shared)
    with elsewhere("hand-over") as other:
        assert other.says() == "ready"
        with pytest.raises(BeingDone, match=r"^cases are being handed over by there since \d\d:\d\d$"):
            hand_over.hand_over(shared)
        other.process.send_signal(signal.SIGSTOP)
        count = taken_over(lambda: hand_over.hand_over(shared))
        [file] = handed(tmp_path)
        (tmp_path / "handed" / file).rename(tmp_path / "fetched")
        other.process.send_signal(signal.SIGCONT)
        assert other.go_on().startswith("LeaseLost hand-over: another has taken over")
    assert handed(tmp_path) == [], "it was fetched already"
    assert rows(shared, "SELECT status, cases FROM exports") == [("delivered", count)]
    assert rows(shared, "SELECT count(*) FROM case_events WHERE kind = 'exported'") == [(count,)]


def test_leases_go_by_the_clock_of_the_server(shared: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with holding.exclusive(shared, "work", lambda by, since: f"{by} {since}"):
        with store.connect(shared.store) as connection:
            connection.execute("UPDATE leases SET host = 'there'")
        monkeypatch.setattr(holding, "now", lambda: datetime.now(UTC) + timedelta(minutes=2))
        with pytest.raises(BeingDone), holding.exclusive(shared, "work", lambda by, since: f"{by} {since}"):
            pass


def test_a_machine_of_the_same_name_is_another_when_it_was_started_otherwise(
    shared: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.connect(shared.store) as connection:
        leases.take(connection, "work", "theirs", leases.clock(connection, NOW))
        lease = leases.read(connection, "work")
        assert lease is not None
        gone = replace(lease, process=replace(lease.process, pid=2**22 + 1))
        assert not gone.is_held(lease.since)
        monkeypatch.setattr(leases, "_boot", lambda: "another life")
        assert gone.is_held(lease.since), "whether it lives cannot be seen from here"
        assert not replace(gone, is_shared=False).is_held(lease.since), "a file is one machine's: it was started anew"


def test_who_is_stopped_while_writing_keeps_the_others_waiting_for_a_minute_at_most(shared: Settings) -> None:
    sql = "SELECT current_setting('idle_in_transaction_session_timeout')"
    with store.connect(shared.store) as connection:
        assert connection.execute(sql).fetchall() == [("1min",)]
    assert rows(shared, sql) == [("10min",)]
