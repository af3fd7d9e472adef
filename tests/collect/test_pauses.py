"""However long a network asks to wait, and whatever a wrong clock has stored, it is asked again in time, and told."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from queue import Queue
from threading import Event, Thread

import pytest

from monitor import store
from monitor.collect import collector
from monitor.collect.stream import StreamListener
from monitor.errors import RateLimited
from monitor.models.listings import Listing, Meter, PageRequest, ReceivedPage
from monitor.settings.loading import Settings
from monitor.sources import registry
from monitor.store.posts import collection_state
from monitor.store.posts.collection_state import LONGEST_PAUSE, Pause
from tests.collect.looked_up_network import Connection, Lookups, in_place_of_x, rows
from tests.polling import until

DAY = timedelta(days=1)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch, engine: None) -> Lookups:
    return in_place_of_x(monkeypatch)


def asks_to_wait(monkeypatch: pytest.MonkeyPatch, reset_at: datetime | None) -> None:
    """Every page is refused so from now on."""

    def fetch(self: Connection, listing: Listing, request: PageRequest) -> ReceivedPage:
        self.meter.requests += 1
        raise RateLimited("x asks to wait", reset_at)

    monkeypatch.setattr(Connection, "fetch", fetch)


def requests(settings: Settings) -> int:
    ((count,),) = rows(settings, "SELECT coalesce(sum(requests), 0) FROM ledger")
    return int(count)


def test_a_time_years_ahead_is_cut_and_the_message_says_so(
    settings: Settings, network: Lookups, monkeypatch: pytest.MonkeyPatch
) -> None:
    reset_at = network.clock.at + 400 * DAY
    asks_to_wait(monkeypatch, reset_at)
    assert collector.collect(settings, "x").resumes_at == network.clock.at + LONGEST_PAUSE
    ((message,),) = rows(settings, "SELECT message FROM runs")
    assert f"it named {reset_at:%Y-%m-%d %H:%M} UTC; it is asked again after 48 hours" in message
    network.clock.at += LONGEST_PAUSE
    collector.collect(settings, "x")
    assert requests(settings) == 2


@pytest.mark.parametrize("apart", [False, True], ids=["the network", "one listing"])
@pytest.mark.parametrize("ahead", [timedelta(hours=3), 30 * DAY])
def test_a_pause_of_a_clock_that_was_ahead_is_not_believed(
    settings: Settings, network: Lookups, monkeypatch: pytest.MonkeyPatch, ahead: timedelta, apart: bool
) -> None:
    listing = Listing("x", "list", "a", "Norvia", whole=True, apart=apart)
    monkeypatch.setattr(Lookups, "listings", lambda *_: [listing])
    network.clock.at += ahead
    asks_to_wait(monkeypatch, network.clock.at + timedelta(hours=1))
    collector.collect(settings, "x")
    network.clock.at -= ahead
    collector.collect(settings, "x")
    assert requests(settings) == 2
    collector.collect(settings, "x")
    assert requests(settings) == 2, "the pause of the right clock is kept"


def test_a_pause_that_an_older_version_stored_for_years_is_not_believed(settings: Settings, network: Lookups) -> None:
    with store.connect(settings.store) as connection:
        collection_state.set_pause(connection, "x", Pause(network.clock.at + 400 * DAY, 0, "429"))
        assert collection_state.pauses(connection, network.clock.at) == []
    network.add(1)
    assert collector.collect(settings, "x").saved.stored == 1
    assert rows(settings, "SELECT * FROM pauses") == []


def test_a_network_that_never_says_how_long_is_asked_every_hour(
    settings: Settings, network: Lookups, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks_to_wait(monkeypatch, None)
    with store.connect(settings.store) as connection:
        collection_state.set_pause(connection, "x", Pause(network.clock.at, 5_000, "429"), network.clock.at)
    assert collector.collect(settings, "x").resumes_at == network.clock.at + timedelta(hours=1)


def test_a_person_ends_the_pauses_of_a_network_and_of_its_listings(settings: Settings, network: Lookups) -> None:
    until_later = Pause(network.clock.at + DAY, 0, "429")
    with store.connect(settings.store) as connection:
        for name in ("x", "x: a", "xing"):
            collection_state.set_pause(connection, name, until_later, network.clock.at)
        assert {pause.subject for pause in collection_state.end_pauses(connection, "x")} == {"x", "x: a"}
        assert [pause.subject for pause in collection_state.pauses(connection, network.clock.at)] == ["xing"]


class _Limited(Lookups):
    """A stream that is refused until next year."""

    def connect(self, settings: Settings, meter: Meter) -> "_LimitedStream":  # type: ignore[override]
        return _LimitedStream(self, meter, 100)


class _LimitedStream(Connection):
    def stream(self, listings: Sequence[Listing], stop: Event) -> None:
        raise RateLimited("x asks to wait", datetime.now(UTC) + 400 * DAY)


def test_a_stream_is_opened_again_in_time(
    settings: Settings, network: Lookups, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "module", lambda name: _Limited(network.clock))
    told: list[str] = []
    listener = StreamListener(settings, "x", Queue(), Event(), Event(), told.append)
    thread = Thread(target=listener.run)
    thread.start()
    until(lambda: told)
    listener.stop.set()
    thread.join()
    (seconds,) = [int(match[1]) for line in told if (match := re.search(r"tried again in (\d+) s", line))]
    assert seconds <= LONGEST_PAUSE.total_seconds() + 120
