"""Metrics: how fast and how well complaints are handled, what causes them, and what those who complain say of it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import streamlit as st

from dashboard import downloads, rights, session
from dashboard.i18n import language, t
from dashboard.metrics import causes, corrective_actions, customers, handling, queries, report
from dashboard.queries import periods
from dashboard.ui import choices, escaping, filters, formatting, labels, measures
from dashboard.ui.formatting import number, percent
from monitor.access import Permission
from monitor.store.metrics import flow, voices
from monitor.store.metrics import speed as metrics_speed
from monitor.store.metrics.flow import Volume
from monitor.store.metrics.scope import MetricsScope, month
from monitor.store.metrics.speed import Backlog, Proportion, Speed, Spread

_PERIODS = ("30", "90", "this_month", "last_month", "year")
_PARTS = {
    "causes": causes.draw,
    "customers": customers.draw,
    "actions": corrective_actions.draw,
}


def show() -> None:
    """Draws the page."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(t("metrics.title"), width="content")
        if rights.may(Permission.EXPORT):
            with st.container(horizontal=True, width="content"):
                _report(session.now())
                _yearly(session.now())
    now = session.now()
    with session.read_connection() as connection:
        choices = queries.filter_options(connection)
        oldest = metrics_speed.oldest(connection)
    if oldest is None:
        st.info(t("metrics.no_cases"), icon=":material/info:")
        return
    scope = _scope(choices, periods.local_date(now, session.load_settings().zone))
    speed, backlog = _headline(scope, now, comparable=oldest < scope.previous.since + timedelta(days=1))
    part = filters.choice(
        t("metrics.part"),
        ("handling", *_PARTS),
        lambda name: t(f"metrics.part_{name}"),
        name="part",
        default="handling",
        collapsed=True,
    )
    if part == "handling":
        handling.draw(scope, now, speed, backlog)
    else:
        _PARTS[part](scope, now)


def _scope(choices: queries.MetricsOptions, today: date) -> MetricsScope:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        period_name = filters.choice(
            t("overview.period"), _PERIODS, lambda name: t(f"metrics.period_{name}"), name="span", default="30"
        )
        brand = filters.brand(session.store_facts().brands, "metrics-brand")
        category = _select("category", choices.categories, labels.category)
        owner = _select("owner", choices.owners, lambda name: escaping.clean(name) or t("metrics.no_owner"))
        team = None
        if any(choices.teams):
            team = _select("team", choices.teams, lambda name: escaping.clean(name) or t("metrics.no_team"))
    first, last = days(period_name, today)
    settings = session.load_settings()
    who = voices.speakers(settings)
    return MetricsScope(first, last, settings.zone, brand, team, owner, category, who)


def days(period_name: str, today: date) -> tuple[date, date]:
    """The first and last day of a period by its name."""
    if period_name == "this_month":
        return today.replace(day=1), today
    if period_name == "last_month":
        before = today.replace(day=1) - timedelta(days=1)
        return month(before.year, before.month)
    if period_name == "year":
        return today.replace(month=1, day=1), today
    return today - timedelta(days=int(period_name) - 1), today


def _select(name: str, options: tuple[str, ...], label_of: Callable[[str], str]) -> str | None:
    selection = choices.select(
        t(f"metrics.by_{name}"),
        (filters.ALL, *options),
        format_func=lambda option: t("metrics.all") if option == filters.ALL else label_of(option),
        key=f"metrics-{name}",
        persist_state="session",
    )
    return None if selection == filters.ALL else selection


def _headline(scope: MetricsScope, now: datetime, *, comparable: bool) -> tuple[Speed, Backlog]:
    with session.read_connection() as connection:
        volume, before = (flow.volume(connection, span, now) for span in (scope, scope.previous))
        speed, speed_before = (metrics_speed.speed(connection, span, now) for span in (scope, scope.previous))
        backlog = metrics_speed.backlog(connection, scope, now)
    _volume(volume, before if comparable else None, backlog)
    _speed(speed, speed_before if comparable else None)
    key = "metrics.compared" if comparable else "metrics.not_compared"
    st.caption(t(key, span=_days(scope), before=_days(scope.previous)))
    if apart := measures.apart(volume.apart):
        st.caption(apart, help=t("overview.apart_help"))
    st.html(f'<p class="state warn">{escaping.escape(t("metrics.silence"))}</p>')
    return speed, backlog


def _volume(volume: Volume, before: Volume | None, backlog: Backlog) -> None:
    with st.container(key="figures-volume"):
        columns = st.columns(5)
    with columns[0]:
        change = measures.change(volume.opened, before.opened if before else None)
        measures.figure("opened", number(volume.opened), t("metrics.by_hand", n=volume.by_hand), change)
    with columns[1]:
        change = measures.change(volume.closed, before.closed if before else None)
        measures.figure("closed", number(volume.closed), t("metrics.dismissed", n=volume.dismissed), change)
    with columns[2]:
        measures.figure("open_now", number(backlog.n), t("metrics.late_now", n=backlog.late), None)
    with columns[3]:
        reopened = volume.came_back
        points = measures.points(reopened, before.came_back) if before else None
        basis = measures.sample_size(reopened.n)
        measures.figure("reopen_rate", measures.share(reopened, 1), basis, points, colour="inverse")
    with columns[4]:
        rate = volume.complaint_rate
        points = measures.points(rate, before.complaint_rate) if before else None
        basis = t("metrics.of_mentions", cases=rate.some, n=rate.n)
        measures.figure("complaint_rate", percent(rate.share, 1), basis, points)


def _speed(speed: Speed, before: Speed | None) -> None:
    with st.container(key="figures-speed"):
        columns = st.columns(5)
    for column, name in zip(columns, ("first", "resolution"), strict=False):
        spread: Spread = getattr(speed, name)
        change = measures.change(spread.p50, getattr(before, name).p50 if before else None)
        median = formatting.business_minutes(spread.p50) if spread.n >= measures.FEW else "–"
        with column:
            measures.figure(name, median, measures.sample_size(spread.n), change, colour="inverse")
    for column, name in zip(columns[2:], ("late_first", "late_next", "late_resolution"), strict=True):
        late: Proportion = getattr(speed, name)
        points = measures.points(late, getattr(before, name)) if before else None
        with column:
            measures.figure(name, measures.share(late), measures.sample_size(late.n), points, colour="inverse")


def _days(scope: MetricsScope) -> str:
    first, last = formatting.calendar_day(scope.first), formatting.calendar_day(scope.last)
    return f"{escaping.escape_markdown(first)} – {escaping.escape_markdown(last)}"


def _report(now: datetime) -> None:
    with st.popover(t("metrics.report"), icon=":material/description:"):
        today = periods.local_date(now, session.load_settings().zone)
        months = report.months(today)
        month = choices.select(
            t("metrics.report_month"),
            months,
            format_func=formatting.month,
            key="report-month",
        )
        brand = filters.brand(session.store_facts().brands, "report-brand")
        st.download_button(
            t("metrics.report_download"),
            data=downloads.on_page(report.perception(month, brand, language(), now)),
            file_name=f"{t('metrics.report_file')}-{month:%Y-%m}.html",
            mime="text/html",
            type="primary",
            on_click="ignore",
            disabled=brand is None and rights.current().is_limited,
        )
        st.caption(t("metrics.report_help"))


def _yearly(now: datetime) -> None:
    with st.popover(t("metrics.yearly"), icon=":material/calendar_month:"):
        this_year = periods.local_date(now, session.load_settings().zone).year
        year = choices.select(
            t("metrics.yearly_year"), tuple(range(this_year, this_year - 5, -1)), format_func=str, key="yearly-year"
        )
        brand = filters.brand(session.store_facts().brands, "yearly-brand")
        for ending, label in (("html", "page"), ("xlsx", "book")):
            st.download_button(
                t(f"metrics.yearly_{label}"),
                data=downloads.on_page(report.yearly(year, brand, language(), now, ending)),
                file_name=f"{t('metrics.yearly_file')}-{year}.{ending}",
                mime="text/html" if ending == "html" else report.XLSX,
                key=f"yearly-{ending}",
                on_click="ignore",
                disabled=brand is None and rights.current().is_limited,
            )
        st.caption(t("metrics.yearly_help"))
