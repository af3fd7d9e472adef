"""Follow-ups: planned with the closing, gone with the reopening, settled by people."""

from datetime import UTC, date, timedelta

import pytest

from monitor import desk, store
from monitor.casework.grouping import group_posts
from monitor.desk import follow_ups as desk_follow_ups
from monitor.desk.follow_ups import Contact
from monitor.errors import EscuchaError, StoreConflict
from monitor.models.cases import Event
from monitor.settings.loading import Settings
from monitor.store.cases import candidates, cases, events, follow_ups
from tests import desk_store
from tests.conftest import NOW
from tests.desk.closed_cases import AGAIN, FINE, close, closed_case, move, planned


def told(settings: Settings, case_id: int) -> list[Event]:
    with store.connect(settings.store, read_only=True) as connection:
        return [event for event in events.of_cases(connection, [case_id])[case_id] if event.kind == "follow_up"]


def test_closing_plans_contacts_after_7_and_30_days_and_tells_it(settings: Settings) -> None:
    case_id = closed_case(settings)
    assert [one.due_at.date() for one in planned(settings, case_id)] == [date(2026, 3, 9), date(2026, 4, 1)]
    assert [(one.field, one.actor) for one in told(settings, case_id)] == [("planned", "Ana")]
    assert told(settings, case_id)[0].became == " ".join(
        f"{one.due_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for one in planned(settings, case_id)
    )


def test_undoing_the_closing_takes_them_back_and_leaves_nothing_in_force(settings: Settings) -> None:
    case_id = closed_case(settings)
    move(settings, case_id, "reopened", NOW + timedelta(hours=1))
    move(settings, case_id, "answered", NOW + timedelta(hours=2))
    again = close(settings, case_id, NOW + timedelta(hours=3))
    assert len(planned(settings, case_id)) == 2
    desk.undo(settings, {case_id: [e.event_id for e in again.events]}, actor="Ana", now=NOW + timedelta(hours=4))
    assert planned(settings, case_id) == []
    assert len(told(settings, case_id)) == 3  # planned, cancelled, planned


def test_reopening_cancels_what_is_not_done_and_keeps_what_is(settings: Settings) -> None:
    case_id = closed_case(settings)
    desk_follow_ups.complete(settings, planned(settings, case_id)[0].follow_up_id, FINE, actor="Eva", now=NOW)
    move(settings, case_id, "reopened", NOW + timedelta(days=8))
    with store.connect(settings.store, read_only=True) as connection:
        left = follow_ups.of_case(connection, case_id)
    assert [(one.status, one.done_by, one.channel, one.outcome) for one in left] == [("done", "Eva", "phone", "fine")]
    assert told(settings, case_id)[-1].field == "cancelled"


def test_undoing_the_reopening_brings_them_back_as_they_were(settings: Settings) -> None:
    case_id = closed_case(settings)
    before = planned(settings, case_id)
    reopened = move(settings, case_id, "reopened", NOW + timedelta(days=1))
    desk.undo(settings, {case_id: [e.event_id for e in reopened.events]}, actor="Ana", now=NOW + timedelta(days=1))
    assert planned(settings, case_id) == before


def test_a_post_that_reopens_the_case_cancels_them_too(settings: Settings) -> None:
    case_id = closed_case(settings)
    mention_id = desk_store.post(settings, "p2", "Sigue igual", NOW + timedelta(hours=1), thread_id=f"p{NOW:%H%M%S}")
    with store.connect(settings.store) as connection:
        found = candidates.candidate_posts(connection, [mention_id])
        group_posts(connection, found, settings, "escucha", NOW + timedelta(hours=2))
    assert planned(settings, case_id) == []


def test_value_decides_on_the_days(settings: Settings) -> None:
    wanted = settings.desk.follow_ups.model_copy(update={"top": (2,)})
    settings = settings.model_copy(update={"desk": settings.desk.model_copy(update={"follow_ups": wanted})})
    case_id = closed_case(settings)
    move(settings, case_id, "reopened", NOW + timedelta(hours=1))
    with store.connect(settings.store) as connection:
        connection.execute("UPDATE cases SET value = 'top'").fetchall()
    move(settings, case_id, "answered", NOW + timedelta(hours=2))
    close(settings, case_id, NOW + timedelta(hours=3))
    assert [one.due_at.date() for one in planned(settings, case_id)] == [date(2026, 3, 4)]


def test_a_contact_is_told_with_its_words(settings: Settings) -> None:
    case_id = closed_case(settings)
    done = desk_follow_ups.complete(settings, planned(settings, case_id)[0].follow_up_id, FINE, actor="Eva", now=NOW)
    event = done.events[0]
    assert (event.field, event.became, event.note) == ("done", "phone fine", "Le llegó el reembolso")
    assert done.case.stage == "closed"
    assert len(planned(settings, case_id)) == 1


def test_a_problem_again_reopens_the_case_if_wanted(settings: Settings) -> None:
    case_id = closed_case(settings)
    first = planned(settings, case_id)[0].follow_up_id
    done = desk_follow_ups.complete(settings, first, AGAIN, actor="Eva", now=NOW + timedelta(days=7), reopen=True)
    assert done.case.stage == "reopened"
    assert [event.kind for event in done.events] == ["follow_up", "stage", "follow_up"]
    assert planned(settings, case_id) == []


def test_what_somebody_settled_meanwhile_is_not_settled_twice(settings: Settings) -> None:
    case_id = closed_case(settings)
    first = planned(settings, case_id)[0].follow_up_id
    desk_follow_ups.complete(settings, first, FINE, actor="Eva", now=NOW)
    for again in (
        lambda: desk_follow_ups.complete(settings, first, AGAIN, actor="Luis", now=NOW),
        lambda: desk_follow_ups.drop(settings, first, "ya no hace falta", actor="Luis", now=NOW),
        lambda: desk_follow_ups.postpone(settings, first, date(2026, 3, 12), actor="Luis", now=NOW),
    ):
        with pytest.raises(StoreConflict, match="done already"):
            again()
    assert len(told(settings, case_id)) == 2


def test_putting_off_keeps_the_time_of_day(settings: Settings) -> None:
    case_id = closed_case(settings)
    first = planned(settings, case_id)[0]
    desk_follow_ups.postpone(settings, first.follow_up_id, date(2026, 3, 31), actor="Eva", now=NOW)
    after = planned(settings, case_id)[0]
    assert after.due_at.astimezone(settings.zone).date() == date(2026, 3, 31)
    assert after.due_at.astimezone(settings.zone).time() == first.due_at.astimezone(settings.zone).time()
    assert told(settings, case_id)[-1].field == "postponed"
    with pytest.raises(EscuchaError, match="choose a later day"):
        desk_follow_ups.postpone(settings, first.follow_up_id, date(2026, 3, 1), actor="Eva", now=NOW)


def test_dropping_asks_for_a_reason(settings: Settings) -> None:
    case_id = closed_case(settings)
    first = planned(settings, case_id)[0].follow_up_id
    with pytest.raises(EscuchaError, match="why"):
        desk_follow_ups.drop(settings, first, " ", actor="Eva", now=NOW)
    desk_follow_ups.drop(settings, first, "Pidió que no le llamemos", actor="Eva", now=NOW)
    assert len(planned(settings, case_id)) == 1
    assert told(settings, case_id)[-1].note == "Pidió que no le llamemos"


def test_a_contact_nobody_planned_is_logged_on_closed_cases_only(settings: Settings) -> None:
    case_id = closed_case(settings)
    desk_follow_ups.log(settings, case_id, Contact("in_person", "fine", "Vino a la tienda"), actor="Eva", now=NOW)
    with store.connect(settings.store, read_only=True) as connection:
        assert [one.status for one in follow_ups.of_case(connection, case_id)].count("done") == 1
    move(settings, case_id, "reopened", NOW + timedelta(hours=1))
    with pytest.raises(EscuchaError, match="is not closed"):
        desk_follow_ups.log(settings, case_id, FINE, actor="Eva", now=NOW)


def test_a_way_of_contact_that_does_not_exist_is_told() -> None:
    with pytest.raises(EscuchaError, match="pigeon"):
        Contact("pigeon", "fine")  # type: ignore[arg-type]


def test_overdue_counts_what_should_have_been_done(settings: Settings) -> None:
    closed_case(settings)
    with store.connect(settings.store, read_only=True) as connection:
        counts = [follow_ups.overdue_count(connection, NOW + timedelta(days=days)) for days in (6, 8, 31)]
    assert counts == [0, 1, 2]


def test_many_closings_at_once_plan_for_each_and_are_taken_back_at_once(settings: Settings) -> None:
    ids = [closed_case(settings, NOW + timedelta(minutes=n)) for n in range(3)]
    for case_id in ids:
        move(settings, case_id, "reopened", NOW + timedelta(hours=1))
        move(settings, case_id, "answered", NOW + timedelta(hours=2))
    with store.connect(settings.store, read_only=True) as connection:
        seen = {case.case_id: case.version for case in cases.get_many(connection, ids)}
    at = NOW + timedelta(hours=3)
    many = desk.move_many(settings, seen, "closed", actor="Ana", now=at, agreement="agreed")
    assert [len(planned(settings, case_id)) for case_id in ids] == [2, 2, 2]
    events_of = {done.case.case_id: [event.event_id for event in done.events] for done in many.done}
    desk.undo(settings, events_of, actor="Ana", now=at)
    assert [len(planned(settings, case_id)) for case_id in ids] == [0, 0, 0]
    with store.connect(settings.store, read_only=True) as connection:
        assert events.verify(connection).is_sound
