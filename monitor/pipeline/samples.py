"""The demo's posts: invented, about an invented brand, shifted so that the newest is minutes old."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from monitor import store
from monitor.collect.ingest import IngestSpec
from monitor.collect.matching import by_brand
from monitor.collect.reading.storing import PageStore, ready_page
from monitor.errors import StoreError
from monitor.models.posts import Mention, Page, Post
from monitor.pipeline import main_line
from monitor.runs import Progress, now, record_run
from monitor.settings import loading
from monitor.settings.loading import Brand, Settings
from monitor.store import samples as sample_rows

logger = logging.getLogger(__name__)

_BUNDLED = Path(__file__).parent.parent / "bundled"


@dataclass(frozen=True, slots=True)
class SampleCounts:
    """How many sample posts there are, and what this start added."""

    posts: int
    new: int
    classified: int
    cases: int


def load(settings: Settings, progress: Progress) -> SampleCounts:
    """Takes the samples through the whole pipeline; those already there are left as people left them.

    Raises StoreError when the database holds real posts: samples are not mixed in among them.
    """
    with store.connect(settings.store, read_only=True) as connection:
        if sample_rows.has_real_posts(connection):
            raise StoreError(
                f"{settings.store.place} holds real posts; to see the demo beside them: "
                "ESCUCHA_STORE__URL=data/demo.duckdb escucha demo"
            )
    brand = loading.load(demo_settings()).brands[0]
    settings = _with_brand(settings, brand)
    posts = _posts(now())
    with record_run(settings, "demo", "samples") as run:
        for network in sorted({post.network for post in posts}):
            page = Page(tuple(post for post in posts if post.network == network))
            spec = IngestSpec(to_mention, by_brand(brand.name))
            PageStore(settings, run, network, "samples").store([ready_page(page, spec)])
            progress("read", run.received, len(posts))
    classified = main_line.classify_pending(settings, progress)
    main_line.open_cases(settings, progress)
    with store.connect(settings.store, read_only=True) as connection:
        cases = sample_rows.case_count(connection)
    logger.info("samples loaded", extra={"count": run.saved.stored})
    return SampleCounts(len(posts), run.saved.stored, classified, cases)


def clear(settings: Settings) -> int:
    """Removes the samples and everything that came of them. Returns how many posts."""
    with store.connect(settings.store) as connection:
        count = sample_rows.clear(connection, now())
    logger.info("samples removed", extra={"count": count})
    return count


def to_mention(post: Post) -> Mention:
    """A sample as a mention; `minutes_ago` counts from when it was read."""
    raw = post.raw
    return Mention(
        network=post.network,
        post_id=raw["post_id"],
        text=raw["text"],
        posted_at=post.received_at - timedelta(minutes=raw["minutes_ago"]),
        thread_id=raw.get("thread") or raw["post_id"],
        raw=raw,
        author=raw["author"],
        author_name=raw["author_name"],
        permalink=f"https://example.com/{post.network}/{raw['post_id']}",
        in_reply_to=raw.get("in_reply_to"),
        is_repost=raw.get("is_repost", False),
        likes=raw.get("likes"),
        replies=raw.get("replies"),
        reposts=raw.get("reposts"),
        sample=True,
    )


def demo_settings() -> Path:
    """The settings file of the invented brand."""
    return _BUNDLED / "demo.toml"


def _with_brand(settings: Settings, brand: Brand) -> Settings:
    brands = tuple(configured for configured in settings.brands if configured.name != brand.name)
    return settings.model_copy(update={"brands": (*brands, brand)})


def _posts(at: datetime) -> list[Post]:
    return [Post(raw["network"], raw, at, f"sample {raw['post_id']}") for raw in _raw()]


def _raw() -> Iterator[dict[str, Any]]:
    text = (_BUNDLED / "samples.jsonl").read_text(encoding="utf-8")
    return (json.loads(line) for line in text.splitlines())
