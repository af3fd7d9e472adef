"""What a person says of customers: whose a handle is, and a file of them."""

import tempfile
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import session
from dashboard.audit import notes
from dashboard.ui import escaping
from dashboard.ui.outcomes import action_feedback, report_problems
from monitor import desk
from monitor.customers import importing

IMPORTED = "customers-imported"
"""Where the session keeps what the last import did, until the next one."""


def confirm(network: str, handle: str, customer_id: str) -> None:
    """Says that the handle is this customer's."""
    with action_feedback(
        "customers.confirmed", handle=escaping.escape_markdown(handle), customer=escaping.escape_markdown(customer_id)
    ) as record:
        decision = desk.confirm_link(
            *_arguments(network, handle, customer_id), actor=session.actor(), now=session.now()
        )
        record(*decision.done, decided=decision.decided)


def refuse(network: str, handle: str, customer_id: str) -> None:
    """Says that the handle is not this customer's."""
    with action_feedback(
        "customers.refused", handle=escaping.escape_markdown(handle), customer=escaping.escape_markdown(customer_id)
    ) as record:
        decision = desk.refuse_link(*_arguments(network, handle, customer_id), actor=session.actor(), now=session.now())
        record(*decision.done, decided=decision.decided)


def _arguments(network: str, handle: str, customer_id: str) -> tuple[Any, str, str, str]:
    return session.load_settings(), network, handle, customer_id


def link_case(case_id: int, code: str, key: str) -> None:
    """Gives a case the customer chosen in the widget of that key."""
    customer_id = st.session_state.get(key)
    if customer_id is None:
        return
    with action_feedback(
        "customers.linked", code=escaping.escape_markdown(code), customer=escaping.escape_markdown(customer_id)
    ) as record:
        settings, actor = session.load_settings(), session.actor()
        decision = desk.link_case(settings, case_id, customer_id, actor=actor, now=session.now())
        record(*decision.done, decided=decision.decided)


def unlink_case(case_id: int, code: str) -> None:
    """Takes a case, with its author's handle, from its customer."""
    with action_feedback("customers.unlinked", code=escaping.escape_markdown(code)) as record:
        decision = desk.unlink_case(session.load_settings(), case_id, actor=session.actor(), now=session.now())
        record(*decision.done, decided=decision.decided)


def import_file(key: str, *, dry_run: bool) -> None:
    """Imports the file in the uploader of that key, or says what an import would do."""
    uploaded = st.session_state.get(key)
    if uploaded is None:
        return
    st.session_state.pop(IMPORTED, None)
    with report_problems(), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{Path(escaping.clean(uploaded.name)).stem[:60] or 'file'}{_suffix(uploaded.name)}"
        path.write_bytes(uploaded.getvalue())
        imported = importing.import_file(
            session.load_settings(), path, now=session.now(), dry_run=dry_run, actor=session.actor()
        )
        if not dry_run:
            notes.record_of("import", "customers", "file")(imported.new + imported.changed)
        st.session_state[IMPORTED] = (imported, dry_run)


def _suffix(name: str) -> str:
    suffix = Path(name).suffix.lower()
    return suffix if suffix.isascii() and suffix[1:].isalnum() else ""
