"""Follow-ups that come and go with the closing of a case, in the transaction that closes or reopens it."""

from collections.abc import Sequence
from datetime import UTC, datetime

from monitor.cases import follow_ups as cases_follow_ups
from monitor.cases.calendars import WorkingTime
from monitor.models.cases import Case, NewEvent
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import follow_ups


def sync(connection: Connection, settings: Settings, moved: Sequence[tuple[Case, Case]], actor: str) -> list[NewEvent]:
    """Plans contacts for each case (before, after) that became closed; cancels those of one that no longer is.

    A closing that was taken back and holds again finds its contacts as they were. Returns the events that tell it.
    """
    closed = [after for before, after in moved if is_followed(after) and not is_followed(before)]
    opened = [after.case_id for before, after in moved if is_followed(before) and not is_followed(after)]
    time = WorkingTime(settings.desk.calendars, settings.zone)
    due = {
        (case.case_id, case.resolved_at): cases_follow_ups.plan(
            case.resolved_at, case.value, settings.desk.follow_ups, time
        )
        for case in closed
        if case.resolved_at
    }
    planned = follow_ups.plan(connection, due, actor) if due else {}
    cancelled = follow_ups.cancel(connection, opened) if opened else {}
    return [
        *(NewEvent(case_id, "follow_up", field="planned", became=format_times(at)) for case_id, at in planned.items()),
        *(NewEvent(case_id, "follow_up", field="cancelled", was=format_times(at)) for case_id, at in cancelled.items()),
    ]


def is_followed(case: Case) -> bool:
    """Whether its customer is contacted again: closed, and not part of another case."""
    return case.stage == "closed" and case.merged_into is None


def format_times(times: Sequence[datetime]) -> str:
    """Times as an event keeps them: 2026-03-09T09:00:00Z, a space between them; with microseconds if there are any."""
    return " ".join(at.astimezone(UTC).isoformat().replace("+00:00", "Z") for at in times)
