"""Taking back what moved posts between cases: joining by hand, splitting, merging, entering."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.casework.apply import AppliedChange
from monitor.desk.customers import LinkOutcome
from monitor.errors import EscuchaError, StoreConflict
from monitor.models.cases import Case, Event, effective
from monitor.settings.loading import Settings
from monitor.store import consistency
from monitor.store.cases import case_mentions, cases, events, follow_ups
from tests import desk_store

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOON, LATER = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
_ASIDE = ("version", "changed_at")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Case 1 of ana's: a complaint, and later posts that speak of money (moderate no more) and of her safety."""
    made = desk_store.configured(tmp_path, monkeypatch)
    one_case(made)
    return made


@desk_store.filled_once
def one_case(made: Settings) -> None:
    words = ("No llega el pedido", "Me habéis cobrado dos veces", "Y el aparato echa humo, es peligroso")
    for n, text in enumerate(words):
        at = NOW - timedelta(hours=9 - n)
        post = desk_store.post(made, f"a{n}", text, at, thread_id="a0", likes=n + 1)
        desk_store.open_cases(made, [post], at + timedelta(minutes=5))


def case(settings: Settings, case_id: int = 1) -> Case:
    with store.connect(settings.store, read_only=True) as connection:
        return cases.get(connection, case_id)


def state(settings: Settings, case_id: int = 1) -> tuple[dict[str, object], list[int], list[follow_ups.FollowUp]]:
    """All that is known of a case but how often it changed: its row, its posts, its follow-ups."""
    with store.connect(settings.store, read_only=True) as connection:
        assert consistency.inconsistent_cases(connection) == ()
        found = cases.get(connection, case_id)
        row = {name: getattr(found, name) for name in Case.__slots__ if name not in _ASIDE}
        return row, case_mentions.of_case(connection, case_id), follow_ups.of_case(connection, case_id)


def history(settings: Settings, case_id: int = 1) -> tuple[Event, ...]:
    with store.connect(settings.store, read_only=True) as connection:
        assert events.verify(connection).is_sound
        assert consistency.inconsistent_cases(connection) == ()
        return events.of_cases(connection, [case_id])[case_id]


def ids(settings: Settings, *names: str) -> list[int]:
    with store.connect(settings.store, read_only=True) as connection:
        rows = dict(connection.execute("SELECT post_id, mention_id FROM mentions").fetchall())
    return [rows[name] for name in names]


def take_back(settings: Settings, *done: AppliedChange, **said: object) -> list[AppliedChange]:
    found = {one.case.case_id: [event.event_id for event in one.events] for one in done}
    return desk.undo(settings, found, actor="eva", now=LATER, **said)  # type: ignore[arg-type]


def split(settings: Settings, *names: str) -> list[AppliedChange]:
    version = case(settings).version
    return desk.split(settings, 1, ids(settings, *names), version=version, actor="eva", now=SOON)


def unsure(settings: Settings, at: datetime = NOW, **facts: object) -> int:
    return desk_store.post(settings, "duda", "¿Siempre es así?", at, thread_id="a0", p_complaint=0.5, likes=9, **facts)


def test_a_post_that_joined_by_hand_leaves_again_with_all_it_brought(config: Settings) -> None:
    post, before = unsure(config), state(config)
    said = desk.open_case(config, post, desk_store.BRAND, actor="eva", now=NOW)
    assert (case(config).contacts, case(config).reach) == (4, 15)
    take_back(config, *said.done, corrections=said.corrections)
    assert state(config) == before
    assert [event.kind for event in history(config)][-2:] == ["post", "undone"]


def test_what_a_joining_post_made_severe_is_so_no_more(config: Settings) -> None:
    split(config, "a1", "a2")
    before = state(config)
    post = desk_store.post(config, "b", "Se incendió, es peligroso", NOW, thread_id="a0", p_complaint=0.5)
    said = desk.open_case(config, post, desk_store.BRAND, actor="eva", now=SOON)
    assert (case(config).severity, case(config).cue) == ("critical", "safety")
    take_back(config, *said.done, corrections=said.corrections)
    assert state(config) == before


def test_a_post_that_reopened_a_case_leaves_it_closed_with_its_follow_ups(config: Settings) -> None:
    for stage in ("acknowledged", "assessed", "answered", "closed"):
        desk.move_case(
            config, 1, stage, version=case(config).version, actor="eva", now=NOW,
            agreement="agreed" if stage == "closed" else None,
        )  # fmt: skip
    post, before = unsure(config, SOON), state(config)
    said = desk.open_case(config, post, desk_store.BRAND, actor="eva", now=SOON)
    assert case(config).stage == "reopened"
    take_back(config, *said.done, corrections=said.corrections)
    assert state(config) == before


def test_a_joining_is_not_taken_back_over_a_change_nor_twice(config: Settings) -> None:
    said = desk.open_case(config, unsure(config), desk_store.BRAND, actor="eva", now=NOW)
    noted = desk.add_note(config, 1, "llamada", actor="ion", now=NOW)
    with pytest.raises(StoreConflict) as caught:
        take_back(config, *said.done, corrections=said.corrections)
    assert caught.value.meanwhile[0].actor == "ion"
    take_back(config, noted)
    take_back(config, *said.done, corrections=said.corrections)
    with pytest.raises(StoreConflict):
        take_back(config, *said.done)


def test_posts_that_left_do_not_count_where_they_were(config: Settings) -> None:
    assert (case(config).severity, case(config).cue) == ("critical", "safety")
    left, _ = split(config, "a2")
    assert (left.case.severity, left.case.cue) == ("serious", "money")
    assert (left.case.contacts, left.case.reach) == (2, 3)
    assert left.case.last_post_at == NOW - timedelta(hours=8)
    left, _ = split(config, "a1")
    assert (left.case.severity, left.case.cue, left.case.contacts) == ("moderate", "", 1)


def test_what_another_post_says_as_well_stays_severe(config: Settings) -> None:
    again = desk_store.post(config, "a3", "Huele a gas en toda la casa", NOW, thread_id="a0")
    desk_store.open_cases(config, [again], NOW)
    before = state(config)
    done = split(config, "a2")
    assert (done[0].case.severity, done[0].case.cue) == ("critical", "safety")
    take_back(config, *done)
    assert state(config) == before


def test_of_two_posts_that_say_the_same_each_counts_as_long_as_it_is_there(config: Settings) -> None:
    again = desk_store.post(config, "a3", "Huele a gas en toda la casa", NOW, thread_id="a0")
    desk_store.open_cases(config, [again], NOW)
    before = state(config)
    split(config, "a2")
    between = state(config)
    left, new = split(config, "a3")
    assert (left.case.severity, left.case.cue) == ("serious", "money")
    desk.undo_split(config, new.case.case_id, actor="eva", now=LATER)
    assert state(config) == between
    desk.undo_split(config, 2, actor="eva", now=LATER)
    assert state(config)[0] == before[0]


def test_a_severity_that_a_person_chose_stays_in_a_split(config: Settings) -> None:
    desk.edit(config, 1, {"severity": "minor"}, version=case(config).version, actor="eva", now=NOW)
    left, _ = split(config, "a2")
    assert left.case.severity == "minor"


def test_clocks_do_not_wait_for_posts_that_left(config: Settings) -> None:
    desk.log_contact(config, 1, "phone", "out", "Lo miramos", actor="eva", now=NOW)
    later = desk_store.post(config, "a3", "¿Y bien?", SOON, thread_id="a0")
    desk_store.open_cases(config, [later], SOON)
    assert case(config).asked_at == SOON
    left, new = split(config, "a3")
    assert (left.case.asked_at, left.case.next_due_at) == (None, None)
    assert new.case.asked_at == SOON
    assert later not in {event.mention_id for event in effective(history(config)) if event.kind == "post"}


def test_the_new_case_keeps_owner_and_team(config: Settings) -> None:
    whose = {"owner": "sara", "team": "tiendas"}
    desk.edit(config, 1, whose, version=case(config).version, actor="eva", now=NOW)
    _, new = split(config, "a1")
    assert (new.case.owner, new.case.team) == ("sara", "tiendas")
    assert [(e.actor, e.field) for e in new.events if e.kind == "field"] == [("eva", "owner"), ("eva", "team")]


@pytest.mark.parametrize("names", [("a1",), ("a2",), ("a1", "a2")])
@pytest.mark.parametrize("by", ["undo", "undo_split"])
def test_a_split_taken_back_leaves_the_case_as_it_was(config: Settings, names: tuple[str, ...], by: str) -> None:
    before = state(config)
    done = split(config, *names)
    assert state(config) != before
    if by == "undo":
        take_back(config, *done)
        with pytest.raises(EscuchaError, match="there is no case 2"):
            case(config, 2)
    else:
        desk.undo_split(config, 2, actor="eva", now=LATER)
        assert case(config, 2).merged_into == 1
    assert state(config) == before


def test_a_split_is_not_taken_back_over_a_change_of_either_case_nor_twice(config: Settings) -> None:
    done = split(config, "a1")
    for case_id in (1, 2):
        noted = desk.add_note(config, case_id, "llamada", actor="ion", now=NOW)
        with pytest.raises(StoreConflict):
            take_back(config, *done)
        take_back(config, noted)
    take_back(config, *done)
    for again in (done, done[:1]):
        with pytest.raises(StoreConflict):
            take_back(config, *again)


def test_half_a_split_is_not_taken_back(config: Settings) -> None:
    done, before = split(config, "a1"), state(config)
    with pytest.raises(EscuchaError, match="cannot be taken back without ESC-000002-1"):
        take_back(config, done[0])
    assert state(config) == before


def test_rejoined_posts_leave_again_with_their_case(config: Settings) -> None:
    split(config, "a1")
    apart = state(config), state(config, 2)
    desk.undo_split(config, 2, actor="eva", now=LATER)
    desk.undo_merge(config, 2, actor="eva", now=LATER)
    assert (state(config), state(config, 2)) == apart
    rejoined = desk.undo_split(config, 2, actor="eva", now=LATER)
    take_back(config, *rejoined)
    assert (state(config), state(config, 2)) == apart


def test_a_merge_is_taken_back_with_the_common_undo(config: Settings) -> None:
    others = [desk_store.post(config, name, "a mí también", NOW, author=name, likes=5) for name in ("leo", "sara")]
    desk_store.open_cases(config, others, NOW)
    before = [state(config, case_id) for case_id in (1, 2, 3)]
    done = desk.merge(config, 1, [2, 3], versions={}, actor="eva", now=NOW)
    noted = desk.add_note(config, 1, "llamada", actor="ion", now=NOW)
    with pytest.raises(StoreConflict):
        take_back(config, *done)
    take_back(config, noted)
    take_back(config, *done)
    assert [state(config, case_id) for case_id in (1, 2, 3)] == before
    with pytest.raises(StoreConflict):
        take_back(config, *done)


def test_a_merge_of_a_closed_case_gives_it_its_follow_ups_back(config: Settings) -> None:
    other = desk_store.post(config, "b", "a mí también", NOW, author="leo")
    desk_store.open_cases(config, [other], NOW)
    for stage in ("acknowledged", "assessed", "answered", "closed"):
        desk.move_case(
            config, 2, stage, version=case(config, 2).version, actor="eva", now=NOW,
            agreement="agreed" if stage == "closed" else None,
        )  # fmt: skip
    before = state(config, 2)
    take_back(config, *desk.merge(config, 1, [2], versions={}, actor="eva", now=NOW))
    assert state(config, 2) == before


def entered(settings: Settings) -> LinkOutcome:
    entry = desk.Entry(desk_store.BRAND, "phone", "No me devuelven el dinero", name="Eva Sol", contact="600 000 000")
    return desk.enter_case(settings, entry, actor="eva", now=NOW)


def test_a_case_that_was_entered_by_mistake_is_gone_with_its_words_and_can_be_entered_again(config: Settings) -> None:
    said = entered(config)
    take_back(config, *said.done, decided=said.decided)
    with store.connect(config.store, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM mentions WHERE network = 'phone'").fetchall() == [(0,)]
        assert connection.execute("SELECT count(*) FROM corrections").fetchall() == [(0,)]
    assert entered(config).done[0].case.stage == "received"
