"""The further cases of one person, folded under the line of the first: what they say, and all of them made one."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from dashboard import session
from dashboard.i18n import t
from dashboard.inbox import actions
from dashboard.queries.cases import CaseEntry
from dashboard.ui import case_row
from monitor.models.cases import Case

_SHOWN = 5


def draw(case: Case, others: Sequence[CaseEntry], now: datetime) -> None:
    """Draws how many there are, the first of them, and the button that merges those of the same brand."""
    same_brand = [entry.case for entry in others if entry.case.brand == case.brand]
    with st.expander(t("inbox.person", n=len(others)), icon=":material/person:", key=f"person-{case.case_id}"):
        for entry in others[:_SHOWN]:
            case_row.draw(entry, now, tick=False)
        if others[_SHOWN:]:
            st.caption(t("links.more", n=len(others) - _SHOWN))
        with st.container(horizontal=True, vertical_alignment="center"):
            if same_brand:
                st.button(
                    t("inbox.merge_person", n=len(same_brand) + 1),
                    key=f"merge-person-{case.case_id}",
                    icon=":material/merge:",
                    help=t("links.merge_help"),
                    on_click=actions.merge_person,
                    args=(case.case_id, {one.case_id: one.version for one in (case, *same_brand)}),
                )
            st.page_link(
                session.page("customers"),
                label=t("inbox.all_of_person"),
                icon=":material/arrow_forward:",
                query_params=_address(case),
            )


def _address(case: Case) -> dict[str, str]:
    """What names the page of who wrote: the customer, else the author on a network."""
    if case.customer_id:
        return {"customer": case.customer_id}
    return {"network": case.network, "author": case.author or ""}
