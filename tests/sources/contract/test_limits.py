"""Every source that is told to wait ends its run, leaves the network alone until then, and goes on where it was."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.sources.contract.conftest import Bench


def goes_on(bench: Bench) -> None:
    """After the pause."""
    size = bench.fake.page_size
    asked = len(bench.site.asked)
    assert bench.collect().resumes_at is not None
    assert len(bench.site.asked) == asked, "before its time no request"
    bench.pause_ends()
    assert bench.collect().resumes_at is None
    assert bench.stored() == bench.ids(bench.site.posts.every)
    assert bench.site.firsts()[:3] == [0, size, 2 * size]
    assert bench.ledger() == len(bench.site.asked)
    assert bench.rows("SELECT count(*) FROM pauses") == [(0,)]


def test_told_until_when_to_wait(bench: Bench) -> None:
    bench.add(3 * bench.fake.page_size)
    until = datetime.now(UTC) + timedelta(minutes=20)
    bench.site.pages[2] = lambda _: bench.fake.limited(until)
    done = bench.collect()
    assert done.resumes_at is not None
    assert done.resumes_at == pytest.approx(until, abs=timedelta(seconds=90))
    assert done.saved.stored == bench.fake.page_size
    status, told = bench.last_run()
    assert status == "partial"
    assert f"resumes at {done.resumes_at.astimezone(bench.settings.zone):%H:%M}" in told
    assert bench.rows("SELECT split_part(network, ': ', 1), until FROM pauses") == [(bench.network, done.resumes_at)]
    goes_on(bench)


def test_told_to_wait_without_saying_how_long(bench: Bench) -> None:
    bench.add(3 * bench.fake.page_size)
    bench.site.pages[2] = lambda _: bench.fake.limited(None)
    done = bench.collect()
    assert done.resumes_at is not None
    assert timedelta(0) < done.resumes_at - datetime.now(UTC) <= timedelta(hours=1)
    assert len([one for one in bench.site.asked if one.first is not None]) == 2
    assert bench.last_run()[0] == "partial"
    goes_on(bench)


def test_waits_grow_while_it_does_not_say_how_long(bench: Bench) -> None:
    bench.add(1)
    bench.site.pages |= {number: lambda _: bench.fake.limited(None) for number in range(1, 5)}
    waits = []
    for _ in range(3):
        resumes_at = bench.collect().resumes_at
        assert resumes_at is not None
        waits.append(resumes_at - datetime.now(UTC))
        bench.pause_ends()
    assert waits == sorted(waits)
    assert waits[2] > 3 * waits[0]
