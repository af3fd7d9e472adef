"""The part of Metrics on what complaints are about: by category, root cause, customer value, channel, brand, owner."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from dashboard import session
from dashboard.i18n import t
from dashboard.metrics import charts
from dashboard.ui import cards, escaping, filters, formatting, labels, measures
from dashboard.ui.formatting import number, percent
from monitor.models.cases import CHANNELS
from monitor.store.metrics import groups as metrics_groups
from monitor.store.metrics.groups import BY, By, Group
from monitor.store.metrics.scope import MetricsScope

_SHOWN = 10
_LINKS = 6
_OWNED = ("top", "large", "medium", "low")


def draw(scope: MetricsScope, now: datetime) -> None:
    """Draws it."""
    by = filters.choice(t("metrics.by"), BY, lambda group: t(f"metrics.by_{group}"), name="by", default="category")
    with session.read_connection() as connection:
        groups = metrics_groups.groups(connection, scope, now, (by,))[by]
    if not groups:
        st.info(t("metrics.nothing"), icon=":material/info:")
        return
    with st.container(key="wide-groups"):
        left, right = st.columns([2, 3], gap="medium")
    with left:
        st.subheader(t("metrics.groups"), help=t("metrics.groups_help"))
        _chart(by, groups)
    with right:
        st.subheader(t("metrics.groups_handled"), help=t("metrics.groups_handled_help"))
        _table(by, groups)
    if len(groups) > _SHOWN:
        st.caption(t("metrics.shown", shown=_SHOWN, total=len(groups)))
    if by == "root_cause":
        _links(groups)


def name(by: By, value: str) -> str:
    """What people call a group."""
    if not value:
        return t(f"metrics.none_{by}")
    if by == "category":
        return labels.category(value)
    if by == "network":
        return t(f"channel.{value}") if value in CHANNELS else cards.network_name(value)
    if by == "value":
        return t(f"worth.{value}") if value in _OWNED else escaping.clean(value)
    return escaping.clean(value)


def _chart(by: By, groups: Sequence[Group]) -> None:
    total = sum(group.n for group in groups)
    top = groups[:_SHOWN]
    words = [f"{number(group.n)} · {percent(group.n / total)}" for group in top]
    names = [name(by, group.name) for group in top]
    chart = charts.bars(names, [group.n for group in top], words)
    st.altair_chart(chart, width="stretch", alt=t("metrics.groups"))


def _table(by: By, groups: Sequence[Group]) -> None:
    heads = ("n_before", "still_open", "first_median", "resolution_median", "late_first", "late_resolution")
    rows = [
        (
            name(by, group.name),
            measures.count_and_previous(group.n, group.before),
            number(group.open),
            formatting.business_minutes(group.first_minutes if group.answered >= measures.FEW else None),
            formatting.business_minutes(group.resolve_minutes if group.closed >= measures.FEW else None),
            measures.share(group.late_first),
            measures.share(group.late_resolution),
        )
        for group in groups[:_SHOWN]
    ]
    measures.table((t(f"metrics.by_{by}"), *(t(f"metrics.head_{head}") for head in heads)), rows)


def _links(groups: Sequence[Group]) -> None:
    causes = [group.name for group in groups if group.name][:_LINKS]
    with st.container(horizontal=True):
        for cause in causes:
            label = t("metrics.see_cause", cause=escaping.escape_markdown(cause))
            st.page_link(session.page("cases"), label=label, query_params={"cause": cause, "view": "every"})
