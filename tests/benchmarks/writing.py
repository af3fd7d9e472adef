"""The store's bulk write at several sizes, beside a bare Arrow INSERT into an unindexed table, in the same run."""

import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from monitor import store
from monitor.models.posts import Match, MatchedMention, Mention
from monitor.settings.loading import Store
from monitor.store.posts import mentions
from monitor.store.posts.batches import mention_table
from tests import made_up_posts
from tests.benchmarks import database

BATCHES = (500, 5_000, 50_000)
ROUNDS = 5


def found(count: int, seed: int) -> list[MatchedMention]:
    """New mentions, ready to be stored."""
    match = (Match("Norvia", "norvia", ("norvia",)),)
    return [
        MatchedMention(
            Mention(
                network="x",
                post_id=post_id,
                text=text,
                posted_at=datetime.fromisoformat(at),
                author=author,
                thread_id=thread or post_id,
                raw={"id": post_id, "author": author, "created_at": at, "text": text},
            ),
            match,
        )
        for post_id, author, at, text, thread in made_up_posts.rows(count, seed)
    ]


def ours(kept: Store, batch: Sequence[MatchedMention]) -> float:
    """Seconds to store a batch: open, four tables, commit, close."""
    started = time.perf_counter()
    with store.connect(kept) as connection:
        mentions.save(connection, 1, batch, datetime.now(UTC))
    return time.perf_counter() - started


def bare(path: Path, batch: Sequence[MatchedMention]) -> float:
    """Seconds for the same rows as one Arrow INSERT into one table: to Arrow, open, insert, commit, close."""
    started = time.perf_counter()
    table = mention_table([one.mention for one in batch])
    with duckdb.connect(str(path)) as connection:
        connection.register("batch", table)
        connection.execute("CREATE TABLE IF NOT EXISTS bare AS SELECT * FROM batch LIMIT 0")
        connection.execute("INSERT INTO bare SELECT * FROM batch")
    return time.perf_counter() - started


def rate(seconds: Sequence[float], rows: int) -> float:
    """Rows a second, at the median."""
    return rows / statistics.median(seconds)


def main(rows: int) -> None:
    """Prints rows a second by batch and by what the database holds already."""
    folder = Path(tempfile.gettempdir()) / "escucha-bench"
    folder.mkdir(exist_ok=True)
    seed = int(time.time())
    print(f"{'existing':>12} {'batch':>8} {'ours rows/s':>12} {'bare rows/s':>12} {'share':>6}")
    with tempfile.TemporaryDirectory(dir=folder) as fresh:
        for existing in (0, rows // 10, rows):
            kept = database.fill(
                (folder if existing else Path(fresh)) / f"write-{existing}.duckdb", existing, labels=False
            )
            for batch in BATCHES:
                rounds = [found(batch, seed := seed + 1) for _ in range(ROUNDS)]
                told = rate([ours(kept, one) for one in rounds], batch)
                plain = rate([bare(Path(fresh) / f"bare-{existing}-{batch}.duckdb", one) for one in rounds], batch)
                print(f"{existing:>12,} {batch:>8,} {told:>12,.0f} {plain:>12,.0f} {told / plain:>6.2f}", flush=True)
