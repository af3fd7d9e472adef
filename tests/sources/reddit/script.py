"""A Reddit on loopback that answers each path with the replies a test lists, the last one again and again."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from monitor.models.listings import Listing, Meter
from monitor.settings.loading import Brand, Settings, Store
from monitor.settings.networks import Networks
from monitor.sources.reddit import source as reddit_source
from tests.sources.contract.server import Site, serving
from tests.sources.fakes import Reply, Request
from tests.sources.scripted_server import Script

RECORDINGS = Path(__file__).parent / "recordings"
TOKEN = {"access_token": "made-up-token", "token_type": "bearer", "expires_in": 3600, "scope": "*"}
LOGIN = "/api/v1/access_token"
CREDENTIALS = {"client_id": "made-up-client", "client_secret": "made-up-secret"}


def recorded(name: str) -> Any:
    """An answer of the real API; its texts, names and ids are invented."""
    return json.loads((RECORDINGS / name).read_text(encoding="utf-8"))


def shelf(*things: Any, after: str | None = None) -> dict[str, Any]:
    """A Listing of these things."""
    return {"kind": "Listing", "data": {"after": after, "dist": len(things), "children": list(things)}}


def submission(short: str, at: float = 1_700_000_000.0, **fields: Any) -> dict[str, Any]:
    """A submission as the API sends it."""
    told = {
        "id": short,
        "name": f"t3_{short}",
        "title": "Una pregunta",
        "selftext": "¿Norvia responde?",
        "author": "ana",
        "created_utc": at,
        "score": 3,
        "num_comments": 0,
        "permalink": f"/r/ciudadinventada/comments/{short}/una_pregunta/",
    }
    return {"kind": "t3", "data": told | fields}


def comment(short: str, at: float = 1_700_000_000.0, **fields: Any) -> dict[str, Any]:
    """A comment as the API sends it."""
    told = {"id": short, "name": f"t1_{short}", "link_id": "t3_abc", "parent_id": "t3_abc", "body": "Norvia no."}
    return {"kind": "t1", "data": told | {"author": "bruno", "created_utc": at, "score": 1, "replies": ""} | fields}


def stub(parent: str, *children: str) -> dict[str, Any]:
    """What stands in a tree for comments left out; without children: for a thread that goes on elsewhere."""
    return {"kind": "more", "data": {"count": len(children), "parent_id": parent, "children": list(children)}}


def unscripted(path: str) -> Any:
    """A login succeeds; there is nothing else."""
    return TOKEN if path == LOGIN else Reply({"message": "Not Found", "error": 404}, 404)


@dataclass
class Bench:
    """A site that follows a script, and settings to read it with."""

    site: Site
    script: Script
    folder: Path

    def settings(self, brands: tuple[Brand, ...] = (), /, **section: Any) -> Settings:
        """Settings with this section; with an application's credentials."""
        told = {**CREDENTIALS, "base_url": self.site.url, "timeout": 5.0, **section}
        return Settings(
            store=Store(url=str(self.folder / "store.duckdb")),
            brands=brands or (Brand(name="Norvia", queries=("norvia",), own_accounts=("norvia_ayuda",)),),
            networks=Networks.model_validate({"reddit": told}),
        )

    def source(self, **section: Any) -> reddit_source.RedditConnection:
        """An open connection."""
        return reddit_source.connect(self.settings(**section), Meter())

    @property
    def asked(self) -> list[Request]:
        """Requests so far, without logins."""
        return [one.request for one in self.site.asked if one.request.path != LOGIN]

    @property
    def logins(self) -> list[Request]:
        """Logins so far."""
        return [one.request for one in self.site.asked if one.request.path == LOGIN]


def form(request: Request) -> dict[str, str]:
    """The fields of a posted form."""
    return {name: values[-1] for name, values in parse_qs(request.body.decode()).items()}


def listing(kind: str, target: str, **changes: Any) -> Listing:
    """A listing of the brand Norvia."""
    return Listing("reddit", kind, target, "Norvia", **changes)


@contextmanager
def scripted(folder: Path) -> Iterator[Bench]:
    """A bench whose site answers until the body ends."""
    script = Script(unscripted)
    with serving(script) as site:
        yield Bench(site, script, folder)


def sleepless(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on whoever sleeps fails."""

    def never(seconds: float) -> None:
        raise AssertionError(f"slept for {seconds} s")

    monkeypatch.setattr(time, "sleep", never)
