"""What the contract's tests share: every network with its fake on loopback, and looks into the database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from monitor import store
from monitor.collect import collector, session
from monitor.settings.loading import Settings
from monitor.sources import registry
from tests.sources import fakes
from tests.sources.contract.server import Site, serving
from tests.sources.fakes import FakeNetwork, FakePost


@dataclass
class Bench:
    """One network, its fake server, and a database of its own."""

    network: str
    fake: FakeNetwork
    site: Site
    folder: Path

    @cached_property
    def settings(self) -> Settings:
        """Settings of the fake with a short timeout."""
        return self.settings_with()

    def settings_with(self, **section: Any) -> Settings:
        """Settings with other values in the network's section."""
        return self.fake.settings(self.network, self.site.url, self.folder, **section)

    def add(self, count: int, **changes: Any) -> list[FakePost]:
        """Posts newer than all there are, ten seconds apart, the newest now."""
        last = max((one.number for one in self.site.posts.every), default=1000)
        now = datetime.now(UTC).replace(microsecond=0)
        made = []
        for place in range(count):
            number = last + 1 + place
            at = now - timedelta(seconds=10 * (count - 1 - place))
            values = {"text": f"El pedido {number} de Norvia no llega #norvia", "posted_at": at} | changes
            made.append(FakePost(number, **values))
        self.site.posts.every += made
        return made

    def collect(self, **section: Any) -> collector.CollectResult:
        """Reads what is new, as `escucha collect` does."""
        return collector.collect(self.settings_with(**section) if section else self.settings, self.network)

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with store.connect(self.settings.store, read_only=True) as connection:
            return connection.execute(sql, values).fetchall()

    def stored(self) -> list[str]:
        """Ids of the stored mentions, sorted; one that is stored twice stands there twice."""
        return [row[0] for row in self.rows("SELECT post_id FROM mentions WHERE network = ? ORDER BY 1", self.network)]

    def ids(self, posts: Sequence[FakePost]) -> list[str]:
        """The ids that these posts have when stored, sorted."""
        return sorted(self.fake.post_id(one) for one in posts)

    def ledger(self) -> int:
        """Requests of this network in the ledger."""
        return int(self.rows("SELECT coalesce(sum(requests), 0) FROM ledger WHERE network = ?", self.network)[0][0])

    def last_run(self) -> tuple[str, str]:
        """Status and message of the last run."""
        (row,) = self.rows("SELECT status, message FROM runs ORDER BY run_id DESC LIMIT 1")
        return row[0], row[1]

    def everything(self) -> str:
        """All that the database holds, as text."""
        listed = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
        tables = [row[0] for row in self.rows(listed)]
        return "\n".join(str(self.rows(f'SELECT * FROM "{table}"')) for table in tables)

    def pause_ends(self) -> None:
        """The time until which the network asked to be left alone has passed."""
        with store.connect(self.settings.store) as connection:
            connection.execute("UPDATE pauses SET until = ?", [datetime.now(UTC) - timedelta(seconds=1)])


@pytest.fixture(params=registry.networks())
def bench(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    engine: None,
) -> Iterator[Bench]:
    """Each network in turn. Waits before another try are cut short, and nothing else of ours is changed."""
    network = request.param
    try:
        fake = fakes.of(network)
    except ModuleNotFoundError:
        pytest.skip(f"no tests/sources/fakes/{network}.py yet; test_fakes.py fails for it")
    case = request.node.originalname.removeprefix("test_")
    if case in fake.cannot:
        pytest.skip(f"{network}: {fake.cannot[case]}")
    monkeypatch.setattr(session, "_RETRY_WAIT", 0.001)
    with serving(fake) as site:
        yield Bench(network, fake, site, tmp_path)
