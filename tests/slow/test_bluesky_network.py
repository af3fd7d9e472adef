"""A real Bluesky network, end to end: posts are written there, collected, looked up again, deleted and hidden."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from monitor import store
from monitor.collect import collector
from monitor.collect import recheck as collect_recheck
from monitor.errors import BadCredentials
from monitor.models.listings import Meter
from monitor.pipeline import listen
from monitor.settings.loading import Brand, Settings, Store
from monitor.settings.networks import Networks
from monitor.sources import registry
from tests.polling import until
from tests.slow.bluesky_network import call, network
from tests.sources.bluesky.jetstream import streaming

pytestmark = pytest.mark.slow
_NUMBERS = count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with network() as address:
        yield address


@dataclass
class Account:
    """An account, logged in by its owner."""

    server: str
    handle: str
    did: str
    token: str

    def write(self, kind: str, **record: Any) -> dict[str, str]:
        """A new record; returns its uri and cid."""
        at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        told = {"$type": kind, "createdAt": at} | record
        body = {"repo": self.did, "collection": kind, "record": told}
        made = call(self.server, "com.atproto.repo.createRecord", body, self.token)
        return {"uri": made["uri"], "cid": made["cid"]}

    def post(self, text: str, **record: Any) -> dict[str, str]:
        """A new post in Spanish."""
        return self.write("app.bsky.feed.post", text=text, langs=["es"], **record)

    def naming(self, other: "Account") -> dict[str, str]:
        """A new post that mentions another account."""
        handle = f"@{other.handle}"
        facet = {
            "index": {"byteStart": 0, "byteEnd": len(handle)},
            "features": [{"$type": "app.bsky.richtext.facet#mention", "did": other.did}],
        }
        return self.post(f"{handle} nadie contesta", facets=[facet])

    def delete(self, uri: str) -> None:
        """Deletes a record."""
        _, _, repo, collection, key = uri.split("/")
        body = {"repo": repo, "collection": collection, "rkey": key}
        call(self.server, "com.atproto.repo.deleteRecord", body, self.token)

    def sees(self, uri: str) -> bool:
        """Whether a look-up by this account finds the post."""
        return bool(call(self.server, "app.bsky.feed.getPosts", token=self.token, uris=uri)["posts"])

    def until(self, uri: str, *, seen: bool) -> None:
        """Waits until the network has noticed."""
        until(lambda: self.sees(uri) is seen)


@dataclass
class Bench:
    """A brand's account, a customer's, and settings with an app password."""

    brand: Account
    customer: Account
    settings: Settings

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with store.connect(self.settings.store, read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def requests(self) -> int:
        return int(self.rows("SELECT sum(requests) FROM ledger")[0][0])

    def collect(self) -> int:
        return collector.collect(self.settings, "bluesky").saved.stored

    def recheck(self) -> collect_recheck.RecheckResult:
        """As on the next day."""
        with store.connect(self.settings.store) as connection:
            connection.execute(
                "UPDATE mentions SET stored_at = stored_at - INTERVAL 2 DAY, checked_at = checked_at - INTERVAL 2 DAY"
            )
        return collect_recheck.recheck(self.settings, "bluesky")


@pytest.fixture
def bench(server: str, tmp_path: Path) -> Bench:
    number = next(_NUMBERS)

    def account(name: str) -> Account:
        handle = f"{name}{number}.test"
        body = {"handle": handle, "email": f"{name}{number}@example.test", "password": f"clave de {name}"}
        told = call(server, "com.atproto.server.createAccount", body)
        return Account(server, handle, told["did"], told["accessJwt"])

    brand, customer = account("norvia"), account("ana")
    password = call(server, "com.atproto.server.createAppPassword", {"name": "escucha"}, brand.token)["password"]
    section = {"handle": brand.handle, "app_password": password, "base_url": server}
    settings = Settings(
        store=Store(url=str(tmp_path / "store.duckdb")),
        brands=(Brand(name="Norvia", queries=(f"norvia{number}",), own_accounts=(brand.handle,)),),
        networks=Networks.model_validate({"bluesky": section}),
    )
    return Bench(brand, customer, settings)


def word(bench: Bench) -> str:
    return bench.settings.brands[0].queries[0]


def test_posts_replies_quotes_and_mentions(bench: Bench) -> None:
    own = bench.brand.post("Hola, aquí atendemos a nuestros clientes")
    found = bench.customer.post(f"El pedido de {word(bench)} no llega 😡")
    bench.customer.post("Qué buen día hace hoy")
    reply = bench.customer.post("Sigo esperando", reply={"root": own, "parent": own})
    quote = bench.customer.post("Miren esto", embed={"$type": "app.bsky.embed.record", "record": own})
    named = bench.customer.naming(bench.brand)
    bench.brand.write("app.bsky.feed.like", subject=found)
    bench.brand.until(named["uri"], seen=True)
    assert bench.collect() == 4
    columns = "post_id, author, author_id, text, thread_id, in_reply_to, quotes, language, likes, permalink"
    told = bench.rows(f"SELECT {columns} FROM mentions")
    by_id = {row[0]: row[1:] for row in told}
    assert set(by_id) == {one["uri"] for one in (found, reply, quote, named)}
    customer = (bench.customer.handle, bench.customer.did)
    assert {row[:2] for row in by_id.values()} == {customer}
    key = found["uri"].rsplit("/", 1)[1]
    link = f"https://bsky.app/profile/{bench.customer.handle}/post/{key}"
    text = f"El pedido de {word(bench)} no llega 😡"
    assert by_id[found["uri"]][2:] == (text, found["uri"], None, None, "es", 1, link)
    assert by_id[reply["uri"]][3:5] == (own["uri"], own["uri"])
    assert by_id[quote["uri"]][5] == own["uri"]
    assert bench.rows("SELECT count(*) FROM rejects") == [(0,)]


def test_mentions_of_an_own_account_that_is_not_logged_in(bench: Bench) -> None:
    brand = bench.settings.brands[0]
    other = brand.model_copy(update={"own_accounts": (bench.customer.handle, "no.such.handle.test")})
    bench.settings = bench.settings.model_copy(update={"brands": (other,)})
    named = bench.brand.naming(bench.customer)
    bench.brand.until(named["uri"], seen=True)
    assert bench.collect() == 1
    assert bench.rows("SELECT post_id, brand FROM mentions JOIN matches USING (mention_id)") == [
        (named["uri"], "Norvia")
    ]


def test_pages_are_followed_to_their_end(bench: Bench) -> None:
    for number in range(130):
        last = bench.customer.post(f"Queja {number} sobre {word(bench)}")
    bench.brand.until(last["uri"], seen=True)
    assert bench.collect() == 130
    assert bench.requests() == 4, "a login, two pages of the search, one of the notifications"


def test_a_session_outlives_the_process_and_is_renewed(bench: Bench) -> None:
    bench.collect()
    assert bench.requests() == 3
    bench.collect()
    assert bench.requests() == 5, "nobody logged in again"
    (kept,) = (bench.settings.store.path.parent / "sessions").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    told = json.loads(kept.read_text())
    kept.write_text(json.dumps(told | {"access": told["access"][:-4] + "AAAA"}))
    bench.collect()
    assert bench.requests() == 9, "one was refused, then the session was refreshed"
    assert json.loads(kept.read_text())["refresh"] != told["refresh"]
    kept.write_text(json.dumps(told | {"access": "x.y.z", "refresh": "x.y.z"}))
    bench.collect()
    assert bench.requests() == 14, "one was refused, the refresh too, then somebody logged in"


def test_what_is_deleted_becomes_a_tombstone_and_what_is_hidden_does_not(bench: Bench) -> None:
    kept, deleted = (bench.customer.post(f"{word(bench)} queja {name}") for name in ("que queda", "borrada"))
    bench.brand.until(deleted["uri"], seen=True)
    assert bench.collect() == 2
    bench.customer.delete(deleted["uri"])
    bench.brand.until(deleted["uri"], seen=False)
    found = bench.recheck()
    assert (found.checked, found.edited, found.gone) == (2, 0, 1)
    gone = "SELECT post_id, text, author FROM mentions WHERE deleted_at IS NOT NULL"
    assert bench.rows(gone) == [(deleted["uri"], "", None)]
    bench.customer.write("app.bsky.graph.block", subject=bench.brand.did)
    bench.brand.until(kept["uri"], seen=False)
    found = bench.recheck()
    assert (found.checked, found.gone) == (1, 0)
    assert len(bench.rows(gone)) == 1


def test_posts_and_deletions_are_heard_in_seconds(bench: Bench) -> None:
    """Jetstream is no part of the network: ours tells what was written there; author and counts are the network's."""
    stop = threading.Event()
    with streaming() as jetstream:
        section = bench.settings.networks.bluesky.model_copy(update={"jetstream_url": jetstream.url})
        networks = bench.settings.networks.model_copy(update={"bluesky": section})
        settings = bench.settings.model_copy(update={"networks": networks})
        thread = threading.Thread(target=listen.listen, args=(settings, ["bluesky"], print, stop))
        thread.start()
        try:
            until(lambda: bool(jetstream.asked))
            text = f"{word(bench)} no contesta"
            found = bench.customer.post(text)
            jetstream.send(told(found["uri"], "create", {"text": text, "createdAt": datetime.now(UTC).isoformat()}))
            heard = f"SELECT author, likes FROM mentions WHERE text = '{text}'"
            until(lambda: bench.rows(heard) == [(bench.customer.handle, 0)])
            bench.customer.delete(found["uri"])
            jetstream.send(told(found["uri"], "delete"))
            until(lambda: bench.rows("SELECT text FROM mentions WHERE deleted_at IS NOT NULL") == [("",)])
        finally:
            stop.set()
            thread.join(180)
    assert not thread.is_alive()


def told(uri: str, operation: str, record: dict[str, str] | None = None) -> dict[str, Any]:
    """An event of Jetstream's."""
    _, _, did, collection, key = uri.split("/")
    commit = {"operation": operation, "collection": collection, "rkey": key} | ({"record": record} if record else {})
    return {"did": did, "time_us": time.time_ns() // 1000, "kind": "commit", "commit": commit}


def test_a_probe_and_wrong_credentials(bench: Bench) -> None:
    source = registry.module("bluesky").connect(bench.settings, Meter())
    assert source.probe() == f"@{bench.brand.handle} at {bench.brand.server}"
    section = {"handle": bench.brand.handle, "app_password": "otra-clave", "base_url": bench.brand.server}
    networks = Networks.model_validate({"bluesky": section})
    elsewhere = Store(url=str(bench.settings.store.path.parent / "other" / "store.duckdb"))
    wrong = bench.settings.model_copy(update={"networks": networks, "store": elsewhere})
    with pytest.raises(BadCredentials, match="ESCUCHA_NETWORKS__BLUESKY__APP_PASSWORD"):
        registry.module("bluesky").connect(wrong, Meter()).probe()
