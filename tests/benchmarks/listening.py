"""From the moment a network's stream sends a complaint until it is a case: seconds, one complaint after another."""

import statistics
import tempfile
import time
from pathlib import Path
from threading import Event, Thread

import pytest

from monitor import store
from monitor.pipeline import listen
from monitor.settings.loading import Brand, Settings, Store
from monitor.settings.networks import Networks
from monitor.sources import registry
from tests import streaming_network

_POSTS = 20


def main() -> None:
    """Prints the first, for which the classifier is loaded, and the median and slowest of the others."""
    with (
        tempfile.TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patch,
        streaming_network.running() as network,
    ):
        section = {"base_url": network.url, "access_token": streaming_network.TOKEN}
        patch.setattr(registry, "module", streaming_network.Module)
        patch.setattr(registry, "networks", lambda: ["instagram", "mastodon"])
        settings = Settings(
            brands=(Brand(name="Norvia", queries=("norvia",)),),
            networks=Networks.model_validate({"mastodon": section}),
            store=Store(url=str(Path(folder) / "bench.duckdb")),
        )
        stop = Event()
        thread = Thread(target=listen.listen, args=(settings, None, lambda _line: None, stop))
        thread.start()
        while not network.opened:
            time.sleep(0.01)
        taken = [_seconds(settings, network, number) for number in range(1, _POSTS + 1)]
        stop.set()
        thread.join()
    first, *rest = taken
    print(f"the first {first:.1f} s, then median {statistics.median(rest):.1f} s, slowest {max(rest):.1f} s")


def _seconds(settings: Settings, network: streaming_network.Murmur, number: int) -> float:
    began = time.perf_counter()
    network.post(number, f"Norvia, mi pedido {number} no ha llegado y nadie contesta, quiero una solución ya")
    while True:
        with store.connect(settings.store, read_only=True) as connection:
            found = connection.execute(
                "SELECT 1 FROM case_mentions JOIN mentions USING (mention_id) WHERE post_id = ?", [str(number)]
            ).fetchone()
        if found:
            return time.perf_counter() - began
        time.sleep(0.05)
