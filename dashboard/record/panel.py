"""The record for the customer: its link, to be sent by hand, and the page itself."""

import logging
from collections.abc import Callable
from datetime import datetime

import streamlit as st

from dashboard import downloads, session
from dashboard.audit import notes
from dashboard.i18n import t
from dashboard.queries.cases import CasePage
from dashboard.record import actions
from dashboard.ui import escaping, formatting
from monitor.models.cases import Case
from monitor.surveys import records

logger = logging.getLogger(__name__)


def draw(page: CasePage, now: datetime) -> None:
    """Draws the link that works now, or how to make one, and the download."""
    case, settings = page.case, session.load_settings()
    st.subheader(t("record.title"))
    event = records.current(page.events, now)
    st.caption(t("record.until", day=formatting.local_day(records.until(event))) if event else t("record.what"))
    if event is not None:
        with st.container(key="copy-record"):
            st.code(records.link(settings, event), language=None, wrap_lines=True)
        if not settings.desk.survey.url:
            st.html(f'<p class="state warn">{escaping.escape(t("survey.no_address"))}</p>')
    with st.container(horizontal=True, gap="small"):
        if event is None:
            st.button(
                t("record.make"), icon=":material/link:", key=f"record-{case.case_id}", on_click=actions.make,
                args=(case.case_id, case.code),
            )  # fmt: skip
        st.download_button(
            t("record.download"), data=downloads.on_page(_page_of(case)), file_name=f"{case.code}.html",
            mime="text/html", icon=":material/download:", key=f"record-file-{case.case_id}", on_click="ignore",
        )  # fmt: skip


def _page_of(case: Case) -> Callable[[], bytes]:
    """The download's content, made only when somebody asks for it; in the customer's language."""
    record, person = notes.record_of("download", "case", "html", case.code), session.person()

    def content() -> bytes:
        from monitor.law import record_page

        settings = session.load_settings()
        found = records.read(settings, case.case_id, actor=person)
        record(1)
        logger.info("record is downloaded", extra={"case": case.code})
        language = record_page.language_for(found, settings)
        return record_page.render(found, settings, language, now=session.now()).encode()

    return content
