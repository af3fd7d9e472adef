"""Tables with columns of times, and what is read from them."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.errors import RejectedPost
from monitor.sources.files.source import Layout, inspect, read, to_mention

NOW = datetime(2026, 3, 25, tzinfo=UTC)
MADRID = ZoneInfo("Europe/Madrid")


def table(path: Path, header: Sequence[str], *rows: Sequence[object]) -> Path:
    """A CSV file of posts with these columns between id and text."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", *header, "texto"], *([n, *row, "Otra queja"] for n, row in enumerate(rows))])
    return path


def look(path: Path) -> Layout:
    """How the file is read where clocks are those of Madrid."""
    return inspect(path, network="forum", time_zone=MADRID)


def times(layout: Layout) -> list[str]:
    """Month, day, hour and minute of each post, in UTC; of a reject its reason."""
    found = []
    for page in read(layout.path, layout, received_at=NOW):
        for post in page.posts:
            try:
                found.append(f"{to_mention(post, layout).posted_at:%m-%dT%H:%M}")
            except RejectedPost as error:
                found.append(str(error))
    return found
