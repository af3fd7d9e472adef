"""The part of Metrics on corrective actions: what is done against a root cause, and whether it came back less."""

from datetime import datetime

import streamlit as st

from dashboard import rights, session
from dashboard.i18n import t
from dashboard.metrics import actions
from dashboard.ui import cards, escaping, formatting
from dashboard.ui.formatting import percent
from monitor.access import Permission
from monitor.cases import recurrence
from monitor.cases.recurrence import Effect
from monitor.desk import corrective_actions
from monitor.store.cases import corrective_actions as kept
from monitor.store.cases.corrective_actions import Action
from monitor.store.metrics.scope import MetricsScope

_CAUSES = 100


def draw(scope: MetricsScope, now: datetime) -> None:
    """Draws it: of the scope, which these are not of, only the time zone."""
    with session.read_connection() as connection:
        outcomes = corrective_actions.outcomes(connection, now, scope.zone, scope.speakers)
        causes = kept.causes(connection, _CAUSES)
    st.subheader(t("metrics.actions"), help=t("metrics.actions_help"))
    st.caption(t("metrics.actions_caption"))
    if rights.may(Permission.CORRECTIVE_ACTIONS):
        _plan(causes)
    if not outcomes:
        st.info(t("metrics.no_actions"), icon=":material/info:")
    for action, effect in outcomes:
        _line(action, effect, now)


def _plan(causes: list[str]) -> None:
    with st.popover(t("metrics.plan"), icon=":material/add:"), st.form("plan-action", border=False):
        st.selectbox(
            t("metrics.by_root_cause"),
            causes,
            index=None,
            key="action-cause",
            accept_new_options=True,
            format_func=escaping.clean,
            placeholder=t("metrics.plan_cause"),
        )
        st.text_input(t("metrics.plan_title"), key="action-title", max_chars=200)
        st.text_input(t("metrics.by_owner"), key="action-owner", max_chars=60)
        st.text_area(t("metrics.plan_note"), key="action-note", max_chars=2_000, height=90)
        st.form_submit_button(t("metrics.plan_save"), type="primary", on_click=actions.plan)


def _line(action: Action, effect: Effect | None, now: datetime) -> None:
    with st.container(key=f"row-action-{action.action_id}", horizontal=True, vertical_alignment="center"):
        st.html(f"{_about(action, now)}{_effect(effect)}", width="stretch")
        st.page_link(
            session.page("cases"),
            label=t("metrics.see_cases"),
            query_params={"cause": action.root_cause, "view": "every"},
        )
        if not rights.may(Permission.CORRECTIVE_ACTIONS):
            return
        if action.done_at:
            st.button(
                t("metrics.not_done"),
                key=f"undone-{action.action_id}",
                on_click=actions.reopen,
                args=(action.action_id,),
                type="tertiary",
            )
        else:
            st.button(
                t("metrics.done"), key=f"done-{action.action_id}", on_click=actions.finish, args=(action.action_id,)
            )


def _about(action: Action, now: datetime) -> str:
    owner = escaping.escape(action.owner) or escaping.escape(t("metrics.no_owner"))
    when = (
        f"{escaping.escape(t('metrics.was_done'))} {cards.time_tag(action.done_at, now)}"
        if action.done_at
        else f"{escaping.escape(t('metrics.was_planned'))} {cards.time_tag(action.planned_at, now)}"
    )
    note = f'<p class="plain quiet">{escaping.escape(action.note)}</p>' if action.note else ""
    return (
        f'<p class="plain"><b>{escaping.escape(action.title)}</b> {cards.chip(action.root_cause, "brand")}</p>'
        f'<p class="plain quiet">{owner} · {when}</p>{note}'
    )


def _effect(effect: Effect | None) -> str:
    if effect is None:
        return ""
    words = t(f"metrics.effect_{effect.verdict}", **_values(effect))
    warn = "" if effect.verdict == "fell" else " warn"
    rates = t(
        "metrics.rates_mentions" if effect.per_mentions else "metrics.rates_weeks",
        days=effect.after.days,
        before=effect.before.cases,
        after=effect.after.cases,
        rate_before=_rate(effect, effect.rate_before),
        rate_after=_rate(effect, effect.rate_after),
    )
    return (
        f'<p class="state{warn}">{escaping.escape(words)}</p><p class="plain quiet">{escaping.escape(rates)}</p>'
        if effect.after.days
        else f'<p class="state warn">{escaping.escape(words)}</p>'
    )


def _rate(effect: Effect, value: float) -> str:
    return percent(value, 2) if effect.per_mentions else formatting.decimal(value, 2)


def _values(effect: Effect) -> dict[str, object]:
    if effect.ratio is None or effect.low is None or effect.high is None:
        return {"least": recurrence.FEWEST_DAYS if effect.verdict == "early" else recurrence.FEWEST_CASES}
    return {name: formatting.decimal(getattr(effect, name), 2) for name in ("ratio", "low", "high")}
