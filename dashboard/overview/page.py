"""The overview: how much is said, how, about whom and where, against the period before."""

from collections.abc import Sequence
from datetime import timedelta

import pandas as pd
import streamlit as st

from dashboard import session
from dashboard.i18n import t
from dashboard.queries import overview, periods
from dashboard.ui import charts, escaping, filters, formatting, measures
from dashboard.ui.formatting import number, percent
from monitor.store.metrics import voices

_DAYS = {"7": 7, "30": 30, "90": 90, "365": 365}
_BARS = 8


def show() -> None:
    """Draws the page."""
    st.title(t("overview.title"))
    brands = session.store_facts().brands
    with st.container(horizontal=True, vertical_alignment="bottom"):
        period_name = filters.choice(
            t("overview.period"),
            (*_DAYS, "all"),
            lambda name: t(f"overview.period_{name}"),
            name="period",
            default="30",
        )
        brand = filters.brand(brands, "overview-brand")
    with session.read_connection() as connection:
        extent = overview.time_extent(connection)
        period, is_moved = _period(period_name, extent)
        who = voices.speakers(session.load_settings())
        apart = voices.told_apart(connection, period.before.start, period.end, who, brand)
        days = overview.by_day(connection, period, brand, apart)
        owned_days = overview.by_day(connection, period, brand, apart, owned=True)
        figures = overview.sums(days)
        said = overview.said(connection, period, brand, apart, figures.mentions)
        before = overview.sums(overview.by_label(connection, period.before, brand, apart))
        networks, of_brands = overview.by_place(connection, period, brand, apart)
        cases = overview.case_counts(connection, period, brand)
    if is_moved and extent.newest:
        words = t("overview.moved", date=formatting.date_time(extent.newest))
        st.html(f'<p class="state warn">{escaping.escape(words)}</p>')
    _figures(figures, before, cases, _comparable(extent, period))
    _said(said)
    if days.empty and owned_days.empty:
        st.info(t("overview.nothing"), icon=":material/info:")
        return
    _time_charts(days, owned_days, period)
    _place_charts(networks, of_brands)


def _period(period_name: str, extent: overview.TimeExtent) -> tuple[periods.Period, bool]:
    zone = session.load_settings().zone
    today = periods.local_date(session.now(), zone)
    if extent.newest is None or extent.oldest is None:
        return periods.last_days(30, today, zone), False
    newest = min(periods.local_date(extent.newest, zone), today)
    if period_name == "all":
        return periods.Period(min(periods.local_date(extent.oldest, zone), newest), newest, zone), False
    days = _DAYS[period_name]
    is_moved = newest <= today - timedelta(days=days)
    return periods.last_days(days, newest if is_moved else today, zone), is_moved


def _comparable(extent: overview.TimeExtent, period: periods.Period) -> bool:
    """Whether anything was listened to in the whole period before, so that a comparison says something."""
    return extent.oldest is not None and extent.oldest < period.before.start + timedelta(days=1)


def _figures(now: overview.Sums, before: overview.Sums, cases: overview.CaseCounts, comparable: bool) -> None:
    comparable = comparable and before.mentions > 0
    with st.container(key="figures"):
        columns = st.columns(5)
    with columns[0]:
        _metric("mentions", number(now.mentions), _change(now.mentions, before.mentions) if comparable else None)
    with columns[1]:
        points = _points(now.negative_share, before.negative_share) if comparable else None
        _metric("negative", percent(now.negative_share), points)
    with columns[2]:
        change = _change(now.complaints, before.complaints) if comparable else None
        _metric("complaints", number(now.complaints), change)
    with columns[3]:
        change = _change(cases.opened, cases.opened_before) if comparable else None
        _metric("opened", number(cases.opened), change)
    with columns[4]:
        _metric("open_now", number(cases.open_now), None)
    st.caption(t("overview.compared") if comparable else t("overview.not_compared"))


def _metric(name: str, value: str, change: str | None) -> None:
    st.metric(
        t(f"overview.{name}"),
        value,
        change,
        delta_color="off" if name in ("mentions", "opened") else "inverse",
        help=t(f"overview.{name}_help"),
        border=True,
        height="stretch",
    )


def _change(now: float, before: float) -> str | None:
    if not before:
        return None
    share = now / before - 1
    return f"{'+' if share >= 0 else '-'}{percent(abs(share))}"


def _points(now: float | None, before: float | None) -> str | None:
    if now is None or before is None:
        return None
    points = (now - before) * 100
    return t("overview.points", points=f"{'+' if points >= 0 else '-'}{percent(abs(points) / 100, 1).rstrip(' %')}")


def _said(said: overview.SaidCounts) -> None:
    """Whose posts the mentions are, and what is in no figure, with the way to those that no query found."""
    basis = t("overview.people", n=said.mentions, people=said.people) if said.people else ""
    apart = measures.apart(said.apart, said.unclassified)
    if basis or apart:
        st.caption(f"{basis} {apart}".strip(), help=t("overview.apart_help") if apart else None)
    if said.apart.unmatched and st.button(
        t("overview.see_unmatched"), key="see-unmatched", type="tertiary", icon=":material/label_off:"
    ):
        st.session_state["inbox-brand"] = ""
        st.switch_page(session.page("inbox"))


def _time_charts(rows: pd.DataFrame, owned_rows: pd.DataFrame, period: periods.Period) -> None:
    days = pd.date_range(period.first, period.last, freq="D", unit="s")
    with st.container(key="wide-time"):
        left, right = st.columns(2, gap="medium")
    with left:
        st.subheader(t("overview.volume"))
        st.altair_chart(charts.volume(rows, owned_rows, days), width="stretch", alt=t("overview.volume"))
    with right:
        st.subheader(t("overview.complaints_chart"))
        st.altair_chart(charts.complaints(rows, days), width="stretch", alt=t("overview.complaints_chart"))


def _place_charts(networks: Sequence[overview.MentionCounts], brands: Sequence[overview.MentionCounts]) -> None:
    with st.container(key="wide-where"):
        left, right = st.columns(2, gap="medium")
    with left:
        st.subheader(t("overview.by_network"))
        st.altair_chart(charts.shares(networks[:_BARS], "network"), width="stretch", alt=t("overview.by_network"))
    with right:
        st.subheader(t("overview.by_brand"))
        st.altair_chart(charts.shares(brands[:_BARS], "brand"), width="stretch", alt=t("overview.by_brand"))
    st.caption(t("overview.legend"))
