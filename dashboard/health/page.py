"""Health: what is stored, what waits, where the data has gaps, what ran, what could not be read."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import streamlit as st

from dashboard import session
from dashboard.health import coverage, deletions, learning, promise, queries
from dashboard.health import learning_queries as people
from dashboard.i18n import t
from dashboard.staffing import panel
from dashboard.ui import cards, escaping, formatting, tables
from dashboard.ui.formatting import number
from monitor.collect import collector
from monitor.store.posts import absences as posts_absences
from monitor.store.posts import collection_state, rechecks
from monitor.store.schedules import standstill as standstills
from monitor.store.schedules.standstill import Standstill
from monitor.store.status import RunRow

_LOOK_BACK, _PEOPLE_BACK = timedelta(days=30), timedelta(weeks=26)
_RUNS, _REJECTS, _MARKS = 30, 50, 100
_STEPS = (
    "collect",
    "listen",
    "recheck",
    "estimate",
    "import",
    "classify",
    "open",
    "hand over",
    "learn",
    "demo",
)
_STATUSES = ("done", "partial", "failed", "running", "interrupted")


def show() -> None:
    """Draws the page."""
    st.title(t("health.title"))
    now = session.now()
    longest = timedelta(minutes=3 * session.load_settings().schedule.collect_minutes)
    with session.read_connection() as connection:
        totals = queries.totals(connection)
        gaps = queries.gaps(connection, longer_than=longest, since=now - _LOOK_BACK, now=now)
        gaps += queries.network_gaps(connection, since=now - _LOOK_BACK)
        pauses = collection_state.pauses(connection, now)
        absences = posts_absences.waiting(connection)
        stored = rechecks.networks(connection)
        spending = queries.spent(connection, now)
        marks = queries.watermarks(connection, _MARKS)
        models = queries.models(connection)
        weeks = people.agreement(connection, now - _PEOPLE_BACK, session.load_settings().zone)
        runs = queries.runs(connection, _RUNS)
        rejects = queries.rejects(connection, _REJECTS)
        standstill = standstills.read(connection, session.rhythm(), now)
    if standstill is not None:
        _standstill(standstill)
    _figures(totals)
    panel.draw(panel.read())
    coverage.gaps(gaps, pauses, now)
    deletions.show(absences, collector.configured_networks(session.load_settings()), stored)
    coverage.ledger(spending)
    with st.container(key="wide-health"):
        left, right = st.columns([3, 2], gap="large")
    with left:
        coverage.watermarks(marks, now)
    with right:
        _models(models, now)
    learning.show(weeks, now)
    promise.show(now)
    _runs(runs, now)
    _rejects(rejects, now, totals.rejects)


def _standstill(standstill: Standstill) -> None:
    since = formatting.date_time(standstill.since)
    if standstill.planned:
        work, days = ", ".join(standstill.planned), standstills.TOLD.days
        tables.status_line(t("health.standstill_planned", work=work, since=since, days=days), warn=True)
        return
    words = [t("health.standstill", since=since)]
    if standstill.pass_since is not None:
        words.append(t("health.standstill_pass", since=formatting.date_time(standstill.pass_since)))
    elif standstill.scheduler_lives:
        words.append(t("health.standstill_restart"))
    else:
        words.append(t("health.standstill_start"))
    tables.status_line(" ".join(words), warn=True)


def _figures(totals: queries.Totals) -> None:
    figures = (
        ("mentions", totals.mentions),
        ("classified", totals.classified),
        ("to_classify", totals.to_classify),
        ("to_place", totals.to_place),
        ("corrections", totals.corrections),
        ("rejects", totals.rejects),
    )
    with st.container(key="figures-health"):
        columns = st.columns(len(figures))
    for column, (name, value) in zip(columns, figures, strict=True):
        with column:
            st.metric(t(f"health.{name}"), number(value), help=t(f"health.{name}_help"), border=True, height="stretch")
    if totals.to_classify or totals.to_place:
        tables.status_line(t("health.waiting"), warn=True)


def _models(models: Sequence[queries.ModelRow], now: datetime) -> None:
    st.subheader(t("health.models"))
    if not models:
        tables.status_line(t("health.no_models"), warn=True)
        return
    rows = [
        (escaping.escape(model.model), number(model.mentions), cards.time_tag(model.last_at, now)) for model in models
    ]
    tables.table(("model", "mentions", "last"), rows, figures=(1,))


def _runs(runs: Sequence[RunRow], now: datetime) -> None:
    st.subheader(t("health.runs"))
    if not runs:
        tables.status_line(t("health.no_runs"), warn=False)
        return
    tables.table(
        ("step", "subject", "started", "took", "status", "asked", "stored", "duplicates", "rejected"),
        (_run(run, now) for run in runs),
        figures=(5, 6, 7, 8),
    )


def _run(run: RunRow, now: datetime) -> tuple[str, ...]:
    took = f"{formatting.decimal((run.ended_at - run.started_at).total_seconds())} s" if run.ended_at else "–"
    status = t(f"status.{run.status}") if run.status in _STATUSES else run.status
    counts = tuple(number(count) for count in (run.asked, run.stored, run.duplicates, run.rejected))
    step = t(f"step.{run.step}") if run.step in _STEPS else run.step
    heads = (
        f'<span class="fixed">{escaping.escape(step)}</span>',
        f'<span class="long">{escaping.escape(run.subject)}</span>',
    )
    message = (escaping.escape(run.message),) if run.message else ()
    return (
        *heads,
        cards.time_tag(run.started_at, now),
        took,
        f'<span class="fixed">{escaping.escape(status)}</span>',
        *counts,
        *message,
    )


def _rejects(rejects: Sequence[queries.RejectRow], now: datetime, total: int) -> None:
    st.subheader(t("health.rejects_title"))
    if not rejects:
        tables.status_line(t("health.no_rejects"), warn=False)
        return
    if total > len(rejects):
        st.caption(t("health.last_of", shown=len(rejects), total=total))
    rows = [
        (
            escaping.escape(cards.network_name(reject.network)),
            escaping.escape(reject.place),
            escaping.escape(reject.reason),
            cards.time_tag(reject.rejected_at, now),
        )
        for reject in rejects
    ]
    tables.table(("network", "place", "reason", "when"), rows)
