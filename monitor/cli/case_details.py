"""`escucha cases show`: a case with its owner, its SLA clocks and its history."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common, terminal
from monitor.errors import EscuchaError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from monitor.cases.calendars import WorkingTime
    from monitor.cases.sla import Clock
    from monitor.models.cases import Case, Event
    from monitor.settings.loading import Settings

_CLOCK_WIDTH = 15  # of a clock's name, at least


def show(
    code: Annotated[
        list[str], typer.Argument(help="The tracking code in any spelling: ESC-000123-4, 1234, esc 123 4.")
    ],
) -> None:
    """Shows a case by its tracking code: stage, owner, SLA clocks and history."""
    from monitor import store
    from monitor.cases import codes
    from monitor.exporters.words import CaseWords
    from monitor.runs import now
    from monitor.store.cases import cases, events

    settings, case_id = common.current_settings(), codes.parse_code(" ".join(code))
    with store.connect(settings.store, read_only=True) as connection:
        matches = cases.get_many(connection, [case_id])
        history = events.of_cases(connection, [case_id])[case_id]
    if not matches:
        raise EscuchaError(
            f"there is no case {codes.format_code(case_id)} in {settings.store.place}. "
            "Next: check the code, or search for the case in the dashboard (escucha dashboard)"
        )
    case = matches[0]
    clocks = ["", *_clocks(case, history, settings, now())] if case.merged_into is None else []
    for line in (*_facts(case, settings), *clocks, "", common.tell("History")):
        common.stdout.print(line)
    undone = {event.undoes for event in history}
    sentences = CaseWords(terminal.language(), settings.desk, settings.zone).sentences(history)
    for event, sentence in zip(history, sentences, strict=True):
        common.stdout.print(_event_line(event, sentence, settings.zone, is_undone=event.event_id in undone))


def _facts(case: "Case", settings: "Settings") -> list[str]:
    from monitor.cases import codes

    author = case.author or common.tell("an unknown author")
    owner = " · ".join(part for part in (case.owner or common.tell("unassigned"), case.team) if part)
    kind = f"{category_name(case.category, settings)}, {common.tell(case.severity)}"
    tags = f" · {common.tell('tags')}: {case.tags}" if case.tags else ""
    stage, level = common.tell(case.stage), common.tell(f"priority {case.level}")
    opened = common.tell(f"opened {_when(case.opened_at, settings.zone)} by {case.opened_by}")
    lines = [
        f"[bold]{case.code}[/] · {stage} · {level} · {common.escape(owner)}",
        common.told(f"{author} on {case.network}, about {case.brand}"),
        common.escape(f"{kind}{tags} · {opened}"),
    ]
    if case.merged_into is not None:
        lines.append(
            f"[yellow]![/] merged into {codes.format_code(case.merged_into)}: see there for what happened since"
        )
    return lines


def category_name(category: str, settings: "Settings") -> str:
    """A category as the desk calls it in Spanish; in English its name, as before."""
    if terminal.language() == "en":
        return category
    own = (kind.es for kind in settings.desk.categories if kind.name == category)
    return next(own, "") or common.tell(f"category {category}").removeprefix("category ")


def _clocks(case: "Case", history: "tuple[Event, ...]", settings: "Settings", now: datetime) -> list[str]:
    from monitor.cases import sla
    from monitor.cases.calendars import WorkingTime

    desk = settings.desk
    time = WorkingTime(desk.calendars, settings.zone)
    clocks = sla.clocks(history, getattr(desk.service, case.level), desk.service.warn_at, time)
    names = [common.tell(clock.name.replace("_", " ")) for clock in clocks]
    width = max(_CLOCK_WIDTH, *map(len, names))
    lines = (_clock_line(clock, now, time, settings.zone) for clock in clocks)
    return [
        "SLA clocks, in business hours",
        *(f"  {name:<{width}} {line}" for name, line in zip(names, lines, strict=True)),
    ]


def _clock_line(clock: "Clock", now: datetime, time: "WorkingTime", zone: "ZoneInfo") -> str:
    from monitor.cases import sla

    if clock.stopped_at:
        state = f"stopped after {_span(clock.counted)}"
    else:
        left = sla.remaining(clock, now, time)
        state = f"{_span(left)} left" if left >= timedelta() else f"{_span(-left)} overdue"
        state = f"paused, {state}" if clock.paused_at else state
    due = f", due {_when(clock.due_at, zone)}" if clock.due_at and not clock.stopped_at else ""
    breach = f" [red]{common.tell('breached')}[/]" if clock.is_breached(now) else ""
    return f"{common.tell(f'{state} of {_span(clock.target)}{due}')}{breach}"


def _event_line(event: "Event", sentence: str, zone: "ZoneInfo", *, is_undone: bool) -> str:
    note = f": {event.note}" if event.note else ""
    is_late = event.at != event.happened_at and event.kind != "merged"
    late = common.tell(f" (took place {_when(event.at, zone)})") if is_late else ""
    line = f"  {event.event_id:>5}  {_when(event.happened_at, zone)}  {event.actor}: {sentence}{late}{note}"
    return f"[dim]{common.escape(line)} · {common.tell('undone')}[/]" if is_undone else common.escape(line)


def _when(at: datetime, zone: "ZoneInfo") -> str:
    return common.format_time(at, zone)


def _span(span: timedelta) -> str:
    minutes = round(span / timedelta(minutes=1))
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"
