"""Follow-ups that come and go with the closing of a case, in the transaction that closes or reopens it."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from monitor.cases import follow_ups as cases_follow_ups
from monitor.cases.calendars import WorkingTime
from monitor.models.cases import Case, NewEvent
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import follow_ups

logger = logging.getLogger(__name__)


def sync(
    connection: Connection, settings: Settings, transitions: Sequence[tuple[Case, Case]], actor: str
) -> list[NewEvent]:
    """Plans contacts for each case (before, after) that became closed; cancels those of one that no longer is.

    A closing that was taken back and holds again finds its contacts as they were. Returns the events that tell it.
    """
    closed_cases = [after for before, after in transitions if is_followed(after) and not is_followed(before)]
    reopened_ids = [after.case_id for before, after in transitions if is_followed(before) and not is_followed(after)]
    time = WorkingTime(settings.desk.calendars, settings.zone)
    due = {
        (case.case_id, case.resolved_at): cases_follow_ups.plan(
            case.resolved_at, case.value, settings.desk.follow_ups, time
        )
        for case in closed_cases
        if case.resolved_at
    }
    planned_times = follow_ups.plan(connection, due, actor) if due else {}
    cancelled_times = follow_ups.cancel(connection, reopened_ids) if reopened_ids else {}
    if planned_times or cancelled_times:
        logger.debug("follow-ups planned or cancelled", extra={"count": len(planned_times) + len(cancelled_times)})
    return [
        *(_plan_event(case_id, became=times) for case_id, times in planned_times.items()),
        *(_plan_event(case_id, was=times) for case_id, times in cancelled_times.items()),
    ]


def _plan_event(case_id: int, *, was: Sequence[datetime] = (), became: Sequence[datetime] = ()) -> NewEvent:
    field = "planned" if became else "cancelled"
    return NewEvent(
        case_id, "follow_up", field=field, was=format_times(was) or None, became=format_times(became) or None
    )


def is_followed(case: Case) -> bool:
    """Whether its customer is contacted again: closed, and not part of another case."""
    return case.stage == "closed" and case.merged_into is None


def format_times(times: Sequence[datetime]) -> str:
    """Times as an event keeps them: 2026-03-09T09:00:00Z, a space between them; with microseconds if there are any."""
    return " ".join(at.astimezone(UTC).isoformat().replace("+00:00", "Z") for at in times)
