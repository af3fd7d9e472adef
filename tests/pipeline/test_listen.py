"""Listening, on a network of our own over real HTTP, into a real store."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tenacity import wait_fixed

from monitor import store
from monitor.collect import stream
from monitor.errors import BeingDone, ModelError, Permanent, SettingsError
from monitor.models.listings import ReceivedPage
from monitor.pipeline import listen, main_line
from monitor.runs import holding
from monitor.settings.loading import Settings
from monitor.settings.networks import Networks
from monitor.sources import registry
from monitor.store import leases
from tests import streaming_network
from tests.polling import until
from tests.streaming_network import Murmur


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[Murmur]:
    """The network, registered in the places of two real ones; it is tried again soon."""
    monkeypatch.setattr(registry, "module", streaming_network.Module)
    monkeypatch.setattr(registry, "networks", lambda: ["instagram", "mastodon"])
    monkeypatch.setattr(stream, "_BACK_OFF", wait_fixed(0.3))
    with streaming_network.running() as one:
        yield one


@pytest.fixture
def heard(settings: Settings, network: Murmur) -> Settings:
    """Settings that name it."""
    return _with(settings, mastodon={"base_url": network.url, "access_token": streaming_network.TOKEN})


def _with(settings: Settings, **networks: Any) -> Settings:
    return settings.model_copy(update={"networks": Networks.model_validate(networks)})


@contextmanager
def _listening(settings: Settings, network: Murmur, *networks: str) -> Iterator[list[str]]:
    """`listen` in a thread, connected; gives what it tells. Ends it, and raises what it raised."""
    told: list[str] = []
    raised: list[BaseException] = []
    stop = threading.Event()

    def run() -> None:
        try:
            listen.listen(settings, networks, told.append, stop)
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        until(lambda: network.opened)
        yield told
    finally:
        stop.set()
        thread.join(180)
    assert not thread.is_alive(), "it does not end"
    assert not raised, raised


def _rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with store.connect(settings.store, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def _has(settings: Settings, sql: str) -> Callable[[], bool]:
    return lambda: bool(_rows(settings, sql))


def _count(settings: Settings) -> int:
    return int(_rows(settings, "SELECT count(*) FROM mentions")[0][0])


def test_a_post_is_stored_and_classified_and_becomes_a_case(heard: Settings, network: Murmur) -> None:
    with _listening(heard, network):
        network.post(1, "Norvia, mi pedido no ha llegado y nadie contesta, quiero una solución ya")
        network.post(2, "Qué buen día hace")
        until(_has(heard, "SELECT 1 FROM cases"))
    assert _rows(heard, "SELECT post_id, author FROM mentions") == [("1", "ana")]


def test_a_complaint_that_only_reading_the_gap_brought_becomes_a_case(heard: Settings, network: Murmur) -> None:
    with _listening(heard, network) as told:
        network.cut(shut=True)
        until(lambda: any("tried again in" in line for line in told))
        network.post(1, "Norvia, mi pedido no ha llegado y nadie contesta, quiero una solución ya")
        network.shut = False
        until(_has(heard, "SELECT 1 FROM cases"))


def test_what_was_posted_while_it_was_cut_off_is_read(heard: Settings, network: Murmur) -> None:
    with _listening(heard, network) as told:
        network.cut(shut=True)
        until(lambda: any("tried again in" in line for line in told))
        network.post(1, "Norvia no contesta")
        network.shut = False
        until(_has(heard, "SELECT 1 FROM mentions WHERE post_id = '1'"))
        network.post(2, "Norvia sigue sin contestar")
        until(_has(heard, "SELECT 1 FROM mentions WHERE post_id = '2'"))
    ends = _rows(heard, "SELECT DISTINCT step, status FROM runs WHERE step IN ('listen', 'collect')")
    assert sorted(ends) == [("collect", "done"), ("listen", "done"), ("listen", "failed")]


def test_a_slow_store_keeps_the_stream_waiting_and_loses_nothing(
    heard: Settings, network: Murmur, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listen, "_QUEUE", 20)
    monkeypatch.setattr(streaming_network.Source, "fetch", lambda *_: ReceivedPage(()))  # only the stream brings posts
    with _listening(heard, network):
        with store.connect(heard.store, read_only=True):  # nobody can write meanwhile
            for number in range(1_500):
                network.post(number, f"Norvia, pedido {number}")
            threading.Event().wait(1.5)
        until(lambda: _count(heard) == 1_500)


def test_a_broken_classifier_does_not_end_it(heard: Settings, network: Murmur, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> int:
        raise ModelError("the model's file is damaged")

    monkeypatch.setattr(main_line, "classify_pending", broken)
    with _listening(heard, network) as told:
        network.post(1, "Norvia no contesta")
        until(lambda: any("posts are stored all the same" in line for line in told))
        network.post(2, "Norvia sigue sin contestar")
        until(lambda: _count(heard) == 2)


def test_what_was_received_is_stored_before_it_ends(
    heard: Settings, network: Murmur, monkeypatch: pytest.MonkeyPatch
) -> None:
    received: list[stream.QueuedEvent] = []
    enqueue = stream.StreamListener._enqueue

    def recording_enqueue(listener: stream.StreamListener, event: stream.QueuedEvent) -> None:
        enqueue(listener, event)
        received.append(event)

    monkeypatch.setattr(stream.StreamListener, "_enqueue", recording_enqueue)
    with _listening(heard, network) as told:
        until(lambda: any("read from before" in line for line in told))
        for number in range(300):
            network.post(number, f"Norvia, pedido {number}")
        until(lambda: len(received) == 300)
    assert _count(heard) == 300


def test_a_deleted_post_becomes_a_tombstone(heard: Settings, network: Murmur) -> None:
    with _listening(heard, network):
        network.post(1, "Norvia no contesta")
        until(_has(heard, "SELECT 1 FROM mentions"))
        network.delete(1)
        until(_has(heard, "SELECT 1 FROM mentions WHERE deleted_at IS NOT NULL"))
    assert _rows(heard, "SELECT text, author FROM mentions") == [("", None)]


def test_a_post_to_the_brand_is_kept_whatever_it_says(heard: Settings, network: Murmur) -> None:
    with _listening(heard, network):
        network.post(1, "¿Y lo mío para cuándo?", to_us=True)
        until(_has(heard, "SELECT 1 FROM mentions"))
    assert _rows(heard, "SELECT brand FROM matches") == [("Norvia",)]


def test_a_network_that_refuses_does_not_stop_the_others(heard: Settings, network: Murmur) -> None:
    both = _with(
        heard,
        instagram={"base_url": network.url, "access_token": "wrong"},
        mastodon={"base_url": network.url, "access_token": streaming_network.TOKEN},
    )
    with _listening(both, network) as told:
        until(lambda: any("instagram is not listened to any more" in line for line in told))
        network.post(1, "Norvia no contesta")
        until(_has(both, "SELECT 1 FROM mentions WHERE network = 'mastodon'"))


def test_when_every_network_refuses_it_ends_with_the_reasons(heard: Settings, network: Murmur) -> None:
    wrong = _with(heard, mastodon={"base_url": network.url, "access_token": "wrong"})
    with pytest.raises(Permanent, match="the token was refused"):
        listen.listen(wrong, None, lambda _: None)


def test_a_network_without_a_stream_is_named(heard: Settings, network: Murmur, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming_network.Module, "connect", lambda *_: object())
    told: list[str] = []
    with pytest.raises(SettingsError, match="no stream to listen to"):
        listen.listen(heard, None, told.append)
    assert network.opened == 0
    assert told == ["mastodon has no stream; escucha collect reads it"]


def test_a_budget_that_is_spent_closes_the_stream_until_midnight(heard: Settings, network: Murmur) -> None:
    poor = _with(
        heard, mastodon={"base_url": network.url, "access_token": streaming_network.TOKEN, "daily_requests": 3}
    )
    with _listening(poor, network) as told:
        for _ in range(4):
            network.cut()
            threading.Event().wait(0.6)
        until(lambda: any("of 3 requests of the day's budget are spent" in line for line in told))


def test_who_listens_elsewhere_is_told_and_relieved_when_that_ends(
    heard: Settings, network: Murmur, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "_STAND_BY", 0.1)
    monkeypatch.setattr(holding, "_HEARTBEAT", 0.1)
    by = rf"being listened to by {socket.gethostname()} since \d\d:\d\d"
    with stream.sole_listener(heard, "mastodon") as own:
        with pytest.raises(BeingDone, match=f"^mastodon: {by}$"):
            listen.listen(heard, ["mastodon"], lambda _: None, stands_by=False)
        told: list[str] = []
        stop = threading.Event()
        thread = threading.Thread(target=listen.listen, args=(heard, ["mastodon"], told.append, stop))
        thread.start()
        until(lambda: any(re.fullmatch(f"mastodon: {by}", line) for line in told))
        assert not network.opened
        assert not own.lost.is_set()
    until(lambda: network.opened)
    with store.connect(heard.store) as connection:
        connection.execute("UPDATE leases SET holder = 'another' WHERE name = 'listen mastodon'")
        theirs = leases.read(connection, "listen mastodon")
    until(lambda: any("another listens" in line for line in told))
    stop.set()
    thread.join(180)
    with store.connect(heard.store, read_only=True) as connection:
        assert leases.read(connection, "listen mastodon") == theirs, "it was not given back by who had lost it"
