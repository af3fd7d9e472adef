"""The part of Metrics on how complaints are handled: their flow, the backlog and its age, times and clocks."""

from datetime import datetime

import streamlit as st

from dashboard import session
from dashboard.i18n import t
from dashboard.metrics import charts
from dashboard.ui import formatting, measures
from dashboard.ui.formatting import number, percent
from monitor.store.metrics import flow
from monitor.store.metrics.scope import MetricsScope
from monitor.store.metrics.speed import Backlog, Proportion, Speed, Spread

_AGES = ("under_one", "one", "three", "seven", "thirty")


def draw(scope: MetricsScope, now: datetime, speed: Speed, backlog: Backlog) -> None:
    """Draws it; `speed` and `backlog` are those of the headline, read already."""
    with session.read_connection() as connection:
        days = flow.days(connection, scope, now)
    with st.container(key="wide-flow"):
        left, right = st.columns(2, gap="medium")
    with left:
        st.subheader(t("metrics.flow"), help=t("metrics.flow_help"))
        st.altair_chart(charts.flow(days), width="stretch", alt=t("metrics.flow"))
    with right:
        st.subheader(t("metrics.backlog"), help=t("metrics.backlog_help"))
        st.altair_chart(charts.backlog(days), width="stretch", alt=t("metrics.backlog"))
    with st.container(key="wide-times"):
        left, right = st.columns(2, gap="medium")
    with left:
        st.subheader(t("metrics.ages"), help=t("metrics.ages_help"))
        _ages(backlog)
    with right:
        st.subheader(t("metrics.times"), help=t("metrics.times_help"))
        _times(speed)


def _ages(backlog: Backlog) -> None:
    words = [f"{number(count)} · {percent(count / backlog.n if backlog.n else None)}" for count in backlog.ages]
    names = [t(f"metrics.age_{age}") for age in _AGES]
    st.altair_chart(charts.bars(names, backlog.ages, words), width="stretch", alt=t("metrics.ages"))


def _times(speed: Speed) -> None:
    heads = (t("metrics.clock"), *(t(f"metrics.within_{part}") for part in (50, 75, 90, 95)), t("metrics.n"))
    rows = [_spread("first", speed.first), _spread("resolution", speed.resolution)]
    measures.table(heads, rows)
    late = ("late_first", "late_next", "late_resolution")
    heads = (t("metrics.clock"), t("metrics.late_share"), t("metrics.late_cases"), t("metrics.n"))
    measures.table(heads, [_late(name, getattr(speed, name)) for name in late])
    st.caption(t("metrics.few", n=measures.FEW))


def _spread(name: str, spread: Spread) -> tuple[str, ...]:
    """Percentiles near the end need more cases than the median: 95 of 100 says nothing of ten."""
    needed = ((spread.p50, measures.FEW), (spread.p75, measures.FEW), (spread.p90, 20), (spread.p95, 40))
    durations = (formatting.business_minutes(value) if spread.n >= least else "–" for value, least in needed)
    return t(f"measure.{name}"), *durations, number(spread.n)


def _late(name: str, share: Proportion) -> tuple[str, ...]:
    return t(f"measure.{name}"), measures.share(share, 1), number(share.some), number(share.n)
