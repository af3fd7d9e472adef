"""What was received and not stored survives the process, and one process at a time reads a network."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.collect import journal
from monitor.collect.journal import JournalEntry
from monitor.errors import StoreBusy, UnexpectedAnswer
from monitor.models.listings import BackfillWindow, Charge, CoverageGap, Listing, ReceivedPage
from monitor.models.posts import Post
from monitor.settings.loading import Settings, Store
from tests.conftest import NOW

LISTING = Listing("x", "search", "norvia", "Norvia", written="norvia", dated=True)


def received(text: str = "hola", window: BackfillWindow | None = None) -> JournalEntry:
    posts = (Post("x", {"text": text, "id": "1"}, NOW, "x search, post 1"),)
    answer = ReceivedPage(posts, gone=("7",), charges=(Charge("post:1", 0.005),))
    return JournalEntry(LISTING, window, None, "{}", answer, (CoverageGap(NOW - timedelta(hours=2), NOW, "late"),), 3)


@pytest.mark.parametrize("window", [None, BackfillWindow(NOW - timedelta(days=1), NOW)])
def test_what_was_received_comes_back_as_it_was(settings: Settings, window: BackfillWindow | None) -> None:
    entries = [received("emoji 🤬 y \ud800 suelto\n", window), received("شكرا", window)]
    with journal.open_journal(settings.store, "x") as journal_file:
        for entry in entries:
            journal_file.append(entry)
    with journal.open_journal(settings.store, "x") as journal_file:
        assert journal_file.unstored() == entries
        journal_file.clear()
    with journal.open_journal(settings.store, "x") as journal_file:
        assert journal_file.unstored() == []


def file_of(settings: Settings) -> Path:
    return next(settings.store.path.parent.rglob("x.jsonl"))


def test_an_answer_cut_off_in_the_middle_does_not_count(settings: Settings) -> None:
    with journal.open_journal(settings.store, "x") as journal_file:
        journal_file.append(received("primero"))
        journal_file.append(received("segundo"))
    file_of(settings).write_bytes(file_of(settings).read_bytes()[:-20])
    with journal.open_journal(settings.store, "x") as journal_file:
        assert journal_file.unstored() == [received("primero")]


@pytest.mark.parametrize(
    "line",
    [
        b'{"listing": {"network": "x"}}',
        b'{"version": 7, "pages": []}',
        b"[1, 2]",
        b"7",
        b"\0\0\0",
        b"\xff",
        b'{"listing": {"network": "x", "kind": "search", "target": "a", "brand": "N"}, "posts": [7], "gone": null}',
    ],
)
def test_what_another_version_wrote_ends_it(settings: Settings, line: bytes) -> None:
    with journal.open_journal(settings.store, "x") as journal_file:
        journal_file.append(received("primero"))
    with file_of(settings).open("ab") as file:
        file.write(line + b"\n")
    with journal.open_journal(settings.store, "x") as journal_file:
        journal_file.append(received("tercero"))
        assert journal_file.unstored() == [received("primero")]


def test_an_answer_too_deep_to_be_written_is_told_and_leaves_nothing(settings: Settings) -> None:
    deep: dict[str, object] = {}
    for _ in range(5_000):
        deep = {"in": deep}
    entry = received()
    with journal.open_journal(settings.store, "x") as journal_file:
        with pytest.raises(UnexpectedAnswer, match="x: search"):
            journal_file.append(replace(entry, page=ReceivedPage((Post("x", deep, NOW),))))
        assert journal_file.unstored() == []


def test_nobody_else_can_read_the_posts_in_it(settings: Settings) -> None:
    with journal.open_journal(settings.store, "x"):
        assert file_of(settings).stat().st_mode & 0o077 == 0


def test_two_cannot_read_one_network_at_a_time_but_two_networks(settings: Settings) -> None:
    store = Store(url=settings.store.url, busy_timeout=0.1)
    with (
        journal.open_journal(store, "x"),
        journal.open_journal(store, "reddit"),
        pytest.raises(StoreBusy, match="x is being read by another process"),
        journal.open_journal(store, "x"),
    ):
        pass
