"""Every source survives what networks do wrong, and says of credentials which variable holds them."""

import logging

import pytest
from pydantic import SecretStr

from monitor.errors import BadCredentials, Forbidden, QueryRejected, SourceUnavailable
from monitor.sources.http import remedy
from tests.sources.contract import server
from tests.sources.contract.conftest import Bench
from tests.sources.contract.server import Fault

PASSING: tuple[Fault, ...] = ("reset", "short", server.html, server.malformed, server.truncated, server.empty)


@pytest.mark.parametrize("slow", [False, True], ids=["answers that are none", "timeouts"])
def test_passing_faults(bench: Bench, slow: bool) -> None:
    """Every page is answered with another fault before it is answered properly."""
    faults: list[Fault] = ["hang", "hang"] if slow else [*PASSING]
    faults += [] if slow else [lambda _: bench.fake.error(500), lambda _: bench.fake.error(503)]
    size = bench.fake.page_size
    posts = bench.add(len(faults) * size)
    bench.site.pages |= {2 * page + 1: fault for page, fault in enumerate(faults)}
    bench.collect(**({"timeout": 0.3} if slow else {}))
    assert bench.stored() == bench.ids(posts)
    assert bench.site.firsts()[: len(faults)] == [size * page for page in range(len(faults))]
    assert len([one for one in bench.site.asked if one.status == 0 or one.status >= 500]) == len(faults)
    assert bench.ledger() == len(bench.site.asked)
    assert bench.last_run() == ("done", "")


def test_a_fault_that_stays(bench: Bench) -> None:
    posts = bench.add(1)
    bench.site.pages |= {number: lambda _: bench.fake.error(500) for number in range(1, 20)}
    with pytest.raises(SourceUnavailable) as caught:
        bench.collect()
    assert bench.network in str(caught.value)
    assert bench.last_run() == ("failed", str(caught.value))
    assert 2 <= len([one for one in bench.site.asked if one.first is not None]) <= 5
    bench.site.forget()
    bench.collect()
    assert bench.stored() == bench.ids(posts)


@pytest.mark.parametrize("where", ["page", "login"])
def test_refused_credentials(bench: Bench, caplog: pytest.LogCaptureFixture, where: str) -> None:
    if where == "login" and not bench.fake.logs_in:
        pytest.skip(f"{bench.network} has no login")
    caplog.set_level(logging.DEBUG)
    posts = bench.add(1)
    faults = bench.site.pages if where == "page" else bench.site.others
    faults |= {number: lambda _: bench.fake.error(401) for number in range(1, 9)}
    with pytest.raises(BadCredentials) as caught:
        bench.collect()
    section = bench.settings.networks.of(bench.network)
    assert remedy(bench.network, section) in str(caught.value)
    assert len([one for one in bench.site.asked if one.first is not None]) <= 2
    told = "\n".join([str(caught.value), caplog.text, bench.everything()])
    secrets = [one.get_secret_value() for one in dict(section).values() if isinstance(one, SecretStr)]
    assert any(secrets)
    assert not [one for one in secrets if one and one in told]
    bench.site.forget()
    bench.collect()
    assert bench.stored() == bench.ids(posts)


@pytest.mark.parametrize(("status", "error"), [(403, Forbidden), (404, QueryRejected)])
def test_what_the_network_will_not_give(bench: Bench, status: int, error: type[Exception]) -> None:
    size = bench.fake.page_size
    posts = bench.add(2 * size)
    bench.site.pages[2] = lambda _: bench.fake.error(status)
    with pytest.raises(error) as caught:
        bench.collect()
    assert bench.network in str(caught.value)
    assert len(bench.stored()) == size
    assert len([one for one in bench.site.asked if one.first is not None]) == 2, "asking again gives the same"
    assert bench.ledger() == len(bench.site.asked)
    bench.site.forget()
    bench.collect()
    assert bench.stored() == bench.ids(posts)
