"""One incident: the cases that tell the same thing, moved on and closed together."""

from datetime import datetime
from typing import get_args

import streamlit as st

from dashboard import rights, session
from dashboard.campaigns import panel as campaign_panel
from dashboard.campaigns import queries as campaign_queries
from dashboard.case import link_actions as actions
from dashboard.case import link_queries
from dashboard.i18n import t
from dashboard.ui import cards, case_row, choices, due, escaping, labels, tables
from monitor.access import Permission
from monitor.cases import stages
from monitor.desk import bulk
from monitor.models.cases import Agreement
from monitor.models.posts import Stage
from monitor.store.cases import incidents
from monitor.store.cases.incidents import Incident

_SHOWN = 200


def show() -> None:
    """Draws the page of the incident that the URL names (`?incident=3`)."""
    st.page_link(session.page("cases"), label=t("case.back"), icon=":material/arrow_back:")
    number = st.query_params.get("incident", "")
    incident_id = int(number) if number.isascii() and number.isdigit() and len(number) < 16 else 0
    with session.read_connection() as connection:
        incident = incidents.find(connection, incident_id)
        cases = link_queries.cases_of(connection, incident_id, limit=_SHOWN) if incident else ()
        standing = link_queries.incident_counts(connection, incident_id)
        now = session.now()
        campaigns = campaign_queries.lines(connection, now, incident_id=incident_id)
    if incident is None:
        st.title(t("links.no_incident"))
        return
    _head(incident, standing.cases, now)
    for campaign in campaigns:
        campaign_panel.draw(campaign, now)
    if rights.may(Permission.BULK):
        _moves(incident, standing)
        _answer(incident, standing)
    for near in cases:
        _line(near, now)
    if incident.cases > len(cases):
        st.caption(t("links.more", n=incident.cases - len(cases)))


def _head(incident: Incident, counts: dict[Stage, int], now: datetime) -> None:
    st.title(escaping.escape_markdown(labels.incident(incident)), anchor=False)
    chips = "".join(cards.chip(f"{t(f'stage.{stage}')}: {count}", stage) for stage, count in counts.items())
    opened = escaping.escape(t("links.opened_by", actor=escaping.clean(incident.opened_by)))
    total = escaping.escape(t("links.cases", n=incident.cases))
    st.html(
        f'<p class="plain"><b>{total}</b> {chips} '
        f'<span class="quiet">{opened} {cards.time_tag(incident.opened_at, now)}</span></p>'
    )


def _moves(incident: Incident, standing: link_queries.IncidentCounts) -> None:
    possible = [stage for stage in stages.NEXT if stage != "dismissed" and _movable_cases(stage, standing)]
    if not possible:
        return
    note, agreement = f"incident-note-{incident.incident_id}", f"incident-agreement-{incident.incident_id}"
    with st.container(border=True, key=f"card-incident-{incident.incident_id}"):
        st.text_input(t("links.note"), key=note, max_chars=500)
        if "closed" in possible:
            st.radio(
                t("links.agreement"),
                get_args(Agreement),
                index=2,
                horizontal=True,
                format_func=lambda agreement_name: t(f"links.{agreement_name}"),
                key=agreement,
            )
        with st.container(horizontal=True):
            for stage in possible:
                st.button(
                    t("links.move", move=t(f"move.{stage}"), n=_movable_cases(stage, standing)),
                    key=f"incident-{incident.incident_id}-{stage}",
                    on_click=actions.move_incident,
                    args=(incident.incident_id, stage, note, agreement),
                )
        st.caption(t("links.together"))


def _answer(incident: Incident, standing: link_queries.IncidentCounts) -> None:
    waiting, still_open = sum(standing.waiting.values()), sum(standing.cases.get(stage, 0) for stage in stages.OPEN)
    if not still_open:
        return
    text, move = f"incident-answer-{incident.incident_id}", f"incident-answered-{incident.incident_id}"
    with st.expander(t("links.answer", n=waiting), icon=":material/reply_all:"):
        st.caption(t("links.answer_help"))
        whom, key = [True, False] if waiting else [False], f"incident-whom-{incident.incident_id}-{bool(waiting)}"
        choices.choose_something(key, whom)
        only_waiting = st.radio(
            t("links.answer_whom"),
            whom,
            horizontal=True,
            format_func=lambda choice: (
                t("links.whom_waiting", n=waiting) if choice else t("links.whom_open", n=still_open)
            ),
            key=key,
        )
        with session.read_connection() as connection:
            incident_id = incident.incident_id
            answerable = link_queries.answerable(connection, incident_id, waiting=only_waiting, limit=bulk.AT_ONCE)
        st.text_area(t("links.answer_text"), key=text, max_chars=5_000)
        st.checkbox(t("links.answer_move"), value=True, key=move)
        if len(answerable) < (waiting if only_waiting else still_open):
            st.caption(t("links.answer_most", n=len(answerable)))
        st.button(
            t("links.answer_sent", n=len(answerable)),
            type="primary",
            key=f"incident-sent-{incident.incident_id}",
            on_click=actions.answer_incident,
            args=(
                {case_id: version for case_id, version, _ in answerable},
                [case_id for case_id, _, stage in answerable if stages.may_move(stage, "answered")],
                text,
                move,
            ),
        )


def _movable_cases(to: Stage, standing: link_queries.IncidentCounts) -> int:
    """How many cases may go there; nobody who waits for an answer is closed together with the others."""
    movable = {stage: count for stage, count in standing.cases.items() if stages.may_move(stage, to)}
    return sum(count - (standing.waiting.get(stage, 0) if to == "closed" else 0) for stage, count in movable.items())


def _line(near: link_queries.RelatedCase, now: datetime) -> None:
    with st.container(key=f"row-{near.case_id}", horizontal=True, vertical_alignment="center", wrap=False):
        with st.container(width=130):
            case_row.code_link(near.case_id, near.code)
        words = " ".join(escaping.clean(near.text).split())[:300]
        who = escaping.escape(f"{cards.author(near.author)} · {cards.network_name(near.network)}")
        stage = cards.chip(t("stage." + near.stage), near.stage)
        tables.line(escaping.escape(words), stage, who, due.chip(near.due_at, now), words=words)
