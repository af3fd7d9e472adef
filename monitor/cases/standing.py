"""Where a case stands by its history and the desk's settings: stage, priority, clocks. Pure."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from monitor.cases import priority, sla, stages
from monitor.cases.calendars import WorkingTime
from monitor.casework import Case, Event
from monitor.desk_settings import Desk


def work_out(case: Case, events: tuple[Event, ...], desk: Desk, zone: ZoneInfo) -> Case:
    """The case with all that follows from its history: to be called after every change, and when settings changed."""
    base = priority.base(case, desk.priority)
    case = replace(case, stage=stages.stage_after(events), base=base, level=priority.level(base, desk.priority))
    return sla.work_out(case, events, desk.service, WorkingTime(desk.calendars, zone))
