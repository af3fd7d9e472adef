"""Who the customer is: segments, earlier cases, who it might be, and a link by hand."""

from datetime import datetime

import streamlit as st

from dashboard import rights, session
from dashboard.audit import notes
from dashboard.customers import actions, link_queries, queries, summary
from dashboard.customers.links import draw_suggestion
from dashboard.i18n import t
from dashboard.queries.cases import CasePage
from dashboard.ui import escaping
from monitor.access import Permission
from monitor.models.cases import Case

_EARLIER, _FOUND = 5, 20


def draw(page: CasePage, now: datetime) -> None:
    """Draws the part, folded under the customer's name; a link that waits for a person is in sight."""
    case = page.case
    cutoffs = session.load_settings().desk.segments
    with session.read_connection() as connection:
        customer_id = case.customer_id or queries.customer_of(connection, case.case_id)
        customer = queries.find_customer(connection, customer_id, summary.today(), cutoffs) if customer_id else None
        earlier = queries.cases_of(connection, customer.customer_id, _EARLIER, but=case.case_id) if customer else []
        suggestions = [] if customer else link_queries.suggestions_for(connection, case)
        any_known = customer is not None or link_queries.any_imported(connection)
    if customer:
        notes.looked_at("customer", customer.customer_id, where="case")
    name = summary.name(customer) if customer else t("customers.unlinked_yet")
    title = escaping.escape_markdown(f"{t('customers.customer')} · {name}")
    with st.expander(title, expanded=bool(suggestions), key=f"fold-customer-{case.case_id}", icon=":material/person:"):
        if customer:
            _customer(customer, earlier, case, now)
        elif not any_known:
            st.caption(t("customers.none_imported"))
        else:
            for handle in suggestions:
                draw_suggestion(handle, f"case-{case.case_id}")
            if rights.may(Permission.LINK_CUSTOMERS):
                _by_hand(case)


def _customer(customer: queries.Customer, earlier_cases: list[queries.CustomerCase], case: Case, now: datetime) -> None:
    with st.container(key="row-customer", horizontal=True, vertical_alignment="center"):
        st.page_link(
            session.page("customers"),
            label=escaping.escape_markdown(summary.name(customer)),
            query_params={"customer": customer.customer_id},
        )
        st.html(f"<p>{summary.chips(customer)}</p>")
    worth, complaints = escaping.escape(summary.worth(customer)), escaping.escape(summary.complaints(customer))
    st.html(f'<p class="plain quiet">{worth}<br>{complaints}</p>')
    if earlier_cases:
        st.caption(t("customers.other_cases"))
        for customer_case in earlier_cases:
            summary.case_line(customer_case, now)
    if case.customer_id is None:
        st.caption(t("customers.by_handle"))
        return
    if not rights.may(Permission.LINK_CUSTOMERS):
        return
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
    term = st.text_input(
        t("customers.by_hand"),
        key=f"find-customer-{case.case_id}",
        max_chars=100,
        placeholder=t("customers.find"),
    )
    names: dict[str, str] = {}
    if term.strip():
        with session.read_connection() as connection:
            names = dict(link_queries.search_customers(connection, term, _FOUND))
        notes.searched("customers", term, len(names))
    if not names:
        st.caption(t("customers.none_found") if term else t("customers.find_help"))
        return
    key = f"customer-{case.case_id}"
    st.selectbox(
        t("customers.which"),
        list(names),
        format_func=lambda customer_id: _choice_label(names.get(customer_id), customer_id),
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


def _choice_label(name: str | None, customer_id: str) -> str:
    return " ".join(escaping.clean(" · ".join(filter(None, (name, customer_id)))).split())
