"""A server on loopback whose answers a test scripts, and settings that have a network read from it."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitor.settings.loading import Brand, Settings, Store
from monitor.settings.networks import Networks
from tests.sources.contract.server import Site, serving
from tests.sources.fakes import FakeNetwork, Posts, Reply, Request

HERE = Path(__file__).parent


class _Answering(FakeNetwork):
    def __init__(self, answer: Callable[[Request], Reply]) -> None:
        self._answer = answer

    def answer(self, request: Request, posts: Posts) -> Reply:
        return self._answer(request)


@dataclass
class Script(FakeNetwork):
    """Answers each path with the replies listed for it, in turn, the last one again and again.

    What is no Reply is sent as JSON. Paths without a reply are answered by `otherwise`. `prefix` is left out of them.
    """

    otherwise: Callable[[str], Any]
    prefix: str = ""
    replies: dict[str, list[Any]] = field(default_factory=dict)

    def answer(self, request: Request, posts: Posts) -> Reply:
        path = request.path.removeprefix(self.prefix)
        left = self.replies.get(path) or [self.otherwise(path)]
        found = left.pop(0) if len(left) > 1 else left[0]
        return found if isinstance(found, Reply) else Reply(found)


@contextmanager
def answering(answer: Callable[[Request], Reply]) -> Iterator[Site]:
    """A server that answers every request so."""
    with serving(_Answering(answer)) as site:
        yield site


def recorded(network: str, name: str) -> Any:
    """An excerpt of tests/sources/<network>/recordings."""
    return json.loads((HERE / network / "recordings" / f"{name}.json").read_text(encoding="utf-8"))


def settings_of(network: str, site: Site, folder: Path, places: tuple[str, ...], **section: Any) -> Settings:
    """Settings of the brand Norvia with these places of its own."""
    told: Mapping[str, Any] = {"base_url": site.url, "timeout": 5.0, **section}
    return Settings(
        store=Store(url=str(folder / "store.duckdb")),
        brands=(Brand(name="Norvia", queries=("norvia",), places={network: places}),),
        networks=Networks.model_validate({network: told}),
    )
