"""A Bluesky server on loopback that answers each method with the replies a test lists, the last again and again."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor.models.listings import Listing, Meter
from monitor.models.posts import Post
from monitor.settings.loading import Brand, Settings, Store
from monitor.settings.networks import Networks
from monitor.sources.bluesky import source as bluesky_source
from tests.sources.contract.server import Site, serving
from tests.sources.fakes import Reply, Request
from tests.sources.scripted_server import Script

RECORDINGS = Path(__file__).parent / "recordings"
ANA, LEO = "did:plc:anaejemplo2345678abcdefg", "did:web:leo.example"
NORVIA = "did:plc:norviaejemplo345678abcde"
HANDLE = "ayuda.norvia.example"
CREATE, REFRESH = "com.atproto.server.createSession", "com.atproto.server.refreshSession"
SEARCH, NOTIFICATIONS = "app.bsky.feed.searchPosts", "app.bsky.notification.listNotifications"
POSTS, RECORD = "app.bsky.feed.getPosts", "com.atproto.repo.getRecord"
RESOLVE = "com.atproto.identity.resolveHandle"
GONE = Reply({"error": "RecordNotFound", "message": "Could not locate record"}, 400)
EXPIRED = Reply({"error": "ExpiredToken", "message": "Token has expired"}, 400)


def recorded(name: str) -> dict[str, Any]:
    """An answer in the form of the API; all in it is invented."""
    told: dict[str, Any] = json.loads((RECORDINGS / name).read_text(encoding="utf-8"))
    return told


def session(number: int = 1, **fields: Any) -> dict[str, Any]:
    """The answer to a login, with tokens of that number."""
    return {
        "did": NORVIA,
        "handle": HANDLE,
        "accessJwt": f"access-{number}",
        "refreshJwt": f"refresh-{number}",
    } | fields


def uri(key: str, did: str = ANA) -> str:
    """The address of a post."""
    return f"at://{did}/app.bsky.feed.post/{key}"


def view(
    key: str, at: str = "2026-03-02T09:00:00.000Z", text: str = "Norvia no contesta", **fields: Any
) -> dict[str, Any]:
    """A post as searches show it."""
    record = {"$type": "app.bsky.feed.post", "createdAt": at, "text": text}
    author = {"did": ANA, "handle": "ana.example"}
    return {"uri": uri(key), "cid": "bafyreimadeup", "author": author, "record": record, "indexedAt": at} | fields


def post(raw: Mapping[str, Any]) -> Post:
    """The post as the source hands it on."""
    return Post("bluesky", raw, datetime(2026, 3, 2, 9, 0, tzinfo=UTC), "bluesky test")


def unscripted(method: str) -> Any:
    """A login succeeds; other methods are not served."""
    return session() if method == CREATE else Reply({"error": "MethodNotImplemented", "message": method}, 501)


@dataclass
class Bench:
    """A site that follows a script, and settings to read it with."""

    site: Site
    script: Script
    folder: Path

    def answers(self, method: str, *replies: Any) -> None:
        """What a method answers from now on."""
        self.script.replies[method] = list(replies)

    def settings(self, brands: tuple[Brand, ...] = (), /, **section: Any) -> Settings:
        """Settings with this section, base URL and credentials."""
        told = {"handle": HANDLE, "app_password": "made-up-app-password", "base_url": self.site.url, "timeout": 5.0}
        return Settings(
            store=Store(url=str(self.folder / "store.duckdb")),
            brands=brands or (Brand(name="Norvia", queries=("norvia",), own_accounts=(HANDLE,)),),
            networks=Networks.model_validate({"bluesky": told | section}),
        )

    def source(self, meter: Meter | None = None, **section: Any) -> bluesky_source.BlueskyConnection:
        """An open connection."""
        return bluesky_source.connect(self.settings(**section), meter or Meter())

    @property
    def kept(self) -> Path:
        """The file that keeps the session."""
        return self.folder / "sessions" / f"bluesky-{HANDLE}.json"

    def asked(self, method: str = "") -> list[Request]:
        """Requests so far, of one method or of all."""
        return [
            one.request for one in self.site.asked if one.request.path.removeprefix("/xrpc/") == method or not method
        ]

    def methods(self) -> list[str]:
        """Short names of the methods that were asked for, in order."""
        return [one.path.rsplit(".", 1)[1] for one in self.asked()]


def listing(kind: str = "search", target: str = "norvia", **changes: Any) -> Listing:
    """A listing of the brand Norvia."""
    return Listing("bluesky", kind, target, "Norvia", **changes)


@contextmanager
def scripted(folder: Path) -> Iterator[Bench]:
    """A bench whose site answers until the body ends."""
    script = Script(unscripted, prefix="/xrpc/")
    with serving(script) as site:
        yield Bench(site, script, folder)
