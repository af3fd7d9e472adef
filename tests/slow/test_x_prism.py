"""Every request to X against X's own OpenAPI: Prism refuses wrong fields, values out of range, missing credentials."""

import json
import os
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from monitor.errors import SourceUnavailable
from monitor.models.listings import Listing, Meter, PageRequest
from monitor.query import parser
from monitor.settings.loading import Brand, Settings
from monitor.settings.networks import Networks
from monitor.sources.x import source
from tests.ports import free_ports

pytestmark = pytest.mark.slow
PRISM = "@stoplight/prism-cli@5.16.0"
RULES = "/2/tweets/search/stream/rules"
ANSWERS: dict[str, Any] = {
    "/2/tweets/search/recent": {"meta": {"result_count": 0}},
    "/2/users/2244994945/mentions": {"meta": {"result_count": 0}},
    "/2/users/by/username/norvia_ayuda": {"data": {"id": "2244994945"}},
    "/2/tweets": {
        "data": [{"id": "1346889436626259968", "edit_history_tweet_ids": ["1346889436626259968", "13468895"]}]
    },
    "/2/tweets/counts/recent": {"meta": {"total_tweet_count": 0}},
    "/2/usage/tweets": {"data": {"project_id": "1"}},
    RULES: {"data": [{"id": "1", "value": "of last year", "tag": "escucha"}], "meta": {"sent": ""}},
    "/2/tweets/search/stream": {"errors": [{"title": "operational-disconnect"}]},
}
"""Prism's own examples break its own rules, so it judges the request and these answer it."""


@dataclass
class Judge:
    """What Prism said of each request."""

    prism: str
    said: list[tuple[str, str, int, str]] = field(default_factory=list)

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> int:
        kept = {name: value for name, value in headers.items() if name.lower() in ("authorization", "content-type")}
        request = urllib.request.Request(self.prism + path, body or None, kept, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, told = answer.status, ""
        except urllib.error.HTTPError as error:
            status, told = error.code, error.headers.get("sl-violations", "")
        self.said.append((method, path, status, told))
        return status


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def do_GET(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status = self.server.judge.ask(self.command, self.path, dict(self.headers.items()), sent)
        body = json.dumps(ANSWERS[urlsplit(self.path).path] if status < 300 else {"title": "refused"}).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815

    def log_message(self, format: str, *values: object) -> None:
        return


@pytest.fixture(scope="module")
def openapi() -> Path:
    folder = os.environ.get("RECORDINGS")
    if not folder:
        pytest.skip("RECORDINGS does not name the folder that holds x/latest-openapi.json")
    return Path(folder) / "x" / "latest-openapi.json"


@pytest.fixture(scope="module")
def prism(openapi: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Prism that serves X's OpenAPI."""
    if shutil.which("npm") is None:
        pytest.skip("npm is missing, which installs Prism")
    folder = tmp_path_factory.mktemp("prism")
    done = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), PRISM],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        pytest.skip(f"npm could not install {PRISM}: {done.stderr[-300:]}")
    (port,) = free_ports(1)
    program = folder / "node_modules" / ".bin" / "prism"
    with (folder / "prism.log").open("wb") as log:
        process = subprocess.Popen(
            [str(program), "mock", "--host", "127.0.0.1", "--port", str(port), str(openapi)], stdout=log, stderr=log
        )
    try:
        for _ in range(240):
            if b"Prism is listening" in (folder / "prism.log").read_bytes():
                break
            time.sleep(0.5)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def judge(prism: str) -> Iterator[tuple[Judge, str]]:
    """A judge and the address of the API it stands before."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made = Judge(prism)
    server.judge = made  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield made, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def everything_is_asked(url: str) -> None:
    """Each kind of request that the source makes."""
    networks = Networks.model_validate({"x": {"bearer_token": "made-up-token", "base_url": url, "timeout": 60.0}})
    written = '("Aerolínea Norvia" OR @norvia_ayuda OR #norvia) -empleo lang:es -from:norvia_ayuda'
    assert parser.parse(written)
    brand = Brand(name="Norvia", queries=(written, "norvia"), own_accounts=("norvia_ayuda",))
    settings = Settings(networks=networks, brands=(brand,))
    connection = source.connect(settings, Meter())
    listings: list[Listing] = source.listings(brand, settings)
    now = datetime.now(UTC)
    for listing in listings:
        connection.fetch(listing, PageRequest(now - timedelta(days=3), now - timedelta(days=1)))
        later = PageRequest(now - timedelta(days=7), cursor="b26v89c19zqg8o3fosktkdplsmyqu3d1hvn1l4r0f3e19")
        connection.fetch(listing, later)
        connection.estimate(listing, now - timedelta(days=3), now)
    connection.check(["1346889436626259968", "20"])
    connection.probe()
    with pytest.raises(SourceUnavailable, match="operational-disconnect"):
        next(one for one in connection.stream(listings, threading.Event()) if one)


def test_x_accepts_every_request(judge: tuple[Judge, str]) -> None:
    judged, url = judge
    everything_is_asked(url)
    assert [one for one in judged.said if one[2] not in (200, 201)] == []
    asked = {(method, urlsplit(path).path) for method, path, _, _ in judged.said}
    assert asked == {("GET", path) for path in ANSWERS} | {("POST", RULES)}


def test_every_parameter_is_one_that_x_knows(judge: tuple[Judge, str], openapi: Path) -> None:
    """Prism lets others pass; X does not."""
    judged, url = judge
    everything_is_asked(url)
    told = json.loads(openapi.read_text(encoding="utf-8"))
    for method, path, _, _ in judged.said:
        parts = urlsplit(path)
        template = parts.path.replace("2244994945", "{id}").replace("norvia_ayuda", "{username}")
        known = set()
        for one in told["paths"][template][method.lower()].get("parameters", ()):
            name = one.get("$ref", "").rsplit("/", 1)[-1]
            known.add((told["components"]["parameters"][name] if name else one)["name"])
        assert set(parse_qs(parts.query)) <= known, path


def test_prism_does_refuse(prism: str) -> None:
    """Otherwise the tests above would prove nothing."""
    judged = Judge(prism)
    token = {"Authorization": "Bearer made-up-token"}
    judged.ask("GET", "/2/tweets/search/recent?query=norvia&max_results=5", token, b"")
    judged.ask("GET", "/2/tweets/search/recent?query=norvia&tweet.fields=nonsense", token, b"")
    judged.ask("GET", "/2/tweets/search/recent?query=norvia", {}, b"")
    judged.ask("GET", "/2/tweets/nowhere/else", token, b"")
    assert [status for _, _, status, _ in judged.said] == [422, 422, 401, 404]
