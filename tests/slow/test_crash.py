"""`escucha run` killed with -9 at random moments and started again ends as if nobody had disturbed it."""

import csv
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from monitor import store
from monitor.settings.loading import Store
from tests import made_up_posts

ROUNDS, KILLS = 5, 10
SETTINGS = """
[[brands]]
name = "Norvia"
queries = ["@norvia"]

[networks.files]
folder = "inbox"
page_size = 50

[classifier]
batch = 64

[exports]
folder = "exports"
"""
STATE = {
    "mentions": "SELECT network, post_id, author, text, posted_at, thread_id FROM mentions ORDER BY ALL",
    "posts": "SELECT post_id, raw FROM posts JOIN mentions USING (mention_id) ORDER BY ALL",
    "matches": "SELECT post_id, brand, query, terms FROM matches JOIN mentions USING (mention_id) ORDER BY ALL",
    "classifications": """
        SELECT post_id, model, c.language, sentiment, decision, round(p_complaint, 3), round(p_negative, 3), current
        FROM classifications c JOIN mentions USING (mention_id) ORDER BY ALL""",
    "cases": """
        SELECT c.network, c.thread_id, c.author, c.stage, c.first_post_at, c.last_post_at, list_sort(list(m.post_id))
        FROM cases c JOIN case_mentions USING (case_id) JOIN mentions m USING (mention_id)
        GROUP BY c.case_id, c.network, c.thread_id, c.author, c.stage, c.first_post_at, c.last_post_at ORDER BY ALL""",
    "events": """
        SELECT m.post_id, e.kind, e.stage FROM case_events e JOIN mentions m USING (mention_id) ORDER BY ALL""",
    "rejects": "SELECT network, place, reason FROM rejects ORDER BY ALL",
    "watermarks": "SELECT network, query, position FROM watermarks ORDER BY ALL",
    "pending": "SELECT * FROM pending",
}


def prepare(folder: Path) -> Path:
    folder.mkdir()
    (folder / "escucha.toml").write_text(SETTINGS)
    for number, network in enumerate(("x", "reddit"), 1):
        file = made_up_posts.write(folder / "inbox" / network / "posts.csv", 700, number)
        with file.open("a") as more:
            more.write("999,ana,not a time,este no se puede leer,\n")
    return folder


def start(folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "monitor", "run"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def finish(folder: Path) -> None:
    process = start(folder)
    _, told = process.communicate(timeout=300)
    assert process.returncode == 0, told.decode()


def state(folder: Path) -> dict[str, object]:
    with store.connect(Store(url=str(folder / "data" / "escucha.duckdb")), read_only=True) as connection:
        found: dict[str, object] = {name: connection.execute(sql).fetchall() for name, sql in STATE.items()}
    exported: Counter[str] = Counter()
    for file in (folder / "exports").glob("cases-*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            exported.update(f"{row['network']} {row['post_id']}" for row in csv.DictReader(lines))
    return found | {"exported": exported}


def under_way(folder: Path) -> str:
    """The step that the last kill has hit."""
    path = folder / "data" / "escucha.duckdb"
    if not path.exists():
        return "start"
    with store.connect(Store(url=str(path)), read_only=True) as connection:
        row = connection.execute(
            "SELECT step FROM runs WHERE status = 'running' ORDER BY run_id DESC LIMIT 1"
        ).fetchone()
    return str(row[0]) if row else "between steps"


@pytest.mark.slow
def test_killed_at_random_moments_it_ends_as_if_undisturbed(tmp_path: Path) -> None:
    calm = prepare(tmp_path / "calm")
    finish(calm)
    expected = state(calm)
    assert len(expected["mentions"]) == 1400  # type: ignore[arg-type]
    assert set(expected["exported"].values()) == {1}  # type: ignore[attr-defined]
    moment = random.Random(20260301)
    hit: Counter[str] = Counter()
    for number in range(ROUNDS):
        folder = prepare(tmp_path / f"round{number}")
        for _ in range(KILLS):
            process = start(folder)
            try:
                process.wait(moment.uniform(0.5, 5.0))
            except subprocess.TimeoutExpired:
                process.kill()
            process.communicate()
            hit[under_way(folder)] += 1
        finish(folder)
        assert state(folder) == expected
    print(f"\n{ROUNDS * KILLS} kills hit: {dict(hit)}")
