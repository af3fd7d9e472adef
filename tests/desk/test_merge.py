"""Merging and splitting cases, and taking both back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.errors import EscuchaError, StoreConflict
from monitor.models.cases import Case, effective
from monitor.pipeline import hand_over, main_line
from monitor.settings.loading import Settings
from monitor.store import samples
from monitor.store.cases import answers, case_mentions, cases, events, follow_ups
from tests import desk_store

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings on a fresh store."""
    return desk_store.configured(tmp_path, monkeypatch)


@pytest.fixture
def two(config: Settings) -> Settings:
    """Two cases of one brand: case 1 with three posts of ana's, case 2 with one of luis's."""
    two_cases(config)
    return config


@desk_store.filled_once
def two_cases(config: Settings) -> None:
    first = [
        desk_store.post(config, f"a{n}", f"queja {n}", NOW - timedelta(hours=9 - n), thread_id="a0", likes=n)
        for n in range(3)
    ]
    second = desk_store.post(config, "b", "a mí también", NOW - timedelta(hours=1), author="luis", likes=7)
    desk_store.open_cases(config, [*first, second], NOW)


def case(settings: Settings, case_id: int) -> Case:
    with store.connect(settings.store, read_only=True) as connection:
        return cases.get(connection, case_id)


def posts(settings: Settings, case_id: int) -> list[str]:
    with store.connect(settings.store, read_only=True) as connection:
        ids = case_mentions.of_case(connection, case_id)
        rows = connection.execute("SELECT mention_id, post_id FROM mentions").fetchall()
    return [dict(rows)[one] for one in ids]


def merged(settings: Settings) -> None:
    desk.merge(settings, 1, [2], versions={1: 1, 2: 1}, actor="eva", now=NOW)


def is_sound(settings: Settings) -> bool:
    with store.connect(settings.store, read_only=True) as connection:
        return events.verify(connection).is_sound


def test_a_merged_case_gives_its_posts_and_points_to_the_one_that_took_it(two: Settings) -> None:
    merged(two)
    assert posts(two, 1) == ["a0", "a1", "a2", "b"]
    assert posts(two, 2) == []
    assert case(two, 2).merged_into == 1
    assert (case(two, 1).reach, case(two, 1).contacts) == (10, 4)
    assert is_sound(two)


def test_who_waits_in_a_case_that_is_taken_in_still_waits(two: Settings) -> None:
    desk.log_contact(two, 1, "phone", "out", "Llamada", actor="eva", now=NOW + timedelta(minutes=5))
    assert case(two, 1).asked_at is None
    desk.merge(two, 1, [2], versions={1: 2, 2: 1}, actor="eva", now=NOW + timedelta(minutes=9))
    assert case(two, 1).asked_at == NOW, "what we said to another customer was no word to this one"
    assert case(two, 1).due_clock == "next_response"
    desk.undo_merge(two, 2, actor="eva", now=NOW + timedelta(minutes=10))
    assert case(two, 1).asked_at is None


def test_a_case_that_takes_an_older_one_in_has_waited_for_as_long(two: Settings) -> None:
    late = NOW + timedelta(days=3)
    fresh = desk_store.post(two, "c", "otra vez", late, author="sara")
    desk_store.open_cases(two, [fresh], late)
    desk.merge(two, 3, [2], versions={3: 1, 2: 1}, actor="eva", now=late)
    after = case(two, 3)
    assert after.asked_at == NOW
    assert after.first_due_at == case(two, 2).first_due_at
    assert after.resolve_due_at == case(two, 2).resolve_due_at


def test_a_post_that_is_split_off_has_waited_all_the_time(two: Settings) -> None:
    later = NOW + timedelta(days=3)
    _, given = desk.split(two, 1, ids(two, "a1"), version=1, actor="eva", now=later)
    assert given.case.asked_at == case(two, 1).asked_at


def test_a_merge_is_taken_back_to_what_was(two: Settings) -> None:
    before = case(two, 1), case(two, 2)
    merged(two)
    desk.undo_merge(two, 2, actor="eva", now=NOW)
    after = case(two, 1), case(two, 2)
    assert posts(two, 1) == ["a0", "a1", "a2"]
    assert posts(two, 2) == ["b"]
    for was, became in zip(before, after, strict=True):
        assert (was.merged_into, was.reach, was.contacts, was.level, was.due_at) == (
            became.merged_into, became.reach, became.contacts, became.level, became.due_at,
        )  # fmt: skip
    assert is_sound(two)


def test_what_the_customer_of_a_merged_case_writes_next_goes_where_it_went(two: Settings) -> None:
    merged(two)
    later = desk_store.post(two, "b2", "¿y lo mío?", NOW, author="luis", thread_id="b")
    main_line.open_cases(two)
    assert later
    assert posts(two, 1) == ["a0", "a1", "a2", "b", "b2"]


def test_merged_twice_in_a_row_still_leads_to_the_last(two: Settings) -> None:
    third = desk_store.post(two, "c", "y yo", NOW, author="sara")
    desk_store.open_cases(two, [third], NOW)
    merged(two)
    desk.merge(two, 3, [1], versions={}, actor="eva", now=NOW)
    desk_store.post(two, "b2", "¿y lo mío?", NOW, author="luis", thread_id="b")
    main_line.open_cases(two)
    assert set(posts(two, 3)) == {"a0", "a1", "a2", "b", "b2", "c"}


@pytest.fixture
def chained(two: Settings) -> Settings:
    """Case 2, with an answer, in case 1, and that in case 3."""
    third = desk_store.post(two, "c", "y yo", NOW, author="sara")
    desk_store.open_cases(two, [third], NOW)
    desk.mark_sent(two, 2, "lo miramos", "", version=1, actor="eva", now=NOW)
    desk.merge(two, 1, [2], versions={}, actor="eva", now=NOW)
    desk.merge(two, 3, [1], versions={}, actor="eva", now=NOW)
    return two


def test_what_a_case_had_taken_in_leaves_with_it(chained: Settings) -> None:
    desk.undo_merge(chained, 1, actor="eva", now=NOW)
    assert posts(chained, 1) == ["a0", "a1", "a2", "b"]
    assert (posts(chained, 3), case(chained, 3).contacts) == (["c"], 1)
    desk.undo_merge(chained, 2, actor="eva", now=NOW)
    assert posts(chained, 2) == ["b"]


def test_a_merge_inside_another_is_taken_back_after_it(chained: Settings) -> None:
    with pytest.raises(EscuchaError, match="undo that first"):
        desk.undo_merge(chained, 2, actor="eva", now=NOW)


def test_answers_go_all_the_way_with_their_case(chained: Settings) -> None:
    with store.connect(chained.store, read_only=True) as connection:
        assert [one.case_id for one in answers.of_cases(connection, [3])] == [3]


def test_a_case_named_twice_is_taken_in_once(two: Settings) -> None:
    desk.merge(two, 1, [2, 2], versions={}, actor="eva", now=NOW)
    assert case(two, 1).contacts == 4


def test_the_time_of_the_posts_shrinks_with_them(two: Settings) -> None:
    before = case(two, 1)
    merged(two)
    desk.undo_merge(two, 2, actor="eva", now=NOW)
    assert case(two, 1).last_post_at == before.last_post_at
    left, _ = desk.split(two, 1, ids(two, "a2"), version=3, actor="eva", now=NOW)
    assert left.case.last_post_at == NOW - timedelta(hours=8)


def test_reactions_that_grew_since_do_not_hinder_a_split(two: Settings) -> None:
    with store.connect(two.store) as connection:
        connection.execute("UPDATE mentions SET likes = 1000 WHERE post_id = 'a2'")
    left, made = desk.split(two, 1, ids(two, "a2"), version=1, actor="eva", now=NOW)
    assert (left.case.reach, made.case.reach) == (1, 1000)


def test_posts_that_can_have_no_case_stay_where_they_are(two: Settings) -> None:
    with store.connect(two.store) as connection:
        connection.execute("UPDATE mentions SET is_repost = true WHERE post_id = 'a2'")
    for chosen in (["a2"], ["a1", "a2"]):
        with pytest.raises(EscuchaError, match="leave them out"):
            desk.split(two, 1, ids(two, *chosen), version=1, actor="eva", now=NOW)
    assert posts(two, 1) == ["a0", "a1", "a2"]


def test_a_merge_whose_posts_went_on_is_not_taken_back_to_nothing(two: Settings) -> None:
    merged(two)
    desk.split(two, 1, ids(two, "b"), version=2, actor="eva", now=NOW)
    with pytest.raises(EscuchaError, match="left ESC-000001-3"):
        desk.undo_merge(two, 2, actor="eva", now=NOW)


def closed(settings: Settings, case_id: int) -> None:
    version = 1
    for stage in ("acknowledged", "assessed", "answered", "closed"):
        done = desk.move_case(
            settings,
            case_id,
            stage,
            version=version,
            agreement="agreed",
            actor="ion",
            now=NOW,
        )
        version = done.case.version


def test_an_open_complaint_does_not_vanish_into_a_closed_case(two: Settings) -> None:
    closed(two, 1)
    with pytest.raises(EscuchaError, match="reopen it first"):
        desk.merge(two, 1, [2], versions={}, actor="eva", now=NOW)


def test_the_history_of_a_closed_case_that_was_merged_and_parted_tells_of_its_follow_ups(two: Settings) -> None:
    closed(two, 2)
    desk.merge(two, 1, [2], versions={}, actor="eva", now=NOW)
    desk.undo_merge(two, 2, actor="eva", now=NOW)
    with store.connect(two.store, read_only=True) as connection:
        told = effective(events.of_cases(connection, [2])[2])
        kept = follow_ups.of_case(connection, 2)
    assert [event.field for event in told if event.kind == "follow_up"] == ["planned"]
    assert [one.status for one in kept] == ["planned", "planned"]


def test_samples_are_cleared_away_with_those_merged_into_them(two: Settings) -> None:
    with store.connect(two.store) as connection:
        connection.execute("UPDATE mentions SET sample = true")
    merged(two)
    with store.connect(two.store) as connection:
        samples.clear(connection, NOW)
        assert cases.get_many(connection, [1, 2]) == []
    assert is_sound(two)


@pytest.mark.parametrize(
    ("into", "others", "said"),
    [(1, [1], "two different"), (1, [], "two different"), (1, [9], "no case 9"), (2, [3], "is a case of")],
)
def test_what_cannot_be_merged_is_refused_and_nothing_changes(
    two: Settings, into: int, others: list[int], said: str
) -> None:
    other = desk_store.post(two, "c", "agua fría", NOW, author="sara", brands=(desk_store.OTHER_BRAND,))
    desk_store.open_cases(two, [other], NOW)
    with pytest.raises(EscuchaError, match=said):
        desk.merge(two, into, others, versions={}, actor="eva", now=NOW)
    assert case(two, 1).version == 1


def test_nothing_is_merged_over_somebody_elses_change(two: Settings) -> None:
    desk.take(two, 2, version=1, actor="ion", now=NOW)
    with pytest.raises(StoreConflict):
        merged(two)
    assert posts(two, 2) == ["b"]


def test_a_merged_case_is_exported_with_the_one_that_took_it(two: Settings) -> None:
    merged(two)
    (row,) = hand_over.case_rows(two)
    assert (row.code, row.posts) == ("ESC-000001-3", 4)
    assert "a mí también" in row.later_posts
    assert hand_over.new_case_count(two) == 1


def test_a_merged_case_is_not_acted_on(two: Settings) -> None:
    merged(two)
    with pytest.raises(EscuchaError, match="was merged into another case"):
        desk.take(two, 2, version=2, actor="eva", now=NOW)


def ids(settings: Settings, *names: str) -> list[int]:
    with store.connect(settings.store, read_only=True) as connection:
        rows = connection.execute("SELECT post_id, mention_id FROM mentions").fetchall()
    return [dict(rows)[name] for name in names]


def test_posts_leave_for_a_case_of_their_own(two: Settings) -> None:
    left, made = desk.split(two, 1, ids(two, "a1", "a2"), version=1, actor="eva", now=NOW)
    assert posts(two, 1) == ["a0"]
    assert posts(two, made.case.case_id) == ["a1", "a2"]
    assert (left.case.contacts, left.case.reach, made.case.reach) == (1, 0, 3)
    assert made.case.contacts == 3, "two posts, and the case before"
    assert made.case.opened_by == "eva"
    assert is_sound(two)


def test_a_split_is_taken_back(two: Settings) -> None:
    _, made = desk.split(two, 1, ids(two, "a1"), version=1, actor="eva", now=NOW)
    desk.undo_split(two, made.case.case_id, actor="eva", now=NOW)
    assert posts(two, 1) == ["a0", "a1", "a2"]
    assert case(two, made.case.case_id).merged_into == 1
    assert case(two, 1).contacts == 3


@pytest.mark.parametrize("names", [(), ("a0",), ("b",)])
def test_the_opening_post_and_posts_of_others_are_not_split_off(two: Settings, names: tuple[str, ...]) -> None:
    with pytest.raises(EscuchaError, match=r"choose posts|stays in it"):
        desk.split(two, 1, ids(two, *names), version=1, actor="eva", now=NOW)
    assert posts(two, 1) == ["a0", "a1", "a2"]


def test_a_split_under_somebody_elses_change_is_undone_as_a_whole(two: Settings) -> None:
    desk.take(two, 1, version=1, actor="ion", now=NOW)
    with pytest.raises(StoreConflict):
        desk.split(two, 1, ids(two, "a1"), version=1, actor="eva", now=NOW)
    assert posts(two, 1) == ["a0", "a1", "a2"]
    with store.connect(two.store, read_only=True) as connection:
        assert len(cases.get_many(connection, range(1, 9))) == 2


def test_nothing_is_due_in_a_case_that_was_merged_until_it_is_taken_back(two: Settings) -> None:
    was = case(two, 2)
    assert was.due_at is not None
    merged(two)
    at_rest = case(two, 2)
    assert (at_rest.asked_at, at_rest.next_due_at, at_rest.due_at, at_rest.due_clock, at_rest.warn_at) == (None,) * 5
    desk.undo_merge(two, 2, actor="eva", now=NOW)
    assert case(two, 2).due_at == was.due_at
