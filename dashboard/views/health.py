"""Health: what is stored, what waits, where the data has gaps, what ran, what could not be read."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import streamlit as st

from dashboard import cards, plain, session
from dashboard.i18n import number, t
from dashboard.queries import health
from dashboard.queries import learning as people
from dashboard.views import learning
from monitor.store.status import RunRow

_LOOK_BACK, _PEOPLE_BACK = timedelta(days=30), timedelta(weeks=26)
_RUNS, _REJECTS, _GAPS = 30, 50, 20
_STEPS = ("collect", "import", "classify", "open", "hand over", "learn", "demo")
_STATUSES = ("done", "failed", "running", "interrupted")


def show() -> None:
    """Draws the page."""
    st.title(t("health.title"))
    now = session.now()
    longest = timedelta(minutes=3 * session.load_settings().schedule.collect_minutes)
    with session.reading() as connection:
        totals = health.totals(connection)
        gaps = health.gaps(connection, longer_than=longest, since=now - _LOOK_BACK, now=now)
        marks = health.watermarks(connection)
        models = health.models(connection)
        weeks = people.agreement(connection, now - _PEOPLE_BACK)
        runs = health.runs(connection, _RUNS)
        rejects = health.rejects(connection, _REJECTS)
    _figures(totals)
    _gaps(gaps, now)
    with st.container(key="wide-health"):
        left, right = st.columns([3, 2], gap="large")
    with left:
        _watermarks(marks, now)
    with right:
        _models(models, now)
    learning.show(weeks, now)
    _runs(runs, now)
    _rejects(rejects, now, totals.rejects)


def _figures(totals: health.Totals) -> None:
    figures = (
        ("mentions", totals.mentions),
        ("classified", totals.classified),
        ("to_classify", totals.to_classify),
        ("to_place", totals.to_place),
        ("corrections", totals.corrections),
        ("rejects", totals.rejects),
    )
    with st.container(key="figures"):
        columns = st.columns(len(figures))
    for column, (name, value) in zip(columns, figures, strict=True):
        with column:
            st.metric(t(f"health.{name}"), number(value), help=t(f"health.{name}_help"), border=True, height="stretch")
    if totals.to_classify or totals.to_place:
        _state(t("health.waiting"), warn=True)


def _state(words: str, *, warn: bool) -> None:
    st.html(f'<p class="state{" warn" if warn else ""}">{plain.escape(words)}</p>')


def _gaps(gaps: Sequence[health.Gap], now: datetime) -> None:
    st.subheader(t("health.gaps"))
    if not gaps:
        _state(t("health.no_gaps"), warn=False)
        return
    _state(t("health.some_gaps", n=len(gaps)), warn=True)
    rows = [
        (
            plain.escape(gap.subject),
            plain.escape(cards.exact(gap.since)),
            plain.escape(cards.exact(gap.until) if gap.until else t("health.still")),
            plain.escape(_lasting((gap.until or now) - gap.since)),
            number(gap.failed),
        )
        for gap in gaps[:_GAPS]
    ]
    _table(("subject", "gap_since", "gap_until", "lasting", "failed"), rows, figures=(4,))


def _lasting(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return t("time.span_minutes", n=minutes)
    return t("time.span_hours", n=minutes // 60) if minutes < 48 * 60 else t("time.span_days", n=minutes // 1440)


def _watermarks(marks: Sequence[health.WatermarkRow], now: datetime) -> None:
    st.subheader(t("health.watermarks"))
    if not marks:
        _state(t("health.no_watermarks"), warn=False)
        return
    rows = [
        (
            plain.escape(cards.network_name(one.network)),
            plain.escape(one.query),
            f'<span class="long">{plain.escape(one.position)}</span>',
            cards.when(one.moved_at, now),
        )
        for one in marks
    ]
    _table(("network", "query", "position", "moved"), rows)


def _models(models: Sequence[health.ModelRow], now: datetime) -> None:
    st.subheader(t("health.models"))
    if not models:
        _state(t("health.no_models"), warn=True)
        return
    rows = [(plain.escape(one.model), number(one.mentions), cards.when(one.last_at, now)) for one in models]
    _table(("model", "mentions", "last"), rows, figures=(1,))


def _runs(runs: Sequence[RunRow], now: datetime) -> None:
    st.subheader(t("health.runs"))
    if not runs:
        _state(t("health.no_runs"), warn=False)
        return
    _table(
        ("step", "subject", "started", "took", "status", "asked", "stored", "duplicates", "rejected", "message"),
        (_run(run, now) for run in runs),
        figures=(5, 6, 7, 8),
    )


def _run(run: RunRow, now: datetime) -> tuple[str, ...]:
    took = f"{(run.ended_at - run.started_at).total_seconds():.1f} s" if run.ended_at else "–"
    status = t(f"status.{run.status}") if run.status in _STATUSES else run.status
    counts = tuple(number(count) for count in (run.asked, run.stored, run.duplicates, run.rejected))
    step = t(f"step.{run.step}") if run.step in _STEPS else run.step
    named = (
        f'<span class="fixed">{plain.escape(step)}</span>',
        f'<span class="long">{plain.escape(run.subject)}</span>',
    )
    return (
        *named,
        cards.when(run.started_at, now),
        took,
        f'<span class="fixed">{plain.escape(status)}</span>',
        *counts,
        plain.escape(run.message),
    )


def _rejects(rejects: Sequence[health.RejectRow], now: datetime, total: int) -> None:
    st.subheader(t("health.rejects_title"))
    if not rejects:
        _state(t("health.no_rejects"), warn=False)
        return
    if total > len(rejects):
        st.caption(t("health.last_of", shown=len(rejects), total=total))
    rows = [
        (
            plain.escape(cards.network_name(one.network)),
            plain.escape(one.place),
            plain.escape(one.reason),
            cards.when(one.rejected_at, now),
        )
        for one in rejects
    ]
    _table(("network", "place", "reason", "when"), rows)


def _table(names: Sequence[str], rows: Iterable[tuple[str, ...]], figures: tuple[int, ...] = ()) -> None:
    """A table of cells that are HTML already; the columns in `figures` are set to the right."""
    side = ['class="n"' if at in figures else "" for at in range(len(names))]
    head = "".join(f"<th {at}>{plain.escape(t('column.' + name))}</th>" for at, name in zip(side, names, strict=True))
    body = "".join(
        f"<tr>{''.join(f'<td {at}>{cell}</td>' for at, cell in zip(side, row, strict=True))}</tr>" for row in rows
    )
    st.html(
        f'<div class="scroll"><table class="facts"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )
