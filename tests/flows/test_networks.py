"""The flows that read networks, run by a real Prefect server on loopback, on a network of our own over real HTTP."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun

from flows.__main__ import deployments
from flows.collect import collect
from flows.listen import listen
from flows.recheck import recheck
from monitor import store
from monitor.collect.collector import configured_networks
from monitor.errors import RateLimited
from monitor.models.listings import ReceivedPage, Recheck
from monitor.settings.loading import Schedule, Settings, load
from monitor.sources import registry
from tests import streaming_network
from tests.streaming_network import Murmur

LATER = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=20)


@pytest.fixture
def network(listen_to: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch) -> Iterator[Murmur]:
    """The network, in the places of two real ones: mastodon with the right token, instagram with a wrong one."""
    monkeypatch.setattr(registry, "module", streaming_network.Module)
    monkeypatch.setattr(registry, "networks", lambda: ["instagram", "mastodon"])
    with streaming_network.running() as one:
        listen_to(one.url, streaming_network.TOKEN)
        one.post(1, "Norvia no contesta")
        yield one


def _limited(*_: object) -> ReceivedPage:
    raise RateLimited("mastodon asks to wait", LATER)


def _planned(deployment: str) -> list[FlowRun]:
    """What is planned for a flow's deployment."""

    async def read() -> list[FlowRun]:
        async with get_client() as client:
            found = await client.read_deployment_by_name(deployment)
            return [run for run in await client.read_flow_runs() if run.deployment_id == found.id]

    return asyncio.run(read())


def _texts(settings: Settings) -> list[str]:
    with store.connect(settings.store, read_only=True) as connection:
        return [row[0] for row in connection.execute("SELECT text FROM mentions").fetchall()]


@pytest.mark.usefixtures("network")
def test_a_network_that_refuses_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_NETWORKS__INSTAGRAM__ACCESS_TOKEN", "wrong")
    monkeypatch.setenv("ESCUCHA_NETWORKS__INSTAGRAM__BASE_URL", load().networks.mastodon.base_url)
    state = collect(return_state=True)
    assert state.is_failed()
    assert "instagram: the token was refused" in (state.message or "")
    assert "mastodon: 1 new, 0 known, 0 rejected" in (state.message or "")
    assert _texts(load()) == ["Norvia no contesta"]


@pytest.mark.usefixtures("network")
def test_only_the_networks_asked_for_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_NETWORKS__INSTAGRAM__ACCESS_TOKEN", "wrong")
    state = collect(["mastodon"], return_state=True)
    assert state.is_completed()


@pytest.mark.usefixtures("network")
def test_a_limited_network_completes_in_part_and_has_a_run_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(_deploy("collect"))
    monkeypatch.setenv("PREFECT__RUNTIME__DEPLOYMENT__ID", "that of a worker")
    monkeypatch.setattr(streaming_network.Source, "fetch", _limited)
    states = [collect(return_state=True) for _ in range(2)]  # the second finds it paused and plans nothing more
    assert all(one.is_completed() for one in states), [one.message for one in states]
    local = LATER.astimezone(load().zone)
    assert f"partial, resumes at {local:%H:%M}" in (states[0].message or "")
    planned = _planned("collect/escucha")
    assert [run.parameters["networks"] for run in planned] == [["mastodon"]]
    due = planned[0].expected_start_time
    assert due is not None
    assert LATER <= due < LATER + timedelta(minutes=1)


@pytest.mark.usefixtures("network")
def test_outside_a_deployment_nothing_is_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming_network.Source, "fetch", _limited)
    state = collect(return_state=True)
    assert state.is_completed()
    assert "partial, resumes at" in (state.message or "")


@pytest.mark.usefixtures("network")
def test_rechecking_buries_what_was_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_SCHEDULE__RECHECK_HOURS", "0.0001")
    monkeypatch.setattr(streaming_network.Source, "check_size", 10, raising=False)
    monkeypatch.setattr(streaming_network.Source, "check", lambda _, ids: Recheck(gone=tuple(ids)), raising=False)
    collect()
    threading.Event().wait(0.5)
    state = recheck(return_state=True)
    assert state.message == "mastodon: 1 looked up, 0 edited, 1 deleted"
    assert _texts(load()) == [""]


@pytest.mark.usefixtures("network")
def test_listening_without_a_network_named_is_done_at_once() -> None:
    state = listen(return_state=True)
    assert state.is_completed()
    assert state.message == "nothing to do: schedule.listen names no network that is read"


@pytest.mark.usefixtures("network")
def test_a_network_that_is_off_keeps_its_keys_and_is_neither_read_nor_listened_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ESCUCHA_NETWORKS__MASTODON__READ", "false")
    monkeypatch.setenv("ESCUCHA_SCHEDULE__LISTEN", '["mastodon"]')
    assert load().networks.of("mastodon").timeout
    assert "no network that is read" in (listen(return_state=True).message or "")
    assert not configured_networks(load())


@pytest.mark.usefixtures("network")
def test_listening_fails_when_every_network_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_NETWORKS__MASTODON__ACCESS_TOKEN", "wrong")
    state = listen(["mastodon"], return_state=True)
    assert state.is_failed()
    assert "mastodon: the token was refused" in (state.message or "")


async def _deploy(flow: str) -> None:
    for one in await deployments(Schedule()):
        if one.flow_name == flow:
            found = one.apply()
            await found if asyncio.iscoroutine(found) else found


@pytest.mark.parametrize(
    ("schedule", "made"),
    [
        (
            Schedule(),
            {"main-line": ({"collecting": True}, 1), "collect": ({}, 0), "recheck": ({}, 1), "retention": ({}, 1)},
        ),
        (
            Schedule(collect_minutes=5, pipeline_minutes=60, listen=("mastodon",)),
            {
                "main-line": ({"collecting": False}, 1),
                "collect": ({}, 1),
                "recheck": ({}, 1),
                "retention": ({}, 1),
                "listen": ({}, 1),
            },
        ),
    ],
)
def test_each_flow_has_a_deployment_and_a_schedule_of_its_own_where_it_needs_one(
    schedule: Schedule, made: dict[str, tuple[dict[str, object], int]]
) -> None:
    found = asyncio.run(deployments(schedule))
    assert {one.flow_name: (one.parameters, len(one.schedules or ())) for one in found} == made
