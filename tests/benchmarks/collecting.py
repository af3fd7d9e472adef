"""Collecting from a loopback X through `escucha`'s own way, beside bare tweepy reading the same pages in the same run.

The server is a process of its own with every page ready as bytes. Each reader is a process of its own too, so that its
memory is its own; imports do not count. tweepy is read twice: as dictionaries, which is parsed JSON and nothing more,
and as its own models, which is what its users see. None of the two stores anything.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests import made_up_posts
from tests.sources.fakes import iso

ROOT = Path(__file__).resolve().parents[2]
PAGE = 100
ROUNDS = 3
ANSWER_SECONDS = 0.1
READERS = ("escucha", "tweepy, dictionaries", "tweepy, models")


def pages(count: int) -> list[bytes]:
    """The listing, newest first, as X would send it: spread over six days, with metrics, entities and authors."""
    newest, step = datetime.now(UTC) - timedelta(minutes=1), timedelta(days=6) / count
    made = (_post(number, row, newest - number * step) for number, row in enumerate(made_up_posts.rows(count, 1)))
    found = []
    for begin in range(0, count, PAGE):
        told = list(islice(made, PAGE))
        authors = {
            one["author_id"]: {"id": one["author_id"], "name": "Alguien", "username": one["author_id"]} for one in told
        }
        info: dict[str, Any] = {"result_count": len(told), "newest_id": told[0]["id"], "oldest_id": told[-1]["id"]}
        if begin + PAGE < count:
            info["next_token"] = str(begin // PAGE + 1)
        found.append(json.dumps({"data": told, "includes": {"users": list(authors.values())}, "meta": info}).encode())
    return found


def _post(number: int, row: tuple[str, str, str, str, str], at: datetime) -> dict[str, Any]:
    post_id = str(1_900_000_000_000_000_000 - number * 1000)
    return {
        "id": post_id,
        "text": f"@norvia {row[3]} ({number})",
        "created_at": iso(at),
        "author_id": row[1].removeprefix("cliente") or "0",
        "conversation_id": post_id,
        "edit_history_tweet_ids": [post_id],
        "lang": "es",
        "public_metrics": {
            "retweet_count": 1,
            "reply_count": 2,
            "like_count": 3,
            "quote_count": 0,
            "impression_count": 90,
        },
        "entities": {"mentions": [{"start": 0, "end": 7, "username": "norvia", "id": "77"}]},
    }


def serve(count: int, delay: float) -> None:
    """Tells its address on standard output and answers, each after `delay` seconds, until it is killed."""
    ready = pages(count)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            time.sleep(delay)
            query = parse_qs(urlsplit(self.path).query)
            body = ready[int(query.get("next_token", query.get("pagination_token", ["0"]))[0])]
            self.send_response(200)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *values: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


@contextmanager
def served(count: int, delay: float) -> Iterator[str]:
    """The address of a server process with so many posts."""
    command = [sys.executable, "-m", "tests.benchmarks.collecting", "serve", str(count), str(delay)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def read(reader: str, url: str) -> dict[str, float]:
    """Reads everything in this process: {"posts", "seconds", "cpu", "megabytes"}."""
    run = _ours(url) if reader == READERS[0] else _bare(url, reader)
    next(run)
    began, used = time.perf_counter(), time.process_time()
    count = next(run)
    took, used = time.perf_counter() - began, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"posts": count, "seconds": took, "cpu": used, "megabytes": peak}


def _ours(url: str) -> Iterator[int]:
    import duckdb  # noqa: F401
    import tweepy  # noqa: F401

    from monitor import store
    from monitor.collect import collector
    from monitor.settings.loading import Brand, Settings, Store
    from monitor.settings.networks import Networks
    from monitor.sources.x.network import XSettings

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            store=Store(url=f"{folder}/escucha.duckdb"),
            brands=(Brand(name="Norvia", queries=("norvia",)),),
            networks=Networks(x=XSettings(bearer_token="made-up", base_url=url)),
        )
        yield 0  # imports and settings do not count
        collector.collect(settings, "x")
        with store.connect(settings.store, read_only=True) as connection:
            yield connection.execute("SELECT count(*) FROM mentions").fetchall()[0][0]


def _bare(url: str, reader: str) -> Iterator[int]:
    import requests
    import tweepy
    from requests.adapters import HTTPAdapter

    class Elsewhere(HTTPAdapter):
        def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
            request.url = url + (request.url or "").removeprefix("https://api.twitter.com")
            return super().send(request, **options)

    client = tweepy.Client("made-up", return_type=dict if reader == READERS[1] else tweepy.Response)
    client.session.mount("https://", Elsewhere())
    found, token = 0, None
    yield 0
    while True:
        answer = client.search_recent_tweets(
            "norvia",
            max_results=PAGE,
            next_token=token,
            expansions=["author_id"],
            tweet_fields=["created_at", "conversation_id", "public_metrics", "entities", "lang"],
        )
        told, page = (answer["meta"], answer["data"]) if isinstance(answer, dict) else (answer.meta, answer.data)
        found += len(page)
        token = told.get("next_token")
        if token is None:
            break
    yield found


def measured(reader: str, url: str) -> dict[str, float]:
    """`read` in a new process."""
    command = [sys.executable, "-m", "tests.benchmarks.collecting", "read", reader, url]
    told = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(told.stdout)
    return found


def main(count: int) -> None:
    """Prints posts a second, memory, and our time as a multiple of bare tweepy's; the best of three rounds each.

    Then the same for a tenth of the posts from a server that takes as long as a network does.
    """
    compare(count, 0.0)
    compare(count // 10, ANSWER_SECONDS)


def compare(count: int, delay: float) -> None:
    """Prints the figures for a server whose every answer takes `delay` seconds."""
    print(f"{count:,} posts, {PAGE} a page, {delay * 1000:.0f} ms an answer")
    print(f"  {'reader':<22} {'posts/s':>9} {'seconds':>8} {'CPU s':>7} {'MB':>6}")
    best: dict[str, dict[str, float]] = {}
    with served(count, delay) as url:
        for _ in range(ROUNDS):
            for reader in READERS:
                found = measured(reader, url)
                assert found["posts"] == count, found
                best[reader] = min(best.get(reader, found), found, key=lambda one: one["seconds"])
    for reader, found in best.items():
        rate = found["posts"] / found["seconds"]
        print(f"  {reader:<22} {rate:>9,.0f} {found['seconds']:>8.2f} {found['cpu']:>7.2f} {found['megabytes']:>6.0f}")
    ours = best[READERS[0]]["seconds"]
    for reader in READERS[1:]:
        bare = best[reader]["seconds"]
        print(f"  ours takes {ours / bare:.2f} times as long as {reader}: {1 - bare / ours:.0%} of the time is not its")


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(int(sys.argv[2]), float(sys.argv[3]))
    else:
        print(json.dumps(read(sys.argv[2], sys.argv[3])))
