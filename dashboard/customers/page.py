"""Customers: their segments, the list, one customer's view, links that wait for a person, and the import."""

from datetime import date, datetime

import streamlit as st

from dashboard import rights, session
from dashboard.audit import notes
from dashboard.customers import importing, link_queries, person, queries, segments, summary
from dashboard.customers.links import draw_decision, draw_suggestion
from dashboard.i18n import t
from dashboard.ui import choices, escaping, filters, formatting, tables
from monitor import store
from monitor.access import Permission
from monitor.cases.segments import LIFECYCLES
from monitor.models.cases import CUSTOMER_VALUES
from monitor.settings.desk import Segments

_SIZE, _WAITING = 25, 10


def show() -> None:
    """Draws the page, or whom the URL names: a customer (`?customer=C12`), an author (`?network=x&author=ana`)."""
    customer_id, author = st.query_params.get("customer", ""), st.query_params.get("author", "")
    if author and not customer_id:
        person.draw_author(st.query_params.get("network", ""), author, session.now())
        return
    if customer_id:
        _customer(customer_id)
        return
    st.title(t("customers.title"))
    with session.read_connection() as connection:
        imported_at = queries.imported_at(connection)
        suggested, suggestion_count = link_queries.open_suggestions(connection, _WAITING)
    if suggestion_count:
        with st.expander(t("customers.waiting", n=suggestion_count), icon=":material/person_search:"):
            st.caption(t("customers.waiting_help"))
            for handle in suggested:
                draw_suggestion(handle, "list")
    if imported_at is None:
        st.info(t("customers.none_yet"), icon=":material/info:")
        _importing(expanded=True)
        return
    _overview(imported_at)
    _importing(expanded=False)


def _importing(*, expanded: bool) -> None:
    if rights.may(Permission.IMPORT_CUSTOMERS):
        importing.draw(expanded=expanded)


def _overview(imported_at: datetime) -> None:
    cutoffs, today = session.load_settings().desk.segments, summary.today()
    start = int(st.session_state.get("customers-page", 0)) * _SIZE
    table = st.container()
    customer_filter = _filters()
    with session.read_connection() as connection:
        rows, total = queries.entries(connection, customer_filter, today, cutoffs, offset=start, limit=_SIZE)
        if start and not rows:  # the filters have left fewer pages than the one that was open
            _first_page()
            rows, total = queries.entries(connection, customer_filter, today, cutoffs, offset=0, limit=_SIZE)
    _record(customer_filter, total)
    with table:
        segments.draw(_counts(store.identity(session.load_settings().store), imported_at, today, cutoffs))
    st.text(t("customers.count", n=total) + (t("customers.order") if total > 1 else ""))
    for customer in rows:
        _line(customer)
    filters.turn_pages(total, _SIZE, "customers-page")


def _record(customer_filter: queries.CustomerFilters, total: int) -> None:
    if customer_filter.words.strip():
        notes.searched("customers", customer_filter.words, total)
    else:
        notes.looked_at("customers", count=total)


@st.cache_data(ttl=60, show_spinner=False, hash_funcs={Segments: Segments.model_dump_json})
def _counts(
    identity: str,  # noqa: ARG001 (it is the cache's key)
    imported_at: datetime,  # noqa: ARG001 (as is this: an import shows at once)
    today: date,
    cutoffs: Segments,
) -> dict[tuple[str, str], int]:
    with session.read_connection() as connection:
        return queries.counts(connection, today, cutoffs)


def _filters() -> queries.CustomerFilters:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input(
            t("customers.words"), key="customers-words", persist_state="session", on_change=_first_page, max_chars=100
        )
        value = _choice(t("customers.by_value"), CUSTOMER_VALUES, "customers-value")
        lifecycle = _choice(t("customers.by_lifecycle"), LIFECYCLES, "customers-lifecycle")
    return queries.CustomerFilters(value, lifecycle, words or "")


def _choice(label: str, options: tuple[str, ...], key: str) -> str | None:
    selection = choices.select(
        label,
        (filters.ALL, *options, ""),
        format_func=_segment_name,
        key=key,
        persist_state="session",
        on_change=_first_page,
    )
    return None if selection == filters.ALL else selection


def _segment_name(segment: str) -> str:
    if segment == filters.ALL:
        return t("customers.all")
    return t(f"segment.{segment}") if segment else t("customers.unknown")


def _first_page() -> None:
    st.session_state["customers-page"] = 0


def _line(customer: queries.Customer) -> None:
    last = (
        t("customers.last_purchase", day=formatting.calendar_day(customer.last_purchase))
        if customer.last_purchase
        else ""
    )
    with st.container(key=f"row-{customer.customer_id}", horizontal=True, vertical_alignment="center", wrap=False):
        with st.container(width=240):
            st.page_link(
                session.page("customers"),
                label=escaping.escape_markdown(summary.name(customer)[:60]),
                query_params={"customer": customer.customer_id},
            )
        complaints, customer_id = summary.complaints(customer), customer.customer_id
        tables.line(summary.chips(customer), *map(escaping.escape, (complaints, customer_id, last)))


def _customer(customer_id: str) -> None:
    st.page_link(session.page("customers"), label=t("customers.back"), icon=":material/arrow_back:")
    with session.read_connection() as connection:
        cutoffs = session.load_settings().desk.segments
        customer = queries.find_customer(connection, customer_id, summary.today(), cutoffs)
        handles = link_queries.handles_of(connection, customer_id) if customer else []
    if customer is None:
        st.title(t("customers.none"))
        st.text(t("customers.none_help"))
        return
    notes.looked_at("customer", customer_id)
    st.title(escaping.escape_markdown(summary.name(customer)), anchor=False)
    identity = f'<span class="quiet">{escaping.escape(customer.customer_id)}</span>'
    st.html(f'<p class="plain">{identity} {summary.chips(customer)}</p>')
    worth, complaints = escaping.escape(summary.worth(customer)), escaping.escape(summary.complaints(customer))
    st.html(f'<p class="plain">{worth}<br>{complaints}</p>')
    now = session.now()
    person.draw_cases(now, customer_id=customer_id)
    _handles(handles, now)


def _handles(handles: list[link_queries.CustomerHandle], now: datetime) -> None:
    st.subheader(t("customers.handles"))
    if not handles:
        st.text(t("customers.no_handles"))
    for handle in handles:
        if handle.status == "suggested":
            draw_suggestion(handle, "customer")
        else:
            draw_decision(handle, now, "customer")
