"""The dashboard's frame: language, person, navigation; the pages are in `views`. Run it with `escucha dashboard`."""

from pathlib import Path

import streamlit as st

from dashboard import rights, session
from dashboard.audit import page as audit
from dashboard.board import page as board
from dashboard.case import incident
from dashboard.case import page as case
from dashboard.cases import page as cases
from dashboard.customers import page as customers
from dashboard.follow_ups import page as follow_ups
from dashboard.frame import account
from dashboard.frame import page as frame
from dashboard.health import page as health
from dashboard.i18n import t
from dashboard.inbox import page as inbox
from dashboard.metrics import page as metrics
from dashboard.overview import page as overview
from dashboard.settings import page as settings
from monitor.access import Permission

HERE = Path(__file__).parent
_CUSTOMERS = Permission.READ_CUSTOMERS
st.set_page_config(
    page_title="Escucha", page_icon=str(HERE / "static" / "icon.svg"), layout="wide", initial_sidebar_state=264
)
st.html(HERE / "style.css")
st.logo(HERE / "static" / "logo.svg", icon_image=HERE / "static" / "icon.svg", size="large")
with frame.error_page():
    session.reload_settings()
    frame.choose_language()
    account.require()
    rights.load()
    pages = {
        "inbox": st.Page(inbox.show, title=t("inbox.title"), icon=":material/inbox:", url_path="inbox"),
        "cases": st.Page(cases.show, title=t("cases.title"), icon=":material/assignment:", url_path="cases"),
        "board": st.Page(board.show, title=t("board.title"), icon=":material/view_kanban:", url_path="board"),
        "followups": frame.restricted_page(
            follow_ups.show, _CUSTOMERS, t("followups.title"), icon=":material/event_repeat:", url_path="followups"
        ),
        "customers": frame.restricted_page(
            customers.show, _CUSTOMERS, t("customers.title"), icon=":material/group:", url_path="customers"
        ),
        "metrics": st.Page(metrics.show, title=t("metrics.title"), icon=":material/query_stats:", url_path="metrics"),
        "overview": st.Page(
            overview.show, title=t("overview.title"), icon=":material/monitoring:", url_path="overview", default=True
        ),
        "health": st.Page(health.show, title=t("health.title"), icon=":material/vital_signs:", url_path="health"),
        "audit": frame.restricted_page(
            audit.show, Permission.READ_AUDIT, t("audit.title"), icon=":material/policy:", url_path="audit"
        ),
        "settings": frame.restricted_page(
            settings.show, Permission.SETTINGS, t("settings.title"), icon=":material/tune:", url_path="settings"
        ),
        "case": st.Page(case.show, title=t("case.title"), url_path="case", visibility="hidden"),
        "incident": st.Page(incident.show, title=t("links.incident_page"), url_path="incident", visibility="hidden"),
    }
    session.register_pages(pages)
    current = st.navigation({t("frame.work"): list(pages.values())[:4], t("frame.insight"): list(pages.values())[4:]})
    frame.sidebar()
    session.show_messages()
    if current is pages["settings"]:  # where everything begins
        current.run()
    elif frame.store_has_mentions():
        frame.undo_button()
        frame.sample_banner()
        current.run()
