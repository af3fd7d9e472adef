"""A suggested link with its reason, and the buttons that confirm or refuse it; shown on several pages."""

from datetime import datetime

import streamlit as st

from dashboard import rights
from dashboard.customers import actions
from dashboard.customers.link_queries import CustomerHandle
from dashboard.i18n import t
from dashboard.ui import cards, escaping
from monitor.access import Permission


def draw_suggestion(link: CustomerHandle, where: str) -> None:
    """Draws who it might be, why, and the buttons. `where` tells the pages apart."""
    who = " · ".join(filter(None, (escaping.clean(link.name), link.customer_id)))
    handle = f"{cards.author(link.handle)} · {cards.network_name(link.network)}"
    question = escaping.escape(t("customers.might_be", handle=handle, customer=who))
    reason = escaping.escape(t(f"linkreason.{link.reason}")) if link.reason else ""
    key = f"{where}-{link.network}-{link.handle}-{link.customer_id}"
    with st.container(border=True, key=f"card-link-{key}"):
        st.html(f'<p class="plain">{question}<br><span class="quiet">{reason}</span></p>')
        with st.container(horizontal=True):
            _button("confirm", key, link, primary=True)
            _button("refuse", key, link, primary=False)


def draw_decision(handle: CustomerHandle, now: datetime, where: str) -> None:
    """Draws a handle that is, or is not, a customer's, with the button that says the opposite."""
    key = f"{where}-{handle.network}-{handle.handle}-{handle.customer_id}"
    refused = handle.status == "refused"
    name = escaping.escape(f"{cards.author(handle.handle)} · {cards.network_name(handle.network)}")
    mark = cards.chip(t(f"linkstatus.{handle.status}"), handle.status)
    by = ""
    if handle.said_by and handle.said_at:
        by = f'<br><span class="quiet">{escaping.escape(handle.said_by)} · {cards.time_tag(handle.said_at, now)}</span>'
    with st.container(key=f"row-link-{key}", horizontal=True, vertical_alignment="center", wrap=False):
        st.html(f'<p class="plain">{name} {mark}{by}</p>')
        _button("confirm" if refused else "refuse", key, handle, primary=False)


def _button(action: str, key: str, handle: CustomerHandle, *, primary: bool) -> None:
    if not rights.may(Permission.LINK_CUSTOMERS):
        return
    st.button(
        t("customers.confirm") if action == "confirm" else t("customers.refuse"),
        key=f"{action}-{key}",
        type="primary" if primary else "secondary",
        icon=":material/check:" if action == "confirm" else ":material/close:",
        on_click=actions.confirm if action == "confirm" else actions.refuse,
        args=(handle.network, handle.handle, handle.customer_id),
    )
