"""The list of cases: views and filters, one line a case, what may be done with many at once, and the download."""

from dataclasses import replace

import streamlit as st

from dashboard import rights, session
from dashboard.campaigns import banner
from dashboard.campaigns import queries as campaign_queries
from dashboard.cases import bulk_bar, download_form, new_case, saved_filters
from dashboard.cases import filters as cases_filters
from dashboard.i18n import t
from dashboard.queries import cases, search_sql
from dashboard.staffing import panel
from dashboard.ui import case_row, escaping, filters, labels
from monitor.access import Permission
from monitor.cases import stages
from monitor.models.case_filters import CaseFilters
from monitor.text.folding import fold

_SIZE = 25


def show() -> None:
    """Draws the page."""
    _head()
    views = st.container()
    case_filter = cases_filters.current()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        cases_filters.words_and_order()
        cases_filters.draw_further(case_filter)
        if rights.may(Permission.KEEP_FILTERS):
            saved_filters.draw(case_filter)
    listing = _page(case_filter)
    total = listing.total
    with views:
        cases_filters.views(listing.counts)
    cases_filters.draw_active(case_filter, found=bool(total))
    _draw_place(listing, case_filter)
    if case_filter.view == "absent":
        panel.draw_absent(panel.read())
    _campaigns(case_filter)
    if not total:
        st.info(t("cases.none_yet" if _is_unused(listing, case_filter) else "cases.none"), icon=":material/info:")
        cases_filters.elsewhere(listing.counts)
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        on_page = {
            entry.case.case_id: cases.CaseSnapshot(entry.case.version, entry.case.stage) for entry in listing.entries
        }
        bulk_bar.tick(on_page, total, case_filter)
        if rights.may(Permission.EXPORT):
            download_form.draw(case_filter)
    if rights.may(Permission.BULK):
        bulk_bar.act()
    now = session.now()
    for entry in listing.entries:
        case_row.draw(entry, now)
    filters.turn_pages(total, _SIZE, "cases-page")


def _head() -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(t("cases.title"))
        if rights.may(Permission.ENTER_CASES):
            new_case.button()


def _draw_place(listing: cases.CaseListPage, case_filter: CaseFilters) -> None:
    """Says where the case is that was found by its code, unless it is where everybody looks."""
    named = search_sql.named_case(case_filter.words)
    case = next((entry.case for entry in listing.entries if entry.case.case_id == named), None)
    if case and not (case.stage in stages.OPEN and case.merged_into is None and case_filter.view in ("open", "every")):
        st.caption(escaping.escape_markdown(labels.place(case)))


def _campaigns(case_filter: CaseFilters) -> None:
    """Draws the campaigns, those of the brand and with the words that are looked for."""
    now = session.now()
    with session.read_connection() as connection:
        lines = campaign_queries.lines(connection, now)
    words = fold(case_filter.words).split()
    banner.draw(
        [
            line
            for line in lines
            if case_filter.brand in (None, line.brand) and all(word in fold(line.text) for word in words)
        ],
        now,
    )


def _is_unused(listing: cases.CaseListPage, case_filter: CaseFilters) -> bool:
    """Whether there is no case at all, and not only none that fits."""
    return not listing.counts["every"] and replace(case_filter, view="every", order="priority") == CaseFilters()


def _page(case_filter: CaseFilters) -> cases.CaseListPage:
    viewer = session.viewer()
    with session.read_connection() as connection:
        start = int(st.session_state.get("cases-page", 0)) * _SIZE
        listing = cases.list_page(connection, case_filter, viewer, offset=start, limit=_SIZE)
        if start and not listing.entries:  # the filters have left fewer pages than the one that was open
            st.session_state["cases-page"] = 0
            listing = cases.list_page(connection, case_filter, viewer, offset=0, limit=_SIZE)
    return listing
