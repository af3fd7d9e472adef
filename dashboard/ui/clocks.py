"""How pressing the case is and why, and its clocks."""

from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import streamlit as st

from dashboard import session
from dashboard.i18n import t
from dashboard.queries.cases import CasePage
from dashboard.ui import cards, escaping, formatting, labels
from monitor.cases import priority, sla
from monitor.cases.calendars import WorkingTime
from monitor.cases.priority import Reason
from monitor.cases.sla import Clock
from monitor.law import clock as law_clock
from monitor.models.cases import Case

_FEW_DAYS = 3  # working days before the deadline from which it warns
ClockState: TypeAlias = Literal["running", "warning", "breached", "resting", "met", "late", "ended"]


def draw(page: CasePage, now: datetime) -> None:
    """Draws the level with its reasons, and a line for each clock: its state, when it ends, the working time left.

    The clocks of a case that was merged run in the case that took it in.
    """
    if page.case.merged_into is not None:
        return
    settings = session.load_settings()
    case, desk = page.case, settings.desk
    time = WorkingTime(desk.calendars, settings.zone)
    clocks = sla.clocks(page.events, getattr(desk.service, case.level), desk.service.warn_at, time)
    st.subheader(t("standing.title"))
    lines = "".join(_line(case, clock, now, time) for clock in _main_clocks(clocks))
    lines += _legal_line(page, now)
    why = reasons_sentence(priority.reasons(case, desk.priority, now))
    st.html(f'<div class="standing"><p>{labels.level_chip(case.level)} {why}</p><ul>{lines}</ul></div>')


def reasons_sentence(reasons: tuple[Reason, ...]) -> str:
    """HTML of why a case has its level: "problema de cobro o reembolso, 12 días de espera, 3 contactos hasta ahora"."""
    if not reasons:
        return escaping.escape(t("standing.plain"))
    return escaping.escape(t("standing.because", reasons=", ".join(_reason(reason) for reason in reasons)))


def _reason(reason: Reason) -> str:
    if reason.factor == "cue":
        return t(f"cue.{reason.word}")
    if reason.factor in ("severity", "value"):
        return t(f"reason.{reason.factor}_{reason.word}")
    return t(f"reason.{reason.factor}", n=reason.number)


def _main_clocks(clocks: tuple[Clock, ...]) -> tuple[Clock, ...]:
    """The first response, the last further one, the resolution."""
    return (clocks[0], *clocks[1:-1][-1:], clocks[-1]) if clocks else ()


def _line(case: Case, clock: Clock, now: datetime, time: WorkingTime) -> str:
    state = state_of(case, clock, now)
    words = escaping.escape(_timing(clock, state, now, time))
    name = escaping.escape(t(f"clock.{clock.name}"))
    mark = cards.chip(t(f"standing.{state}"), f"due {state}")
    return f'<li><b>{name}</b> {mark}<br><span class="quiet">{words}</span></li>'


def _legal_line(page: CasePage, now: datetime) -> str:
    """The line of the clock in whole working days (`desk.answer_days`); '' without one."""
    settings = session.load_settings()
    legal = law_clock.of_case(page.case, page.events, settings)
    if legal is None:
        return ""
    today = now.astimezone(settings.zone).date()
    left = law_clock.days_left(today, legal.last_day, settings.desk.calendars)
    if legal.round.answered_at:
        state: ClockState = "late" if legal.is_late(now) else "met"
        words = t("standing.answered_on", day=formatting.local_day(legal.round.answered_at))
    else:
        state = "breached" if legal.is_late(now) else "warning" if left <= _FEW_DAYS else "running"
        key = "days_over" if state == "breached" else "days_left"
        words = (
            f"{t('standing.by_day', day=formatting.calendar_day(legal.last_day))} · {t(f'standing.{key}', n=abs(left))}"
        )
    name = escaping.escape(t("clock.answer", n=settings.desk.answer_days))
    mark = cards.chip(t(f"standing.{state}"), f"due {state}")
    return f'<li><b>{name}</b> {mark}<br><span class="quiet">{escaping.escape(words)}</span></li>'


def state_of(case: Case, clock: Clock, now: datetime) -> ClockState:
    """How a clock stands; `ended` is the first response of a case that was dismissed without one."""
    if clock.stopped_at is not None:
        if case.stage == "dismissed" and (clock.name != "first_response" or case.first_answered_at is None):
            return "ended"
        return "late" if clock.is_breached(now) else "met"
    if clock.is_breached(now):
        return "breached"
    if clock.paused_at is not None:
        return "resting"
    return "warning" if clock.warn_at is not None and now >= clock.warn_at else "running"


def _timing(clock: Clock, state: ClockState, now: datetime, time: WorkingTime) -> str:
    remaining = sla.remaining(clock, now, time)
    if state == "ended" and clock.name != "resolution":
        return t("standing.unanswered")
    if state in ("met", "late", "ended"):
        return _spell("took", sla.elapsed(clock, now, time))
    if state == "resting" or clock.due_at is None:
        return _spell("left", remaining)
    at = formatting.date_time(clock.due_at)
    if state == "breached":
        return f"{t('standing.was_due', at=at)} · {_spell('over', -remaining)}"
    return f"{t('standing.due', at=at)} · {_spell('left', remaining)}"


def _spell(key: str, time: timedelta) -> str:
    """Working time in words, which agree with one hour and one minute too."""
    is_one = int(time.total_seconds() // 60) in (1, 60)
    return t(f"standing.{key}", span=formatting.business_time(time), n=1 if is_one else 2)
