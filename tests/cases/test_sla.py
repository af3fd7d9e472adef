"""The clocks of a case: against a slow reference, and one by one what starts, rests and stops them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.cases import sla
from monitor.cases import state as cases_state
from monitor.cases.calendars import WorkingTime
from monitor.models.cases import Case, Event, EventKind
from monitor.models.posts import Stage
from monitor.settings.service_hours import WEEKDAYS, Calendar, ServiceLevels, Targets
from tests.cases import reference_clock
from tests.cases.calendar_strategies import ZONES, calendars, moments

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
AROUND = (Calendar(country="", hours=dict.fromkeys(WEEKDAYS, ("00:00-24:00",))),)
TIME = WorkingTime(AROUND, ZoneInfo("UTC"))
TARGETS = Targets(first_response_hours=4, next_response_hours=8, resolution_hours=40)
LONG = Targets(first_response_hours=50, next_response_hours=50, resolution_hours=200)
SERVICE = ServiceLevels(normal=TARGETS, low=LONG)
_ids = count(1)


def told(hours: float, kind: EventKind, became: str | None = None, **facts: object) -> Event:
    """An event so many hours after START; `kind` "stage" goes to `became`."""
    stage = cast(Stage, became) if kind == "stage" else None
    values = {"note": "", "mention_id": None, "field": None, "was": None, "undoes": None, "took_place_at": None} | facts
    at = START + timedelta(hours=hours)
    return Event(
        event_id=next(_ids), case_id=1, happened_at=at, actor="marta", kind=kind, stage=stage, became=became, hash="",
        **values,  # type: ignore[arg-type]
    )  # fmt: skip


def opened() -> Event:
    return told(0, "opened")


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def clocks(*events: Event) -> tuple[sla.Clock, ...]:
    return sla.clocks(events, TARGETS, 0.75, TIME)


def worked_out(*events: Event) -> Case:
    """The columns of the case."""
    stage: Stage = "received"
    case = Case(1, "ESC-1", "Norvia", "x", "t", "ana", "es", stage, START, "escucha", START, START, START, 1)
    return cases_state.with_clocks(case, events, SERVICE, TIME)


_STEPS: dict[str, tuple[tuple[EventKind, str | None], ...]] = {
    "open": (
        ("sent", None), ("reply", None), ("contact", "out"), ("contact", "in"), ("post", None), ("waiting", None),
        ("resumed", None), ("note", None), ("stage", "acknowledged"), ("stage", "answered"), ("stage", "dismissed"),
        ("stage", "closed"),
    ),
    "over": (("post", None), ("sent", None), ("contact", "in"), ("note", None), ("stage", "reopened")),
}  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> tuple[Event, ...]:
    """A history that could be, its events minutes to days apart, some at one moment."""
    start = draw(moments())
    events, state, since = [opened()], "open", 0
    for _ in range(draw(st.integers(0, 7))):
        kind, became = draw(st.sampled_from(_STEPS[state]))
        since += draw(st.sampled_from([0, 1, 45, 180, 700, 1_500]))
        events.append(told(since / 60, kind, became))
        state = "over" if became in ("dismissed", "closed") else "open" if became == "reopened" else state
    return tuple(replace(event, happened_at=start + (event.happened_at - START)) for event in events)


@settings(max_examples=150)
@given(histories(), calendars(), st.sampled_from(ZONES), st.integers(0, 4_000))
@example((opened(), told(1, "waiting"), told(9, "post"), told(30, "sent")), AROUND, ZoneInfo("UTC"), 0)
def test_clocks_agree_with_counting_minutes(
    events: tuple[Event, ...], kept: tuple[Calendar, ...], zone: ZoneInfo, later: int
) -> None:
    now = events[-1].at + timedelta(minutes=later)
    time, targets = WorkingTime(kept, zone), Targets(first_response_hours=1, next_response_hours=3, resolution_hours=9)
    wanted = {"first_response": hours(1), "next_response": hours(3), "resolution": hours(9)}
    found = sla.clocks(events, targets, 0.75, time)
    slow = reference_clock.clocks(events, wanted, now, kept, zone)
    assert [clock.name for clock in found] == [one.name for one in slow]
    for clock, one in zip(found, slow, strict=True):
        assert sla.elapsed(clock, now, time) == one.shows
        assert sla.remaining(clock, now, time) == clock.target - one.shows
        if one.due_at:
            assert clock.due_at == one.due_at
        elif clock.due_at:
            assert clock.due_at > (now if clock.is_running else clock.stopped_at or now) or one.shows == clock.target


@given(histories(), calendars(), st.sampled_from(ZONES), st.lists(st.integers(0, 9_000), min_size=2, max_size=2))
def test_a_clock_never_runs_backwards(
    events: tuple[Event, ...], kept: tuple[Calendar, ...], zone: ZoneInfo, later: list[int]
) -> None:
    time = WorkingTime(kept, zone)
    first, second = (events[-1].at + timedelta(minutes=minutes) for minutes in sorted(later))
    for clock in sla.clocks(events, TARGETS, 0.75, time):
        assert sla.elapsed(clock, first, time) <= sla.elapsed(clock, second, time)
        assert clock.is_breached(second) or not clock.is_breached(first)


@pytest.mark.parametrize(
    ("kind", "became"), [("sent", None), ("reply", None), ("contact", "out"), ("stage", "answered")]
)
def test_a_word_of_ours_stops_the_first_response(kind: EventKind, became: str | None) -> None:
    case = worked_out(opened(), told(3, kind, became))
    assert (case.first_answered_at, case.first_minutes, case.asked_at) == (at(3), 180, None)
    assert (case.due_clock, case.due_at, case.first_due_at) == ("resolution", at(40), at(4))


def test_notes_and_stages_before_the_answer_stop_nothing() -> None:
    case = worked_out(opened(), told(1, "note"), told(2, "stage", "acknowledged"), told(2, "stage", "investigating"))
    assert (case.due_clock, case.due_at, case.warn_at, case.asked_at) == ("first_response", at(4), at(3), START)


def test_a_further_word_of_the_customer_starts_a_clock_and_a_second_one_does_not_restart_it() -> None:
    case = worked_out(opened(), told(1, "sent"), told(2, "post"), told(5, "contact", "in"))
    assert (case.asked_at, case.next_due_at, case.due_clock) == (at(2), at(10), "next_response")
    assert worked_out(opened(), told(1, "sent"), told(2, "post"), told(11, "sent")).next_breaches == 1


def test_waiting_for_the_customer_rests_every_clock_and_a_word_of_theirs_ends_it() -> None:
    resting = worked_out(opened(), told(1, "waiting"))
    assert (resting.paused_at, resting.due_at, resting.due_clock, resting.warn_at) == (at(1), None, None, None)
    spoken = worked_out(opened(), told(1, "waiting"), told(11, "post"))
    assert (spoken.paused_at, spoken.first_due_at, spoken.resolve_due_at) == (None, at(14), at(50))


def test_what_is_overdue_when_it_begins_to_rest_stays_overdue() -> None:
    case = worked_out(opened(), told(6, "waiting"))
    assert (case.paused_at, case.due_at, case.due_clock) == (at(6), at(4), "first_response")


def test_an_answer_while_it_rests_stops_the_clock_where_it_was() -> None:
    first = clocks(opened(), told(1, "waiting"), told(9, "sent"))[0]
    assert (first.stopped_at, first.counted, sla.remaining(first, at(99), TIME)) == (at(9), hours(1), hours(3))


def test_dismissing_stops_everything_and_nothing_is_promised_any_more() -> None:
    case = worked_out(opened(), told(1, "stage", "dismissed"))
    assert (case.due_at, case.first_due_at, case.first_answered_at, case.asked_at) == (None, None, None, None)
    assert (case.resolved_at, case.resolve_minutes) == (at(1), 60)


def test_a_reopened_case_gets_a_new_resolution_and_an_unanswered_one_goes_on_waiting() -> None:
    case = worked_out(opened(), told(1, "stage", "dismissed"), told(10, "stage", "reopened"))
    assert (case.first_due_at, case.resolve_due_at, case.reopenings) == (at(13), at(50), 1)


def test_a_round_that_ended_too_late_stays_late_when_the_next_is_in_time() -> None:
    late = (opened(), told(1, "sent"), told(60, "stage", "closed"))
    again = worked_out(*late, told(70, "stage", "reopened"), told(71, "stage", "closed"))
    assert (again.resolve_breaches, again.resolve_minutes) == (1, 61 * 60)
    in_time = (opened(), told(1, "sent"), told(2, "stage", "closed"), told(70, "stage", "reopened"))
    assert worked_out(*in_time, told(71, "stage", "closed")).resolve_breaches == 0


def test_thanks_after_closing_start_no_clock() -> None:
    case = worked_out(opened(), told(1, "sent"), told(2, "stage", "closed"), told(3, "post"))
    assert (case.asked_at, case.due_at) == (None, None)


def test_a_customer_who_comes_back_waits_from_the_reopening() -> None:
    closed = (opened(), told(1, "sent"), told(2, "stage", "closed"), told(30, "post"))
    case = worked_out(*closed, told(30, "stage", "reopened"))
    assert (case.asked_at, case.next_due_at, case.resolve_due_at) == (at(30), at(38), at(70))


def test_what_was_undone_did_not_happen() -> None:
    closing = told(2, "stage", "closed")
    events = (opened(), told(1, "sent"), closing, told(3, "undone", undoes=closing.event_id))
    assert worked_out(*events) == worked_out(*events[:2])


def test_a_call_told_late_counts_from_when_it_was_made() -> None:
    call = told(9, "contact", "out", took_place_at=at(2))
    case = worked_out(opened(), told(5, "post"), call)
    assert (case.first_answered_at, case.asked_at) == (at(2), at(5))


def test_a_call_from_before_the_case_answers_it_at_once() -> None:
    case = worked_out(opened(), told(1, "contact", "out", took_place_at=at(-20)))
    assert (case.first_answered_at, case.first_minutes) == (START, 0)


def test_a_case_that_spans_a_calendar_edit_counts_each_time_by_its_calendar() -> None:
    office = Calendar(country="", hours={"mon": ("09:00-12:00",)})
    longer = Calendar(country="", since=START.date() + timedelta(days=1), hours={"tue": ("09:00-10:00",)})
    time = WorkingTime((office, longer), ZoneInfo("UTC"))
    first = sla.clocks((opened(),), TARGETS, 0.75, time)[0]
    assert (first.due_at, first.warn_at) == (at(25), at(3))
    assert sla.remaining(first, at(24), time) == hours(1)


def test_computers_whose_clocks_differ_do_not_turn_the_history_around() -> None:
    closed = (opened(), told(1, "sent"), told(2, "stage", "closed"))
    case = worked_out(*closed, told(1.9, "post"), told(1.9, "stage", "reopened"))
    assert (case.resolved_at, case.asked_at, case.resolve_due_at) == (None, at(2), at(42))


def test_a_reply_that_the_customer_had_overtaken_answers_and_leaves_them_waiting() -> None:
    case = worked_out(opened(), told(2, "reply", "overtaken"))
    assert (case.first_answered_at, case.asked_at, case.next_due_at) == (at(2), at(2), at(10))
    over = worked_out(opened(), told(1, "stage", "dismissed"), told(2, "reply", "overtaken"))
    assert (over.asked_at, over.due_at) == (None, None)
