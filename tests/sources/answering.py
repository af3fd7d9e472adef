"""A server on loopback whose answers a test scripts, and settings that have a network read from it."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from monitor.networks import Networks
from monitor.settings import Brand, Settings, Store
from tests.sources.contract.server import Site, serving
from tests.sources.fakes import FakeNetwork, Posts, Reply, Request

RECORDINGS = Path(__file__).parent.parent / "recordings"


class _Scripted(FakeNetwork):
    def __init__(self, answer: Callable[[Request], Reply]) -> None:
        self._answer = answer

    def answer(self, request: Request, posts: Posts) -> Reply:
        return self._answer(request)


@contextmanager
def answering(answer: Callable[[Request], Reply]) -> Iterator[Site]:
    """A server that answers every request so."""
    with serving(_Scripted(answer)) as site:
        yield site


def recorded(network: str, name: str) -> Any:
    """An excerpt of tests/recordings."""
    return json.loads((RECORDINGS / network / f"{name}.json").read_text(encoding="utf-8"))


def settings_of(network: str, site: Site, folder: Path, places: tuple[str, ...], **section: Any) -> Settings:
    """Settings of the brand Norvia with these places of its own."""
    told: Mapping[str, Any] = {"base_url": site.url, "timeout": 5.0, **section}
    return Settings(
        store=Store(url=str(folder / "store.duckdb")),
        brands=(Brand(name="Norvia", queries=("norvia",), places={network: places}),),
        networks=Networks.model_validate({network: told}),
    )
