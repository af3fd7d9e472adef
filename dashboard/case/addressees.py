"""To whom a word of ours is, in a case that took others in and has several customers."""

import streamlit as st

from dashboard import session
from dashboard.i18n import t
from dashboard.ui import escaping
from monitor.cases import sla
from monitor.models.cases import Case
from monitor.store.cases import events, families


def draw(case: Case, key: str) -> bool:
    """Asks to whom, where several customers wait; the codes chosen stand under `key`. Says whether it is clear."""
    with session.read_connection() as connection:
        customers = families.customers_of(connection, [case.case_id])
        history = events.of_cases(connection, [case.case_id])[case.case_id] if len(customers) > 1 else ()
    waiting = sorted(sla.waiting(history), key=sla.waiting(history).__getitem__)
    if len(waiting) < 2:
        st.session_state.pop(key, None)
        return True
    names = {customer.code: customer.author for customer in reversed(customers)}
    chosen = st.pills(
        t("answering.to"),
        waiting,
        selection_mode="multi",
        key=key,
        format_func=lambda code: escaping.escape_markdown(f"@{names[code]}" if names.get(code) else code),
        help=t("answering.to_help"),
    )
    return bool(chosen)


def chosen(key: str) -> list[str] | None:
    """The codes chosen under the key; None where nobody was asked."""
    return list(st.session_state.get(key) or ()) or None
