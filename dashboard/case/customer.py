"""Who the customer is: segments, earlier cases, who it might be, and a link by hand."""

from datetime import datetime

import streamlit as st

from dashboard import session
from dashboard.customers import actions, facts, link_queries, queries
from dashboard.customers.links import suggestion
from dashboard.i18n import t
from dashboard.queries.cases import CasePage
from dashboard.ui import escaping
from monitor.models.cases import Case

_EARLIER, _FOUND = 5, 20


def draw(page: CasePage, now: datetime) -> None:
    """Draws the part, folded under the customer's name; a link that waits for a person is in sight."""
    case = page.case
    cutoffs = session.load_settings().desk.segments
    with session.reading() as connection:
        known = queries.one(connection, case.customer_id, facts.today(), cutoffs) if case.customer_id else None
        others = queries.cases_of(connection, known.customer_id, _EARLIER, but=case.case_id) if known else []
        might_be = [] if known else link_queries.suggestions_for(connection, case)
        any_known = known is not None or link_queries.are_there(connection)
    name = facts.name(known) if known else t("customers.unlinked_yet")
    title = escaping.label(f"{t('customers.customer')} · {name}")
    with st.expander(title, expanded=bool(might_be), key=f"fold-customer-{case.case_id}", icon=":material/person:"):
        if known:
            _known(known, others, case, now)
        elif not any_known:
            st.caption(t("customers.none_imported"))
        else:
            for one in might_be:
                suggestion(one, f"case-{case.case_id}")
            _by_hand(case)


def _known(one: queries.Customer, others: list[queries.Told], case: Case, now: datetime) -> None:
    with st.container(key="row-customer", horizontal=True, vertical_alignment="center"):
        st.page_link(
            session.page("customers"), label=escaping.label(facts.name(one)), query_params={"customer": one.customer_id}
        )
        st.html(f"<p>{facts.chips(one)}</p>")
    st.html(
        f'<p class="plain quiet">{escaping.escape(facts.worth(one))}<br>{escaping.escape(facts.complaints(one))}</p>'
    )
    if others:
        st.caption(t("customers.other_cases"))
        for told in others:
            facts.case_line(told, now)
    st.button(
        t("customers.unlink"),
        icon=":material/link_off:",
        key=f"unlink-{case.case_id}",
        type="tertiary",
        help=t("customers.unlink_help"),
        on_click=actions.unlink_case,
        args=(case.case_id, case.code),
    )


def _by_hand(case: Case) -> None:
    st.caption(t("customers.not_linked"))
    typed = st.text_input(
        t("customers.by_hand"),
        key=f"find-customer-{case.case_id}",
        max_chars=100,
        placeholder=t("customers.find"),
    )
    found: dict[str, str] = {}
    if typed.strip():
        with session.reading() as connection:
            found = dict(link_queries.found_by(connection, typed, _FOUND))
    if not found:
        st.caption(t("customers.none_found") if typed else t("customers.find_help"))
        return
    key = f"customer-{case.case_id}"
    st.selectbox(
        t("customers.which"),
        list(found),
        format_func=lambda one: " ".join(escaping.clean(" · ".join(filter(None, (found.get(one), one)))).split()),
        key=key,
    )
    st.button(
        t("customers.link"),
        icon=":material/link:",
        key=f"link-{case.case_id}",
        type="primary",
        on_click=actions.link_case,
        args=(case.case_id, case.code, key),
    )
