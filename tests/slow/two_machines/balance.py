"""What is left at the end, against what was said."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from monitor.models.posts import Decision
from tests.slow.two_machines.posts import FAKES, ManyPosts
from tests.slow.two_machines.watch import Watch
from tests.sources.fakes import FakePost


def check_posts(watch: Watch, said: Mapping[str, ManyPosts]) -> None:
    """Each post is stored once, as it was said."""
    rows = watch.rows("SELECT network, post_id, text, author FROM mentions")
    expected = {
        (network, FAKES[network].post_id(post)): (post.text, post.author)
        for network, posts in said.items()
        for post in posts.every
    }
    assert len(rows) == len(expected)
    assert {(network, post_id): (text, author) for network, post_id, text, author in rows} == expected
    assert watch.rows("SELECT count(*), count(DISTINCT mention_id) FROM posts") == [(len(rows), len(rows))]


def check_decisions(watch: Watch, said: Mapping[str, ManyPosts], decisions: Mapping[str, Decision]) -> None:
    """Each is classified once, the first of each conversation as a machine alone does it."""
    rows = watch.rows(
        "SELECT network, post_id, decision FROM classifications JOIN mentions USING (mention_id)"
        " WHERE in_reply_to IS NULL"
    )
    firsts = {
        (network, FAKES[network].post_id(post)): decisions[post.text]
        for network, posts in said.items()
        for post in posts.every
        if post.reply_to is None
    }
    assert len(rows) == len(firsts)
    assert {(network, post_id): decision for network, post_id, decision in rows} == firsts
    whole = sum(len(posts.every) for posts in said.values())
    counts = "SELECT count(*), count(DISTINCT mention_id) FROM classifications"
    assert watch.rows(counts) == [(whole, whole)]


def expected_cases(said: Mapping[str, ManyPosts], decisions: Mapping[str, Decision]) -> dict[tuple[str, str], set[str]]:
    """The conversations in which somebody complains, by network and first post, each with its posts."""
    found: dict[tuple[str, str], set[str]] = {}
    for network, posts in said.items():
        name = FAKES[network].post_id

        def first(post: FakePost, posts: ManyPosts = posts) -> FakePost:
            return posts.every[post.reply_to - 1] if post.reply_to else post

        for post in posts.every:
            if decisions[first(post).text] == "complaint":
                found.setdefault((network, name(first(post))), set()).add(name(post))
    return found


def check_cases(watch: Watch, expected: Mapping[tuple[str, str], set[str]]) -> None:
    """Each conversation with a complaint has one case, which holds its posts, each once; there are no others."""
    rows = watch.rows(
        """
        SELECT c.network, c.thread_id, c.case_id, m.post_id FROM cases c JOIN case_mentions p USING (case_id)
        JOIN mentions m ON m.mention_id = p.mention_id
        """
    )
    found: dict[tuple[str, str], set[str]] = {}
    for network, thread_id, _, post_id in rows:
        found.setdefault((network, thread_id), set()).add(post_id)
    assert found == expected
    assert len({case_id for _, _, case_id, _ in rows}) == len(expected)
    assert len(rows) == sum(len(posts) for posts in expected.values())
    assert watch.rows("SELECT count(*), count(DISTINCT code) FROM cases") == [(len(expected), len(expected))]


def check_deliveries(watch: Watch, folder: Path) -> int:
    """Each case lies once with those who handle complaints, and its history says so once. Returns how many files."""
    files = sorted(folder.glob("cases-*.jsonl"))
    lines = [json.loads(line)["code"] for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert {code: count for code, count in Counter(lines).items() if count > 1} == {}
    assert set(lines) == {code for (code,) in watch.rows("SELECT code FROM cases")}
    assert [file.name for file in folder.iterdir() if file not in files] == []
    once = [(len(lines), len(lines))]
    assert watch.rows("SELECT count(*), count(DISTINCT case_id) FROM export_cases") == once
    assert watch.rows("SELECT count(*), count(DISTINCT case_id) FROM case_events WHERE kind = 'exported'") == once
    assert watch.rows("SELECT count(*) FROM exports WHERE status <> 'delivered'") == [(0,)]
    return len(files)


def check_nothing_left(watch: Watch) -> None:
    """No lease, no claim, nothing that waits, no page that is not stored, no gap, no post that could not be read."""
    assert watch.rows("SELECT name, host, pid FROM leases WHERE holder <> '' OR claimed IS NOT NULL") == []
    assert watch.rows("SELECT step, count(*) FROM pending GROUP BY step") == []
    assert watch.rows("SELECT network, count(*) FROM received_pages GROUP BY network") == []
    assert watch.rows("SELECT network, since, until, reason FROM gaps") == []
    assert watch.rows("SELECT network, count(*) FROM rejects GROUP BY network") == []
