"""A suggested link with its reason, and the buttons that confirm or refuse it; shown on several pages."""

from datetime import datetime

import streamlit as st

from dashboard.customers import actions
from dashboard.customers.link_queries import Handle
from dashboard.i18n import t
from dashboard.ui import cards, escaping


def suggestion(one: Handle, where: str) -> None:
    """Draws who it might be, why, and the buttons. `where` tells the pages apart."""
    who = " · ".join(filter(None, (escaping.clean(one.name), one.customer_id)))
    handle = f"{cards.author(one.handle)} · {cards.network_name(one.network)}"
    asked = escaping.escape(t("customers.might_be", handle=handle, customer=who))
    reason = escaping.escape(t(f"linkreason.{one.reason}")) if one.reason else ""
    key = f"{where}-{one.network}-{one.handle}-{one.customer_id}"
    with st.container(border=True, key=f"card-link-{key}"):
        st.html(f'<p class="plain">{asked}<br><span class="quiet">{reason}</span></p>')
        with st.container(horizontal=True):
            _button("confirm", key, one, primary=True)
            _button("refuse", key, one, primary=False)


def decided(one: Handle, now: datetime, where: str) -> None:
    """Draws a handle that is, or is not, a customer's, with the button that says the opposite."""
    key = f"{where}-{one.network}-{one.handle}-{one.customer_id}"
    refused = one.status == "refused"
    told = escaping.escape(f"{cards.author(one.handle)} · {cards.network_name(one.network)}")
    mark = cards.chip(t(f"linkstatus.{one.status}"), one.status)
    by = ""
    if one.said_by and one.said_at:
        by = f'<br><span class="quiet">{escaping.escape(one.said_by)} · {cards.when(one.said_at, now)}</span>'
    with st.container(key=f"row-link-{key}", horizontal=True, vertical_alignment="center", wrap=False):
        st.html(f'<p class="plain">{told} {mark}{by}</p>')
        _button("confirm" if refused else "refuse", key, one, primary=False)


def _button(action: str, key: str, one: Handle, *, primary: bool) -> None:
    st.button(
        t("customers.confirm") if action == "confirm" else t("customers.refuse"),
        key=f"{action}-{key}",
        type="primary" if primary else "secondary",
        icon=":material/check:" if action == "confirm" else ":material/close:",
        on_click=actions.confirm if action == "confirm" else actions.refuse,
        args=(one.network, one.handle, one.customer_id),
    )
