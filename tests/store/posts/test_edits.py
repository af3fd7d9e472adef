"""Edits keep the old text, deletions take text and author everywhere, and nothing older overwrites anything newer."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import store
from monitor.collect import files as collect_files
from monitor.collect import matching
from monitor.models.posts import Mention
from monitor.runs import no_progress
from monitor.settings.loading import Settings
from monitor.sources.files import source as files_source
from monitor.store.posts import edits, mentions, rechecks
from tests.conftest import NOW, about, mention

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def stored(settings: Settings) -> Settings:
    """Posts 1 and 2, which do not wait for the classifier."""
    with store.connect(settings.store) as connection:
        found = [mention("1", "no llega", likes=1), mention("2", "tampoco llega", minutes=60)]
        mentions.save(connection, 1, about("Norvia", *found), NOW)
        connection.execute("DELETE FROM pending")
    return settings


def update(settings: Settings, *found: Mention) -> int:
    with store.connect(settings.store) as connection:
        return edits.update(connection, 2, found, LATER)


def bury(settings: Settings, *post_ids: str) -> int:
    with store.connect(settings.store) as connection:
        return edits.mark_deleted(connection, "x", post_ids, LATER)


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with store.connect(settings.store, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_an_edit_keeps_the_old_text_and_is_classified_again(stored: Settings) -> None:
    assert update(stored, mention("1", "ya llegó", edited_at=NOW), mention("2", "tampoco llega", minutes=60)) == 1
    assert rows(stored, "SELECT text, edited_at FROM mentions WHERE post_id = '1'") == [("ya llegó", NOW)]
    assert rows(stored, "SELECT * FROM edits") == [(1, LATER, "no llega")]
    assert rows(stored, "SELECT * FROM pending") == [("classify", 1)]
    assert rows(stored, "SELECT run_id FROM posts WHERE mention_id = 1 ORDER BY 1") == [(1,), (2,)]
    ((same,),) = rows(stored, "SELECT bool_and(text_key = md5_number_lower(text)) FROM mentions")
    assert same


def test_an_edit_that_says_no_time_gets_that_of_its_reading(stored: Settings) -> None:
    update(stored, mention("1", "ya llegó"))
    assert rows(stored, "SELECT edited_at FROM mentions WHERE post_id = '1'") == [(LATER,)]


def test_an_edit_is_found_though_its_time_is_all_the_network_tells(stored: Settings) -> None:
    """Reviews, and Atom entries without `published`, seem to be posted when they were last changed."""
    assert update(stored, mention("2", "ya llegó", minutes=-30)) == 1
    assert rows(stored, "SELECT text, posted_at FROM mentions WHERE post_id = '2'") == [
        ("ya llegó", NOW - timedelta(hours=1))
    ]


def test_an_older_version_changes_nothing(stored: Settings) -> None:
    update(stored, mention("1", "ya llegó", edited_at=NOW))
    assert update(stored, mention("1", "no llega", edited_at=NOW - timedelta(hours=1))) == 0
    assert rows(stored, "SELECT text FROM mentions WHERE post_id = '1'") == [("ya llegó",)]


@pytest.mark.parametrize("edited_at", [None, LATER + timedelta(hours=30)])
def test_an_edit_whose_time_nobody_knows_blocks_no_later_one(stored: Settings, edited_at: datetime | None) -> None:
    """A time that the network did not tell, or that cannot be true, dates no other version."""
    assert update(stored, mention("1", "sigue sin llegar", edited_at=edited_at)) == 1
    assert rows(stored, "SELECT edited_at FROM mentions WHERE post_id = '1'") == [(LATER,)]
    assert update(stored, mention("1", "ha explotado", edited_at=LATER - timedelta(minutes=9))) == 1
    assert update(stored, mention("1", "ya llegó", edited_at=LATER - timedelta(minutes=10))) == 0, "both times are told"
    assert rows(stored, "SELECT text, edited_at FROM mentions WHERE post_id = '1'") == [
        ("ha explotado", LATER - timedelta(minutes=9))
    ]


def test_words_that_an_edit_without_a_time_replaced_do_not_come_back_from_before(stored: Settings) -> None:
    update(stored, mention("1", "ya llegó"))
    assert update(stored, mention("1", "no llega", edited_at=NOW)) == 0
    assert update(stored, mention("1", "no llega", edited_at=LATER)) == 1, "taken back since"


def test_a_post_stored_with_an_edit_from_the_future_takes_later_ones(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        found = mention("1", "no llega", edited_at=LATER + timedelta(hours=30))
        mentions.save(connection, 1, about("Norvia", found), NOW)
    assert update(settings, mention("1", "ha explotado", edited_at=NOW - timedelta(minutes=1))) == 1


def test_of_several_versions_at_once_the_latest_counts(stored: Settings) -> None:
    versions = [mention("1", f"versión {n}", edited_at=NOW + timedelta(minutes=n)) for n in (1, 3, 2)]
    assert update(stored, *versions) == 1
    assert rows(stored, "SELECT text FROM mentions WHERE post_id = '1'") == [("versión 3",)]
    assert rows(stored, "SELECT text FROM edits") == [("no llega",)]


def test_new_counts_are_no_edit(stored: Settings) -> None:
    assert update(stored, mention("1", "no llega", likes=9, replies=2)) == 0
    assert rows(stored, "SELECT likes, replies, edited_at FROM mentions WHERE post_id = '1'") == [(9, 2, None)]
    assert rows(stored, "SELECT * FROM edits") == rows(stored, "SELECT * FROM pending") == []


def test_counts_that_are_not_told_stay(stored: Settings) -> None:
    update(stored, mention("1", "ya llegó"))
    assert rows(stored, "SELECT likes FROM mentions WHERE post_id = '1'") == [(1,)]


def test_a_post_that_waits_anyway_waits_once(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        mentions.save(connection, 1, about("Norvia", mention("1", "no llega")), NOW)
    update(settings, mention("1", "ya llegó"))
    assert rows(settings, "SELECT * FROM pending") == [("classify", 1)]


def test_of_a_deleted_post_nothing_is_left_but_that_there_was_one(stored: Settings) -> None:
    update(stored, mention("1", "ya llegó"))
    with store.connect(stored.store) as connection:
        connection.execute("UPDATE mentions SET author_name = 'Ana', permalink = 'https://x.invalid/1'")
    assert bury(stored, "1", "unknown") == 1
    tables = rows(stored, "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()")
    told = "\n".join(str(rows(stored, f'SELECT * FROM "{name}"')) for (name,) in tables)
    assert "llegó" not in told
    assert "no llega'" not in told
    assert rows(
        stored, "SELECT author, author_id, author_name, permalink, deleted_at FROM mentions WHERE text = ''"
    ) == [(None, None, None, None, LATER)]
    assert rows(stored, "SELECT post_id FROM mentions WHERE deleted_at IS NULL") == [("2",)]
    assert rows(stored, "SELECT count(*) FROM pending WHERE mention_id = 1") == [(0,)]


def test_what_was_deleted_stays_so(stored: Settings) -> None:
    bury(stored, "1")
    assert update(stored, mention("1", "ha vuelto", edited_at=LATER)) == 0
    with store.connect(stored.store) as connection:
        again = mentions.save(connection, 3, about("Norvia", mention("1", "no llega")), LATER)
    assert (again.stored, again.duplicates) == (0, 1)
    assert bury(stored, "1") == 0
    assert rows(stored, "SELECT text FROM mentions WHERE post_id = '1'") == [("",)]


def test_a_case_says_that_its_post_was_deleted_and_forgets_its_author(stored: Settings) -> None:
    with store.connect(stored.store) as connection:
        connection.execute(
            """
            INSERT INTO cases (case_id, code, brand, network, thread_id, author, language, stage, opened_at, opened_by,
                first_post_at, last_post_at, changed_at, version)
            VALUES (1, 'C-1', 'Norvia', 'x', '1', 'ana', 'es', 'received', $now, 'escucha', $now, $now, $now, 1)
            """,
            {"now": NOW},
        )
        connection.execute("INSERT INTO case_mentions VALUES (1, 1, 'Norvia'), (1, 2, 'Norvia')")
    bury(stored, "1")
    assert rows(stored, "SELECT case_id, kind, mention_id FROM case_events") == [(1, "deleted", 1)]
    assert rows(stored, "SELECT author FROM cases") == [("ana",)], "another post of hers is still there"
    bury(stored, "2")
    assert rows(stored, "SELECT author FROM cases") == [(None,)]


def test_posts_of_cases_are_looked_up_first_and_each_once_a_day(stored: Settings) -> None:
    def wanted(limit: int = 9) -> list[str]:
        with store.connect(stored.store, read_only=True) as connection:
            return rechecks.recheck_ids(connection, "x", since=NOW - timedelta(days=30), not_since=LATER, limit=limit)

    with store.connect(stored.store) as connection:
        connection.execute("INSERT INTO case_mentions VALUES (1, 2, 'Norvia')")
    assert wanted() == ["2", "1"]
    assert wanted(limit=1) == ["2"]
    with store.connect(stored.store) as connection:
        rechecks.mark_checked(connection, "x", ["2"], LATER)
    assert wanted() == ["1"]
    bury(stored, "1")
    assert wanted() == []


@pytest.mark.parametrize(
    ("posted", "stored_for", "is_due"),
    [
        (timedelta(days=-3), timedelta(days=3), True),
        (timedelta(days=-3), timedelta(days=400), True),  # the clock was behind when it was stored
        (timedelta(days=-40), timedelta(days=40), False),
        (timedelta(days=90), timedelta(days=3), True),
        (timedelta(days=90), timedelta(days=40), False),  # its author's clock is ahead
    ],
)
def test_a_wrong_clock_hides_no_post_from_being_looked_up(
    settings: Settings, posted: timedelta, stored_for: timedelta, is_due: bool
) -> None:
    post = mention("1", posted_at=NOW + posted)
    with store.connect(settings.store) as connection:
        mentions.save(connection, 1, about("Norvia", post), NOW - stored_for)
        due = rechecks.recheck_ids(
            connection, "x", since=NOW - timedelta(days=30), not_since=NOW - timedelta(days=1), limit=9, now=NOW
        )
    assert due == (["1"] if is_due else [])


def test_an_answer_that_stood_beside_a_post_in_a_file_is_never_looked_up(settings: Settings, tmp_path: Path) -> None:
    source = tmp_path / "reviews.csv"
    at = NOW.isoformat()
    source.write_text(
        "Review Created (UTC),Review Id,Review Stars,Review Content,Review Username,"
        "Company Reply Date (UTC),Company Reply\n"
        f"{at},r1234567890123,1,Norvia no contesta,Ana,{at},Lo sentimos mucho\n"
    )
    layout = files_source.inspect(source, network="youtube", time_zone=settings.zone)
    collect_files.import_file(settings, layout, matching.by_brand("Norvia"), no_progress)
    with store.connect(settings.store, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM mentions").fetchone() == (2,)
        due = datetime.now(UTC) + timedelta(days=1)
        since = NOW - timedelta(days=1)
        looked_up = rechecks.recheck_ids(connection, "youtube", since=since, not_since=due, limit=9)
    assert looked_up == ["r1234567890123"]


def test_a_row_of_a_file_without_an_id_is_never_looked_up(settings: Settings, tmp_path: Path) -> None:
    """No network knows the id it was given: it would be called deleted, and lose its text."""
    source = tmp_path / "posts.csv"
    source.write_text(f"text,created_at\nNorvia no contesta,{NOW.isoformat()}\n")
    layout = files_source.inspect(source, network="youtube", time_zone=settings.zone)
    collect_files.import_file(settings, layout, matching.by_brand("Norvia"), no_progress)
    with store.connect(settings.store, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM mentions").fetchone() == (1,)
        due = datetime.now(UTC) + timedelta(days=1)
        assert rechecks.recheck_ids(connection, "youtube", since=NOW - timedelta(days=1), not_since=due, limit=9) == []
